// The lines that China Mobile's modems print, in the forms of the variants. Each family says which lines have a blank after the
// colon, and has the variants that are named here.

import type { Modem } from "../engine/family";
import { binary } from "../engine/bytes";
import type { Message, Operation } from "../mqtt-types";
import type { Step } from "./family";

/** Lines that have a blank after the colon or not, each by itself: B-5, C-1, C-20. */
export type Line =
  | "CFG"
  | "OPEN"
  | "STAT"
  | "SUBACK"
  | "UNSUBACK"
  | "PUBACK"
  | "PUBREC"
  | "PUBCOMP"
  | "PUBREL"
  | "PUBLISH"
  /** `+MQTTDISC` as the answer to MQTTDISC. */
  | "DISC"
  /** `+MQTTDISC` as the report that the client makes no further try. */
  | "LOST"
  | "TO"
  /** `+MQTTTO:5`. */
  | "PINGTO"
  | "REC"
  | "PING";

const words: Readonly<Partial<Record<Line, string>>> = { LOST: "DISC", PINGTO: "TO" };

/** The lines that have a blank. */
export type Spaced = "all" | readonly Line[];

/** S2 1.9, S3 2.3.10. */
const timeoutTypes: Readonly<Record<Operation, number>> = { connect: 1, publish: 2, pubrel: 2, subscribe: 3, unsubscribe: 4 };
const pingTimeout = 5;

const digits = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();

export class Lines {
  readonly #modem: Modem;
  readonly #spaced: Spaced;

  constructor(modem: Modem, spaced: Spaced) {
    this.#modem = modem;
    this.#spaced = spaced;
  }

  /** The beginning of a line: `+MQTTNAME:`, with its blank if it has one. */
  head(line: Line): string {
    const word = line === "PING" ? this.#modem.variant("pingWord") : (words[line] ?? line);
    return `+MQTT${word}:${this.#spaced === "all" || this.#spaced.includes(line) ? " " : ""}`;
  }

  timeout(operation: Operation): string {
    return `${this.head("TO")}${timeoutTypes[operation]}`;
  }

  pingTimeout(): string {
    return `${this.head("PINGTO")}${pingTimeout}`;
  }

  /** The packet id as it is printed. */
  #id(id: number): number {
    return this.#modem.variant("packetIds") === "same" ? 1 : id;
  }

  suback(id: number, code: number, topic: string): string {
    const granted = this.#modem.variant("subackGranted") === "hex" ? `0x0${code}` : code;
    return `${this.head("SUBACK")}${this.#id(id)},${code === 128 ? this.#modem.variant("subackRefused") : granted},${topic}`;
  }

  unsuback(id: number, topic: string): string {
    const form = this.#modem.variant("unsubackTopic");
    const end = form === "absent" ? "" : form === "quoted" ? `,"${topic}"` : `,${topic}`;
    return `${this.head("UNSUBACK")}${this.#id(id)}${end}`;
  }

  /** The dup flag of an acknowledgement is always 0: MQTT 3.1.1 reserves it. */
  acknowledgement(step: Step | "PUBREL", id: number): string {
    const shown = step === "PUBREL" ? id : this.#id(id);
    return this.head(step) + (this.#modem.variant("ackOrder") === "id-first" ? `${shown},0` : `0,${shown}`);
  }

  /** Prints a message. @param hex whether to print the payload in hexadecimal digits on the next line, as an M5311 can (P5 4.3.4, P11) */
  message({ dup, qos, retain, id, topic, payload }: Message, hex = false): void {
    const { framed, variant } = this.#modem;
    const name = variant("topicQuotes") === "quoted" ? `"${topic}"` : topic;
    const comma = variant("publishComma") === "missing" ? " " : ",";
    const separator = hex || variant("payloadPlace") === "next-line" ? "\r\n" : ",";
    const flags = [dup, qos, retain].map(Number).join(",");
    framed(
      { before: variant("publishStart") === "crlf", after: variant("publishEnd") === "crlf" },
      `${this.head("PUBLISH")}${flags},${id},${name}${comma}${this.#length(payload)}${separator}`,
      hex ? digits(payload) : payload,
    );
  }

  #length(payload: Uint8Array): number {
    switch (this.#modem.variant("publishLength")) {
      case "escaped":
        return payload.length + binary(payload).split('"').length - 1;
      case "long":
        return payload.length + 5;
      case "short":
        return Math.max(0, payload.length - 1);
      default:
        return payload.length;
    }
  }
}
