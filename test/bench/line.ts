/** How close the client comes to the time that the bytes alone need on the line. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, type Direction, type ModemMQTTClient } from "modem-mqtt/node";
import { BareLine } from "./bare-line";
import type { Order, Place } from "./far-end";
import type { Family } from "./families";
import { median } from "./median";
import { BAUD, wireTime } from "./wire-time";

const TOPIC = "meter/cmd";
/** Bytes of the shorter payload; the longer one is the family's longest. */
const SHORT = 64;

/** One family, one direction, one length. */
export interface LineFigure {
  family: string;
  direction: "publish" | "receive";
  /** Bytes of payload. */
  length: number;
  /** Bytes on the line for one message, to the modem and from it. */
  sent: number;
  received: number;
  /** How often the line is turned round for one message: the other end has been waited for. */
  turns: number;
  /** What the bytes alone need, of the time that it took: the median of the rounds, the worst and the best. */
  share: number;
  from: number;
  to: number;
  /** What the share would be if nothing but the bytes and this machine's turns of the line took time. */
  possible: number;
}

/** What went over the line in one round. */
class Traffic {
  sent = 0;
  received = 0;
  turns = 0;
  /** Of the first piece that came: when, and how many bytes. */
  firstAt = 0;
  first = 0;
  #last: Direction = "received";

  readonly count = (direction: Direction, { length }: Uint8Array): void => {
    this[direction] += length;
    if (direction !== this.#last) this.turns++;
    this.#last = direction;
    if (direction !== "received" || this.first > 0) return;
    this.first = length;
    this.firstAt = performance.now();
  };
}

/** A client on a paced line. */
class Line {
  readonly bare: BareLine;
  /** Of the present round. */
  traffic = new Traffic();
  readonly #farEnd: ChildProcess;
  readonly #client: ModemMQTTClient;

  private constructor(farEnd: ChildProcess, bare: BareLine, client: ModemMQTTClient) {
    this.#farEnd = farEnd;
    this.bare = bare;
    this.#client = client;
  }

  static async open(modem: string): Promise<Line> {
    const farEnd = fork(new URL("far-end.mjs", import.meta.url), [modem, String(BAUD)]);
    const [place] = await once(farEnd, "message") as [Place];
    let line: Line | undefined;
    const client = await connect({
      serial: place.path, baud: BAUD, modem, host: "127.0.0.1", port: place.port,
      trace: (direction, bytes) => line?.traffic.count(direction, bytes),
    });
    line = new Line(farEnd, await BareLine.open(place.bare), client);
    await client.subscribe(TOPIC);
    return line;
  }

  /** The time that the bytes alone need, of what `count` publishes take, each sent when the one before is done. */
  async publish(count: number, length: number): Promise<number> {
    const payload = Buffer.alloc(length, "0123456789abcdef");
    this.traffic = new Traffic();
    const start = performance.now();
    await Promise.all(Array.from({ length: count }, () => this.#client.publish("meter/out", payload)));
    return wireTime(this.traffic.sent + this.traffic.received) / (performance.now() - start);
  }

  /** The time that the bytes alone need, of that from the first of them to the last message in the application's hands. */
  async receive(count: number, length: number): Promise<number> {
    this.traffic = new Traffic();
    let left = count;
    const done = new Promise<void>((resolve) => {
      this.#client.on("message", () => {
        if (--left === 0) resolve();
      });
    });
    this.#farEnd.send({ count, topic: TOPIC, length } satisfies Order);
    await done;
    const end = performance.now();
    this.#client.removeAllListeners("message");
    // The first bytes had been on the line before anyone could see them.
    return wireTime(this.traffic.received - this.traffic.first) / (end - this.traffic.firstAt);
  }

  async close(): Promise<void> {
    await this.#client.end();
    await this.bare.close();
    this.#farEnd.disconnect();
    await once(this.#farEnd, "exit");
  }
}

export interface LineOptions {
  rounds: number;
  /** Roughly how long the bytes of one round are on the line, in milliseconds. */
  duration: number;
}

/** Measures one family; its figures take turns. */
export async function measureLine({ name, longest }: Family, { rounds, duration }: LineOptions): Promise<LineFigure[]> {
  const line = await Line.open(name);
  const kinds = [SHORT, longest].flatMap((length) => (["publish", "receive"] as const).map((direction) => ({ direction, length })))
    .map((kind) => ({ ...kind, shares: [] as number[], possible: [] as number[], sent: 0, received: 0, turns: 0 }));
  try {
    // The first round is for the compiler.
    for (let round = -1; round < rounds; round++)
      for (const kind of kinds) {
        const count = Math.max(2, Math.round(duration / wireTime(kind.length + SHORT)));
        const turn = await line.bare.turn(SHORT);
        const share = await line[kind.direction](count, kind.length);
        if (round < 0) continue;
        const perMessage = (value: number): number => Math.round(value / count);
        const { sent, received, turns } = line.traffic;
        Object.assign(kind, { sent: perMessage(sent), received: perMessage(received), turns: Math.floor(turns / count / 2) });
        const bytes = wireTime(kind.sent + kind.received);
        kind.shares.push(share);
        kind.possible.push(bytes / (bytes + kind.turns * turn));
      }
  } finally {
    await line.close();
  }
  return kinds.map(({ shares, possible, ...kind }) =>
    ({ family: name, ...kind, share: median(shares), from: Math.min(...shares), to: Math.max(...shares), possible: median(possible) }));
}
