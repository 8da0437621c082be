/** The class of the Moddable SDK's older module `mqtt`, over a modem. */
import { ArgumentError, MQTTClient, StateError, type ByteBuffer, type ReadableOptions, type WriteOptions } from "modem-mqtt";

export interface Dictionary {
  host: string;
  port?: number;
  id?: string;
  user?: string;
  password?: string | ArrayBuffer;
  will?: { topic: string; message: string | ArrayBuffer; quality?: number; retain?: boolean };
  /** The keep-alive time in milliseconds; 0 is none. */
  timeout?: number;
}

/** What the class in the SDK takes and a modem's own MQTT client cannot do: a connection that is safe must not become a plain one. */
const REFUSED = Object.freeze(["path", "Socket", "secure", "socket"]);
/** Messages and subscriptions that wait for the modem. */
const MOST = 16;

interface Job {
  data: ArrayBuffer | null;
  options: WriteOptions;
}

/**
 * The callbacks are properties: `onReady()`, `onMessage(topic, data)`, `onClose()`. What is written waits here until the
 * modem can take it. `onClose` comes when the connection is lost or is not made, and never after `close`.
 */
export default class Client {
  onReady?(): void;
  onMessage?(topic: string, data: ArrayBuffer): void;
  onClose?(): void;

  readonly #client: MQTTClient;
  readonly #waiting: Job[] = [];
  #ready = false;
  #closed = false;
  #topic = "";
  #parts: ArrayBuffer[] = [];

  /** @throws ArgumentError, StateError; what the serial port's class throws */
  constructor(dictionary: Dictionary) {
    for (const name of REFUSED) {
      const value = (dictionary as Dictionary & Record<string, unknown>)[name];
      if (value !== undefined) throw new ArgumentError("ARGUMENT_RANGE", name, value, "must be left out: the modem makes its connection itself, over TCP");
    }
    const { mqtt } = (globalThis as any).device.network;
    const { host, port, id, user, password, will, timeout } = dictionary;
    this.#client = new (mqtt.io as typeof MQTTClient)({
      ...mqtt,
      host,
      port,
      id,
      user,
      password,
      keepAlive: timeout ?? 0,
      will: will && { topic: will.topic, message: will.message, QoS: will.quality ?? 0, retain: Boolean(will.retain) },
      onWritable: () => this.writable(),
      onReadable: (count, options) => this.readable(count, options),
      onClose: () => this.ended(),
      onError: (error) => {
        if (!this.#closed) trace(`mqtt: ${error.code}: ${error.message}\n`);
        this.ended();
      },
    });
  }

  /** @param flags `quality` is the QoS */
  publish(topic: string, data: unknown, flags?: { quality?: number; retain?: boolean; duplicate?: boolean }): void {
    const bytes = data instanceof ArrayBuffer ? data : ArrayBuffer.fromString(String(data));
    const most = this.#client.limits.payload;
    if (bytes.byteLength > most) throw new ArgumentError("ARGUMENT_LENGTH", "data", bytes.byteLength, `must be at most ${most} bytes`);
    this.write(bytes, { topic, QoS: flags?.quality ?? 0, retain: Boolean(flags?.retain) });
  }

  subscribe(topic: string): void {
    this.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic }] });
  }

  unsubscribe(topic: string): void {
    this.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic }] });
  }

  /** @param immediate without a DISCONNECT, so that the broker publishes the will; otherwise what waits is sent first */
  close(immediate = false): void {
    if (this.#closed) return;
    this.#closed = true;
    if (immediate || !this.#ready) return this.#client.close();
    this.#waiting.push({ data: null, options: { operation: MQTTClient.DISCONNECT } });
    this.pump();
  }

  private write(data: ArrayBuffer | null, options: WriteOptions): void {
    if (!this.#ready || this.#closed) throw new StateError("NOT_CONNECTED", "there is no connection to the broker yet or any more; wait for onReady");
    if (this.#waiting.length >= MOST) throw new StateError("BUSY", `${MOST} messages and subscriptions wait already`);
    const job = { data, options };
    if (this.#waiting.length > 0 || !this.taken(job)) this.#waiting.push(job);
  }

  /** Whether the client could take it now. @throws ArgumentError */
  private taken({ data, options }: Job): boolean {
    try {
      this.#client.write(data as ByteBuffer | null, options);
      if (options.operation === MQTTClient.DISCONNECT) this.#client.close();
      return true;
    } catch (error) {
      // While the modem has its connection back, nothing can be written either.
      if (error instanceof StateError) return false;
      throw error;
    }
  }

  private pump(): void {
    while (this.#waiting.length > 0 && this.taken(this.#waiting[0])) this.#waiting.shift();
  }

  private writable(): void {
    if (!this.#ready) {
      this.#ready = true;
      this.onReady?.();
    }
    this.pump();
  }

  private readable(count: number, { topic, more }: Readonly<ReadableOptions>): void {
    const part = this.#client.read(count) ?? new ArrayBuffer(0);
    if (this.#closed) return;
    if (topic !== undefined) {
      this.#topic = topic;
      this.#parts = [];
    }
    this.#parts.push(part);
    if (more) return;
    const parts = this.#parts;
    this.#parts = [];
    this.onMessage?.(this.#topic, parts.length === 1 ? parts[0] : joined(parts));
  }

  private ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose?.();
  }
}

function joined(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole.buffer;
}
