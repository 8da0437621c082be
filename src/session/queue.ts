import type { Text } from "../bytes/text";
import type { MQTTModemError } from "../errors";
import type { Kind } from "../modem/script";

/** A topic filter and the requested QoS. */
export interface Filter {
  readonly topic: string;
  readonly QoS: number;
}

/** One operation. Entries are allocated once and used again and again. */
export class Entry {
  /** 1–65534; 0 while the entry is free. */
  id = 0;
  kind: Kind = 0;
  QoS = 0;
  retain = false;
  topic: Text | null = null;
  items: readonly Filter[] | null = null;
  /** Where the payload is in the queue's bytes. */
  offset = 0;
  length = 0;
  /** The client has been given the operation, and its result is not final yet. */
  inFlight = false;
  /** The error with which the modem refused the publish, until it is known whether the connection was lost. */
  refusal: MQTTModemError | null = null;
  /** The modem refused this publish before, and then the connection was lost. */
  refusedBefore = false;
  /** Its key in the store; 0 when it is not stored. */
  key = 0;
}

/**
 * Operations that wait or are in flight, in the order in which the application asked for them. Entries and bytes are allocated at the
 * start, and using the queue allocates nothing. Payloads lie one after the other; when one is removed, the later ones move up.
 */
export class Queue {
  readonly bytes: Uint8Array;
  readonly #entries: Entry[] = [];
  #count = 0;
  #bytesUsed = 0;

  constructor(count: number, bytes: number) {
    this.bytes = new Uint8Array(bytes);
    for (let i = 0; i < count; i++) this.#entries.push(new Entry());
  }

  get count(): number {
    return this.#count;
  }

  hasRoomFor(length: number): boolean {
    return this.#count < this.#entries.length && length <= this.bytes.length - this.#bytesUsed;
  }

  /** The entry at `index`; 0 is the oldest. */
  at(index: number): Entry {
    return this.#entries[index];
  }

  /** Appends an entry and copies the payload. The caller has checked that there is room. */
  add(kind: Kind, id: number, payload: Uint8Array): Entry {
    const entry = this.#entries[this.#count++];
    entry.kind = kind;
    entry.id = id;
    entry.QoS = entry.key = 0;
    entry.inFlight = entry.retain = entry.refusedBefore = false;
    entry.offset = this.#bytesUsed;
    entry.length = payload.length;
    this.bytes.set(payload, entry.offset);
    this.#bytesUsed += payload.length;
    return entry;
  }

  /** A view of the payload, valid until the queue is changed. */
  payload(entry: Entry): Uint8Array {
    return this.bytes.subarray(entry.offset, entry.offset + entry.length);
  }

  byId(id: number): Entry | null {
    for (let i = 0; i < this.#count; i++) if (this.#entries[i].id === id) return this.#entries[i];
    return null;
  }

  /** The oldest entry for which `is` returns true, or null. */
  find(is: (entry: Entry) => boolean): Entry | null {
    for (let i = 0; i < this.#count; i++) if (is(this.#entries[i])) return this.#entries[i];
    return null;
  }

  /** The oldest entry that is not in flight, or null. @param kind only entries of this kind; −1: of any */
  waiting(kind = -1): Entry | null {
    for (let i = 0; i < this.#count; i++) {
      const entry = this.#entries[i];
      if (!entry.inFlight && (kind < 0 || entry.kind === kind)) return entry;
    }
    return null;
  }

  remove(entry: Entry): void {
    const { offset, length } = entry;
    if (length > 0) this.bytes.copyWithin(offset, offset + length, this.#bytesUsed);
    this.#bytesUsed -= length;
    const last = --this.#count;
    let i = 0;
    while (this.#entries[i] !== entry) i++;
    for (; i < last; i++) {
      const next = this.#entries[i + 1];
      next.offset -= length;
      this.#entries[i] = next;
    }
    this.#entries[last] = entry;
    entry.id = 0;
    entry.topic = null;
    entry.items = null;
    entry.refusal = null;
  }
}
