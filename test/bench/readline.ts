/**
 * What a Node developer would write instead: `@serialport/parser-readline`, and for each kind of line a regular expression.
 * It looks the expression up by the line's name rather than trying one after the other, and keeps bytes as they are. It
 * cannot take a message that has a line end inside.
 */
import { once } from "node:events";
import { ReadlineParser } from "serialport";
import type { Message } from "./message";

type Handler = (fields: RegExpExecArray) => Message | readonly number[];
type Table = ReadonlyMap<string, readonly [pattern: RegExp, handler: Handler]>;

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const utf8 = (text: string): string => bytes(text).toString();
const numbers: Handler = (fields) => fields.slice(1).flatMap((field) => (field === undefined ? [] : [Number(field)]));

const chinaMobile: Table = new Map<string, readonly [RegExp, Handler]>([
  ["+MQTTPUBLISH", [/^\+MQTTPUBLISH: ?(\d),(\d),(\d),(\d+),(?:"(.*?)"|(.*?)),(\d+),(.*)$/s, ([, dup, qos, retain, , quoted, bare, , payload]) =>
    ({ topic: utf8(quoted ?? bare), payload: bytes(payload), qos: Number(qos), retain: retain === "1", dup: dup === "1" })]],
  ["+MQTTPINGRESP", [/^\+MQTTPINGRESP: ?OK$/, () => []]],
  ["+MQTTPUBACK", [/^\+MQTTPUBACK: ?(\d+),(\d+)$/, numbers]],
  ["+MQTTPUBREC", [/^\+MQTTPUBREC: ?(\d+),(\d+)$/, numbers]],
  ["+MQTTPUBCOMP", [/^\+MQTTPUBCOMP: ?(\d+),(\d+)$/, numbers]],
  ["+MQTTSUBACK", [/^\+MQTTSUBACK: ?(\d+),(\d+),"?.*?"?$/, numbers]],
  ["+MQTTUNSUBACK", [/^\+MQTTUNSUBACK: ?(\d+),"?.*?"?$/, numbers]],
  ["+MQTTTO", [/^\+MQTTTO: ?(\d+)$/, numbers]],
  ["+MQTTREC", [/^\+MQTTREC: ?(\d+)$/, numbers]],
  ["+MQTTSTAT", [/^\+MQTTSTAT: ?(\d+)$/, numbers]],
]);

const TABLES: Readonly<Record<string, Table>> = {
  bc35g: new Map<string, readonly [RegExp, Handler]>([
    ["+QMTRECV", [/^\+QMTRECV: ?(\d),(\d+), ?"(.*?)", ?(.*)$/s, ([, , id, topic, payload]) =>
      ({ topic: utf8(topic), payload: bytes(payload), qos: id === "0" ? 0 : 1, retain: undefined, dup: undefined })]],
    ["+QMTPUB", [/^\+QMTPUB: ?(\d),(\d+),(\d)(?:,(\d+))?$/, numbers]],
    ["+QMTPUBREL", [/^\+QMTPUBREL: ?(\d),(\d+)(?:,(\d+))?$/, numbers]],
    ["+QMTSUB", [/^\+QMTSUB: ?(\d),(\d+),(\d)(?:,(\d+))?$/, numbers]],
    ["+QMTUNS", [/^\+QMTUNS: ?(\d),(\d+),(\d)(?:,(\d+))?$/, numbers]],
    ["+QMTSTAT", [/^\+QMTSTAT: ?(\d),(\d)$/, numbers]],
    ["+QMTCONN", [/^\+QMTCONN: ?(\d),(\d)(?:,(\d))?$/, numbers]],
  ]),
  m531x: chinaMobile,
  ml302: chinaMobile,
  nm28: new Map<string, readonly [RegExp, Handler]>([
    ["+MQTTRECV", [/^\+MQTTRECV: ?(\d),(\d+),(.*?),(\d+),(.*)$/s, ([, , , topic, , payload]) =>
      ({ topic: utf8(topic), payload: bytes(payload), qos: undefined, retain: undefined, dup: undefined })]],
    ["+MQTTPUBEX", [/^\+MQTTPUBEX: ?(\d),(\d+),(-?\d)(?:,(\d+))?$/, numbers]],
    ["+MQTTSUB", [/^\+MQTTSUB: ?(\d),(\d+),(\d)(?:,(\d+))?$/, numbers]],
    ["+MQTTUNS", [/^\+MQTTUNS: ?(\d),(\d+),(\d)(?:,(\d+))?$/, numbers]],
    ["+MQTTCONN", [/^\+MQTTCONN: ?(\d),(\d)(?:,(\d))?$/, numbers]],
  ]),
};

export class Readline {
  readonly #parser = new ReadlineParser({ delimiter: "\r\n", encoding: "latin1" });
  readonly #table: Table;
  readonly #onMessage: (message: Message) => void;
  /** Lines that no expression fits. */
  unknown = 0;
  /** Lines of the table's. */
  known = 0;

  constructor(family: string, onMessage: (message: Message) => void) {
    this.#table = TABLES[family];
    this.#onMessage = onMessage;
    this.#parser.on("data", (line: string) => this.#line(line));
  }

  #line(line: string): void {
    if (line === "") return;
    const entry = this.#table.get(line.slice(0, line.indexOf(":")));
    const fields = entry?.[0].exec(line);
    if (entry === undefined || fields === null || fields === undefined) {
      this.unknown++;
      return;
    }
    this.known++;
    const fact = entry[1](fields);
    if ("topic" in fact) this.#onMessage(fact);
  }

  /** Takes all pieces; settles when the last line has been dealt with. */
  async feed(pieces: readonly Uint8Array[], lines: number): Promise<void> {
    const end = this.known + this.unknown + lines;
    for (const piece of pieces) if (!this.#parser.write(piece)) await once(this.#parser, "drain");
    while (this.known + this.unknown < end) await new Promise((resolve) => setImmediate(resolve));
  }
}
