import { frozen } from "../../bytes/frozen";
import { Byte } from "../responses/bytes";
import { FieldKind } from "../responses/fields";
import { TO_LINE_END } from "./line-end";
import type { Found, Framing, Message } from "./message";
import { BY_SILENCE } from "./silence";

/** Messages without a length: the topic is a field, and the payload is what follows, up to the line's end (dialects.md 6.2). */
export const LINE: Framing = frozen({
  hasLength: false,

  prepare(): void {},

  begin(message: Message): void {
    const fields = message.fields,
      at = fields.at,
      topic = message.topicField,
      spaced = fields.isSpaced(topic);
    message.topic = fields.start(topic);
    message.topicEnd = fields.end(topic);
    // Firmware that puts blanks after commas puts one before the payload.
    if (fields.kind(topic) === FieldKind.Quoted) message.keepHeader(at, spaced);
    message.beginPayload(at, spaced);
    message.end = message.untilSilence ? BY_SILENCE : TO_LINE_END;
  },

  /** @param spaced there are blanks after commas */
  resume(message: Message, at: number, spaced: boolean): Found {
    if (!message.untilSilence && !message.stripQuotes && message.crCount === 1) {
      // Most messages are whole.
      const ring = message.ring,
        payload = spaced && message.byte(at) === Byte.Blank ? (at + 1) | 0 : at;
      const end = ring.find(Byte.LF, at),
        length = (end - 1 - payload) | 0;
      if (end !== ring.tail && length >= 0 && ring.bytes[(end - 1) & ring.mask] === Byte.CR) {
        message.payload = payload;
        return message.whole(length, (end + 1) | 0);
      }
    }
    message.beginPayload(at, spaced);
    const end = (message.end = message.untilSilence ? BY_SILENCE : TO_LINE_END);
    return end.find(message);
  },

  finishHeader(message: Message): void {
    message.byName = false;
  },
});
