import { frozen } from "../../bytes/frozen";
import { Byte } from "../responses/bytes";
import { FieldKind } from "../responses/fields";
import { HEADER } from "./header";
import { HeaderState, Length, LengthHeader } from "./length-header";
import { LINE_END } from "./line-end";
import { Found, type Framing, type Message } from "./message";
import { READINGS } from "./readings";
import { Match } from "./subscribed";

/**
 * A payload with a length. A length that the ring cannot hold is not checked: the payload is handed on as it comes
 * (dialects.md 6.1).
 */
const BY_COUNT = frozen({
  find(message: Message): Found {
    const header = message.header!;
    for (;;) {
      const state = header.state;
      const found = this.step(message, state);
      if (found !== Found.Nothing) return found;
      if (message.end !== BY_COUNT) return message.end.find(message); // it is another kind of message after all
      if (header.state === state) return Found.Nothing;
    }
  },

  step(message: Message, state: HeaderState): Found {
    switch (state) {
      case HeaderState.Topic:
        return HEADER.beginTopic(message);
      case HeaderState.Quoted:
        return HEADER.readQuoted(message);
      case HeaderState.Length:
        return HEADER.readLength(message);
      case HeaderState.Frame:
        return READINGS.check(message);
      case HeaderState.Stream:
        return this.stream(message);
    }
  },

  silence(message: Message): Found {
    const header = message.header!;
    switch (header.state) {
      case HeaderState.Topic:
        return Found.Nothing;
      case HeaderState.Stream:
        return this.endStream(message);
      case HeaderState.Frame: {
        header.deciding = true;
        const found = this.find(message);
        header.deciding = false;
        if (found !== Found.Nothing || (message.end === BY_COUNT && this.streams(message))) return found;
        break;
      }
      default:
        if (header.candidates === 0) return Found.Nothing;
    }
    if (message.end === BY_COUNT) HEADER.fallBack(message);
    return message.end.silence(message);
  },

  /** Where the ring is full, a header lets go of its beginning; behind it, the ring's size decides as silence would. */
  overflow(message: Message): Found {
    if (message.header!.state <= HeaderState.Length) HEADER.truncate(message);
    else return this.silence(message);
    return Found.Nothing;
  },

  waits({ header }: Message): boolean {
    const { state, candidates } = header!;
    return state > HeaderState.Length || (candidates > 0 && state > HeaderState.Topic);
  },

  // ---- a message that the ring cannot hold

  streams(message: Message): boolean {
    return message.header!.state === HeaderState.Stream;
  },

  /** Hands on what there is of it, in good portions; the last one when its line's end has come. */
  stream(message: Message): Found {
    const header = message.header!,
      ring = message.ring,
      payload = message.payload,
      left = header.left;
    let length = (ring.tail - payload) | 0;
    const over = (length - left) | 0;
    const ending = over < 2 ? -1 : READINGS.endingAt(message, (payload + left) | 0);
    if (ending >= 0) {
      // What is behind it is in the middle of a line: it was not its length.
      if (ending === 0) message.doubtEnd();
      return message.whole(left, (payload + left + ending) | 0);
    }
    if (ring.free > ring.mask >> 1) return Found.Nothing;
    // One byte waits for the line's end; where the length is wrong, what has come may end with that.
    length = over >= 0 ? left - 1 : length - message.crCount - 1;
    if (length <= 0) return Found.Nothing;
    header.left -= length;
    return message.part(length);
  },

  /** Nothing more comes. Where fewer bytes have come than were announced, some were lost, or the length was wrong. */
  endStream(message: Message): Found {
    const tail = message.ring.tail,
      left = message.header!.left;
    const over = (tail - message.payload - left) | 0;
    if (over === 0 || (over === 1 && message.byte((tail - 1) | 0) === Byte.CR)) return message.whole(left, tail);
    message.doubtEnd();
    return LINE_END.takeAll(message);
  },
});

/** Messages that tell the payload's length behind the topic. */
export const COUNTED: Framing = frozen({
  hasLength: true,

  prepare(message: Message): void {
    message.header ??= new LengthHeader();
  },

  begin(message: Message): void {
    message.at = message.fields.at;
    message.header!.state = HeaderState.Topic;
    message.end = BY_COUNT;
  },

  /** Behind the same topic as before, the length begins at `at`. @param quoted the topic has quotes around it */
  resume(message: Message, at: number, quoted: boolean): Found {
    const ring = message.ring,
      bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    let comma = at,
      byte = 0,
      length = 0;
    while (comma !== tail && (byte = bytes[comma & mask]) >= Byte.Digit0 && byte <= Byte.Digit9 && length <= Length.LONGEST) {
      length = length * 10 + byte - Byte.Digit0;
      comma = (comma + 1) | 0;
    }
    if (byte === Byte.Comma && comma !== at) {
      const found = READINGS.takePlain(message, (comma + 1) | 0, length, quoted);
      if (found !== Found.Nothing) return found;
    }
    const header = message.header!;
    message.findTopic();
    message.fields.count = message.topicField;
    message.end = BY_COUNT;
    header.quoted = quoted;
    header.candidates = 0;
    header.lead = message.topic;
    header.segment = header.firstSegment = at;
    header.digits = 0;
    header.state = HeaderState.Length;
    return BY_COUNT.find(message);
  },

  /** Puts the topic where the other messages have it: among the fields. */
  finishHeader(message: Message): void {
    const header = message.header!,
      fields = message.fields;
    message.byName = false;
    if (message.truncated) return;
    const quoted = header.quoted,
      match = message.subscribed.isSubscribed(message.topic, message.topicEnd);
    if (fields.count === message.topicField) {
      if (header.candidates === 1 && (quoted ? !message.suspect : match !== Match.None && isOneReading(message))) message.keepHeader(header.segment, quoted);
      fields.add(quoted ? FieldKind.Quoted : FieldKind.Bare, 0, message.topic, message.topicEnd);
    }
    message.byName = match === Match.Name;
  },
});

/** Whether a message whose topic has no quotes ends where the number behind its first comma says: another comma may be the topic's. */
function isOneReading(message: Message): boolean {
  const header = message.header!;
  return header.firstSegment === header.segment && header.state === HeaderState.Frame && message.end === BY_COUNT;
}
