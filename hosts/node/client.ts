import { EventEmitter } from "node:events";
import { MQTTClient, type MQTTClientOptions, type StageName } from "../../src/mqtt/client";
import { ArgumentError, BrokerError, MQTTModemError, StateError } from "../../src/errors";
import type { DriverClass } from "../../src/modem/dialect";

export type QoS = 0 | 1 | 2;

/** What comes with a message, in MQTT.js's words. */
export interface Packet {
  cmd: "publish";
  topic: string;
  payload: Buffer;
  /** Undefined where the modem does not tell it; a BC35-G gives 1 for both 1 and 2. */
  qos: QoS | undefined;
  /** Undefined where the modem does not tell it. */
  retain: boolean | undefined;
  /** Undefined where the modem does not tell it. */
  dup: boolean | undefined;
}

/** What the broker granted for one topic. */
export interface Granted {
  topic: string;
  qos: QoS;
}

export interface ClientEvents {
  connect: [];
  message: [topic: string, payload: Buffer, packet: Packet];
  /** The modem has lost the connection, and tries by itself to have it back; `connect` follows, or `error`. */
  reconnect: [];
  offline: [];
  close: [];
  error: [error: MQTTModemError];
  /** Beyond MQTT.js: what is being done. */
  stage: [stage: StageName];
}

/** A serial port, and how many clients' modem is behind it. */
export interface PortUse {
  clients: number;
  /** Settles when the port has been released. */
  readonly released: Promise<void>;
}

interface Job {
  /** Hands the operation to the core; throws BUSY when it cannot be taken yet. */
  write(id: number): void;
  settle(error: MQTTModemError | null, payload: readonly number[]): void;
}

/**
 * A client in MQTT.js's words over a modem. Made by `connect`.
 *
 * Operations are sent in the order in which they were asked for; each promise settles on its own.
 */
export class ModemMQTTClient extends EventEmitter<ClientEvents> implements AsyncIterable<Packet>, AsyncDisposable {
  readonly #client: MQTTClient;
  readonly #use: PortUse;
  readonly #driver: DriverClass;
  #connected = false;
  #reconnecting = false;
  #over: MQTTModemError | true | null = null;
  #ending: Promise<void> | null = null;
  #onSettled: (() => void) | undefined;
  readonly #waiting: Job[] = [];
  readonly #underWay = new Map<number, Job>();
  #id = 0;
  #granted: readonly number[] = [];
  #message: { topic: string; qos: QoS | undefined; retain: boolean | undefined; dup: boolean | undefined; parts: Buffer[] } | null = null;

