import { EventEmitter } from "node:events";
import { MQTTClient, type MQTTClientOptions, type StageName } from "../../src/mqtt/client";
import { BrokerError, MQTTModemError, NetworkError, StateError } from "../../src/errors";
import type { Carrier } from "./carrier";
import { Assembly, type Packet, type QoS } from "./packet";
import { Queue, type Job } from "./queue";
import { isLoss, Reconnection } from "./reconnection";
import { filters, groups, Subscriptions, type Granted, type Topics } from "./subscriptions";

export interface ClientEvents {
  /** There is a session with the broker: the first, or one after a loss. */
  connect: [];
  message: [topic: string, payload: Buffer, packet: Packet];
  /** Connecting again begins, by this client or, where it can, by the modem itself; `connect` follows, or `error`. */
  reconnect: [];
  /** The connection is gone. */
  offline: [];
  /** A connection, or an attempt at one, is over. */
  close: [];
  /** Why a connection was lost or not made. Without a listener it is not thrown: whoever waits for a promise has it. */
  error: [error: MQTTModemError];
  /** It is all over: `end` was called, or there is no further attempt. */
  end: [];
  /** Beyond MQTT.js: what is being done. */
  stage: [stage: StageName];
}

/** What `connect` has made of its options. */
export interface ClientSettings {
  readonly session: Omit<MQTTClientOptions, "modem">;
  readonly driverOptions: Readonly<Record<string, unknown>> | undefined;
  readonly reconnectPeriod: number;
  readonly connectTimeout: number;
  readonly resubscribe: boolean;
  readonly queueQoSZero: boolean;
  readonly highWaterMark: number;
}

export interface OperationOptions {
  /**
   * Takes the operation back while it waits. One that the modem has been given is carried out all the same; either way the
   * promise is rejected with the signal's reason.
   */
  signal?: AbortSignal;
}

export interface PublishOptions extends OperationOptions {
  qos?: QoS;
  retain?: boolean;
}

export interface SubscribeOptions extends OperationOptions {
  qos?: QoS;
}

/**
 * A client in MQTT.js's words over a modem. Made by `connect`.
 *
 * Operations are sent in the order in which they were asked for; each promise settles on its own.
 */
export class ModemMQTTClient extends EventEmitter<ClientEvents> implements AsyncIterable<Packet>, AsyncDisposable {
  /** What another client needs to use the same modem. */
  readonly carrier: Carrier;
  readonly #settings: ClientSettings;
  readonly #queue: Queue;
  readonly #reconnection: Reconnection;
  readonly #subscriptions = new Subscriptions();
  /** The present connection, or the last one. */
  #core!: MQTTClient;
  /** Whether `#core` is at work. */
  #alive = false;
  /** `close` is still to be told of the present connection. */
  #closeOwed = false;
  #connected = false;
  #wasConnected = false;
  #modemReconnects = false;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;
  #stage: StageName = "idle";
  #over: MQTTModemError | true | null = null;
  #ending: Promise<void> | null = null;

  constructor(carrier: Carrier, settings: ClientSettings) {
    super();
    this.carrier = carrier;
    this.#settings = settings;
    this.#queue = new Queue(settings.highWaterMark);
    this.#reconnection = new Reconnection(settings.reconnectPeriod);
    this.#open();
  }

  /** Whether there is a session with the broker. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Whether there was one, and is to be one again. */
  get reconnecting(): boolean {
    return this.#wasConnected && !this.#connected && !this.ended;
  }

  /** Whether it is all over, or about to be. */
  get ended(): boolean {
    return this.#over !== null || this.#ending !== null;
  }

  /** How many operations wait, or are under way. */
  get queued(): number {
    return this.#queue.size;
  }

