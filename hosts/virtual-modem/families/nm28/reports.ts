// Unsolicited reports: messages (S4 1.9, dialects 5.3) and, with some variants, the loss of a link.

import type { Modem } from "../../engine/family";
import type { Message } from "../../mqtt-types";
import { resultLine } from "./reply";
import type { Settings } from "./settings";

/** The blanks after the index, and after the other commas. */
const blanks: Readonly<Record<string, readonly [afterIndex: string, afterOthers: string]>> = {
  none: ["", ""],
  session: ["", " "],
  table: [" ", " "],
};

const blank = 0x20;

/** The parts of +MQTTRECV. */
export function messageReport(
  { variant }: Modem,
  index: number,
  { messageInReport, lengthInReport }: Settings,
  { id, topic, payload }: Message,
): (string | Uint8Array)[] {
  const [afterIndex, gap] = blanks[variant("recvSpace")];
  // S4 1.9: the id is greater than 0. MQTT has no packet id at QoS 0.
  const shownId = id === 0 && variant("recvId") === "positive" ? 1 : id;
  const head = `+MQTTRECV:${gap}${index},${afterIndex}${shownId}`;
  // S4 1.1 says only that the report does not carry the message, and has no command to read it. The form is that of the QMT set, where
  // the second number is the message's position in the buffer (dialects P18).
  if (!messageInReport) return [head];
  const quote = variant("recvTopic") === "quoted" ? '"' : "";
  const counted = variant("recvLength") === "exact" ? payload : payload.filter((byte) => byte !== blank);
  const length = lengthInReport ? `${gap}${counted.length},` : "";
  return [`${head},${gap}${quote}${topic}${quote},${length}${gap}`, payload];
}

/** The loss of a link; `code` is one of `+QMTSTAT`'s, 5 for the client's own DISCONNECT (dialects 2.3). */
export function lossReport(modem: Modem, index: number, code: number): string | undefined {
  const form = modem.variant("linkLoss");
  if (form === "stat") return resultLine(modem, "+MQTTSTAT", index, code);
  // In the other forms the answer to MQTTDISC has reported it already.
  if (form === "silent" || code === 5) return undefined;
  return resultLine(modem, `+MQTT${form.toUpperCase()}`, index, 0);
}
