import { MQTTClient, type MQTTModemError, type WriteOptions } from "../../../src/index";
import { utf8Decode, utf8Encode } from "../../../src/bytes/utf8";
import { equal, sameLines } from "./check";
import { TestPort, VirtualClock } from "./stage";

/**
 * Exchanges written down as a manual prints them, one line a step:
 *
 *     ! …    the application calls something (see `CALLS`)
 *     → …    what must have been sent since the last such line
 *     ← …    what the modem says
 *     = …    an event that the application must see next (see `Recorder`)
 *     ~ 500  so many milliseconds pass
 *
 * `\r`, `\n`, `<1A>` and other bytes in angle brackets are as in dialects.md 0.3. A line ends where it ends: `[sp]` is a
 * blank at the end. Events that no `=` expects fail, so that a message too many is seen.
 */
export interface Exchange {
  name: string;
  script: string;
  /** Options of the client and, under `modem`, of the driver. */
  options?: Record<string, any>;
  /** Messages whose length was wrong are told as `suspect` in place of `message`. */
  suspects?: boolean;
  /** What is told while the network is waited for counts as events. */
  progress?: boolean;
}

export interface Cut {
  /** Cuts the n-th byte line of the modem's before this byte. */
  line?: number;
  at?: number;
  /** Gives every line byte by byte. */
  bytewise?: boolean;
  /** Gives neighbouring lines of the modem's at once. */
  merged?: boolean;
  /** Bytes that the port takes at once. */
  gulp?: number;
  clock?: number;
}

/** The options that every exchange starts from. */
const DEFAULTS = { host: "broker.example.com", id: "dev-1", user: "u1", password: "p1", keepAlive: 120_000 };

/** One line of a script. */
interface Step {
  kind: string;
  rest: string;
  /** What `rest` stands for, where it stands for bytes. */
  bytes: readonly number[];
}

/** Scripts are read once, for they are played hundreds of times. */
const read = new WeakMap<Exchange, readonly Step[]>();

function stepsOf(exchange: Exchange): readonly Step[] {
  let steps = read.get(exchange);
  if (steps === undefined) {
    steps = exchange.script.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
      const kind = line[0], rest = line.slice(1).trimStart();
      return { kind, rest, bytes: kind === "←" || kind === "→" ? bytesOf(rest) : [] };
    });
    read.set(exchange, steps);
  }
  return steps;
}

export function play(exchange: Exchange, driver: any, cut: Cut = {}): void {
  const player = new Player(exchange, driver, cut);
  const steps = stepsOf(exchange);
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    try {
      if (step.kind === "←" && cut.merged) {
        let { bytes } = step;
        while (steps[i + 1]?.kind === "←") bytes = bytes.concat(steps[++i].bytes);
        player.modemSays(bytes);
      } else player.step(step);
    } catch (error) {
      throw new Error(`${exchange.name}: at "${step.kind} ${step.rest}"${JSON.stringify(cut) === "{}" ? "" : ` (${JSON.stringify(cut)})`}: ${(error as Error).message}`);
    }
  }
  player.end();
}

/** How many lines of the modem's a script has, and how long each is: what can be cut. */
export function modemLines(exchange: Exchange): number[] {
  return stepsOf(exchange).filter(({ kind }) => kind === "←").map(({ bytes }) => bytes.length);
}

class Player {
  readonly #events: string[] = [];
  readonly #clock: VirtualClock;
  readonly #options: Record<string, any>;
  readonly #driver: any;
  readonly #cut: Cut;
  readonly #name: string;
  readonly #suspects: boolean;
  readonly #progress: boolean;
  #line = 0;
  #port!: TestPort;
  #client!: MQTTClient;

  constructor(exchange: Exchange, driver: any, cut: Cut) {
    this.#name = exchange.name;
    this.#suspects = exchange.suspects ?? false;
    this.#progress = exchange.progress ?? false;
    this.#clock = new VirtualClock(cut.clock ?? 0);
    this.#options = { ...DEFAULTS, ...exchange.options };
    this.#driver = driver;
    this.#cut = cut;
  }

