// An independent reader of what goes to the modem: it knows which commands each family has, which texts the application
// has given, and which payloads wait. It shares nothing with src. Whatever it cannot read is a violation.

import type { FamilyName } from "./families";

const Q = '"([^"\\x00-\\x1f\\x7f]*)"';

/** What every modem is told. */
const common = ["AT", "ATE0", "AT\\+CMEE=1", "AT\\+CMEE\\?", "AT\\+CGATT\\?", "AT\\+CGATT=[01]"];

/** Commands that carry no text of the application's, but for those in Q: host, client id and so on, by place. */
const plain: Readonly<Record<FamilyName, readonly (readonly [form: string, ...places: string[]])[]>> = {
  bc35g: [
    ['AT\\+QMTCFG="version",0,[34]'], ['AT\\+QMTCFG="keepalive",0,\\d+'], ['AT\\+QMTCFG="session",0,[01]'], ['AT\\+QMTCFG="timeout",0,\\d+,\\d+,1'], ['AT\\+QMTCFG="will",0,0'],
    [`AT\\+QMTCFG="will",0,1,[012],[01],${Q},${Q}`, "will topic", "will message"], [`AT\\+QMTOPEN=0,${Q},1883`, "host"],
    [`AT\\+QMTCONN=0,${Q}(?:,${Q}(?:,${Q})?)?`, "id", "user", "password"], ["AT\\+QMTDISC=0"], ["AT\\+QMTCLOSE=0"], ["AT\\+QMTCONN\\?"], ["AT\\+NRB"],
    [`AT\\+QMTSUB=0,\\d+,${Q},[012]${`(?:,${Q},[012])?`.repeat(4)}`, ...Array.from({ length: 5 }, () => "filter")], [`AT\\+QMTUNS=0,\\d+,${Q}`, "filter"],
    [`AT\\+QMTCFG="aliauth",0,${Q},${Q},${Q}`, "product", "device", "secret"],
    [`AT\\+QMTT?ENAUTH=${Q},${Q},${Q},${Q}(?:,\\d+(?:,${Q})?)?`, "product", "device", "client", "secret", "url"],
  ],
  m531x: [
    [`AT\\+MQTTCFG=${Q},1883,${Q},\\d+,${Q},${Q},[01]`, "host", "id", "user", "password"], ["AT\\+MQTTTO=\\d+"], ["AT\\+MQTTPING=[01]"],
    [`AT\\+MQTTOPEN=[01],[01],[01],[01],[012],${Q},${Q}`, "will topic", "will message"], ["AT\\+MQTTDISC"], ["AT\\+MQTTDEL"], ["AT\\+MQTTSTAT\\?"], ["AT\\+CMRB"], ["AT\\+NRB"],
    ["AT\\+MQTTSUB\\?"], [`AT\\+MQTTSUB=${Q},[012]`, "filter"], [`AT\\+MQTTUNSUB=${Q}`, "filter"],
  ],
  ml302: [
    [`AT\\+MQTTCFG=${Q},1883,${Q},\\d+,${Q},${Q},[01]`, "host", "id", "user", "password"],
    [`AT\\+MQTTCFG=${Q},1883,${Q},\\d+,${Q},${Q},[01],${Q},[01]`, "host", "id", "user", "password", "version"], ["AT\\+MQTTTO=\\d+"], ["AT\\+MQTTREC=[01]"], ["AT\\+TRB"],
    [`AT\\+MQTTOPEN=[01],[01],[01],[01],[012],${Q},${Q}`, "will topic", "will message"], ["AT\\+MQTTDISC"], ["AT\\+MQTTDEL"], ["AT\\+MQTTSTAT\\?"],
    ["AT\\+MQTTSUB\\?"], [`AT\\+MQTTSUB=${Q},[012]`, "filter"], [`AT\\+MQTTUNSUB=${Q}`, "filter"],
  ],
  nm28: [
    ['AT\\+MQTTCFG="version",0,[34]'], ['AT\\+MQTTCFG="pdpcid",0,\\d+'], ['AT\\+MQTTCFG="ssl",0,0,0'], ['AT\\+MQTTCFG="keepalive",0,\\d+'], ['AT\\+MQTTCFG="session",0,[01]'],
    ['AT\\+MQTTCFG="timeout",0,\\d+,\\d+,1'], ['AT\\+MQTTCFG="will",0,0'], [`AT\\+MQTTCFG="will",0,1,[012],[01],${Q},${Q}`, "will topic", "will message"],
    ['AT\\+MQTTCFG="recv/mode",0,0,1'], ['AT\\+MQTTCFG="cached",0,0'], [`AT\\+MQTTOPEN=0,${Q},1883`, "host"], [`AT\\+MQTTCONN=0,${Q},${Q},${Q}`, "id", "user", "password"],
    ["AT\\+MQTTDISC=0"], ["AT\\+MQTTCLOSE=0"], ["AT\\+CFUN=1,1"], ["AT\\+MQTTCONN\\?"], [`AT\\+MQTTSUB=0,\\d+,${Q},[012]`, "filter"], [`AT\\+MQTTUNS=0,\\d+,${Q}`, "filter"],
  ],
};

