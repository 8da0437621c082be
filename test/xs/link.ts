/// <reference path="host.d.ts" />
/** What the measurements have in place of a port, a clock and a modem: none of them allocates while a message passes. */
import { bytes as native } from "../../hosts/moddable/bytes";
import type { Alarm, Clock, Port, PortReceiver, AlarmListener } from "../../src/platform";
import BC35G from "../../src/modems/bc35g";
import M531X from "../../src/modems/m531x";
import ML302 from "../../src/modems/ml302";
import NM28 from "../../src/modems/nm28";

export const ascii = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

class StillAlarm implements Alarm {
  due = false;
  isSet = false;
  constructor(readonly ringer: AlarmListener) {}
  set(milliseconds: number): void {
    this.due = milliseconds === 0;
    this.isSet = true;
  }
  clear(): void { this.due = this.isSet = false; }
  close(): void { this.clear(); }
}

/** Time that stands still; what was to happen at once happens in `settle`. */
export class StillClock implements Clock {
  readonly #alarms: StillAlarm[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  /** The modem has paused: what may have been a message's further lines comes no more. */
  pause(): void {
    for (let i = 0; i < 3; i++) {
      this.#now += 200;
      this.#alarms.forEach((alarm) => {
        if (!alarm.isSet) return;
        alarm.clear();
        alarm.ringer.onAlarm();
      });
    }
    this.settle();
  }

  alarm(ringer: AlarmListener): Alarm {
    const alarm = new StillAlarm(ringer);
    this.#alarms.push(alarm);
    return alarm;
  }

  settle(): void {
    for (let again = true; again;) {
      again = false;
      for (let i = 0; i < this.#alarms.length; i++) {
        const alarm = this.#alarms[i]!;
        if (!alarm.due) continue;
        alarm.clear();
        again = true;
        alarm.ringer.onAlarm();
      }
    }
  }
}

/** What was sent, in one buffer for all ports: it is none of the client's. */
const SENT = new Uint8Array(4096);

/** A port whose bytes are moved natively, as a UART's driver moves them. */
export class LinkPort implements Port {
  static latest: LinkPort;
  readonly receiver: PortReceiver;
  /** What was sent, up to `sentLength`. */
  readonly sent = SENT;
  sentLength = 0;
  #bytes: Uint8Array = this.sent;
  #at = 0;
  #end = 0;

  constructor(options: { receiver: PortReceiver }) {
    this.receiver = options.receiver;
    LinkPort.latest = this;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const left = this.#end - this.#at;
    const count = left < length ? left : length;
    if (count > 0) native.copy(target, offset, this.#bytes, this.#at, count);
    this.#at += count;
    return count;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    native.copy(this.sent, this.sentLength, source, offset, length);
    this.sentLength += length;
    return length;
  }

  close(): void {}

  /** The modem says `length` bytes of `bytes`. */
  receive(bytes: Uint8Array, length = bytes.length): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = length;
    this.receiver.onReadable(length);
  }

  takeSent(): string {
    let text = "";
    for (let i = 0; i < this.sentLength; i++) text += String.fromCharCode(this.sent[i]!);
    this.sentLength = 0;
    return text;
  }
}

export interface Family {
  name: string;
  io: any;
  /** The answers to a command, each a line. */
  answer(command: string): string[];
  /** What stands around a message's payload. */
  message(topic: string, length: number): [string, string];
  /** What a QoS 0 publish is answered with: before the payload, if the family has a prompt, and after it; `#` is the id, of five digits. */
  prompt: string | null;
  published: string;
  /** Lines that the driver knows, and that are nobody's while all is well. */
  urcs: string[];
  /** Lines that end a connection, or begin one: what the application is told then is allocated, and so are new subscriptions. */
  turns: string[];
}

/** Out of place, all of them. */
const COMMON = ["OK", "ERROR", "+CME ERROR: 3", "+CMS ERROR: 3", "+CMEE: 1", "+CGATT: 1", "+CFUN: 1", "+CEREG: 1", "+CPIN: SIM PIN"];
const CHINA = [
  ...COMMON, "+QMTOPEN: 0,-1", "+MQTTSUBACK:7,0,a/b", "+MQTTUNSUBACK:7", "+MQTTPUBACK:7,0",
  "+MQTTPUBREC:7,0", "+MQTTPUBREL:7,0", "+MQTTPUBCOMP:7,0", "+MQTTPINGRSP:OK", "+MQTTPINGRESP:OK", "+MQTTTO:5", "+MQTTREC: 2,0", "+MQTTSTAT: 1",
  "+MQTTCFG: 1", "AT+MQTTCFG: 1", "+MQTTSUB: a,0", "+MQTTPING: 1",
];
const CHINA_TURNS = ["+MQTTOPEN: OK", "+MQTTCONACK: OK", "+MQTTDISC: OK", "+MATREADY", "*ATREADY: 1", "+CPIN: READY", "REBOOT_CAUSE_1"];

