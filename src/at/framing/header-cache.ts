import { Kept, type Ring } from "../../bytes/ring";
import { Byte } from "../responses/bytes";

/** How bytes in the ring compare with others that were kept. */
export const enum Compared {
  Different,
  Same,
  /** So far they are the same. */
  Undecided,
}

/** Of the blanks that a modem puts before a message's line. */
const enum Blanks {
  /** CR and LF. */
  LENGTH = 2,
}

/**
 * Remembers how the last message's line begins: up to its length, or up to its payload where it has no length. The next message
 * is likely to begin with the same bytes. Then its fields are the same, and need not be read.
 *
 * The bytes themselves are kept behind the ring, and before them the CR and LF that modems put before such a line.
 */
export class HeaderCache {
  private readonly ring: Ring;
  /** Bytes of the line that are kept; 0 where nothing is. */
  length = 0;
  /** For the framing: with a length, the topic has quotes; without one, there are blanks after commas. */
  style = false;
  /** Where the topic is, from the line's beginning on. */
  topicFrom = 0;
  topicTo = 0;

  constructor(ring: Ring) {
    this.ring = ring;
  }

  /** Where the line begins that has come whole up to `length`, behind CR and LF at `at`; `at` itself where what has come is anything else. */
  find(at: number): number {
    const length = this.length;
    if (length === 0) return at;
    const ring = this.ring,
      whole = length + Blanks.LENGTH;
    return ((ring.tail - at) | 0) >= whole && ring.same(at, ring.bytes, ring.mask + 1, whole) ? (at + Blanks.LENGTH) | 0 : at;
  }

  /** How the line that begins at `start` compares with the last message's. */
  compare(start: number): Compared {
    const length = this.length;
    if (length === 0) return Compared.Different;
    const ring = this.ring,
      has = (ring.tail - start) | 0;
    if (!ring.same(start, ring.bytes, ring.mask + 1 + Blanks.LENGTH, has < length ? has : length)) return Compared.Different;
    return has < length ? Compared.Undecided : Compared.Same;
  }

  /** Keeps the line from the ring's head up to `end`. */
  keep(end: number, style: boolean, topic: number, topicEnd: number): void {
    const ring = this.ring,
      bytes = ring.bytes,
      behind = ring.mask + 1,
      start = ring.head,
      length = (end - start) | 0;
    if (length > Kept.SIZE - Blanks.LENGTH) return;
    bytes[behind] = Byte.CR;
    bytes[behind + 1] = Byte.LF;
    ring.copy(start, bytes, behind + Blanks.LENGTH, length);
    this.length = length;
    this.style = style;
    this.topicFrom = (topic - start) | 0;
    this.topicTo = (topicEnd - start) | 0;
  }

  /** Forgets the line: the message's fields are overwritten, or its reader has changed, or what is subscribed. */
  invalidate(): void {
    this.length = 0;
  }
}
