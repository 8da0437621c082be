import { frozen } from "../../bytes/frozen";
import { Byte } from "../responses/bytes";
import { afterBlanks, closingQuote, upTo } from "../responses/delimiters";
import { HeaderState, Length } from "./length-header";
import { TO_LINE_END } from "./line-end";
import { Found, type Message } from "./message";
import { BY_SILENCE } from "./silence";
import { Match } from "./subscribed";

/**
 * Reads the topic, and the length behind it. A topic may have quotes and commas in it, and where it has no quotes around it, each
 * number between commas may be the length: the candidates are found one by one, and whether the message ends where one of them
 * says is seen in {@link READINGS} (dialects.md 6.1).
 */
export const HEADER = frozen({
  /** Finds where the topic begins. A line that ends before it, or in its quotes, is no message. */
  beginTopic(message: Message): Found {
    const header = message.header!,
      ring = message.ring;
    let lead = message.at;
    const at = afterBlanks(ring, lead);
    if (at === ring.tail) return Found.Nothing;
    message.at = at;
    const byte = message.byte(at);
    if (byte === Byte.CR || byte === Byte.LF) return Found.NoMessage;
    header.quoted = false;
    header.candidates = 0;
    header.state = HeaderState.Length;
    header.digits = -1; // the first segment is topic, whatever it looks like
    if (byte === Byte.Quote) {
      header.state = HeaderState.Quoted;
      lead = message.at = (at + 1) | 0;
    }
    message.topic = header.lead = header.firstSegment = lead;
    return Found.Nothing;
  },

  /** Finds where a topic in quotes ends. */
  readQuoted(message: Message): Found {
    const header = message.header!,
      ring = message.ring;
    const at = (message.at = closingQuote(ring, message.at, true));
    if (at === ring.tail) return Found.Nothing;
    if (message.byte(at) !== Byte.Quote) return this.leaveUnclosed(message);
    const after = afterBlanks(ring, (at + 1) | 0);
    if (after === ring.tail) return Found.Nothing;
    const byte = message.byte(after);
    if (byte === Byte.CR || byte === Byte.LF) return this.leaveUnclosed(message);
    header.quoted = true;
    message.topicEnd = at;
    header.state = HeaderState.Length;
    this.newSegment(message, byte === Byte.Comma ? (after + 1) | 0 : after);
    return Found.Nothing;
  },

  /** The line ends in the quotes: the topic has a line's end in it, or the length that was found before was wrong. */
  leaveUnclosed(message: Message): Found {
    if (message.header!.candidates === 0) return Found.NoMessage;
    this.fallBack(message);
    return Found.Nothing;
  },

  /** Looks for the length: in a topic without quotes, or behind a topic, a comma decides what may be one. */
  readLength(message: Message): Found {
    const header = message.header!,
      ring = message.ring,
      bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    for (;;) {
      if (header.digits >= 0) {
        const byte = this.readNumber(message);
        if (byte < 0) return Found.Nothing;
        if (byte === Byte.Comma && header.digits > 0) {
          this.newCandidate(message, (message.at + 1) | 0);
          return Found.Nothing;
        }
        if (byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF) {
          if (!header.quoted) header.digits = -1;
          else if (header.candidates === 0) return this.takeWithoutLength(message);
          else {
            header.state = HeaderState.Quoted; // another quote may end the topic
            return Found.Nothing;
          }
        }
      }
      const at = (message.at = upTo(ring, message.at, Byte.Comma));
      if (at === tail) return Found.Nothing;
      if (bytes[at & mask] !== Byte.Comma) return this.endLine(message);
      this.newSegment(message, (at + 1) | 0);
    }
  },

  /** Reads the segment as a number, from its beginning, for a number is short. Returns the byte behind it, or −1 while that has not come. */
  readNumber(message: Message): number {
    const header = message.header!,
      ring = message.ring,
      bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    let at = header.segment,
      byte = 0,
      value = 0;
    while (at !== tail && (byte = bytes[at & mask]) === Byte.Blank) at = (at + 1) | 0;
    const first = at;
    header.spaced = at !== header.segment;
    while (at !== tail && (byte = bytes[at & mask]) >= Byte.Digit0 && byte <= Byte.Digit9 && value <= Length.LONGEST) {
      value = value * 10 + byte - Byte.Digit0;
      at = (at + 1) | 0;
    }
    message.at = at;
    if (at === tail) return -1;
    header.value = value;
    header.digits = value > Length.LONGEST ? -1 : (at - first) | 0;
    return byte;
  },

  /** A new segment begins at `at`, behind a comma: it may be the length. */
  newSegment(message: Message, at: number): void {
    const header = message.header!;
    header.segment = at;
    header.digits = 0;
    if (message.sameHeader) message.differ();
    if (header.firstSegment === message.topic) header.firstSegment = at;
  },

  /** The segment is a number, so the payload may begin at `payload`. */
  newCandidate(message: Message, payload: number): void {
    const header = message.header!;
    message.payload = payload;
    this.endTopic(message, header.segment);
    if (header.candidates++ === 0 || (!this.isSubscribed(message, header.firstTopicEnd) && this.isSubscribed(message, message.topicEnd))) {
      header.firstPayload = payload;
      header.firstSpaced = header.spaced;
      header.firstTopicEnd = message.topicEnd;
    }
    header.state = HeaderState.Frame;
  },

  /** The topic, if it has no quotes, ends at the comma before `segment`. */
  endTopic(message: Message, segment: number): void {
    if (message.header!.quoted) return;
    message.topicEnd = (segment - 1) | 0;
    this.setTopic(message);
  },

  /** Firmware that puts a blank before the topic puts one before the length, too. No document has one before a comma. */
  setTopic(message: Message): void {
    const lead = message.header!.lead,
      topicEnd = message.topicEnd;
    message.topic = lead !== topicEnd && message.byte(lead) === Byte.Blank && message.byte((topicEnd + 1) | 0) === Byte.Blank ? (lead + 1) | 0 : lead;
  },

  /** Whether the topic, if it ends at `end`, is subscribed. */
  isSubscribed(message: Message, end: number): boolean {
    return !message.truncated && message.subscribed.isSubscribed(message.topic, end) !== Match.None;
  },

  /** The line ends in the header: the payload is on the next line, or the length was wrong, or there is none. */
  endLine(message: Message): Found {
    const header = message.header!;
    if (header.candidates > 0) {
      this.fallBack(message);
      return Found.Nothing;
    }
    if (header.digits <= 0) return this.takeWithoutLength(message);
    // Ancestor firmware puts the payload on the next line (dialects.md 6.1).
    const at = message.at,
      next = (at + 1) | 0;
    if (next === message.ring.tail) return Found.Nothing;
    const isEnding = message.byte(at) === Byte.CR && message.byte(next) === Byte.LF;
    const payload = (message.at = isEnding ? (next + 1) | 0 : next);
    // The topic may have a line's end in it instead. Where the ending is not a modem's, that is likely.
    if (isEnding) message.mayContinue = true;
    else message.doubtEnd();
    if (header.value > 0) {
      this.newCandidate(message, payload);
      return Found.Nothing;
    }
    this.endTopic(message, header.segment);
    // An empty message, of firmware that puts no comma behind its length; or a topic below a wildcard that goes on in the next line.
    if (message.truncated || message.subscribed.isSubscribed(message.topic, message.topicEnd) !== Match.Name) message.suspect = true;
    message.payload = payload;
    return message.whole(0, payload);
  },

  /** There is no length at all: the payload is what follows the topic. */
  takeWithoutLength(message: Message): Found {
    const payload = message.header!.firstSegment;
    if (payload === message.topic) return Found.NoMessage;
    this.endTopic(message, payload);
    message.beginPayload(payload, false);
    message.end = TO_LINE_END;
    message.doubtEnd(); // a topic with a comma and a line's end in it looks the same
    return Found.Nothing;
  },

  /** No candidate fits what came: takes what there is, up to where a known line or silence follows. */
  fallBack(message: Message): void {
    const header = message.header!;
    message.topicEnd = header.firstTopicEnd;
    if (!header.quoted) this.setTopic(message);
    message.doubtEnd();
    message.payload = message.at = header.firstPayload;
    message.blankBefore = header.firstSpaced;
    message.end = BY_SILENCE;
  },

  /**
   * The ring is full, and the header goes on: lets go of the topic's beginning. The message is not handed on any more, but its
   * length tells where it ends.
   */
  truncate(message: Message): void {
    const header = message.header!,
      ring = message.ring,
      tail = ring.tail,
      topic = message.topic;
    let from = header.state === HeaderState.Length && header.digits >= 0 ? header.segment : message.at;
    if (((tail - from) | 0) > Length.DIGITS) {
      // Blanks, which are no length.
      from = message.at = tail;
      header.digits = -1;
    }
    message.truncated = true;
    const commas = header.firstSegment !== topic;
    message.topic = header.lead = commas ? (from - 1) | 0 : from;
    if (((header.segment - from) | 0) < 0) header.segment = from;
    if (!commas || ((header.firstSegment - from) | 0) < 0) header.firstSegment = from;
    message.topicEnd = header.firstTopicEnd = header.firstPayload = from;
    ring.head = from;
  },
});