const china = (command: string): string[] =>
  command.startsWith("AT+MQTTOPEN=") ? ["OK", "+MQTTOPEN:OK"] : command === "AT+MQTTDISC" ? ["OK", "+MQTTDISC:OK"]
  : command.startsWith("AT+MQTTSUB=") ? ["OK", `+MQTTSUBACK:1,0,${/="?([^",]+)/.exec(command)![1]}`] : ["OK"];

export const FAMILIES: Family[] = [
  {
    name: "BC35-G", io: BC35G,
    answer(command) {
      const [, verb, id] = /^AT\+QMT(OPEN|CONN|CLOSE|DISC|SUB)=0,?(\d+)?/.exec(command) ?? [];
      return verb === undefined ? ["OK"] : ["OK", verb === "SUB" ? `+QMTSUB: 0,${id},0,0` : verb === "CONN" ? "+QMTCONN: 0,0,0" : `+QMT${verb}: 0,0`];
    },
    message: (topic) => [`\r\n+QMTRECV: 0,0,"${topic}",`, "\r\n"],
    prompt: "\r\n>", published: "\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n",
    urcs: [
      ...COMMON, "+QMTOPEN: 0,0", "+QMTCLOSE: 0,0", "+QMTCONN: 0,3", "+QMTDISC: 0,0", "+QMTSUB: 0,77,0,0", "+QMTUNS: 0,77,0", "+QMTPUB: 0,77,1",
      "+QMTPUBREL: 0,77", "+QMTCFG: 0,1", "+QMTTENAUTH: 0,0", "+QMTENAUTH: 0,0",
    ],
    turns: ["+QMTSTAT: 0,1", "REBOOT_CAUSE_1"],
  },
  {
    name: "M531X", io: M531X, answer: china,
    message: (topic, length) => [`\r\n+MQTTPUBLISH:0,0,0,0,${topic},${length},`, "\r\n"],
    prompt: null, published: "\r\nOK\r\n",
    urcs: CHINA, turns: CHINA_TURNS,
  },
  {
    name: "ML302", io: ML302, answer: china,
    message: (topic, length) => [`\r\n+MQTTPUBLISH: 0,0,0,0,"${topic}",${length},`, "\r\n"],
    prompt: "\r\n>", published: "\r\nOK\r\n",
    urcs: CHINA, turns: CHINA_TURNS,
  },
  {
    name: "NM28", io: NM28,
    answer(command) {
      const [, verb, id] = /^AT\+MQTT(OPEN|CONN|CLOSE|DISC|SUB)=0,?(\d+)?/.exec(command) ?? [];
      return verb === undefined ? ["OK"] : ["OK", verb === "SUB" ? `+MQTTSUB:0,${id},0,0` : verb === "CONN" ? "+MQTTCONN:0,0,0" : `+MQTT${verb}:0,0`];
    },
    message: (topic, length) => [`\r\n+MQTTRECV:0,1,${topic},${length},`, "\r\n"],
    prompt: "\r\nCONNECT\r\n", published: "\r\nOK\r\n\r\n+MQTTPUBEX:0,#,0\r\n",
    urcs: [
      ...COMMON, "+MQTTOPEN:0,0", "+MQTTCONN:0,1", "+MQTTSUB:0,77,0", "+MQTTUNS:0,77,0", "+MQTTPUBEX:0,77,1",
      "+MQTTCFG:0,1", "+CTWINGPOSTVER: 1", "AT+CTWINGPOSTVER: 1", "CONNECT",
    ],
    turns: ["+MQTTDISC:0,0", "+MQTTCLOSE:0,0", "+MQTTSTAT:0,1", "RDY", "*ATREADY: 1"],
  },
];

/** Answers commands until the host has nothing more to say. */
export function serve(family: Family, clock: StillClock, line: () => { takeSent(): string; receive(bytes: Uint8Array): void } = () => LinkPort.latest): void {
  for (let turn = 0; turn < 100; turn++) {
    clock.settle();
    const command = line().takeSent().replace(/\r$/, "");
    if (command === "") return;
    const answers = command === "AT+CMEE?" ? ["+CMEE: 1", "OK"] : command === "AT+CGATT?" ? ["+CGATT: 1", "OK"] : family.answer(command);
    for (const answer of answers) line().receive(ascii(`\r\n${answer}\r\n`));
  }
  throw new Error("the host never stops sending");
}