  constructor(options: MQTTClientOptions, use: PortUse) {
    super();
    this.#driver = options.modem.io;
    this.#use = use;
    this.#client = new MQTTClient({
      ...options,
      onReadable: (count, info) => this.#receive(count, info),
      onControl: (control) => {
        if (control.operation === MQTTClient.CONNACK && control.returnCode === 0) this.#connect();
        if (control.operation === MQTTClient.SUBACK) this.#granted = control.payload!;
      },
      onWritable: () => {
        // The modem has the connection back, and the subscriptions are what they were.
        if (this.#reconnecting) this.#connect();
        this.#pump();
      },
      onDone: (id, error) => this.#done(id, error),
      onClose: () => this.#finish(true),
      onError: (error) => this.#finish(error),
      onStage: (stage) => {
        this.emit("stage", stage);
        if (stage === "reconnecting") this.#disturbed();
      },
    });
    use.clients++; // nothing has thrown
  }

  /** What `connect` needs to make another client on this one's modem. */
  get shared(): { modem: { io: DriverClass; shared: MQTTClient }; use: PortUse } {
    return { modem: { io: this.#driver, shared: this.#client }, use: this.#use };
  }

  /** Settles when this client has ended, and the port has been released if no other client uses it. */
  async released(): Promise<void> {
    if (this.#over === null) await new Promise<void>((resolve) => this.once("close", resolve));
    if (this.#use.clients === 0) await this.#use.released;
  }

  /** Whether there is a session with the broker. */
  get connected(): boolean {
    return this.#connected;
  }

  /**
   * Publishes one message. The payload is copied before it is sent.
   * @returns settles when the broker's acknowledgement is in; at QoS 0, when the modem has sent it
   * @throws ArgumentError, StateError, ModemError, NetworkError or BrokerError, as a rejection
   */
  async publish(topic: string, payload: string | Uint8Array = "", options: { qos?: QoS; retain?: boolean } = {}): Promise<void> {
    const data = typeof payload === "string" ? Buffer.from(payload) : Buffer.from(payload);
    await this.#do((id) => this.#client.write(data, { topic, QoS: options.qos, retain: options.retain, id }));
  }

  /**
   * Subscribes to one or several topic filters, as many at a time as the modem can. A BC35-G tells one grant for all topics
   * of a command, so only topics that ask for the same QoS go together there.
   * @returns what was granted, in the order of the topics
   * @throws BrokerError SUBSCRIPTION_REFUSED, as a rejection, when the broker refuses one of them
   */
  async subscribe(topics: string | readonly string[] | Readonly<Record<string, { qos: QoS }>>, options: { qos?: QoS } = {}): Promise<Granted[]> {
    const asked = filters(topics, options.qos ?? 0);
    const granted: Granted[] = [];
    const { topics: most, grantsEach } = this.#client.limits;
    for (const group of groups(asked, most, grantsEach ? undefined : ({ qos }) => qos)) {
      const payload = await this.#do((id) => this.#client.write(null, {
        operation: MQTTClient.SUBSCRIBE, id, items: group.map(({ topic, qos }) => ({ topic, QoS: qos })),
      }));
      group.forEach(({ topic }, index) => {
        const code = payload[index]!;
        if (code > 2) throw new BrokerError("SUBSCRIPTION_REFUSED", `the broker refused the subscription to ${JSON.stringify(topic)}; may this user read it?`, code);
        granted.push({ topic, qos: code as QoS });
      });
    }
    return granted;
  }

  /** Ends one or several subscriptions. */
  async unsubscribe(topics: string | readonly string[]): Promise<void> {
    for (const group of groups(filters(topics, 0), this.#client.limits.topics))
      await this.#do((id) => this.#client.write(null, { operation: MQTTClient.UNSUBSCRIBE, id, items: group }));
  }

  /**
   * Waits until everything that was asked for has settled, disconnects and releases the port.
   * @param force disconnects nothing: the port is released as soon as the modem's connection is closed, and the broker
   * publishes the will
   */
  end(force = false): Promise<void> {
    if (force) this.#force();
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    if (this.#over === null) {
      while (this.#waiting.length + this.#underWay.size > 0 && this.#over === null) 
        await new Promise<void>((resolve) => { this.#onSettled = resolve; });
      if (this.#over === null) {
        if (this.#connected) this.#client.write(null, { operation: MQTTClient.DISCONNECT });
        else this.#force();
      }
    }
    await this.released();
  }

  #force(): void {
    if (this.#over !== null) return;
    this.#client.close();
    this.#finish(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** Every message from now on, until the connection ends; throws what ended it if that was not asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, void> {
    const queue: Packet[] = [];
    let wake = (): void => {};
    const onMessage = (_topic: string, _payload: Buffer, packet: Packet): void => {
      queue.push(packet);
      wake();
    };
    const onClose = (): void => wake();
    this.on("message", onMessage);
    this.on("close", onClose);
    try {
      for (;;) {
        while (queue.length > 0) yield queue.shift()!;
        if (this.#over === true) return;
        if (this.#over !== null) throw this.#over;
        await new Promise<void>((resolve) => { wake = resolve; });
      }
    } finally {
      this.off("message", onMessage);
      this.off("close", onClose);
    }
  }

  // ---- sending

  #do(write: (id: number) => void): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      if (this.#over !== null || this.#ending !== null)
        return reject(new StateError("CLOSED", "this client has ended; connect again", undefined, this.#over === true ? undefined : this.#over));
      this.#waiting.push({ write, settle: (error, payload) => (error === null ? resolve(payload) : reject(error)) });
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#connected && this.#waiting.length > 0) {
      const job = this.#waiting[0]!;
      const id = this.#nextId();
      try {
        // Before it is written: nothing comes back from inside `write`.
        job.write(id);
        this.#underWay.set(id, job);
        this.#waiting.shift();
      } catch (error) {
        if (error instanceof StateError && error.code === "BUSY") return;
        this.#waiting.shift();
        this.#settle(job, error instanceof MQTTModemError ? error : new StateError("NOT_SUPPORTED", String(error), undefined, error), []);
      }
    }
  }

  #nextId(): number {
    do this.#id = this.#id === 65535 ? 1 : this.#id + 1;
    while (this.#underWay.has(this.#id));
    return this.#id;
  }

  #done(id: number, error: MQTTModemError | null): void {
    const job = this.#underWay.get(id);
    if (job === undefined) return;
    this.#underWay.delete(id);
    this.#settle(job, error, this.#granted);
  }

  #settle(job: Job, error: MQTTModemError | null, payload: readonly number[]): void {
    job.settle(error, payload);
    this.#onSettled?.();
  }

  // ---- receiving

  #receive(count: number, info: { topic?: string; QoS?: number; retain?: boolean; duplicate?: boolean; more: boolean }): void {
    if (info.topic !== undefined)
      this.#message = { topic: info.topic, qos: info.QoS as QoS | undefined, retain: info.retain, dup: info.duplicate, parts: [] };
    const message = this.#message!;
    const part = Buffer.alloc(count);
    if (count > 0) this.#client.read(part);
    message.parts.push(part);
    if (info.more) return;
    this.#message = null;
    const { topic, qos, retain, dup } = message;
    const payload = message.parts.length === 1 ? part : Buffer.concat(message.parts);
    this.emit("message", topic, payload, { cmd: "publish", topic, payload, qos, retain, dup });
  }

  // ---- beginning and end

  /** What is asked for meanwhile waits. */
  #disturbed(): void {
    this.#connected = false;
    this.#reconnecting = true;
    this.emit("offline");
    if (this.#reconnecting) this.emit("reconnect");
  }

  #connect(): void {
    this.#connected = true;
    this.#reconnecting = false;
    this.emit("connect");
  }

  #finish(reason: MQTTModemError | true): void {
    if (this.#over !== null) return;
    const wasConnected = this.#connected;
    this.#connected = this.#reconnecting = false;
    this.#over = reason;
    this.#use.clients--;
    const error = reason === true ? new StateError("CLOSED", "the client was ended before this was done") : reason;
    for (const job of [...this.#underWay.values(), ...this.#waiting.splice(0)]) this.#settle(job, error, []);
    this.#underWay.clear();
    if (wasConnected) this.emit("offline");
    // Without a listener, `error` would end the process; whoever waits for a promise has the error already.
    if (reason !== true && this.listenerCount("error") > 0) this.emit("error", reason);
    this.emit("close");
  }
}

function filters(topics: string | readonly string[] | Readonly<Record<string, { qos: QoS }>>, qos: QoS): Granted[] {
  if (typeof topics === "string") return [{ topic: topics, qos }];
  if (Array.isArray(topics)) return (topics as readonly string[]).map((topic) => ({ topic, qos }));
  if (topics !== null && typeof topics === "object")
    return Object.entries(topics as Record<string, { qos: QoS }>).map(([topic, options]) => ({ topic, qos: options.qos }));
  throw new ArgumentError("ARGUMENT_TYPE", "topics", topics, "must be a topic, an array of topics, or an object of topics and options");
}

/** Neighbours, at most `size` of them, and only such as have the same `key`. */
function* groups<T>(items: readonly T[], size: number, key: (item: T) => unknown = () => 0): Generator<T[]> {
  if (items.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", "topics", 0, "must have at least one topic");
  let group: T[] = [];
  for (const item of items) {
    if (group.length === size || (group.length > 0 && key(group[0]!) !== key(item))) {
      yield group;
      group = [];
    }
    group.push(item);
  }
  yield group;
}
