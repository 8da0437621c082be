import { frozen } from "../../bytes/frozen";
import { FieldKind } from "../responses/fields";
import { TO_LINE_END } from "./line-end";
import type { Found, Framing, Message } from "./message";
import { BY_SILENCE } from "./silence";

/** Messages without a length: the topic is a field, and the payload is what follows, up to the line's end (dialects.md 6.2). */
export const LINE: Framing = frozen({
  hasLength: false,

  prepare(): void {},

  begin(message: Message): void {
    const fields = message.fields, at = fields.at, topic = message.topicField;
    message.topic = fields.start(topic);
    message.topicEnd = fields.end(topic);
    // Firmware that puts blanks after commas puts one before the payload.
    if (fields.kind(topic) === FieldKind.Quoted) message.keepHeader(at, fields.spaced);
    message.beginPayload(at, fields.spaced);
    message.end = message.untilSilence ? BY_SILENCE : TO_LINE_END;
  },

  resume(message: Message, at: number, style: boolean): Found {
    message.fields.add(FieldKind.Quoted, 0, message.topic, message.topicEnd);
    message.beginPayload(at, style);
    const end = message.end = message.untilSilence ? BY_SILENCE : TO_LINE_END;
    return end.find(message);
  },

  finishHeader(message: Message): void {
    message.byName = false;
  },
});