  step({ kind, rest, bytes }: Step): void {
    switch (kind) {
      case "!": return this.#call(rest);
      case "→": return this.#mustHaveSent(bytes);
      case "←": return this.#deliver(bytes);
      case "=": return equal(this.#events.shift(), rest, "event");
      case "~": return this.#clock.pass(Number(rest));
      default: throw new Error(`${this.#name}: no such step: ${kind}`);
    }
  }

  modemSays(bytes: readonly number[]): void {
    this.#port.receive(bytes);
  }

  #deliver(bytes: readonly number[]): void {
    const line = this.#line++;
    if (this.#cut.bytewise) for (const byte of bytes) this.#port.receive([byte]);
    else if (this.#cut.line === line) {
      this.#port.receive(bytes.slice(0, this.#cut.at));
      this.#port.receive(bytes.slice(this.#cut.at));
    } else this.#port.receive(bytes);
  }

  #mustHaveSent(expected: readonly number[]): void {
    while (this.#port.gulp !== Infinity && this.#port.sent.length < expected.length) {
      const before = this.#port.sent.length;
      this.#port.receiver.onWritable();
      if (this.#port.sent.length === before) break;
    }
    const { sent } = this.#port;
    let same = sent.length >= expected.length;
    for (let i = 0; same && i < expected.length; i++) same = sent[i] === expected[i];
    const first = sent.splice(0, expected.length);
    if (!same) equal(visible(first), visible(expected), "sent");
  }

  end(): void {
    sameLines(this.#events, [], "events that nothing expects");
    equal(visible(this.#port.sent), "", "sent and not expected");
  }

  /** The application's calls. */
  #call(text: string): void {
    const [name, ...words] = text.split(" ");
    switch (name) {
      case "connect": return this.#connect();
      case "close": return this.#client.close();
      // inquire LINE
      case "inquire": return this.#client.inquire(text.slice(8), (error, answer) => {
        this.#events.push(error === null ? `answer ${answer.join(" | ")}`.trimEnd() : `unanswered ${error.code}`);
      });
      // command LINE
      case "command": return this.#client.modem.command(text.slice(8), (error, lines) => {
        this.#events.push(`${error === null ? "lines" : `refused ${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`}`} ${lines.join(" | ")}`.trimEnd());
      });
      // ask WHAT: see `ClientModem`
      case "ask": return (this.#client.modem as any)[words[0]]((error: MQTTModemError | null, told: Record<string, unknown> | undefined) => {
        this.#events.push(error === null ? `${words[0]} ${inWords(told)}`.trimEnd() : `unanswered ${error.code}`);
      });
      case "disconnect": return void this.#client.write(null, { operation: MQTTClient.DISCONNECT });
      // publish TOPIC [qos=N] [retain] [id=N] : PAYLOAD
      case "publish": {
        const [head, payload = ""] = split(text.slice(8), " : ");
        const [topic, ...flags] = head.split(" ");
        const options: WriteOptions = { topic };
        for (const flag of flags) {
          const [key, value] = flag.split("=");
          if (key === "qos") options.QoS = Number(value);
          if (key === "retain") options.retain = true;
          if (key === "id") options.id = Number(value);
        }
        this.#client.write(new Uint8Array(bytesOf(payload)), options);
        return;
      }
      // subscribe FILTER QOS [FILTER QOS …] [id=N]
      case "subscribe":
      case "unsubscribe": {
        const subscribe = name === "subscribe";
        const id = words.find((word) => word.startsWith("id="));
        const plain = words.filter((word) => !word.startsWith("id="));
        const items = [];
        for (let i = 0; i < plain.length; i += subscribe ? 2 : 1) items.push({ topic: plain[i], QoS: subscribe ? Number(plain[i + 1]) : undefined });
        this.#client.write(null, {
          operation: subscribe ? MQTTClient.SUBSCRIBE : MQTTClient.UNSUBSCRIBE, items, ...(id ? { id: Number(id.slice(3)) } : {}),
        });
        return;
      }
      default: throw new Error(`no such call: ${text}`);
    }
  }

  #connect(): void {
    const events = this.#events;
    let message: number[] = [];
    let topic = "";
    let stage = "";
    const suspects = this.#suspects, progressed = this.#progress;
    const { modem, ...rest } = this.#options;
    this.#client = new MQTTClient({
      ...rest,
      host: rest.host,
      modem: {
        io: this.#driver, clock: this.#clock, ...modem,
        serial: { io: TestPort, gulp: this.#cut.gulp, attach: (port: TestPort) => { this.#port = port; } },
      },
      onReadable(count, options) {
        if (options.topic !== undefined) {
          topic = options.topic;
          message = [];
        }
        const bytes = new Uint8Array(count);
        if (count > 0) this.read(bytes);
        message.push(...bytes);
        if (!options.more) events.push(`${options.suspect && suspects ? "suspect" : "message"} ${topic} ${visible(message)}`.trimEnd());
      },
      onControl(control) {
        const words = [CONTROLS[control.operation]];
        if (control.returnCode !== undefined) words.push(String(control.returnCode));
        if (control.id !== undefined) words.push(String(control.id));
        if (control.payload !== undefined) words.push(`[${control.payload}]`);
        events.push(words.join(" "));
      },
      onClose: () => events.push("close"),
      onError: (error: MQTTModemError) => events.push(`error ${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`}`),
      onDone: (id, error) => events.push(error === null ? `done ${id}` : `failed ${id} ${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`}`),
      onOverflow: () => events.push("overflow"),
      onStage(now, progress) {
        if (progress !== null && progressed && progress.seconds > 0) events.push(`waiting ${inWords(progress as unknown as Record<string, unknown>)}`);
        // Only the modem's own reconnecting: the rest is seen by what is sent.
        if (now === "reconnecting" || stage === "reconnecting") events.push(`stage ${now}`);
        stage = now;
      },
    });
  }
}

