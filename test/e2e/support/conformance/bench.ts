import assert from "node:assert/strict";
import { connect, type ConnectOptions, type ModemMQTTClient, type Packet } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import type { Broker } from "../brokers";
import { Running } from "../process";

/** A message as mosquitto_sub has received it. */
export interface Received {
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
}

const PATIENCE = 300_000;

/** Waits for `promise`, not for ever. */
export async function within<T>(promise: Promise<T>, what: string, milliseconds = PATIENCE): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: nothing after ${milliseconds} ms`)), milliseconds); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** mosquitto_sub, for as long as the suite takes. */
export class Listener {
  readonly #process: Running;
  #read = 0;

  constructor(port: number, ...args: string[]) {
    // stdbuf, for mosquitto_sub shows its SUBACK only when a buffer is full or the line is flushed.
    this.#process = new Running("stdbuf", ["-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", String(port), "-q", "2", "-F", "%q %r %x %t", "-d", ...args]);
  }

  ready(): Promise<void> {
    return this.#process.until(({ stdout }) => stdout.includes("SUBACK"));
  }

  /** The next message. */
  async next(): Promise<Received> {
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await pause(5)) {
      const received = this.#take();
      if (received !== undefined) return received;
    }
    throw new Error(`mosquitto_sub has received nothing for ${PATIENCE} ms`);
  }

  /** The messages that have come and that nobody has asked for. */
  rest(): Received[] {
    const all: Received[] = [];
    for (let one = this.#take(); one !== undefined; one = this.#take()) all.push(one);
    return all;
  }

  #take(): Received | undefined {
    const bytes = this.#process.stdout;
    for (let end = bytes.indexOf(10, this.#read); end >= 0; end = bytes.indexOf(10, this.#read)) {
      const line = bytes.subarray(this.#read, end).toString();
      this.#read = end + 1;
      const fields = /^([012]) ([01]) ([0-9a-f]*) (.*)$/.exec(line);
      // `-d` shows packets too.
      if (fields) return { qos: Number(fields[1]), retain: fields[2] === "1", payload: Buffer.from(fields[3], "hex"), topic: fields[4] };
    }
    return undefined;
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}

/** One family's modem, and the rest of the world around it. */
export class Bench {
  readonly name: string;
  readonly broker: Broker;
  /** Hears `out/#`. */
  readonly listener: Listener;
  #modem: VirtualModem | undefined;
  #client: ModemMQTTClient | undefined;

  constructor(name: string, broker: Broker, listener: Listener) {
    this.name = name;
    this.broker = broker;
    this.listener = listener;
  }

  /** The modem; a new one after {@link kill}. */
  async modem(): Promise<VirtualModem> {
    return (this.#modem ??= await createVirtualModem({ modem: this.name, attachTime: 0, bootTime: 100, latencyScale: 0.1 }));
  }

  /** The modem is gone, as if its power were cut. */
  async kill(): Promise<void> {
    await this.#modem?.close();
    this.#modem = undefined;
  }

  /** A new connection in place of the last one. */
  async open(options: Partial<ConnectOptions> = {}): Promise<ModemMQTTClient> {
    await this.end();
    const { path } = await this.modem();
    this.#client = await connect({
      serial: path, modem: this.name, host: "127.0.0.1", port: this.broker.port, clientId: `${this.name}-1`, username: "meter", password: "secret",
      reconnectPeriod: 0,
      ...options,
    });
    return this.#client;
  }

  /** The present connection, or a new one with nothing special about it. */
  async client(): Promise<ModemMQTTClient> {
    return this.#client?.connected ? this.#client : this.open();
  }

  async end(force = false): Promise<void> {
    await this.#client?.end(force);
    this.#client = undefined;
  }

  /** mosquitto_pub. */
  async publish(topic: string, payload: Uint8Array | string, { qos = 0, retain = false } = {}): Promise<void> {
    const bytes = Buffer.from(payload as Uint8Array);
    const process = new Running("mosquitto_pub", ["-h", "127.0.0.1", "-p", String(this.broker.port), "-t", topic, "-q", String(qos),
      ...(retain ? ["-r"] : []), ...(bytes.length === 0 ? ["-n"] : ["-s"])]);
    process.child.stdin.end(bytes);
    const { status, stderr } = await process.finished;
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  }

  /** What the broker gives to someone who subscribes only now. */
  async retained(topic: string): Promise<Received> {
    const listener = new Listener(this.broker.port, "-t", topic, "--retained-only");
    try {
      return await listener.next();
    } finally {
      await listener.stop();
    }
  }
}

/** The messages of a client, from now on, in order. */
export class Inbox {
  readonly #packets: Packet[] = [];
  #wake = (): void => {};

  constructor(client: ModemMQTTClient) {
    client.on("message", (_topic, _payload, packet) => {
      this.#packets.push(packet);
      this.#wake();
    });
  }

  get length(): number {
    return this.#packets.length;
  }

  async next(): Promise<Packet> {
    if (this.#packets.length === 0) await within(new Promise<void>((resolve) => { this.#wake = resolve; }), "no message");
    return this.#packets.shift()!;
  }
}