interface PublishForm {
  readonly form: RegExp;
  /** Which group is which. */
  readonly topic: number;
  readonly QoS: number;
  readonly retain: number;
  /** The bytes follow, so many of them; or stand in the line. */
  readonly length?: number;
  readonly hex?: number;
  /** Nothing is in it, and what follows is this. */
  readonly empty?: string;
}

const publish: Readonly<Record<FamilyName, readonly PublishForm[]>> = {
  bc35g: [
    { form: new RegExp(`^AT\\+QMTPUB=0,\\d+,([012]),([01]),${Q},(\\d+)$`), QoS: 1, retain: 2, topic: 3, length: 4 },
    { form: new RegExp(`^AT\\+QMTPUB=0,\\d+,([012]),([01]),${Q}$`), QoS: 1, retain: 2, topic: 3, empty: "\x1a" },
  ],
  m531x: [{ form: new RegExp(`^AT\\+MQTTPUB=${Q},([012]),([01]),0,(\\d+),"([0-9A-F]*)"$`), topic: 1, QoS: 2, retain: 3, hex: 5 }],
  ml302: [
    { form: new RegExp(`^AT\\+MQTTPUB=${Q},([012]),([01]),0,(\\d+)$`), topic: 1, QoS: 2, retain: 3, length: 4 },
    { form: new RegExp(`^AT\\+MQTTPUB=${Q},([012]),([01]),0,""$`), topic: 1, QoS: 2, retain: 3, empty: "" },
  ],
  nm28: [{ form: new RegExp(`^AT\\+MQTTPUBEX=0,\\d+,([012]),([01]),0,${Q},(\\d+)$`), QoS: 1, retain: 2, topic: 3, length: 4 }],
};

/** What the application has given to be sent. */
export interface Given {
  /** Texts by the place that they may stand at. */
  readonly texts: Readonly<Record<string, ReadonlySet<string>>>;
  /** Payloads that were given with these, one character a byte. */
  payloads(topic: string, QoS: number, retain: number): ReadonlySet<string>;
}

/** What a modem that is given this as lines has nothing to do for. */
export function isNoCommand(payload: string): boolean {
  return !/[\x08\x1b\x7f;]|\x1a.|t\+|\+\+|(?:^|[\x00-\x1f])[^\x21-\x7e]*a[\x00-\x1f]*[t/]/is.test(payload);
}

const ESC = "\x1b";
const CTRL_Z = "\x1a";
const PROMPTS: Readonly<Record<FamilyName, RegExp | null>> = { bc35g: />/, m531x: null, ml302: />/, nm28: /CONNECT/ };

export class WireChecker {
  readonly #modem: FamilyName;
  readonly #given: Given;
  readonly #violated: (what: string) => void;
  readonly #heardLine: (line: string) => void;
  readonly #commands: readonly { readonly form: RegExp; readonly places: readonly string[] }[];
  #line = "";
  /** The payloads that may be going out, and how much of them has. */
  #candidates: readonly string[] = [];
  #at = 0;
  /** A payload is going out, or has, that the modem may not have asked for: an empty line may end the line that it is then. */
  #unasked = false;
  /** What the client has been given to read since the last command line. */
  #heard = "";
  readonly #cuts: boolean;
  lines = 0;
  /** Lines that were given up half-way. */
  cut = 0;

  /** @param cuts the port may take a part of a line at a time */
  constructor(modem: FamilyName, cuts: boolean, given: Given, violated: (what: string) => void, heardLine: (line: string) => void = () => {}) {
    this.#modem = modem;
    this.#cuts = cuts;
    this.#given = given;
    this.#violated = violated;
    this.#heardLine = heardLine;
    this.#commands = [...common.map((form) => [form] as const), ...plain[modem]].map(([form, ...places]) => ({ form: new RegExp(`^${form}$`), places }));
  }

