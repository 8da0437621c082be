import type { Filter } from "./queue";

/** What is subscribed, in the order in which it was, so that it can be subscribed again on the next connection. */
export class Subscriptions {
  readonly #filters: Filter[] = [];
  /** So many of them are subscribed on this connection. */
  #restored = 0;

  get count(): number {
    return this.#filters.length;
  }

  /** How many of these are new. */
  countNew(items: readonly Filter[]): number {
    let count = 0;
    for (let i = 0; i < items.length; i++) if (this.indexOf(items[i]!.topic) < 0) count++;
    return count;
  }

  private indexOf(topic: string): number {
    for (let i = 0; i < this.#filters.length; i++) if (this.#filters[i]!.topic === topic) return i;
    return -1;
  }

  /** It is subscribed, on this connection too. */
  add(filter: Filter): void {
    const index = this.indexOf(filter.topic);
    if (index >= 0) this.#filters[index] = filter;
    else {
      this.#filters.push(filter);
      this.#restored++;
    }
  }

  remove(topic: string): void {
    const index = this.indexOf(topic);
    if (index < 0) return;
    this.#filters.splice(index, 1);
    if (index < this.#restored) this.#restored--;
  }

  clear(): void {
    this.#filters.length = this.#restored = 0;
  }

  /** There is a new connection, and nothing is subscribed on it. */
  rewind(): void {
    this.#restored = 0;
  }

  /** The next to subscribe again, at most `most`, and of one QoS where `alike`; none when all are. */
  next(most: number, alike: boolean): Filter[] {
    const filters = this.#filters, start = this.#restored;
    let end = start;
    while (end < filters.length && end - start < most && (!alike || filters[end]!.QoS === filters[start]!.QoS)) end++;
    return filters.slice(start, end);
  }

  /** Those that {@link next} gave are subscribed, as far as the broker grants it; what it does not is forgotten. */
  onGranted(filters: readonly Filter[], codes: readonly number[]): Filter[] {
    const refused: Filter[] = [];
    this.#restored += filters.length;
    for (let i = 0; i < filters.length; i++) {
      if (codes[i]! <= 2) continue;
      refused.push(filters[i]!);
      this.remove(filters[i]!.topic);
    }
    return refused;
  }
}
