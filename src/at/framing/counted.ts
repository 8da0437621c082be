import type { Ring } from "../../bytes/ring";
import { Byte } from "../responses/bytes";
import { afterBlanks } from "../responses/delimiters";
import { Next, lookAhead } from "../responses/look-ahead";
import { Header, Length } from "./header";
import { Found, Mode } from "./payload";

/** What stands where a reading of a message ends. */
const enum Fit {
  /** More bytes are needed. */
  Unknown,
  /** Something in the middle of a line. */
  None,
  /** A line that the modem can say, without an end of line before it. */
  Loose,
  /** The end of a line. */
  Exact,
  /** The ring cannot hold so much. */
  Beyond,
}

/**
 * Payloads with a length. It is believed where a line ends behind as many bytes; where the ring cannot hold them, they are
 * handed on as they come (dialects.md 6.1).
 *
 * The sender chooses the topic and the payload, so a number in either may look like the length. All readings that the line
 * allows are compared. One that ends with its line wins over one that ends in the middle of it, and of two such the longer one,
 * for its bytes are then no reports. Where that leaves a doubt, the message is suspect, and `leaves` is set.
 */
export abstract class Counted extends Header {
  /** Silence has followed: what has not come does not come. */
  private deciding = false;
  /** This modem has put a line's end behind a message. Firmware before guide revision 1.1 puts none. */
  private endsLines = false;
  /** Of the reading that {@link fitOf} has looked at: where its payload begins, what is behind it, and bytes of a line's end that its length counts. */
  private fitPayload = 0;
  private fitNext = 0;
  private fitCounted = 0;
  /** The reading that {@link nextReading} has found. */
  private otherTopicEnd = 0;
  private otherPayload = 0;
  private otherLength = 0;

  /** Goes on looking for the end, or for the next part. */
  abstract find(): Found;

  /** Remembers the line up to `end`: the next message may begin so. */
  protected abstract remember(end: number, style: boolean): void;

  /** Whether the message ends where its length says. */
  protected frame(): Found {
    const payload = this.payload;
    const fit = this.fitOf(payload, this.value);
    if (fit > Fit.None) return this.choose(fit);
    if (fit === Fit.None) {
      // Not its length: a comma or a quote in the topic may have made it look like one (dialects.md 6.1, step 7).
      if (this.quoted) {
        this.at = payload;
        this.mode = Mode.Quoted;
      } else {
        this.newSegment(payload);
        this.mode = Mode.Length;
      }
    }
    return Found.Nothing;
  }

  override silence(): Found {
    const mode = this.mode;
    if (mode === Mode.Frame) {
      this.deciding = true;
      const found = this.find();
      this.deciding = false;
      const went: Mode = this.mode;
      if (found !== Found.Nothing || went === Mode.Stream) return found;
      if (went !== Mode.Silence) this.fallBack();
    } else if (mode === Mode.Stream) {
      const over = (this.ring.tail - this.payload - this.value) | 0;
      if (over === 0 || (over === 1 && this.byte((this.ring.tail - 1) | 0) === Byte.CR)) return this.whole(this.value, this.ring.tail);
      // Fewer bytes than were announced: some were lost, or the length was wrong.
      this.suspect = this.leaves = true;
      return this.ends(this.withoutEnding(), this.ring.tail);
    } else if ((mode === Mode.Length || mode === Mode.Quoted) && this.candidates > 0) this.fallBack();
    return super.silence();
  }

  /** What stands behind `length` bytes from `payload`. */
  private fitOf(payload: number, length: number): Fit {
    const ring = this.ring;
    const end = (payload + length) | 0;
    if (((end - ring.head + 4) | 0) > ring.mask + 1) return Fit.Beyond;
    this.fitPayload = payload;
    this.fitCounted = 0;
    const over = (ring.tail - end) | 0;
    if (over < 2) return this.deciding ? this.silentFit(payload, length, over) : Fit.Unknown;
    let ending = this.endingAt(end);
    if (ending === 0 && this.byte(payload) === Byte.Blank && (over > 2 || !this.deciding)) {
      if (over < 3) return Fit.Unknown;
      // The firmware's blank.
      ending = this.endingAt((end + 1) | 0);
      if (ending > 0) {
        this.fitPayload = (payload + 1) | 0;
        this.fitNext = (end + 1 + ending) | 0;
        return Fit.Exact;
      }
    }
    if (ending < 0) {
      if (!this.deciding) return Fit.Unknown;
      ending = 2;
    }
    this.fitNext = (end + ending) | 0;
    if (ending > 0) return Fit.Exact;
    // In the middle of a line's end it cannot be.
    if (this.byte(end) === Byte.LF && length > 0 && this.byte((end - 1) | 0) === Byte.CR) return Fit.None;
    switch (lookAhead(ring, this.responses, end, true)) {
      case Next.Unknown: return this.deciding ? Fit.None : Fit.Unknown;
      case Next.Other: return Fit.None;
    }
    // Behind a line's end a line begins: the length counts that end as well (dialects.md C-6).
    if (length >= 2 && this.isEnding((end - 2) | 0)) this.fitCounted = 2;
    return Fit.Loose;
  }

