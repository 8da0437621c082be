import { decodeInPlace, Encoding } from "../../bytes/encoding";
import type { Ring } from "../../bytes/ring";
import { Byte } from "../responses/bytes";
import { Next, lookAhead } from "../responses/look-ahead";
import { Framing, type ResponseTable, type Line } from "../responses/response-table";

/** What looking for a message has come to. */
export const enum Found {
  /** More bytes are needed, or silence. */
  Nothing,
  /** `available` bytes can be read. */
  Part,
  /** The line is no message; it ends at `at`. */
  NoMessage,
}

/** How the end of the message under way is looked for. From `Frame` on, silence decides something. */
export const enum Mode {
  /** Without a length: up to the first end of line. */
  Line,
  /** Before the topic of a message that tells its length. */
  Topic,
  /** In the quotes of its topic. */
  Quoted,
  /** In a topic without quotes, or in what may be the length after it. */
  Length,
  /** A length was found, and it is to be seen whether the message really ends there. */
  Frame,
  /** A length that is too long for the ring to be checked: handed on as it comes. */
  Stream,
  /** Without a length that can be trusted: up to an end of line that a known line or silence follows. */
  Silence,
}

/**
 * What has been found of a message's payload, and is there to be read: the whole of it, or a part. The bytes stay in the ring
 * until they are read.
 *
 * A payload without a length, or with one that cannot be trusted, ends with its line, that is with the modem's own kind of line
 * ending, or only with one behind which a known line or silence follows (dialects.md 6.2).
 */
export abstract class Payload {
  /** Bytes that can be read now. */
  available = 0;
  /** Whether further parts follow. */
  more = false;
  /** Silence has followed what there was of it. */
  silent = false;
  /** The whole length, or −1 while it is not known. */
  length = -1;
  /** Whether the length was wrong, so that the end is a guess. */
  suspect = false;
  /** Lines behind it may be its own, as far as they come without a pause. */
  leaves = false;
  /** Its header did not fit into the ring: it is not handed on. */
  truncated = false;
  /** Whether the part is the message's first. */
  first = true;
  /** The next byte to look at; when the message is over, the first byte behind it. */
  at = 0;

  /** Takes one pair of quotes away from around a payload without a length, for firmware that puts it there. */
  stripQuotes = false;
  /** Payloads without a length end only where a known line or silence follows, so that they may have several lines. */
  untilSilence = false;
  /** Carriage returns that this modem puts before a line feed. */
  crCount = 1;

  /** The line of the message under way, or of the last one. */
  line: Line | null = null;
  protected mode: Mode = Mode.Line;
  /** The firmware may have put a blank before the payload. */
  private blank = false;
  /** The firmware's quote before the payload has been taken away. */
  private stripped = false;

  protected abstract readonly ring: Ring;
  abstract readonly responses: ResponseTable;
  /** Where the unread bytes begin, or are thought to begin. */
  protected payload = 0;

  /** Puts the topic among the fields, when the first part has been found. */
  protected abstract keepTopic(): void;

  // ---- what was found

  /** The message ends after `length` bytes, and what is behind it begins at `next`. */
  protected whole(length: number, next: number): Found {
    this.available = length;
    this.more = false;
    if (this.first) this.length = length;
    this.at = next;
    this.keepTopic();
    return Found.Part;
  }

  /** `length` bytes can be handed on, though they may not be all. */
  protected part(length: number, more: boolean): Found {
    this.available = length;
    this.more = more;
    this.at = (this.payload + length) | 0;
    this.keepTopic();
    return Found.Part;
  }

  // ---- without a length

  /** Whether the last message had no length. */
  get isUnframed(): boolean {
    return this.line !== null && this.line.framing === Framing.Response;
  }

  /** The payload, which has no length, begins at `at`. @param blank the firmware may have put a blank there */
  protected beginPayload(at: number, blank: boolean): void {
    this.payload = this.at = at;
    this.blank = blank;
    this.stripped = false;
    this.mode = this.untilSilence ? Mode.Silence : Mode.Line;
  }

