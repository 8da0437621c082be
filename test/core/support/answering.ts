import BC35G from "../../../src/modems/bc35g";
import M531X from "../../../src/modems/m531x";
import ML302 from "../../../src/modems/ml302";
import NM28 from "../../../src/modems/nm28";
import { bytesOf, characters } from "./exchange";
import { Session, type SessionOptions } from "./session";

/** What is answered to a command: lines, or a prompt and the lines that follow so many bytes. */
type Reply = string[] | { prompt: string; length: number; then: string[] };

export interface Family {
  name: string;
  io: any;
  /** What the modem prints before `length` bytes of a message, and after them. */
  header(topic: string, length: number): string;
  answer(command: string, modem: Answering): Reply;
}

const acks = (QoS: string, ack: string, rec: string, comp: string) => (QoS === "0" ? [] : QoS === "1" ? [ack] : [rec, comp]);

/** As it answers; how its messages end is another matter than the other families'. */
export const bc35g: Family = {
  name: "BC35-G",
  io: BC35G,
  header: (topic) => `\\r\\n+QMTRECV: 0,0,"${topic}",`,
  answer(command) {
    const publish = /^AT\+QMTPUB=0,(\d+),\d,\d,".*?"(?:,(\d+))?$/.exec(command);
    const packet = /^AT\+QMT(SUB|UNS)=0,(\d+),".*?"(?:,(\d))?/.exec(command);
    const other = /^AT\+QMT(OPEN|CONN|DISC|CLOSE)=0/.exec(command);
    if (publish !== null) return { prompt: "\\r\\n>", length: Number(publish[2] ?? 1), then: ["OK", `+QMTPUB: 0,${publish[1]},0`] };
    if (packet !== null) return ["OK", `+QMT${packet[1]}: 0,${packet[2]},0${packet[3] === undefined ? "" : `,${packet[3]}`}`];
    if (command === "AT+QMTCONN?") return ["+QMTCONN: 0,3", "OK"];
    return other === null ? ["OK"] : ["OK", `+QMT${other[1]}: 0,0${other[1] === "CONN" ? ",0" : ""}`];
  },
};

/** One character a byte, as a script writes what is not to be read as one. */
const asItIs = (text: string): string => text.replace(/[^]/g, (character) => `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`);

export const m531x: Family = {
  name: "M531X",
  io: M531X,
  header: (topic, length) => `\\r\\n+MQTTPUBLISH:0,0,0,0,${topic},${length},`,
  answer(command, modem) {
    const publish = /^AT\+MQTTPUB="(.*?)",(\d),(\d),0,(\d+),"([0-9A-F]*)"$/.exec(command);
    const subscribe = /^AT\+MQTT(SUB|UNSUB)="(.*?)"(?:,(\d))?$/.exec(command);
    if (publish !== null) {
      const id = ++modem.id;
      modem.published.push(publish[5].replace(/../g, (hex) => String.fromCharCode(parseInt(hex, 16))));
      return ["OK", ...acks(publish[2], `+MQTTPUBACK:${id},0`, `+MQTTPUBREC:${id},0`, `+MQTTPUBCOMP:${id},0`)];
    }
    if (subscribe !== null) return ["OK", `+MQTT${subscribe[1]}ACK:${++modem.id}${subscribe[1] === "SUB" ? `,${subscribe[3]}` : ""},${asItIs(subscribe[2])}`];
    if (command.startsWith("AT+MQTTOPEN=")) return ["OK", "+MQTTOPEN:OK"];
    if (command === "AT+MQTTSTAT?") return ["+MQTTSTAT:5", "OK"];
    if (command === "AT+MQTTSUB?") return ["+MQTTSUB:", "whatever", "OK"];
    if (command === "AT+MQTTDISC") return ["OK", "+MQTTDISC:OK"];
    return ["OK"];
  },
};

export const ml302: Family = {
  name: "ML302",
  io: ML302,
  header: (topic, length) => `\\r\\n+MQTTPUBLISH: 0,0,0,0,"${topic}",${length},`,
  answer(command, modem) {
    const publish = /^AT\+MQTTPUB="(.*?)",(\d),(\d),0,(?:(\d+)|"(.*)")$/.exec(command);
    const subscribe = /^AT\+MQTT(SUB|UNSUB)="(.*?)"(?:,(\d))?$/.exec(command);
    if (publish !== null) {
      const id = ++modem.id;
      const then = [...acks(publish[2], `+MQTTPUBACK:0,${id}`, `+MQTTPUBREC:0,${id}`, `+MQTTPUBCOMP:0,${id}`), "OK"];
      if (publish[4] !== undefined) return { prompt: "\\r\\n>[sp]", length: Number(publish[4]), then };
      modem.published.push(publish[5].replace(/\\(.)/g, "$1"));
      return then;
    }
    if (subscribe !== null) return [`+MQTT${subscribe[1]}ACK:${++modem.id}${subscribe[1] === "SUB" ? `,${subscribe[3]}` : ""},${asItIs(subscribe[2])}`, "OK"];
    if (command.startsWith("AT+MQTTOPEN=")) return ["+MQTTOPEN:OK", "OK"];
    if (command === "AT+MQTTSTAT?") return ["+MQTTSTAT: 1", "OK"];
    if (command === "AT+MQTTSUB?") return ["+MQTTSUB:", "whatever", "OK"];
    if (command === "AT+MQTTDISC") return ["+MQTTDISC: OK", "OK"];
    return ["OK"];
  },
};

