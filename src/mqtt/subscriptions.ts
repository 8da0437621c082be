import type { TopicItem } from "../at/commands/command";
import type { Request } from "../at/requests/request";
import { Kind } from "../modem/script";

/** The memory of what is subscribed, so that it can be subscribed again when the modem has lost it. */
export class Subscriptions {
  readonly items: TopicItem[] = [];
  private readonly capacity: number;
  private restored = 0;

  /** @param capacity filters that are remembered; further ones are not subscribed again */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** A subscribe or unsubscribe has been acknowledged. A filter that the broker has refused is not subscribed. */
  update(request: Request): void {
    const items = request.items!;
    for (let i = 0; i < items.length; i++) {
      const index = this.indexOf(items[i]!);
      if (request.kind === Kind.Subscribe && request.grantOf(i) <= 2) {
        if (index >= 0) this.items[index] = items[i]!;
        else if (this.items.length < this.capacity) this.items.push(items[i]!);
      } else if (index >= 0) this.remove(index);
    }
  }

  private indexOf(item: TopicItem): number {
    for (let i = 0; i < this.items.length; i++) if (this.items[i]!.text.string === item.text.string) return i;
    return -1;
  }

  private remove(index: number): void {
    this.items.splice(index, 1);
    if (index < this.restored) this.restored--;
  }

  /** All are to be subscribed again. */
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
