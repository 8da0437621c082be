import type { TopicItem } from "../at/commands/command";
import type { Request } from "../at/requests/request";
import { Kind } from "../modem/script";

/** Remembers the subscribed filters, so that they can be subscribed again after the modem has lost them. */
export class Subscriptions {
  readonly items: TopicItem[] = [];
  private readonly capacity: number;
  /** How many of them, from the first on, {@link next} has given. */
  private restored = 0;

  /** @param capacity the most filters that are remembered; further ones are not subscribed again */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Adds or removes the filters of an acknowledged request. A filter that the broker refused is removed. */
  update(request: Request): void {
    const items = request.items!;
    for (let i = 0; i < items.length; i++) {
      const index = this.indexOf(items[i]);
      if (request.kind === Kind.Subscribe && request.grantOf(i) <= 2) {
        if (index >= 0) this.items[index] = items[i];
        else if (this.items.length < this.capacity) this.items.push(items[i]);
      } else if (index >= 0) this.remove(index);
    }
  }

  private indexOf(item: TopicItem): number {
    for (let i = 0; i < this.items.length; i++) if (this.items[i].text.string === item.text.string) return i;
    return -1;
  }

  private remove(index: number): void {
    this.items.splice(index, 1);
    if (index < this.restored) this.restored--;
  }

  /** Starts again from the first filter. */
  rewind(): void {
    this.restored = 0;
  }

  /** The next filters, at most `most` of them, or null when there are no more. */
  next(most: number): readonly TopicItem[] | null {
    const items = this.items.slice(this.restored, this.restored + most);
    this.restored += items.length;
    return items.length === 0 ? null : items;
  }
}
