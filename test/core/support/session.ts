import { MQTTClient, type MQTTModemError } from "../../../src/index";
import BC35G from "../../../src/modems/bc35g";
import { equal, sameLines } from "./check";
import { bytesOf, visible } from "./exchange";
import type { Alarm, AlarmListener } from "../../../src/platform";
import { TestPort, VirtualClock } from "./stage";

/** What the application does in a callback, after the event has been noted. */
export type Hooks = {
  [name in "readable" | "writable" | "control" | "done" | "error" | "close" | "overflow" | "stage"]?: (session: Session, ...values: any[]) => void;
};

export interface SessionOptions {
  on?: Hooks;
  modem?: Record<string, any>;
  client?: Record<string, any>;
  clock?: number;
  gulp?: number;
}

/** Time whose alarms must not be set any more once they are closed, as a host's may not. */
class StrictClock extends VirtualClock {
  override alarm(ringer: AlarmListener): Alarm {
    const alarm = super.alarm(ringer);
    let closed = false;
    return {
      set(milliseconds) {
        if (closed) throw new Error("an alarm was set after it was closed");
        alarm.set(milliseconds);
      },
      clear: () => alarm.clear(),
      close() {
        closed = true;
        alarm.close();
      },
    };
  }
}

/** A port that must not be used any more once it is closed. */
class StrictPort extends TestPort {
  override read(target: Uint8Array, offset: number, length: number): number {
    if (this.closed) throw new Error("a closed port was read");
    return super.read(target, offset, length);
  }
  override write(source: Uint8Array, offset: number, length: number): number {
    if (this.closed) throw new Error("a closed port was written to");
    if (length <= 0) throw new Error(`${length} bytes were written`);
    return super.write(source, offset, length);
  }
}

/** One client on a test port, for what the language of exchanges cannot say: callbacks that act, errors that are thrown. */
export class Session {
  readonly events: string[] = [];
  /** The counts that `onWritable` was called with. */
  readonly writable: number[] = [];
  readonly clock: VirtualClock;
  readonly client: MQTTClient;
  port!: TestPort;

  constructor({ on = {}, modem = {}, client = {}, clock = 0, gulp }: SessionOptions = {}) {
    const { events } = this;
    this.clock = new StrictClock(clock);
    let topic: string | undefined;
    let message: number[] = [];
    const note = (event: string, hook: ((session: Session, ...values: any[]) => void) | undefined, ...values: any[]) => {
      events.push(event);
      hook?.(this, ...values);
    };
    this.client = new MQTTClient({
      host: "broker.example.com", id: "dev-1", user: "u1", password: "p1", keepAlive: 120_000, ...client,
      modem: {
        io: BC35G, clock: this.clock, ...modem,
        serial: { io: StrictPort, ...modem.serial, gulp, attach: (port: TestPort) => { this.port = port; } },
      },
      onReadable: (count, options) => {
        if (on.readable !== undefined) return on.readable(this, count, options);
        if (options.topic !== undefined) {
          topic = options.topic;
          message = [];
        }
        const bytes = new Uint8Array(count);
        if (count > 0) this.client.read(bytes);
        message.push(...bytes);
        if (!options.more) events.push(`message ${topic} ${visible(message)}`.trimEnd());
      },
      onWritable: (count) => {
        this.writable.push(count);
        on.writable?.(this, count);
      },
      onControl: (control) => note(`control ${control.operation}${control.id === undefined ? "" : ` ${control.id}`}`, on.control, control),
      onClose: () => note("close", on.close),
      onError: (error: MQTTModemError) => note(`error ${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`}`, on.error, error),
      onDone: (id, error) => note(error === null ? `done ${id}` : `failed ${id} ${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`}`, on.done, id, error),
      onOverflow: () => note("overflow", on.overflow),
      onStage: on.stage && ((stage) => on.stage!(this, stage)),
    });
  }

  says(text: string): void {
    this.port.receive(bytesOf(text));
  }

  /** What was sent since the last look, as a script writes it. */
  sent(): string {
    this.drain();
    return visible(this.port.sent.splice(0));
  }

  /** Lets a port that takes little at once take everything. */
  drain(): void {
    if (this.port.gulp === Infinity) return;
    for (let before = -1; before !== this.port.sent.length && !this.port.closed;) {
      before = this.port.sent.length;
      this.port.receiver.onWritable();
    }
  }

  mustSend(text: string): void {
    equal(this.sent(), text, "sent");
  }

  /** The events since the last look are exactly these; `control` and `writable` are told apart by who asks for them. */
  mustTell(...events: string[]): void {
    sameLines(this.events.splice(0), events, "events");
  }

  pass(milliseconds: number): void {
    this.clock.pass(milliseconds);
  }

  publish(payload: string, options: Record<string, any> = {}): number {
    return this.client.write(new Uint8Array(bytesOf(payload)), { topic: "t/a", ...options });
  }

