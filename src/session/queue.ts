import type { Text } from "../bytes/text";
import type { MQTTModemError } from "../errors";
import type { Kind } from "../modem/script";

/** A topic filter and the QoS that is asked for. */
export interface Filter {
  readonly topic: string;
  readonly QoS: number;
}

/** One thing to be done. Places are made once and used again and again. */
export class Place {
  /** 1–65534; 0 while the place is free. */
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
  underWay = false;
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
  readonly #places: Place[] = [];
  #used = 0;
  #filled = 0;

  constructor(count: number, bytes: number) {
    this.bytes = new Uint8Array(bytes);
    for (let i = 0; i < count; i++) this.#places.push(new Place());
  }

  get count(): number {
    return this.#used;
  }

  hasRoomFor(length: number): boolean {
    return this.#used < this.#places.length && length <= this.bytes.length - this.#filled;
  }

  /** The place of that order, 0 for the oldest. */
  at(index: number): Place {
    return this.#places[index]!;
  }

  /** A place behind all others; there must be room. The payload is copied. */
  add(kind: Kind, id: number, payload: Uint8Array): Place {
    const place = this.#places[this.#used++]!;
    place.kind = kind;
    place.id = id;
    place.QoS = place.key = 0;
    place.underWay = place.retain = place.refusedBefore = false;
    place.offset = this.#filled;
    place.length = payload.length;
    this.bytes.set(payload, place.offset);
    this.#filled += payload.length;
    return place;
  }

  /** The payload; the view is good until the queue is changed. */
  payload(place: Place): Uint8Array {
    return this.bytes.subarray(place.offset, place.offset + place.length);
  }

  byId(id: number): Place | null {
    for (let i = 0; i < this.#used; i++) if (this.#places[i]!.id === id) return this.#places[i]!;
    return null;
  }

  /** The oldest of which this is true, or null. */
  find(is: (place: Place) => boolean): Place | null {
    for (let i = 0; i < this.#used; i++) if (is(this.#places[i]!)) return this.#places[i]!;
    return null;
  }

  /** The oldest that the client does not have, or null; of one kind where `kind` is not negative. */
  waiting(kind = -1): Place | null {
    for (let i = 0; i < this.#used; i++) {
      const place = this.#places[i]!;
      if (!place.underWay && (kind < 0 || place.kind === kind)) return place;
    }
    return null;
  }

  remove(place: Place): void {
    const { offset, length } = place;
    if (length > 0) this.bytes.copyWithin(offset, offset + length, this.#filled);
    this.#filled -= length;
    const last = --this.#used;
    let i = 0;
    while (this.#places[i] !== place) i++;
    for (; i < last; i++) {
      const next = this.#places[i + 1]!;
      next.offset -= length;
      this.#places[i] = next;
    }
    this.#places[last] = place;
    place.id = 0;
    place.topic = null;
    place.items = null;
    place.refusal = null;
  }
}
