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
      const kind = line[0]!, rest = line.slice(1).trimStart();
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
    const step = steps[i]!;
    try {
      if (step.kind === "←" && cut.merged) {
        let { bytes } = step;
        while (steps[i + 1]?.kind === "←") bytes = bytes.concat(steps[++i]!.bytes);
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
  #line = 0;
  #port!: TestPort;
  #client!: MQTTClient;

  constructor(exchange: Exchange, driver: any, cut: Cut) {
    this.#name = exchange.name;
    this.#suspects = exchange.suspects ?? false;
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
        for (let i = 0; i < plain.length; i += subscribe ? 2 : 1) items.push({ topic: plain[i]!, QoS: subscribe ? Number(plain[i + 1]) : undefined });
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
    const suspects = this.#suspects;
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
        const words = [CONTROLS[control.operation]!];
        if (control.returnCode !== undefined) words.push(String(control.returnCode));
        if (control.id !== undefined) words.push(String(control.id));
        if (control.payload !== undefined) words.push(`[${control.payload}]`);
        events.push(words.join(" "));
      },
      onClose: () => events.push("close"),
      onError: (error: MQTTModemError) => events.push(`error ${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`}`),
      onDone: (id, error) => events.push(error === null ? `done ${id}` : `failed ${id} ${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`}`),
      onOverflow: () => events.push("overflow"),
      onStage(now) {
        // Only the modem's own reconnecting: the rest is seen by what is sent.
        if (now === "reconnecting" || stage === "reconnecting") events.push(`stage ${now}`);
        stage = now;
      },
    });
  }
}

const CONTROLS: Record<number, string> = {
  [MQTTClient.CONNACK]: "connack", [MQTTClient.PUBACK]: "puback", [MQTTClient.PUBREC]: "pubrec", [MQTTClient.PUBCOMP]: "pubcomp",
  [MQTTClient.SUBACK]: "suback", [MQTTClient.UNSUBACK]: "unsuback", [MQTTClient.PINGRESP]: "pingresp",
};

/** The bytes of a line of a script. */
export function bytesOf(text: string): number[] {
  const bytes: number[] = [];
  const pattern = /\\r|\\n|\\0|<([0-9A-F]{2})>|\[sp\]|[^]/gu;
  for (const match of text.matchAll(pattern)) {
    const [token, hex] = match;
    if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else if (token === "\\r") bytes.push(13);
    else if (token === "\\n") bytes.push(10);
    else if (token === "\\0") bytes.push(0);
    else if (token === "[sp]") bytes.push(32);
    else bytes.push(...utf8Encode(token));
  }
  return bytes;
}

/** Bytes as a script writes them. */
export function visible(bytes: readonly number[]): string {
  return utf8Decode(new Uint8Array(bytes)).replace(/[\x00-\x1f\x7f]/g, (char) =>
    char === "\r" ? "\\r" : char === "\n" ? "\\n" : `<${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`);
}

function split(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + at.length)];
}
