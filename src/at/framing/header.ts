import { Byte } from "../responses/bytes";
import { afterBlanks, closingQuote, upTo } from "../responses/delimiters";
import type { Fields } from "../responses/fields";
import { Found, Mode, Payload } from "./payload";

/** How a topic is subscribed. */
export const enum Match {
  None,
  /** By a filter with wildcards. */
  Wildcard,
  Name,
}

/** Who knows what is subscribed. */
export interface Subscribed {
  /** Whether the topic in the ring from `start` to `end` is. The line's fields before the topic have been read. */
  isSubscribed(start: number, end: number): Match;
}

/** The length that a message tells. */
export const enum Length {
  /** A length above this is text that looks like one (dialects.md 6.1, step 9). */
  LONGEST = 65536,
  /** Bytes that may stand in the length's place without being something else: blanks, and five digits. */
  DIGITS = 24,
}

/**
 * The topic, and the length after it. A topic may have quotes and commas in it, and where it has no quotes around it, each
 * number between commas may be the length: the candidates, which whoever checks lengths takes one by one (dialects.md 6.1).
 */
export abstract class Header extends Payload {
  /** The fields before the topic, then the topic. */
  abstract readonly fields: Fields;
  /** The present message begins as the last one did: for the same reader, with the same topic and flags. */
  opened = false;
  /** Its topic is subscribed by its name, and it has a length: it does not go on in the next line. */
  named = false;
  protected abstract readonly subscribed: Subscribed;

  /** The next message is not compared with this one. */
  abstract forget(): void;

  protected topic = 0;
  /** The same with the blank before a topic without quotes, which is its own or the firmware's. */
  protected lead = 0;
  /** Where the topic ends, or may end; quotes around it are left out. */
  protected topicEnd = 0;
  protected quoted = false;
  /** What stands behind the last comma, and behind the first; where none has come, the latter is the topic. */
  protected segment = 0;
  protected firstSegment = 0;
  /** Digits of the piece so far, or −1 when it is no number. */
  protected digits = 0;
  /** The number that the piece is; in `Mode.Stream`, what of the length is still to come. */
  protected value = 0;
  /** Whether a blank stood before what may be the length: firmware that prints blanks after commas prints them everywhere. */
  private spaced = false;
  private firstSpaced = false;
  /** How many numbers may have been the length. */
  protected candidates = 0;
  /** Where the payload would begin after the first of them, or the first whose topic is subscribed, and where that topic ends. */
  private firstPayload = 0;
  private firstTopicEnd = 0;

  /** Looks for the length: in a topic without quotes, or behind a topic, a comma decides what may be one. */
  protected readLength(): Found {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    for (;;) {
      if (this.digits >= 0) {
        // A number is short: one that is not whole is read again.
        let at = this.segment, byte = 0, value = 0;
        while (at !== tail && (byte = bytes[at & mask]!) === Byte.Blank) at = (at + 1) | 0;
        const first = at;
        this.spaced = at !== this.segment;
        while (at !== tail && (byte = bytes[at & mask]!) >= Byte.Digit0 && byte <= Byte.Digit9 && value <= Length.LONGEST) {
          value = value * 10 + byte - Byte.Digit0;
          at = (at + 1) | 0;
        }
        this.at = at;
        if (at === tail) return Found.Nothing;
        this.value = value;
        this.digits = value > Length.LONGEST ? -1 : (at - first) | 0;
        if (byte === Byte.Comma && this.digits > 0) {
          const payload = (at + 1) | 0, end = (payload + value) | 0;
          // What most messages are: whole, like the last one, and without what another reading would begin with.
          if (this.opened && ((tail - end) | 0) >= 2 && bytes[end & mask] === Byte.CR && bytes[(end + 1) & mask] === Byte.LF && ring.lacks(payload, end, Byte.LF, this.quoted ? Byte.Quote : Byte.Comma)) {
            this.payload = payload;
            return this.whole(value, (end + 2) | 0);
          }
          return this.candidate(payload);
        }
        if (byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF) {
          if (!this.quoted) this.digits = -1;
          else if (this.candidates === 0) return this.withoutLength();
          else {
            this.mode = Mode.Quoted; // another quote may end the topic
            return Found.Nothing;
          }
        }
      }
      const at = this.at = upTo(ring, this.at, Byte.Comma);
      if (at === tail) return Found.Nothing;
      if (bytes[at & mask] !== Byte.Comma) return this.lineEnds();
      this.newSegment((at + 1) | 0);
    }
  }

  /** Where the topic begins. A line that ends before it, or in its quotes, is no message. */
  protected beginTopic(): Found {
    const ring = this.ring;
    let lead = this.at;
    const at = afterBlanks(ring, lead);
    if (at === ring.tail) return Found.Nothing;
    this.at = at;
    const byte = this.byte(at);
    if (byte === Byte.CR || byte === Byte.LF) return Found.NoMessage;
    this.quoted = false;
    this.candidates = 0;
    this.mode = Mode.Length;
    this.digits = -1; // the first piece is topic, whatever it looks like
    if (byte === Byte.Quote) {
      this.mode = Mode.Quoted;
      lead = this.at = (at + 1) | 0;
    }
    this.topic = this.lead = this.firstSegment = lead;
    return Found.Nothing;
  }