  read(bytes: Uint8Array): void {
    if (this.#candidates.length > 0) this.#heard += Buffer.from(bytes).toString("latin1");
  }

  wrote(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(String.fromCharCode(byte));
  }

  /** The client has been replaced by another one: it may have left anything behind. */
  begin(): void {
    this.#candidates = [];
    this.#line = "";
    this.#unasked = false;
  }

  #byte(character: string): void {
    // What comes before the prompt is a payload only if it is no command, and has to be a line otherwise.
    if (this.#candidates.length > 0 && this.#at === 0 && !this.#asked) {
      this.#candidates = this.#candidates.filter((payload) => payload[0] === character && isNoCommand(payload));
    }
    if (this.#candidates.length > 0 && this.#at === 0) this.#unasked ||= this.#candidates.some(isNoCommand);
    if (this.#candidates.length > 0) {
      const left = this.#candidates.filter((payload) => payload[this.#at] === character);
      if (left.length > 0) return this.#payload(left);
      // Given up: what has been taken for the payload's last bytes was the beginning of a line.
      const before = this.#candidates[0].slice(0, this.#at);
      this.#candidates = [];
      this.#line = this.#unasked && character === "\r" ? "" : beginning(before);
    }
    if (this.#unasked && character === "\r" && this.#line === "") return;
    if (this.#line === "" && ((character === ESC && this.#modem === "bc35g") || (character === CTRL_Z && this.#modem === "nm28"))) return;
    if (character !== "\r") {
      this.#line += character;
      if (this.#line.length > 4000) this.#violated(`no command is as long as ${JSON.stringify(this.#line.slice(0, 100))}…`);
      return;
    }
    const line = Buffer.from(this.#line, "latin1").toString("utf8");
    this.#line = "";
    this.lines++;
    this.#command(line);
  }

  get #asked(): boolean {
    return PROMPTS[this.#modem]?.test(this.#heard) === true;
  }

  #payload(left: readonly string[]): void {
    this.#candidates = left;
    this.#at++;
    if (left.some((payload) => payload.length === this.#at)) this.#candidates = [];
  }

  #command(line: string): void {
    this.#heardLine(line);
    for (const { form, places } of this.#commands) {
      const found = form.exec(line);
      if (found === null) continue;
      places.forEach((place, index) => {
        // Of several filters, those that there are.
        if (found[index + 1] === undefined && places.indexOf(place) < index) return;
        // What is empty may be left out.
        if (!this.#given.texts[place].has(found[index + 1] ?? "")) this.#violated(`${place} ${JSON.stringify(found[index + 1])} was not given: ${JSON.stringify(line)}`);
      });
      return;
    }
    for (const form of publish[this.#modem]) {
      const found = form.form.exec(line);
      if (found !== null) return this.#publish(form, found);
    }
    // Given up while the port had taken a part of it: the marker follows at once, for a carriage return before it would have
    // the modem do the half of a command. What the modem gets is no command, for no argument ends so.
    if (this.#cuts && line.startsWith("AT+") && line.endsWith("AT+CMEE?")) return void this.cut++;
    this.#violated(`no such command: ${JSON.stringify(line)}`);
  }

  #publish({ topic, QoS, retain, length, hex, empty }: PublishForm, found: RegExpExecArray): void {
    const given = this.#given.payloads(found[topic], Number(found[QoS]), Number(found[retain]));
    this.#heard = "";
    this.#at = 0;
    if (hex !== undefined) {
      const payload = Buffer.from(found[hex], "hex").toString("latin1");
      if (!given.has(payload) || payload.length !== Number(found[hex - 1])) this.#violated(`a payload that was not given: ${JSON.stringify(found[0])}`);
      return;
    }
    const wanted = [...given].filter((payload) => payload.length === (length === undefined ? 0 : Number(found[length])));
    if (wanted.length === 0) this.#violated(`a publish that was not given: ${JSON.stringify(found[0])}`);
    if (length !== undefined) this.#candidates = wanted;
    else if (empty !== "") this.#candidates = [empty!];
  }
}

const starts = [`${ESC}AT+CMEE?\r`, "AT+CMEE?\r", "AT\r"];

/** The longest end of this that may begin one of the lines that interrupt a payload; ESC is not part of the line. */
function beginning(text: string): string {
  for (let length = Math.min(text.length, 10); length > 0; length--) {
    const end = text.slice(-length);
    if (starts.some((start) => start.startsWith(end))) return end.replace(ESC, "");
  }
  return "";
}
