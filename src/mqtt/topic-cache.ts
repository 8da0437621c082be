import type { Ring } from "../bytes/ring";

/** A topic as a string and as UTF-8. */
export interface CachedTopic {
  readonly string: string;
  readonly bytes: Uint8Array;
}

/**
 * The last few topics. Finding one of them again allocates nothing: strings are compared as a whole, and received bytes are compared
 * where they are in the ring.
 */
export class TopicCache<T extends CachedTopic> {
  private readonly capacity: number;
  private readonly entries: T[] = [];
  private next = 0;

  /** @param capacity how many topics are remembered */
  constructor(capacity = 12) {
    this.capacity = capacity;
  }

  byString(string: string): T | null {
    const entries = this.entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (entry.string === string) return entry;
    }
    return null;
  }

  byBytes(ring: Ring, start: number, length: number): T | null {
    const entries = this.entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (entry.bytes.length === length && ring.matches(start, entry.bytes)) return entry;
    }
    return null;
  }

  /** Adds an entry; a full cache replaces its oldest one. @returns the entry */
  keep(entry: T): T {
    if (this.entries.length < this.capacity) this.entries.push(entry);
    else this.entries[this.next] = entry;
    this.next = (this.next + 1) % this.capacity;
    return entry;
  }
}
