import type { Text } from "../bytes/text";
import type { MQTTModemError } from "../errors";
import type { Kind } from "../modem/script";

/** A topic filter and the QoS that is asked for. */
export interface Filter {
  readonly topic: string;
  readonly QoS: number;
}

/** One thing to be done. Places are made once and used again and again. */
export class Entry {
  /** 1–65534; 0 while the entry is free. */
  id = 0;
  kind: Kind = 0;
  QoS = 0;
  retain = false;
  topic: Text | null = null;
  items: readonly Filter[] | null = null;
  /** Its payload among the queue's bytes. */
  offset = 0;
  length = 0;
  /** The client has it, or has refused it. */
  inFlight = false;
  /** Why the modem has refused it, until it is known whether there is a connection still. */
  refusal: MQTTModemError | null = null;
  /** It has been refused before, over a connection that is gone. */
  refusedBefore = false;
  /** Its key in the store; 0 where it is not kept. */
  key = 0;
}

/**
 * What waits and what is under way, in the order in which it was asked for, in places and bytes that are there from the
 * start: a queue that is used allocates nothing. Payloads stand one behind the other; one that leaves has the others moved up.
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

  /** The entry of that order, 0 for the oldest. */
  at(index: number): Entry {
    return this.#entries[index]!;
  }

  /** A entry behind all others; there must be room. The payload is copied. */
  add(kind: Kind, id: number, payload: Uint8Array): Entry {
    const entry = this.#entries[this.#count++]!;
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

  /** The payload; the view is good until the queue is changed. */
  payload(entry: Entry): Uint8Array {
    return this.bytes.subarray(entry.offset, entry.offset + entry.length);
  }

  byId(id: number): Entry | null {
    for (let i = 0; i < this.#count; i++) if (this.#entries[i]!.id === id) return this.#entries[i]!;
    return null;
  }

  /** The oldest of which this is true, or null. */
  find(is: (entry: Entry) => boolean): Entry | null {
    for (let i = 0; i < this.#count; i++) if (is(this.#entries[i]!)) return this.#entries[i]!;
    return null;
  }

  /** The oldest that the client does not have, or null; of one kind where `kind` is not negative. */
  waiting(kind = -1): Entry | null {
    for (let i = 0; i < this.#count; i++) {
      const entry = this.#entries[i]!;
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
      const next = this.#entries[i + 1]!;
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
