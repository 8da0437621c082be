import { Next, lookAhead } from "../responses/look-ahead";
import { Byte } from "../responses/bytes";
import { frozen } from "../../bytes/frozen";
import { Found, type Ending, type Message } from "./message";

/**
 * The end of a payload without a length, or with one that cannot be trusted: the modem's own kind of line ending, either the
 * first one or only one behind which a known line or silence follows (dialects.md 6.2).
 */
export const LINE_END = frozen({
  /** Looks for the line's end, and takes the first one where `first` is set; otherwise the first behind which a known line begins. */
  find(message: Message, first: boolean): Found {
    const ring = message.ring;
    if (message.blankBefore && message.payload !== ring.tail) {
      message.blankBefore = false;
      if (message.byte(message.payload) === Byte.Blank) message.payload = message.at = (message.payload + 1) | 0;
    }
    for (;;) {
      const end = ring.find(Byte.LF, message.at);
      if (end === ring.tail) return this.findNone(message);
      const next = (end + 1) | 0;
      if (this.isAt(message, end)) {
        const follows = first ? Next.Known : lookAhead(ring, message.names, next, message.suspect);
        if (follows === Next.Known) return this.take(message, (end - message.crCount) | 0, next);
        if (follows === Next.Unknown) {
          message.at = end;
          return ring.free === 0 ? this.findNone(message) : Found.Nothing;
        }
      }
      message.at = next;
    }
  },

  /** No end has come. Where the ring is full, hands on what cannot be part of the line's ending. */
  findNone(message: Message): Found {
    const ring = message.ring;
    message.at = ring.tail;
    if (ring.free !== 0) return Found.Nothing;
    let length = (ring.tail - message.payload - message.crCount - 1) | 0;
    if (length < 0) length = 0;
    if (message.stripQuotes && message.first && length > 0 && message.byte(message.payload) === Byte.Quote) {
      message.quoteTaken = true;
      message.payload = (message.payload + 1) | 0;
      length--;
    }
    return message.part(length);
  },

  /** The payload ends at `end`, and what is behind its line begins at `next`. */
  take(message: Message, end: number, next: number): Found {
    const payload = message.payload;
    let length = (end - payload) | 0;
    if (message.stripQuotes && !message.framing.hasLength && length > 0 && message.byte((end - 1) | 0) === Byte.Quote) {
      if (message.quoteTaken) length--;
      else if (message.first && length >= 2 && message.byte(payload) === Byte.Quote) {
        message.payload = (payload + 1) | 0;
        length -= 2;
      }
    }
    return message.whole(length, next);
  },

  /** Takes all that has come as the payload, but for the ending of its line. */
  takeAll(message: Message): Found {
    return this.take(message, this.beforeEnding(message), message.ring.tail);
  },

  /** Where the ending of the line begins that all that has come ends with; the ring's tail where it ends with none. */
  beforeEnding(message: Message): number {
    const tail = message.ring.tail;
    return this.isAt(message, (tail - 1) | 0) ? (tail - 1 - message.crCount) | 0 : tail;
  },

  /** Whether the byte at `end` is a line feed with this modem's carriage returns before it, none of which stands before the payload. */
  isAt(message: Message, end: number): boolean {
    const crCount = message.crCount;
    if (((end - message.payload) | 0) < crCount || message.byte(end) !== Byte.LF) return false;
    for (let i = 1; i <= crCount; i++) if (message.byte((end - i) | 0) !== Byte.CR) return false;
    return true;
  },
});

/** A payload without a length: ends with the first end of line. */
export const TO_LINE_END: Ending = frozen({
  find: (message: Message) => LINE_END.find(message, true),
  silence: () => Found.Nothing,
  overflow: () => Found.Nothing,
  waits: () => false,
});