  subscribe(topic: string, QoS = 0, options: Record<string, any> = {}): number {
    return this.client.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic, QoS }], ...options });
  }

  disconnect(): void {
    this.client.write(null, { operation: MQTTClient.DISCONNECT });
  }

  /** A message from the broker. */
  message(payload: string, topic = "t"): void {
    this.says(`\\r\\n+QMTRECV: 0,0,"${topic}",${payload}\\r\\n`);
  }
}

/** A BC35-G that does what it is told and answers at once. */
export class Obedient {
  readonly published: string[] = [];
  /** Every command line that it was sent. */
  readonly commands: string[] = [];
  #session: Session;
  #end: string;
  #owed: { length: number; rest: string } | null = null;
  #heard = "";
  /** Called before the modem says anything. */
  onSay: (() => void) | null = null;
  /** Leaves commands that begin like this unanswered. */
  deaf: string | null = null;
  /** What it answers to AT+QMTCONN? before OK, or nothing at all. */
  state: string | null = "+QMTCONN: 0,3";

  constructor(session: Session, end = "\\r\\n") {
    this.#session = session;
    this.#end = end;
  }

  /** Answers until the host has nothing more to say, or so many times. */
  serve(turns = Infinity): void {
    for (let turn = 0; turn < 5000; turn++) {
      if (turn === turns) return;
      this.#heard += this.#session.sent();
      if (!this.#turn()) return;
    }
    throw new Error("the host never stops sending");
  }

  /** Loses its supply: what it has heard and not answered is gone. */
  forget(): void {
    this.#session.sent();
    this.#heard = "";
    this.#owed = null;
  }

  #turn(): boolean {
    if (this.#owed !== null) {
      const cancelled = this.#heard.indexOf("<1B>");
      if (cancelled >= 0) {
        this.#heard = this.#heard.slice(cancelled + 4);
        this.#owed = null;
        this.#say("ERROR");
        return true;
      }
      const bytes = bytesOf(this.#heard);
      if (bytes.length < this.#owed.length) return false;
      this.published.push(visible(bytes.slice(0, this.#owed.length)));
      this.#heard = visible(bytes.slice(this.#owed.length));
      const { rest } = this.#owed;
      this.#owed = null;
      this.#say("OK", rest);
      return true;
    }
    const at = this.#heard.indexOf("\\r");
    if (at < 0) return false;
    const command = this.#heard.slice(0, at).replace("<1B>", "");
    this.#heard = this.#heard.slice(at + 2);
    this.commands.push(command);
    if (this.deaf !== null && command.startsWith(this.deaf)) return true;
    this.#answer(command);
    return true;
  }

  #answer(command: string): void {
    const publish = /^AT\+QMTPUB=0,(\d+),\d,\d,".*?"(?:,(\d+))?$/.exec(command);
    const packet = /^AT\+QMT(SUB|UNS)=0,(\d+)/.exec(command);
    if (publish !== null) {
      this.#owed = { length: Number(publish[2] ?? 1), rest: `+QMTPUB: 0,${publish[1]},0` };
      this.onSay?.();
      this.#session.says(`${this.#end}>`);
    } else if (packet !== null) this.#say("OK", `+QMT${packet[1]}: 0,${packet[2]},0${packet[1] === "SUB" ? ",0" : ""}`);
    else if (command === "AT+CMEE?") this.#say("+CMEE: 1", "OK");
    else if (command === "AT+CGATT?") this.#say("+CGATT: 1", "OK");
    else if (command === "AT+QMTCONN?") this.#say(...(this.state === null ? [] : this.state === "" ? ["OK"] : [this.state, "OK"]));
    else if (command.startsWith("AT+QMTOPEN=")) this.#say("OK", "+QMTOPEN: 0,0");
    else if (command.startsWith("AT+QMTCONN=")) this.#say("OK", "+QMTCONN: 0,0,0");
    else if (command === "AT+QMTDISC=0") this.#say("OK", "+QMTDISC: 0,0");
    else if (command === "AT+QMTCLOSE=0") this.#say("OK", "+QMTCLOSE: 0,0");
    else this.#say("OK");
  }

  #say(...lines: string[]): void {
    for (const line of lines) {
      this.onSay?.();
      this.#session.says(`${this.#end}${line}${this.#end}`);
    }
  }
}

/** A session that is connected, its bring-up forgotten. */
export function online(options: SessionOptions = {}, end?: string): { session: Session; modem: Obedient } {
  const session = new Session(options);
  const modem = new Obedient(session, end);
  modem.serve();
  session.mustTell("control 2");
  return { session, modem };
}

/** A publish and a subscription that go well: the channel is in step. */
export function stillWorks(session: Session, modem: Obedient, what = "afterwards"): void {
  session.events.splice(0);
  modem.published.splice(0);
  session.publish("fine", { QoS: 1, id: 60_001 });
  session.subscribe("s/#", 0, { id: 60_002 });
  modem.serve();
  sameLines(session.events.splice(0), ["control 4 60001", "done 60001", "control 9 60002", "done 60002"], what);
  sameLines(modem.published.splice(0), ["fine"], what);
  session.message("still here");
  sameLines(session.events.splice(0), ["message t still here"], what);
}
