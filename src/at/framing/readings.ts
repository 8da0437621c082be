import { frozen } from "../../bytes/frozen";
import type { Ring } from "../../bytes/ring";
import { Byte } from "../responses/bytes";
import { afterBlanks } from "../responses/delimiters";
import { Next, lookAhead } from "../responses/look-ahead";
import { HEADER } from "./header";
import { HeaderState, Length } from "./length-header";
import { Found, type Message } from "./message";

/** What stands where a reading of a message ends. */
export const enum Fit {
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
 * Decides which number of a message's line is its length. A length is believed where a line ends behind as many bytes.
 *
 * The sender chooses the topic and the payload, so a number in either may look like the length. Each such number is a reading of the
 * line, with a topic before it and a payload behind it. All readings are compared. A reading that ends with its line wins over one
 * that ends in the middle of it. Of two that end with a line the longer one wins, so that bytes of a payload are not taken for
 * reports. Where a doubt is left, the message is suspect, and what follows may belong to it.
 */
export const READINGS = frozen({
  /** Takes what most messages are: one like the last, whole, and without a byte with which another reading would begin. */
  takePlain(message: Message, payload: number, length: number, quoted: boolean): Found {
    const ring = message.ring,
      bytes = ring.bytes,
      mask = ring.mask,
      end = (payload + length) | 0;
    if (
      ((ring.tail - end) | 0) < 2 ||
      bytes[end & mask] !== Byte.CR ||
      bytes[(end + 1) & mask] !== Byte.LF ||
      !ring.lacks(payload, end, Byte.LF, quoted ? Byte.Quote : Byte.Comma)
    )
      return Found.Nothing;
    message.payload = payload;
    return message.whole(length, (end + 2) | 0);
  },

  /** Whether the message ends where the present length candidate says. */
  check(message: Message): Found {
    const header = message.header!,
      payload = message.payload;
    if (message.sameHeader && this.takePlain(message, payload, header.value, header.quoted) !== Found.Nothing) return Found.Part;
    const fit = this.fitOf(message, payload, header.value);
    if (fit > Fit.None) return this.choose(message, fit);
    if (fit === Fit.None) {
      // Not its length: a comma or a quote in the topic may have made it look like one (dialects.md 6.1, step 7).
      if (header.quoted) {
        message.at = payload;
        header.state = HeaderState.Quoted;
      } else {
        HEADER.newSegment(message, payload);
        header.state = HeaderState.Length;
      }
    }
    return Found.Nothing;
  },

  /** What stands behind `length` bytes from `payload`. */
  fitOf(message: Message, payload: number, length: number): Fit {
    const header = message.header!,
      ring = message.ring,
      deciding = header.deciding;
    const end = (payload + length) | 0;
    if (((end - ring.head + 4) | 0) > ring.mask + 1) return Fit.Beyond;
    header.fitPayload = payload;
    header.fitCounted = 0;
    const over = (ring.tail - end) | 0;
    if (over < 2) return deciding ? this.fitInSilence(message, payload, length, over) : Fit.Unknown;
    let ending = this.endingAt(message, end);
    if (ending === 0 && message.byte(payload) === Byte.Blank && (over > 2 || !deciding)) {
      if (over < 3) return Fit.Unknown;
      // The blank before the payload may be the firmware's.
      ending = this.endingAt(message, (end + 1) | 0);
      if (ending > 0) {
        header.fitPayload = (payload + 1) | 0;
        header.fitNext = (end + 1 + ending) | 0;
        return Fit.Exact;
      }
    }
    if (ending < 0) {
      if (!deciding) return Fit.Unknown;
      ending = 2;
    }
    header.fitNext = (end + ending) | 0;
    if (ending > 0) return Fit.Exact;
    // In the middle of a line's end it cannot be.
    if (message.byte(end) === Byte.LF && length > 0 && message.byte((end - 1) | 0) === Byte.CR) return Fit.None;
    switch (lookAhead(ring, message.names, end, true)) {
      case Next.Unknown:
        return deciding ? Fit.None : Fit.Unknown;
      case Next.Other:
        return Fit.None;
    }
    // Behind a line's end a line begins: the length counts that end as well (dialects.md C-6).
    if (length >= 2 && this.isCRLF(message, (end - 2) | 0)) header.fitCounted = 2;
    return Fit.Loose;
  },

  /** The same where silence has followed, and the line's end is missing or not whole: firmware before guide revision 1.1 prints none. */
  fitInSilence(message: Message, payload: number, length: number, over: number): Fit {
    const header = message.header!,
      tail = message.ring.tail;
    header.fitNext = tail;
    if (over === 0 && length >= 2 && this.isCRLF(message, (tail - 2) | 0)) {
      // A length that counts the line's end as well (C-6), or a payload that ends like a line, from the old firmware.
      header.fitCounted = 2;
      return Fit.Loose;
    }
    if (over === 0 && header.endsLines) return Fit.Loose; // its line goes on
    if (over === 0 || (over === 1 && message.byte((tail - 1) | 0) === Byte.CR)) return Fit.Exact;
    if (over !== 1 || message.byte(payload) !== Byte.Blank) return Fit.None;
    header.fitPayload = (payload + 1) | 0;
    return Fit.Exact;
  },

  /** Takes the present candidate, which fits so, or another reading of the same line that fits better. */
  choose(message: Message, fit: Fit): Found {
    const header = message.header!,
      ring = message.ring,
      deciding = header.deciding;
    let payload = fit === Fit.Beyond ? message.payload : header.fitPayload,
      next = header.fitNext;
    let length = header.value - header.fitCounted;
    let topicEnd = message.topicEnd;
    let end = (message.payload + header.value) | 0;
    const lineEnd = ring.find(Byte.LF, message.payload),
      isExact = fit === Fit.Exact;
    if (lineEnd === ring.tail && !deciding && !isExact && (fit === Fit.Loose || ring.free > 0)) return Found.Nothing; // the outcome must not depend on how much of the line has come
    // A topic seldom goes on behind a line's end. Where it does, and its message ends in the same place, nobody can tell which of the two has come.
    const limit = isExact ? end : lineEnd;
    let ambiguous = false,
      equal = false,
      subscribed = false,
      other = false;
    for (let at = message.payload; this.nextReading(message, at, limit); ) {
      at = header.otherPayload;
      const otherLength = header.otherLength,
        otherTopicEnd = header.otherTopicEnd;
      if (!this.mayBeTopic(message, otherTopicEnd)) continue;
      if (!other) subscribed = HEADER.isSubscribed(message, topicEnd);
      other = true;
      const longer = ((at + otherLength - end) | 0) > 0;
      if (isExact && ((otherTopicEnd - lineEnd) | 0) > 0) {
        if (at + otherLength === end && HEADER.isSubscribed(message, otherTopicEnd)) equal = true;
        continue;
      }
      const shorter = fit === Fit.Beyond && !longer;
      const otherSubscribed = HEADER.isSubscribed(message, otherTopicEnd);
      if (fit === Fit.Exact && !longer && otherSubscribed === subscribed) {
        // Nobody can tell which of the two is right: the number in the topic, or the one in the payload, is not the length.
        if (this.fitOf(message, at, otherLength) === Fit.Exact) equal = true;
        continue;
      }
      if (!otherSubscribed && (subscribed || (fit !== Fit.Loose && !longer))) continue; // a topic that is not subscribed does not come
      const otherFit = this.fitOf(message, at, otherLength);
      // The other reading has no line's end, so the firmware prints none; then the first reading needs none either.
      if (fit === Fit.Loose && deciding && ((ring.tail - at - otherLength) | 0) < 2 && otherFit !== Fit.Beyond) continue;
      if (otherFit === Fit.Unknown) return Found.Nothing;
      if (shorter) {
        // The message ends here, or is longer than the ring. Silence shows the one, a full ring the other.
        if (otherFit === fit) equal = true;
        if (otherFit !== Fit.Exact) continue;
        if (!deciding) return Found.Nothing;
        ambiguous = true;
        if (ring.free === 0) continue;
      }
      if (otherFit === Fit.Beyond && fit !== Fit.Beyond && ring.free > 0) {
        // The other reading would be longer than the ring: silence shows that it is wrong.
        if (deciding) continue;
        return Found.Nothing;
      }
      if (otherFit === Fit.None || otherFit === Fit.Loose) continue;
      if (fit !== Fit.Loose && (otherSubscribed === subscribed || fit === Fit.Beyond || otherFit === Fit.Beyond)) ambiguous = true;
      if (fit === Fit.Exact && otherFit === Fit.Beyond) continue;
      fit = otherFit;
      payload = fit === Fit.Beyond ? at : header.fitPayload;
      next = header.fitNext;
      length = otherLength;
      topicEnd = otherTopicEnd;
      end = (at + length) | 0;
      if (otherSubscribed !== subscribed) equal = false;
      subscribed = otherSubscribed;
      message.differ();
      header.candidates++; // the header cache keeps a line only where it has one reading
    }
    if (equal) message.suspect = true;
    if (fit === Fit.Loose) ambiguous = true;
    else if (fit === Fit.Exact && !message.suspect) {
      const like = this.looksMiscounted(message, payload, length, next);
      if (like < 0) return Found.Nothing;
      if (like > 0) message.suspect = true;
      if (!deciding) header.endsLines = true;
    }
    if (ambiguous) message.doubtEnd();
    message.topicEnd = topicEnd;
    if (!header.quoted) HEADER.setTopic(message);
    message.payload = payload;
    if (fit === Fit.Beyond) {
      header.left = length;
      message.length = length;
      header.state = HeaderState.Stream;
      return Found.Nothing;
    }
    return message.whole(length, next);
  },

  /**
   * Whether a length that is wrong would look like this: it holds a line of the modem's, or its own line's end, and another line
   * follows at once. 1 if so, 0 if not, −1 while that is not known.
   */
  looksMiscounted(message: Message, payload: number, length: number, next: number): number {
    const ring = message.ring,
      end = (payload + length) | 0;
    for (let at = ring.find(Byte.LF, payload); ((at - end) | 0) < 0; at = ring.find(Byte.LF, at)) {
      const line = message.byte((at - 1) | 0) === Byte.CR && at !== payload;
      at = (at + 1) | 0;
      if (!line) continue;
      let begin = at,
        byte = 0;
      while (begin !== end && ((byte = message.byte(begin)) === Byte.CR || byte === Byte.LF)) begin = (begin + 1) | 0;
      if (begin !== end) {
        if (lookAhead(ring, message.names, begin, true) === Next.Known) return 1;
      } else if (next === ring.tail) return message.header!.deciding ? 0 : -1;
      else return (byte = message.byte(next)) === Byte.CR || byte === Byte.LF ? 0 : 1;
    }
    return 0;
  },

  /** Whether a number that may be the length stands between `at` and `limit`, with a payload behind it: then it is the other reading. */
  nextReading(message: Message, at: number, limit: number): boolean {
    const header = message.header!,
      ring = message.ring,
      quoted = header.quoted;
    for (;;) {
      let start = at;
      if (quoted) {
        const quote = ring.find(Byte.Quote, at);
        if (((quote - limit) | 0) >= 0) return false;
        at = start = (quote + 1) | 0;
        start = afterBlanks(ring, start);
        if (start === ring.tail) return false;
        if (message.byte(start) === Byte.Comma) start = (start + 1) | 0;
        else if (start === at) continue;
        header.otherTopicEnd = quote;
      }
      const comma = ring.find(Byte.Comma, start);
      if (((comma - limit) | 0) >= 0) return false;
      const length = decimal(ring, start, comma);
      if (!quoted) at = (comma + 1) | 0;
      if (length < 0) continue;
      if (!quoted) header.otherTopicEnd = (start - 1) | 0;
      header.otherPayload = (comma + 1) | 0;
      header.otherLength = length;
      return true;
    }
  },

  /** Whether what ends at `end` can be a topic that was published to: no such one has a wildcard (MQTT 3.1.1, 3.3.2.1). */
  mayBeTopic(message: Message, end: number): boolean {
    const ring = message.ring,
      topic = message.topic;
    return ((ring.find(Byte.Plus, topic) - end) | 0) >= 0 && ((ring.find(Byte.Hash, topic) - end) | 0) >= 0;
  },

  /** How long the line ending at `position` is, of which two bytes are there: CR LF, or this modem's own; 0 for none, −1 for not known yet. */
  endingAt(message: Message, position: number): number {
    if (this.isCRLF(message, position)) return 2;
    const next = (position + 1) | 0;
    if (message.crCount < 2 || message.byte(position) !== Byte.CR || message.byte(next) !== Byte.CR) return 0;
    return ((next + 1) | 0) === message.ring.tail ? -1 : this.isCRLF(message, next) ? 3 : 0;
  },

  /** Whether CR LF stands at `position`. */
  isCRLF(message: Message, position: number): boolean {
    return message.byte(position) === Byte.CR && message.byte((position + 1) | 0) === Byte.LF;
  },
});

/** The number from `start` to `end`, which only blanks may precede; −1 where that is no number, or too large for a length. */
function decimal(ring: Ring, start: number, end: number): number {
  let at = afterBlanks(ring, start);
  if (at === end) return -1;
  let value = 0;
  for (; at !== end; at = (at + 1) | 0) {
    const byte = ring.bytes[at & ring.mask];
    if (byte < Byte.Digit0 || byte > Byte.Digit9) return -1;
    value = value * 10 + byte - Byte.Digit0;
    if (value > Length.LONGEST) return -1;
  }
  return value;
}