/** What an answer has, without what is not known. */
function inWords(told: Record<string, unknown> | undefined): string {
  if (told === undefined) return "nothing";
  return Object.entries(told).filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === "object" && value !== null ? `${name}=(${inWords(value as Record<string, unknown>)})` : `${name}=${value}`)).join(" ");
}

const CONTROLS: Record<number, string> = {
  [MQTTClient.CONNACK]: "connack", [MQTTClient.PUBACK]: "puback", [MQTTClient.PUBREC]: "pubrec", [MQTTClient.PUBCOMP]: "pubcomp",
  [MQTTClient.SUBACK]: "suback", [MQTTClient.UNSUBACK]: "unsuback", [MQTTClient.PINGRESP]: "pingresp",
};

/** XS has no TextEncoder, and what it has instead Node has not. */
const encode: (text: string) => Uint8Array = "fromString" in ArrayBuffer ? (text) => new Uint8Array((ArrayBuffer as any).fromString(text)) : utf8Encode;

const BACKSLASH = 0x5c, LESS = 0x3c, GREATER = 0x3e, BRACKET = 0x5b;
/** What stands behind a backslash. */
const ESCAPED: Readonly<Record<number, number>> = { 0x72: 13, 0x6e: 10, 0x30: 0 };
const hexDigit = (byte: number | undefined): number =>
  byte === undefined ? -1 : byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x41 && byte <= 0x46 ? byte - 0x37 : -1;

/**
 * The bytes of a line of a script. Tests ask for them very often: XS keeps strings as UTF-8, and looks for a character from the
 * beginning, so that an expression or an index for each would take a time that grows with the square of the length.
 */
export function bytesOf(text: string): number[] {
  const raw = encode(text);
  const { length } = raw;
  const bytes: number[] = [];
  for (let at = 0; at < length; at++) {
    const byte = raw[at];
    if (byte === BACKSLASH && ESCAPED[raw[at + 1]] !== undefined) bytes.push(ESCAPED[raw[++at]]);
    else if (byte === LESS && raw[at + 3] === GREATER && hexDigit(raw[at + 1]) >= 0 && hexDigit(raw[at + 2]) >= 0) {
      bytes.push(hexDigit(raw[at + 1]) * 16 + hexDigit(raw[at + 2]));
      at += 3;
    } else if (byte === BRACKET && raw[at + 1] === 0x73 && raw[at + 2] === 0x70 && raw[at + 3] === 0x5d) {
      bytes.push(0x20); // [sp]
      at += 3;
    } else if (byte === 0xc0) {
      bytes.push(0); // U+0000 as XS keeps it: C0 80, which UTF-8 has not
      at++;
    } else bytes.push(byte);
  }
  return bytes;
}

/** One character a byte; in pieces, for they are arguments. */
export function characters(bytes: readonly number[]): string {
  if (bytes.length <= 1000) return String.fromCharCode(...bytes);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 1000) parts.push(String.fromCharCode(...bytes.slice(at, at + 1000)));
  return parts.join("");
}

const isPlain = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x20 && byte < 0x7f;
const isHigh = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80;

/** Bytes as a script writes them. */
export function visible(bytes: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0, end = 0; at < bytes.length; at = end) {
    if (isPlain(bytes[at])) {
      while (isPlain(bytes[end])) end++;
      parts.push(characters(bytes.slice(at, end)));
    } else if (isHigh(bytes[at])) {
      while (isHigh(bytes[end])) end++;
      parts.push(utf8Decode(new Uint8Array(bytes.slice(at, end))));
    } else {
      const byte = bytes[end++];
      parts.push(byte === 13 ? "\\r" : byte === 10 ? "\\n" : `<${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
    }
  }
  return parts.join("");
}

function split(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + at.length)];
}
