import type { Operation, TopicItem } from "../at/commands/operation";

/** Bytes of a command line beside its topics, and beside each of them. */
const FRAME = 40;
const AROUND = 5;

/**
 * The topics of one SUBSCRIBE or UNSUBSCRIBE. Where they are more than the modem takes at a time, its commands go out one
 * after the other, and it is acknowledged as a whole when the last one is.
 */
export class Parts {
  readonly id: number;
  /** SUBACK values, in the order of the topics. */
  readonly granted: number[] = [];
  readonly #items: readonly TopicItem[];
  readonly #alike: boolean;
  /** The one that was asked for before it, and is not over either. */
  before: Parts | null;
  #next = 0;

  /** @param alike one QoS a command, because the modem tells one grant for all its topics */
  constructor(id: number, items: readonly TopicItem[], alike: boolean, before: Parts | null) {
    this.id = id;
    this.#items = items;
    this.#alike = alike;
    this.before = before;
  }

  /** Topics that have not been sent. */
  get left(): number {
    return this.#items.length - this.#next;
  }

  /** The next command's topics: at most `most`, in a line of at most `size` bytes, but always one. */
  next(most: number, size: number): readonly TopicItem[] {
    const items = this.#items, start = this.#next, end = Math.min(items.length, start + most);
    let bytes = FRAME, at = start;
    do bytes += items[at++]!.text.bytes.length + AROUND;
    while (at < end && bytes + items[at]!.text.bytes.length + AROUND <= size && (!this.#alike || items[at]!.QoS === items[start]!.QoS));
    this.#next = at;
    return items.slice(start, at);
  }

  /** One command has been acknowledged. */
  note(operation: Operation): void {
    for (let i = 0; i < operation.items!.length; i++) this.granted.push(operation.grantOf(i));
  }
}