export const nm28: Family = {
  name: "NM28",
  io: NM28,
  header: (topic, length) => `\\r\\n+MQTTRECV:0,1,${topic},${length},`,
  answer(command, modem) {
    const publish = /^AT\+MQTTPUBEX=(\d),(\d+),\d,\d,\d,".*",(\d+)$/.exec(command);
    const subscribe = /^AT\+MQTT(SUB|UNS)=(\d),(\d+),".*?"(?:,(\d))?$/.exec(command);
    const other = /^AT\+MQTT(OPEN|CONN|DISC|CLOSE)=(\d)/.exec(command);
    if (publish !== null) return { prompt: "\\r\\nCONNECT\\r\\n", length: Number(publish[3]), then: [`+MQTTPUBEX:${publish[1]},${publish[2]},0`, "OK"] };
    if (subscribe !== null) return [`+MQTT${subscribe[1]}:${subscribe[2]},${subscribe[3]},0${subscribe[4] === undefined ? "" : `,${subscribe[4]}`}`, "OK"];
    if (command === "AT+MQTTCONN?") return [...[...modem.connected].map((link) => `+MQTTCONN:${link},1`), "OK"];
    if (other === null) return ["OK"];
    if (other[1] === "CONN") modem.connected.add(other[2]);
    else if (other[1] !== "OPEN") modem.connected.delete(other[2]);
    return [`+MQTT${other[1]}:${other[2]},0${other[1] === "CONN" ? ",0" : ""}`, "OK"];
  },
};

/** What makes the modem connect again by itself: an M531X always does. */
export const reconnects = (family: Family): Record<string, any> => (family === ml302 ? { modemReconnects: true } : {});

/** A modem of any of the families; it does what it is told and answers at once. */
export class Answering {
  /** Payloads, one character a byte. */
  readonly published: string[] = [];
  readonly commands: string[] = [];
  /** NM28: the clients that have a session. */
  readonly connected = new Set<string>();
  /** M531X and ML302: the last packet id. */
  id = 0;
  /** Leaves commands that match unanswered. */
  deaf: RegExp | null = null;
  /** Answers in place of the family's own. */
  instead: ((command: string) => Reply | undefined) | null = null;
  readonly #session: Session;
  readonly #family: Family;
  readonly #heard: number[] = [];
  #owed: { length: number; then: string[] } | null = null;

  readonly #end: string;

  /** @param end of its lines */
  constructor(session: Session, family: Family, end = "\\r\\n") {
    this.#session = session;
    this.#family = family;
    this.#end = end;
  }

  /** Answers until the host has nothing more to say. */
  serve(): void {
    for (let turn = 0; turn < 5000; turn++) {
      this.#session.drain();
      this.#heard.push(...this.#session.port.sent.splice(0));
      if (!this.#turn()) return;
    }
    throw new Error("the host never stops sending");
  }

  #turn(): boolean {
    if (this.#owed !== null) {
      const { length, then } = this.#owed;
      if (this.#heard.length < length) return false;
      this.published.push(characters(this.#heard.splice(0, length)));
      this.#owed = null;
      this.#say(then);
      return true;
    }
    const at = this.#heard.indexOf(13);
    if (at < 0) return false;
    const command = characters(this.#heard.splice(0, at + 1)).slice(0, -1).replace("\x1a", "");
    this.commands.push(command);
    if (this.deaf?.test(command)) return true;
    const reply = this.instead?.(command) ?? (command === "AT+CMEE?" ? ["+CMEE: 1", "OK"] : command === "AT+CGATT?" ? ["+CGATT: 1", "OK"] : this.#family.answer(command, this));
    if (Array.isArray(reply)) this.#say(reply);
    else {
      this.#owed = reply;
      this.#session.port.receive(bytesOf(reply.prompt.replaceAll("\\r\\n", this.#end)));
    }
    return true;
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#session.port.receive(bytesOf(`${this.#end}${line}${this.#end}`));
  }
}

/** A session that is connected, its bring-up forgotten. */
export function online(family: Family, options: SessionOptions = {}, end?: string): { session: Session; modem: Answering } {
  const session = new Session({ ...options, modem: { io: family.io, ...options.modem } });
  const modem = new Answering(session, family, end);
  modem.serve();
  session.mustTell("control 2");
  modem.commands.splice(0);
  return { session, modem };
}