  /** Where the topic ends that has quotes. */
  protected quotedTopic(): Found {
    const ring = this.ring;
    const at = this.at = closingQuote(ring, this.at, true);
    if (at === ring.tail) return Found.Nothing;
    if (this.byte(at) !== Byte.Quote) return this.unclosed();
    const after = afterBlanks(ring, (at + 1) | 0);
    if (after === ring.tail) return Found.Nothing;
    const byte = this.byte(after);
    if (byte === Byte.CR || byte === Byte.LF) return this.unclosed();
    this.quoted = true;
    this.topicEnd = at;
    this.mode = Mode.Length;
    this.newSegment(byte === Byte.Comma ? (after + 1) | 0 : after);
    return Found.Nothing;
  }

  /** The line ends in the quotes: the topic has a line's end in it, or the length that was found before was wrong. */
  private unclosed(): Found {
    if (this.candidates === 0) return Found.NoMessage;
    this.fallBack();
    return Found.Nothing;
  }

  /** What begins at `at`, behind a comma, may be the length. */
  protected newSegment(at: number): void {
    this.segment = at;
    this.digits = 0;
    if (this.opened) this.isOther();
    if (this.firstSegment === this.topic) this.firstSegment = at;
  }

  /** The topic goes on where the last message's ended: it is another one, and the next message is compared with neither. */
  protected isOther(): void {
    this.opened = false;
    this.forget();
  }

  /** The topic, if it has no quotes, ends at the comma before `piece`. */
  protected endTopic(piece: number): void {
    if (this.quoted) return;
    this.topicEnd = (piece - 1) | 0;
    this.setTopic();
  }

  /** Firmware that puts a blank before the topic puts one before the length, too. No document has one before a comma. */
  protected setTopic(): void {
    const lead = this.lead;
    this.topic = lead !== this.topicEnd && this.byte(lead) === Byte.Blank && this.byte((this.topicEnd + 1) | 0) === Byte.Blank ? (lead + 1) | 0 : lead;
  }

  /** Whether the topic, if it ends at `end`, is subscribed. */
  protected knows(end: number): boolean {
    return !this.truncated && this.subscribed.isSubscribed(this.topic, end) !== Match.None;
  }

  /** Sees whether no other topic can have been meant. That of a message like the last one is known. */
  name(): void {
    if (!this.opened) this.named = !this.isUnframed && !this.truncated && this.subscribed.isSubscribed(this.topic, this.topicEnd) === Match.Name;
  }

  /** The message is `value` bytes from `payload`, and what is behind it begins at `next`. */
  protected accept(payload: number, next: number): Found {
    this.payload = payload;
    return this.whole(this.value, next);
  }

  /** The piece is a number, so the payload may begin at `payload`. */
  private candidate(payload: number): Found {
    this.payload = payload;
    this.endTopic(this.segment);
    if (this.candidates++ === 0 || (!this.knows(this.firstTopicEnd) && this.knows(this.topicEnd))) {
      this.firstPayload = payload;
      this.firstSpaced = this.spaced;
      this.firstTopicEnd = this.topicEnd;
    }
    this.mode = Mode.Frame;
    return Found.Nothing;
  }

  /** The line ends in the header: the payload is on the next line, or the length was wrong, or there is none. */
  private lineEnds(): Found {
    if (this.candidates > 0) {
      this.fallBack();
      return Found.Nothing;
    }
    if (this.digits <= 0) return this.withoutLength();
    // Ancestor firmware puts the payload on the next line (dialects.md 6.1).
    const at = this.at, next = (at + 1) | 0;
    if (next === this.ring.tail) return Found.Nothing;
    this.at = this.byte(at) === Byte.CR && this.byte(next) === Byte.LF ? (next + 1) | 0 : next;
    this.leaves = true; // or it is the topic that has a line's end in it
    if (this.value > 0) return this.candidate(this.at);
    this.endTopic(this.segment);
    // An empty message, of firmware that puts no comma behind its length; or a topic below a wildcard that goes on in the next line.
    if (this.truncated || this.subscribed.isSubscribed(this.topic, this.topicEnd) !== Match.Name) this.suspect = true;
    return this.accept(this.at, this.at);
  }

  /** There is no length at all: the payload is what follows the topic. */
  private withoutLength(): Found {
    if (this.firstSegment === this.topic) return Found.NoMessage;
    this.endTopic(this.firstSegment);
    this.beginPayload(this.firstSegment, false);
    this.suspect = this.leaves = true; // a topic with a comma and a line's end in it looks the same
    return Found.Nothing;
  }

  /** The length does not fit what came: takes what there is, up to where a known line or silence follows. */
  protected fallBack(): void {
    this.topicEnd = this.firstTopicEnd;
    if (!this.quoted) this.setTopic();
    this.suspect = this.leaves = true;
    this.payload = this.at = this.firstPayload;
    this.mode = Mode.Silence;
    this.skipBlank(this.firstSpaced);
  }

  /**
   * The ring is full, and the header goes on: lets go of the topic's beginning. The message is not handed on any more, but its
   * length tells where it ends. Returns where the bytes begin that are still needed.
   */
  shorten(): number {
    const tail = this.ring.tail;
    let from = this.mode === Mode.Length && this.digits >= 0 ? this.segment : this.at;
    if (((tail - from) | 0) > Length.DIGITS) {
      // Blanks, which are no length.
      from = this.at = tail;
      this.digits = -1;
    }
    this.truncated = true;
    const commas = this.firstSegment !== this.topic;
    this.topic = this.lead = commas ? (from - 1) | 0 : from;
    if (((this.segment - from) | 0) < 0) this.segment = from;
    if (!commas || ((this.firstSegment - from) | 0) < 0) this.firstSegment = from;
    this.topicEnd = this.firstTopicEnd = from;
    this.firstPayload = from;
    return from;
  }
}