  /**
   * Publishes one message. The payload is copied before it is sent.
   * @returns settles when the broker's acknowledgement is in; at QoS 0, when the modem has sent it
   * @throws ArgumentError, StateError, ModemError, NetworkError or BrokerError, as a rejection; StateError BUSY when as much
   * waits as `highWaterMark` allows
   */
  async publish(topic: string, payload: string | Uint8Array = "", { qos, retain, signal }: PublishOptions = {}): Promise<void> {
    const data = typeof payload === "string" ? Buffer.from(payload) : Buffer.from(payload);
    const acknowledged = qos !== undefined && qos > 0;
    await this.#do((core, id) => core.write(data, { topic, QoS: qos, retain, id }), {
      signal, again: acknowledged && this.#settings.reconnectPeriod > 0, waits: acknowledged || this.#settings.queueQoSZero,
    });
  }

  /** Settles when another operation would be taken: at once, unless as much waits as `highWaterMark` allows. */
  drained(): Promise<void> {
    return this.#queue.drained();
  }

  /**
   * Subscribes to one or several topic filters, as many at a time as the modem can. A BC35-G tells one grant for all topics
   * of a command, so only topics that ask for the same QoS go together there.
   * @returns what was granted, in the order of the topics
   * @throws BrokerError SUBSCRIPTION_REFUSED, as a rejection, when the broker refuses one of them
   */
  async subscribe(topics: Topics, { qos = 0, signal }: SubscribeOptions = {}): Promise<Granted[]> {
    const granted: Granted[] = [];
    for (const group of this.#groups(filters(topics, qos))) granted.push(...await this.#subscribe(group, (job) => this.#do(job, { signal })));
    return granted;
  }

  #groups(asked: readonly Granted[]): Iterable<Granted[]> {
    const { topics: most, grantsEach } = this.#core.limits;
    return groups(asked, most, grantsEach ? undefined : ({ qos }) => qos);
  }

  async #subscribe(group: readonly Granted[], send: (write: Job["write"]) => Promise<readonly number[]>): Promise<Granted[]> {
    const items = group.map(({ topic, qos }) => ({ topic, QoS: qos }));
    const codes = await send((core, id) => core.write(null, { operation: MQTTClient.SUBSCRIBE, id, items }));
    return group.map(({ topic, qos }, index) => {
      const code = codes[index]!;
      if (code <= 2) {
        this.#subscriptions.note(topic, qos);
        return { topic, qos: code as QoS };
      }
      this.#subscriptions.forget(topic);
      throw new BrokerError("SUBSCRIPTION_REFUSED", `the broker refused the subscription to ${JSON.stringify(topic)}; may this user read it?`, code);
    });
  }

  /** Ends one or several subscriptions. */
  async unsubscribe(topics: string | readonly string[], { signal }: OperationOptions = {}): Promise<void> {
    for (const group of groups(filters(topics, 0), this.#core.limits.topics)) {
      await this.#do((core, id) => core.write(null, { operation: MQTTClient.UNSUBSCRIBE, id, items: group }), { signal });
      for (const { topic } of group) this.#subscriptions.forget(topic);
    }
  }

  /**
   * Waits until everything that was asked for has settled, disconnects and releases the port. Without a connection there is
   * nothing to wait for: what was asked for is rejected.
   * @param force disconnects nothing: the port is released as soon as the modem's connection is closed, and the broker
   * publishes the will
   */
  end(force = false): Promise<void> {
    if (force) this.#force();
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    if (this.#over === null && (this.#connected || this.#modemReconnects)) await this.#queue.empty();
    if (this.#over === null) {
      if (this.#connected) this.#core.write(null, { operation: MQTTClient.DISCONNECT });
      else this.#force();
    }
    await this.released();
  }

  #force(): void {
    if (this.#over !== null) return;
    if (this.#alive) this.#core.close();
    this.#finish(true);
  }

  /** Settles when this client has ended, and the port has been released if no other client uses it. */
  async released(): Promise<void> {
    if (this.#over === null) await new Promise<void>((resolve) => this.once("end", resolve));
    await this.carrier.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** Every message from now on, over all reconnections, until it is all over; throws what ended it if that was not asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Packet, void, void> {
    const queue: Packet[] = [];
    let wake = (): void => {};
    const onMessage = (_topic: string, _payload: Buffer, packet: Packet): void => {
      queue.push(packet);
      wake();
    };
    const onEnd = (): void => wake();
    this.on("message", onMessage);
    this.on("end", onEnd);
    try {
      for (;;) {
        while (queue.length > 0) yield queue.shift()!;
        if (this.#over === true) return;
        if (this.#over !== null) throw this.#over;
        await new Promise<void>((resolve) => { wake = resolve; });
      }
    } finally {
      this.off("message", onMessage);
      this.off("end", onEnd);
    }
  }

  // ---- operations

  #do(write: Job["write"], { signal, again = false, waits = true }: OperationOptions & { again?: boolean; waits?: boolean }): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.ended)
        throw new StateError("CLOSED", "this client has ended; connect again", undefined, this.#over === true ? undefined : this.#over ?? undefined);
      if (!waits && !this.#connected)
        throw new StateError("NOT_CONNECTED", "there is no connection at the moment, and queueQoSZero is false; wait for connect");
      const abort = (): void => {
        this.#queue.withdraw(job);
        reject(signal!.reason);
      };
      const job = this.#queue.add({
        write, again, waits,
        settle(error, payload) {
          signal?.removeEventListener("abort", abort);
          if (error === null) resolve(payload);
          else reject(error);
        },
      });
      signal?.addEventListener("abort", abort, { once: true });
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#connected) this.#queue.pump(this.#core);
  }

  /** Subscribes again to all that was subscribed, before anything else goes out. */
  #restore(): void {
    const asked = this.#settings.resubscribe ? this.#subscriptions.all : [];
    if (asked.length === 0) return;
    for (const group of this.#groups(asked)) {
      const send = (write: Job["write"]): Promise<readonly number[]> => new Promise((resolve, reject) => {
        this.#queue.addFirst({ write, again: false, waits: false, settle: (error, payload) => (error === null ? resolve(payload) : reject(error)) });
      });
      this.#subscribe(group, send).catch((error: MQTTModemError) => {
        // After another loss, it is all restored again.
        if (this.#connected && !isLoss(error)) this.#tell(error);
      });
    }
  }

  // ---- one connection

  #open(): void {
    const assembly = new Assembly();
    let granted: readonly number[] = [];
    const core = this.carrier.open({
      ...this.#settings.session,
      onReadable: (count, info) => {
        const packet = assembly.receive(core, count, info);
        if (packet !== null) this.emit("message", packet.topic, packet.payload, packet);
      },
      onControl: ({ operation, returnCode, payload }) => {
        if (operation === MQTTClient.CONNACK && returnCode === 0) this.#online(true);
        if (operation === MQTTClient.SUBACK) granted = payload!;
      },
      onWritable: () => {
        // The modem has the connection back, and the subscriptions are what they were.
        if (this.#modemReconnects) this.#online(false);
        this.#pump();
      },
      onDone: (id, error) => {
        const again = error !== null && this.#settings.reconnectPeriod > 0 && this.#ending === null && isLoss(error);
        this.#queue.done(id, error, granted, again);
      },
      onClose: () => this.#closed(true),
      onError: (error) => this.#closed(error),
      onStage: (stage) => {
        this.#stage = stage;
        this.emit("stage", stage);
        if (stage === "reconnecting") this.#disturbed();
      },
    }, this.#settings.driverOptions);
    this.#core = core;
    this.#alive = this.#closeOwed = true;
    const { connectTimeout } = this.#settings;
    if (connectTimeout > 0) this.#connectTimer = setTimeout(() => this.#tooLate(), connectTimeout);
  }

  #tooLate(): void {
    this.#core.close();
    this.#closed(new NetworkError("OPEN_FAILED",
      `not connected within ${this.#settings.connectTimeout} ms, the connectTimeout; it was ${this.#stage}; check the modem and the coverage, or wait longer`));
  }

  #online(isNew: boolean): void {
    clearTimeout(this.#connectTimer);
    this.#connected = true;
    this.#modemReconnects = false;
    this.#reconnection.succeeded();
    if (isNew && this.#wasConnected) this.#restore();
    this.#wasConnected = true;
    this.emit("connect");
  }

  /** The modem connects again by itself; what is asked for meanwhile waits. */
  #disturbed(): void {
    this.#connected = false;
    this.#modemReconnects = true;
    this.emit("offline");
    if (this.#modemReconnects) this.emit("reconnect");
  }

  /** The core has ended. */
  #closed(reason: MQTTModemError | true): void {
    if (this.#over !== null) return;
    if (reason === true || this.#ending !== null || !this.#wasConnected || !this.#reconnection.follows(reason)) return this.#finish(reason);
    const wasConnected = this.#connected;
    this.#leave();
    this.#queue.lose(reason);
    if (wasConnected) this.emit("offline");
    // A listener may end it all.
    if (this.#over === null) this.#tell(reason);
    this.#tellClose();
    if (this.#over === null) this.#reconnection.schedule(() => void this.#again());
  }

  async #again(): Promise<void> {
    await this.carrier.settled();
    if (this.#over !== null) return;
    this.emit("reconnect");
    if (this.#over !== null) return;
    try {
      this.#open();
    } catch (error) {
      this.#finish(error instanceof MQTTModemError ? error : new StateError("NOT_SUPPORTED", String(error), undefined, error));
    }
  }

  #leave(): void {
    clearTimeout(this.#connectTimer);
    this.#connected = this.#modemReconnects = this.#alive = false;
    this.carrier.leave(this.#core);
  }

  #finish(reason: MQTTModemError | true): void {
    if (this.#over !== null) return;
    this.#over = reason;
    const wasConnected = this.#connected;
    this.#reconnection.cancel();
    this.#leave();
    this.#queue.fail(reason === true ? new StateError("CLOSED", "the client was ended before this was done") : reason);
    if (wasConnected) this.emit("offline");
    if (reason !== true) this.#tell(reason);
    this.#tellClose();
    this.emit("end");
  }

  #tellClose(): void {
    if (!this.#closeOwed) return;
    this.#closeOwed = false;
    this.emit("close");
  }

  #tell(error: MQTTModemError): void {
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }
}
