import type { Ring } from "../bytes/ring";

/** A string with its bytes. */
export interface Known {
  readonly string: string;
  readonly bytes: Uint8Array;
}

/**
 * The last few topics that were met, so that meeting one again makes nothing. A string is compared as a whole, and
 * received bytes are compared where they are.
 */
export class KnownTopics<T extends Known> {
  readonly #entries: (T | null)[];
  #next = 0;

  constructor(capacity: number) {
    this.#entries = new Array(capacity).fill(null);
  }

  byString(string: string): T | null {
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      if (entry !== null && entry.string === string) return entry;
    }
    return null;
  }

  byBytes(ring: Ring, start: number, length: number): T | null {
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      if (entry !== null && entry.bytes.length === length && ring.matches(start, entry.bytes)) return entry;
    }
    return null;
  }

  /** Keeps an entry in place of the oldest one. */
  keep(entry: T): T {
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#entries.length;
    return entry;
  }
}