  /** The same where silence has followed, and the line's end is not there, or not whole: firmware before guide revision 1.1 prints none. */
  private silentFit(payload: number, length: number, over: number): Fit {
    const tail = this.ring.tail;
    this.fitNext = tail;
    if (over === 0 && length >= 2 && this.isEnding((tail - 2) | 0)) {
      // A length that counts the line's end as well (C-6), or a payload that ends like a line, from the old firmware.
      this.fitCounted = 2;
      return Fit.Loose;
    }
    if (over === 0 && this.endsLines) return Fit.Loose; // its line goes on
    if (over === 0 || (over === 1 && this.byte((tail - 1) | 0) === Byte.CR)) return Fit.Exact;
    if (over !== 1 || this.byte(payload) !== Byte.Blank) return Fit.None;
    this.fitPayload = (payload + 1) | 0;
    return Fit.Exact;
  }

  /** The reading of `value` bytes from `payload` fits so: takes it, or another one of the same line that fits better. */
  private choose(fit: Fit): Found {
    const ring = this.ring;
    let payload = fit === Fit.Beyond ? this.payload : this.fitPayload, next = this.fitNext;
    let length = this.value - this.fitCounted;
    let topicEnd = this.topicEnd;
    let end = (this.payload + this.value) | 0;
    let limit = ring.find(Byte.LF, this.payload); // what is behind the line's end is no topic
    if (fit === Fit.Exact && ((limit - end) | 0) > 0) limit = end;
    else if (limit === ring.tail && !this.deciding && fit !== Fit.Exact && (fit === Fit.Loose || ring.free > 0)) return Found.Nothing; // how much of it there is must not decide
    let ambiguous = false, equal = false, known = false, other = false;
    for (let at = this.payload; this.nextReading(at, limit);) {
      at = this.otherPayload;
      if (!this.mayBeTopic(this.otherTopicEnd)) continue;
      if (!other) known = this.knows(topicEnd);
      other = true;
      const longer = ((at + this.otherLength - end) | 0) > 0;
      const shorter = fit === Fit.Beyond && !longer;
      const otherKnown = this.knows(this.otherTopicEnd);
      if (fit === Fit.Exact && !longer && otherKnown === known) {
        // It is as good, as far as anybody can tell: a number in the topic, or one in the payload, is not the length.
        if (this.fitOf(at, this.otherLength) === Fit.Exact) equal = true;
        continue;
      }
      if (!otherKnown && (known || (fit !== Fit.Loose && !longer))) continue; // a topic that is not subscribed does not come
      const otherFit = this.fitOf(at, this.otherLength);
      // Without an end of its line it is from firmware that prints none, and so is what is behind the first one.
      if (fit === Fit.Loose && this.deciding && ((ring.tail - at - this.otherLength) | 0) < 2 && otherFit !== Fit.Beyond) continue;
      if (otherFit === Fit.Unknown) return Found.Nothing;
      if (shorter) {
        // It is over here, or goes on for longer than the ring: nothing comes any more, or so much that the ring is full.
        if (otherFit === fit) equal = true;
        if (otherFit !== Fit.Exact) continue;
        if (!this.deciding) return Found.Nothing;
        ambiguous = true;
        if (ring.free === 0) continue;
      }
      if (otherFit === Fit.Beyond && fit !== Fit.Beyond && ring.free > 0) {
        // It would go on: where nothing more comes, it is none.
        if (this.deciding) continue;
        return Found.Nothing;
      }
      if (otherFit === Fit.None || otherFit === Fit.Loose) continue;
      if (fit !== Fit.Loose && (otherKnown === known || fit === Fit.Beyond || otherFit === Fit.Beyond)) ambiguous = true;
      if (fit === Fit.Exact && otherFit === Fit.Beyond) continue;
      fit = otherFit;
      payload = fit === Fit.Beyond ? at : this.fitPayload;
      next = this.fitNext;
      length = this.otherLength;
      topicEnd = this.otherTopicEnd;
      end = (at + length) | 0;
      if (otherKnown !== known) equal = false;
      known = otherKnown;
      this.isOther();
      this.candidates++; // it is not the only reading, and is not remembered
    }
    if (equal) this.suspect = true;
    if (fit === Fit.Loose) ambiguous = true;
    else if (fit === Fit.Exact && !this.suspect) {
      const like = this.endsLikeLine(payload, length, next);
      if (like < 0) return Found.Nothing;
      if (like > 0) this.suspect = true;
      if (!this.deciding) this.endsLines = true;
    }
    if (ambiguous) this.suspect = this.leaves = true;
    this.topicEnd = topicEnd;
    if (!this.quoted) this.setTopic();
    this.value = length;
    if (fit === Fit.Beyond) {
      this.payload = payload;
      this.length = length;
      this.mode = Mode.Stream;
      return Found.Nothing;
    }
    if (!this.quoted && !this.opened && !this.truncated && this.candidates === 1 && this.firstSegment === this.segment && this.knows(topicEnd)) this.remember(this.segment, false);
    return this.accept(payload, next);
  }