  /** Whether the firmware may have put a blank before the payload, whose length it got wrong. */
  protected skipBlank(blank: boolean): void {
    this.blank = blank;
  }

  /** The first end of line, or the first behind which a known line begins. */
  protected untilLineEnd(): Found {
    const ring = this.ring;
    if (this.blank && this.payload !== ring.tail) {
      this.blank = false;
      if (this.byte(this.payload) === Byte.Blank) this.payload = this.at = (this.payload + 1) | 0;
    }
    for (;;) {
      const end = ring.find(Byte.LF, this.at);
      if (end === ring.tail) return this.untilFull();
      const next = (end + 1) | 0;
      if (this.endsLine(end)) {
        const follows = this.mode === Mode.Line ? Next.Known : lookAhead(ring, this.responses, next, this.suspect);
        if (follows === Next.Known) return this.ends((end - this.crCount) | 0, next);
        if (follows === Next.Unknown) {
          this.at = end;
          return ring.free === 0 ? this.untilFull() : Found.Nothing;
        }
      }
      this.at = next;
    }
  }

  /** Nothing has come for a while: decides what only that can decide. */
  silence(): Found {
    if (this.mode !== Mode.Silence) return Found.Nothing;
    const found = this.untilLineEnd();
    if (found !== Found.Nothing) return found;
    const end = this.withoutEnding();
    return end === this.ring.tail && !this.suspect ? Found.Nothing // in the middle of a line: it goes on
      : this.ends(end, this.ring.tail);
  }

  /** All that there is of the message is its payload, but for the ending of its line. */
  protected withoutEnding(): number {
    const tail = this.ring.tail;
    return this.endsLine((tail - 1) | 0) ? (tail - 1 - this.crCount) | 0 : tail;
  }

  /** The payload ends at `end`, and what is behind its line begins at `next`. */
  protected ends(end: number, next: number): Found {
    let length = (end - this.payload) | 0;
    if (this.stripQuotes && this.isUnframed && length > 0 && this.byte((end - 1) | 0) === Byte.Quote) {
      if (this.stripped) length--;
      else if (this.first && length >= 2 && this.byte(this.payload) === Byte.Quote) {
        this.payload = (this.payload + 1) | 0;
        length -= 2;
      }
    }
    return this.whole(length, next);
  }

  /** No end has come. Where the ring is full, hands on what cannot be part of the line's ending. */
  private untilFull(): Found {
    const ring = this.ring;
    this.at = ring.tail;
    if (ring.free !== 0) return Found.Nothing;
    let length = (ring.tail - this.payload - this.crCount - 1) | 0;
    if (length < 0) length = 0;
    if (this.stripQuotes && this.first && length > 0 && this.byte(this.payload) === Byte.Quote) {
      this.stripped = true;
      this.payload = (this.payload + 1) | 0;
      length--;
    }
    return this.part(length, true);
  }

  /** Whether the byte at `end` is a line feed with this modem's carriage returns before it, all of them payload's own. */
  private endsLine(end: number): boolean {
    if (((end - this.payload) | 0) < this.crCount || this.byte(end) !== Byte.LF) return false;
    for (let i = 1; i <= this.crCount; i++) if (this.byte((end - i) | 0) !== Byte.CR) return false;
    return true;
  }

  // ---- reading it out

  /** Where the unread bytes begin. */
  get position(): number {
    return this.payload;
  }

  /** `length` bytes have been read. Returns where the unread ones begin. */
  consume(length: number): number {
    this.available -= length;
    this.first = false;
    return this.payload = (this.payload + length) | 0;
  }

  /**
   * Reads the message, which is there as a whole, as both ends have agreed to write it. One that is no such text, or that
   * comes in parts, stays as it is, and is marked.
   */
  decode(encoding: Encoding): void {
    if (encoding === Encoding.Raw) return;
    const length = this.more ? -1 : decodeInPlace(encoding, this.ring, this.payload, this.available);
    if (length < 0) this.suspect = true;
    else this.available = this.length = length;
  }

  protected byte(position: number): number {
    return this.ring.bytes[position & this.ring.mask]!;
  }
}
