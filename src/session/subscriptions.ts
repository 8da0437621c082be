import type { Filter } from "./queue";

/** The subscribed filters in the order in which they were subscribed, for subscribing again on the next connection. */
export class Subscriptions {
  readonly #filters: Filter[] = [];
  /** How many of them, from the first on, are subscribed on this connection. */
  #restored = 0;

  get count(): number {
    return this.#filters.length;
  }

  /** How many of `items` are not subscribed yet. */
  countNew(items: readonly Filter[]): number {
    let count = 0;
    for (let i = 0; i < items.length; i++) if (this.indexOf(items[i].topic) < 0) count++;
    return count;
  }

  private indexOf(topic: string): number {
    for (let i = 0; i < this.#filters.length; i++) if (this.#filters[i].topic === topic) return i;
    return -1;
  }

  /** Adds a filter that is subscribed on this connection, or replaces its QoS. */
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

  /** Starts again from the first filter: on a new connection nothing is subscribed. */
  rewind(): void {
    this.#restored = 0;
  }

  /** The next filters to subscribe again, at most `most`, all with the same QoS when `alike`; empty when all are subscribed. */
  next(most: number, alike: boolean): Filter[] {
    const filters = this.#filters,
      start = this.#restored;
    let end = start;
    while (end < filters.length && end - start < most && (!alike || filters[end].QoS === filters[start].QoS)) end++;
    return filters.slice(start, end);
  }

  /** The broker has answered for the filters from {@link next}. Refused filters are removed. @returns the refused ones */
  onGranted(filters: readonly Filter[], codes: readonly number[]): Filter[] {
    const refused: Filter[] = [];
    this.#restored += filters.length;
    for (let i = 0; i < filters.length; i++) {
      if (codes[i] <= 2) continue;
      refused.push(filters[i]);
      this.remove(filters[i].topic);
    }
    return refused;
  }
}