  /**
   * Whether a length that is wrong would look like this: it holds a line of the modem's, or its own line's end, and another line
   * follows at once. 1 if so, 0 if not, −1 while that is not known.
   */
  private endsLikeLine(payload: number, length: number, next: number): number {
    const ring = this.ring, end = (payload + length) | 0;
    for (let at = ring.find(Byte.LF, payload); ((at - end) | 0) < 0; at = ring.find(Byte.LF, at)) {
      const line = this.byte((at - 1) | 0) === Byte.CR && at !== payload;
      at = (at + 1) | 0;
      if (!line) continue;
      let begin = at, byte = 0;
      while (begin !== end && ((byte = this.byte(begin)) === Byte.CR || byte === Byte.LF)) begin = (begin + 1) | 0;
      if (begin !== end) {
        if (lookAhead(ring, this.responses, begin, true) === Next.Known) return 1;
      } else if (next === ring.tail) return this.deciding ? 0 : -1;
      else return (byte = this.byte(next)) === Byte.CR || byte === Byte.LF ? 0 : 1;
    }
    return 0;
  }

  /** Whether a number that may be the length stands between `at` and `limit`, with a payload behind it: then it is the other reading. */
  private nextReading(at: number, limit: number): boolean {
    const ring = this.ring;
    for (;;) {
      let start = at;
      if (this.quoted) {
        const quote = ring.find(Byte.Quote, at);
        if (((quote - limit) | 0) >= 0) return false;
        at = start = (quote + 1) | 0;
        start = afterBlanks(ring, start);
        if (start === ring.tail) return false;
        if (this.byte(start) === Byte.Comma) start = (start + 1) | 0;
        else if (start === at) continue;
        this.otherTopicEnd = quote;
      }
      const comma = ring.find(Byte.Comma, start);
      if (((comma - limit) | 0) >= 0) return false;
      const length = decimal(ring, start, comma);
      if (!this.quoted) at = (comma + 1) | 0;
      if (length < 0) continue;
      if (!this.quoted) this.otherTopicEnd = (start - 1) | 0;
      this.otherPayload = (comma + 1) | 0;
      this.otherLength = length;
      return true;
    }
  }

  /** Whether what ends at `end` can be a topic that was published to: no such one has a wildcard (MQTT 3.1.1, 3.3.2.1). */
  private mayBeTopic(end: number): boolean {
    const ring = this.ring;
    return ((ring.find(Byte.Plus, this.topic) - end) | 0) >= 0 && ((ring.find(Byte.Hash, this.topic) - end) | 0) >= 0;
  }

  /** How long the line ending at `position` is, of which two bytes are there: CR LF, or this modem's own; 0 for none, −1 for not known yet. */
  private endingAt(position: number): number {
    if (this.isEnding(position)) return 2;
    const next = (position + 1) | 0;
    if (this.crCount < 2 || this.byte(position) !== Byte.CR || this.byte(next) !== Byte.CR) return 0;
    return ((next + 1) | 0) === this.ring.tail ? -1 : this.isEnding(next) ? 3 : 0;
  }

  /** Whether CR LF stands at `position`. */
  private isEnding(position: number): boolean {
    return this.byte(position) === Byte.CR && this.byte((position + 1) | 0) === Byte.LF;
  }

  // ---- a message that the ring cannot hold

  /** Hands on what there is of it, in good portions; the last one when its line's end has come. */
  protected stream(): Found {
    const ring = this.ring, payload = this.payload;
    let length = (ring.tail - payload) | 0;
    const over = (length - this.value) | 0;
    let ending = over < 2 ? -1 : this.endingAt((payload + this.value) | 0);
    if (ending >= 0) {
      // What is behind it is in the middle of a line: it was not its length.
      if (ending === 0) this.suspect = this.leaves = true;
      const end = this.value;
      ending = (payload + end + ending) | 0;
      return this.whole(end, ending);
    }
    if (ring.free > ring.mask >> 1) return Found.Nothing;
    // One byte waits for the line's end; where the length is wrong, what has come may end with that.
    length = over >= 0 ? this.value - 1 : length - this.crCount - 1;
    if (length <= 0) return Found.Nothing;
    this.value -= length;
    return this.part(length, true);
  }
}

/** The number that stands alone, but for blanks before it, from `start` to `end`; −1 when it is none, or no length. */
function decimal(ring: Ring, start: number, end: number): number {
  let at = afterBlanks(ring, start);
  if (at === end) return -1;
  let value = 0;
  for (; at !== end; at = (at + 1) | 0) {
    const byte = ring.bytes[at & ring.mask]!;
    if (byte < Byte.Digit0 || byte > Byte.Digit9) return -1;
    value = value * 10 + byte - Byte.Digit0;
    if (value > Length.LONGEST) return -1;
  }
  return value;
}
