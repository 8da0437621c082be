import { EventEmitter } from "node:events";
import type { Counters } from "../../src/mqtt/options";
import type { StageName } from "../../src/mqtt/stages";
import { ArgumentError, BrokerError, ModemError, type MQTTModemError, StateError } from "../../src/errors";
import type { SessionOptions } from "../../src/session/session";
import { Session } from "../../src/session/session";
import type { SessionState } from "../../src/session/states";
import { apart, calling, type Callback } from "./callback";
import type { SharedModem } from "./shared-modem";
import { Inbox } from "./inbox";
import { boolean, bytes, check, elsewhere, integer, inWords, never, signal, type Shape } from "./options";
import { Assembly, type Packet, type QoS } from "./packet";
import { filters, type Granted, type Topics } from "./topics";

export interface ClientEvents {
  /** There is a session with the broker: the first, or one after a loss. */
  connect: [];
  /** A message has come. What comes while nobody listens is held, up to `heldMessages`, for the next listener or iteration. */
  message: [topic: string, payload: Buffer, packet: Packet];
  /** Connecting again begins, by this client or, where it can, by the modem itself; `connect` follows, or `error`. */
  reconnect: [];
  /** The connection is gone, and that was not asked for. */
  offline: [];
  /** A connection, or an attempt at one, is over. */
  close: [];
  /**
   * Why a connection was lost or not made, or what else has failed without a promise to say so. Without a listener it is not thrown: whoever
   * waits for a promise has it.
   */
  error: [error: MQTTModemError];
  /** It is all over: `end` was called, or there is no further attempt. */
  end: [];
  /** Beyond MQTT.js: what is being done. */
  stage: [stage: StageName];
  /** Beyond MQTT.js: what the session is at, of which docs/sessions.md has the picture. */
  state: [state: SessionState];
  /** Beyond MQTT.js: a message that an earlier process had put into the store is over, with `error` null when it went well. */
  stored: [id: number, error: MQTTModemError | null];
}

/** What `connect` has made of its options. */
export interface ClientSettings {
  readonly session: Omit<SessionOptions, "modem" | "queue" | `on${string}`>;
  readonly queue: NonNullable<SessionOptions["queue"]>;
  readonly driverOptions: Readonly<Record<string, unknown>> | undefined;
  readonly highWaterMark: number;
  readonly heldMessages: number;
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
  /** MQTT.js's; it may only be false, for the modem sets it. */
  dup?: false;
}

export interface SubscribeOptions extends OperationOptions {
  qos?: QoS;
}

/** MQTT 5 has some, and so has MQTT.js; there are none here. */
export type EndOptions = Readonly<Record<string, never>>;

export type DoneCallback = Callback;
export type PublishCallback = Callback<Packet>;
export type SubscribeCallback = Callback<Granted[]>;

const OPERATION: Shape<OperationOptions> = { signal };
const PUBLISH: Shape<PublishOptions> = { ...OPERATION, qos: integer(0, 2), retain: boolean, dup: never("the modem sets it where it sends a message again") };
const SUBSCRIBE: Shape<SubscribeOptions> = { ...OPERATION, qos: integer(0, 2) };
const MQTT_5 = elsewhere("nl, rap, rh, properties, reasonCode", "it belongs to MQTT 5, which no modem's client speaks");
const PUBLISH_ELSEWHERE = { ...MQTT_5, QoS: "it is qos here", cbStorePut: "see the option store of connect()" };

/** Who waits for an operation. */
interface Job {
  settle(error: unknown, granted: readonly number[] | null): void;
}

/**
 * A client in MQTT.js's words over a modem: a session's face. Made by `connect`.
 *
 * Operations are sent in the order in which they were asked for; each promise settles on its own.
 */
export class ModemMQTTClient extends EventEmitter<ClientEvents> implements AsyncIterable<Packet>, AsyncDisposable {
  /** What another client needs to use the same modem. */
  readonly carrier: SharedModem;
  readonly #session: Session;
  readonly #highWaterMark: number;
  /** A full queue drops messages, rather than refusing them. */
  readonly #drops: boolean;
  readonly #inbox: Inbox;
  readonly #jobs = new Map<number, Job>();
  readonly #roomWanted: (() => void)[] = [];
  /** `close` is still to be told of the present connection. */
  #mustEmitClose = true;
  #hasWarned = false;
  #connected = false;
  #wasConnected = false;
  #over: MQTTModemError | true | null = null;
  #ending: Promise<void> | null = null;

  constructor(sharedModem: SharedModem, { session, queue, driverOptions, highWaterMark, heldMessages }: ClientSettings) {
    super();
    this.carrier = sharedModem;
    this.#highWaterMark = highWaterMark;
    this.#drops = queue.policy !== undefined && queue.policy !== "refuse";
    const client = this, assembly = new Assembly();
    this.#inbox = new Inbox(heldMessages, {
      get listens() { return client.listenerCount("message") > 0; },
      call: (packet) => this.emit("message", packet.topic, packet.payload, packet),
      dropped: (error) => this.#lost(error),
    });
    this.#session = new Session({
      ...session, queue, modem: sharedModem.modem(driverOptions),
      onState: (state, error) => this.#entered(state, error),
      onStage: (stage) => this.emit("stage", stage),
      onError: (error) => this.#tell(error),
      onDone: (id, error, granted) => this.#done(id, error, granted),
      onReadable: (count, info) => {
        const packet = assembly.receive(this.#session, count, info);
        if (packet !== null) this.#inbox.receive(packet);
      },
      onOverflow: () => {
        // What a modem says before there is a connection is no message.
        if (this.#connected) this.#tell(new ModemError("RECEIVE_OVERFLOW", "received bytes were lost: a line, or a message's topic, was longer than the buffer; raise modemOptions.receiveBuffer"));
      },
    });
    sharedModem.join(this.#session);
  }

  /** Whether there is a session with the broker, and all is subscribed again. */
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

  /** What the serial port has brought that is no good, since it was opened; undefined before there was a connection. */
  get counters(): Counters | undefined {
    return this.#session.client?.counters;
  }

  /**
   * Asks the modem something that changes nothing, while there is a connection or one is being made.
   * @param line a read form or test form of the modem's own, as its manual prints it: `AT+QMTCONN?`
   * @returns the lines of its answer
   * @throws ArgumentError when it is not one; StateError NOT_CONNECTED, BUSY or CLOSED; ModemError; each as a rejection
   */
  inquire(line: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const { client } = this.#session;
      if (this.ended || client === null) throw new StateError(this.ended ? "CLOSED" : "NOT_CONNECTED", this.ended ? "this client has ended; connect again" : "there is no connection yet; wait for connect");
      const forget = (): void => reject(new StateError("CLOSED", "the client was ended before the modem had answered"));
      this.once("end", forget);
      try {
        client.inquire(line, (error, lines) => {
          this.off("end", forget);
          if (error === null) resolve(lines);
          else reject(error);
        });
      } catch (error) {
        this.off("end", forget);
        throw error;
      }
    });
  }

  /** How many operations wait, or are under way. */
  get queued(): number {
    return this.#session.queued;
  }

  /**
   * Publishes one message. The payload is copied before it is sent.
   * @param callback as MQTT.js's: called with an error or null, and the message
   * @returns settles when the broker's acknowledgement is in; at QoS 0, when the modem has sent it
   * @throws ArgumentError, StateError, ModemError, NetworkError or BrokerError, as a rejection; StateError BUSY when as much
   * waits as `highWaterMark` or `queueBytes` allow
   */
  publish(topic: string, payload: string | Uint8Array = "", options?: PublishOptions | PublishCallback, callback?: PublishCallback): Promise<void> {
    if (typeof options === "function") return this.publish(topic, payload, undefined, options);
    if (typeof payload === "function") return this.publish(topic, "", undefined, payload);
    const { qos = 0, retain = false } = options ?? {};
    return calling(callback, () => this.#publish(topic, payload, options ?? {}),
      (): Packet => ({ cmd: "publish", topic, payload: Buffer.from(payload as Uint8Array), qos, retain, dup: false, suspect: false }));
  }

  async #publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
    check("", options, PUBLISH, PUBLISH_ELSEWHERE);
    bytes()("payload", payload);
    const data = typeof payload === "string" ? Buffer.from(payload) : payload;
    await this.#do((session) => session.publish(data, { topic, QoS: options.qos, retain: options.retain }), options.signal);
  }

  /** Settles when another operation would be taken: at once, unless as much waits as `highWaterMark` allows. */
  drained(): Promise<void> {
    return this.queued < this.#highWaterMark ? Promise.resolve() : new Promise((resolve) => this.#roomWanted.push(resolve));
  }

  /**
   * Subscribes to one or several topic filters, as many at a time as the modem can.
   * @param callback as MQTT.js's: called with an error or null, and what was granted
   * @returns what was granted, in the order of the topics
   * @throws BrokerError SUBSCRIPTION_REFUSED, as a rejection, when the broker refuses one of them
   */
  subscribe(topics: Topics, options?: SubscribeOptions | SubscribeCallback, callback?: SubscribeCallback): Promise<Granted[]> {
    if (typeof options === "function") return this.subscribe(topics, undefined, options);
    return calling(callback, () => this.#subscribe(topics, options ?? {}), (granted) => granted);
  }

  async #subscribe(topics: Topics, options: SubscribeOptions): Promise<Granted[]> {
    check("", options, SUBSCRIBE, MQTT_5);
    const asked = filters(topics, options.qos ?? 0);
    const codes = await this.#do((session) => session.subscribe(asked.map(({ topic, qos }) => ({ topic, QoS: qos }))), options.signal, asked.length);
    return asked.map(({ topic }, index) => {
      const code = codes![index]!;
      if (code <= 2) return { topic, qos: code as QoS };
      throw new BrokerError("SUBSCRIPTION_REFUSED", `the broker refused the subscription to ${JSON.stringify(topic)}; may this user read it?`, code);
    });
  }

  /** Ends one or several subscriptions. @param callback as MQTT.js's: called with an error or null */
  unsubscribe(topics: string | readonly string[], options?: OperationOptions | DoneCallback, callback?: DoneCallback): Promise<void> {
    if (typeof options === "function") return this.unsubscribe(topics, undefined, options);
    return calling(callback, () => this.#unsubscribe(topics, options ?? {}), () => {});
  }

  async #unsubscribe(topics: string | readonly string[], options: OperationOptions): Promise<void> {
    check("", options, OPERATION, MQTT_5);
    const asked = filters(topics, 0);
    await this.#do((session) => session.unsubscribe(asked), options.signal, asked.length);
  }

  /**
   * Waits until everything that was asked for has settled, disconnects and releases the port. Without a connection there is
   * nothing to wait for: what was asked for is rejected.
   * @param force disconnects nothing: the port is released as soon as the modem's connection is closed, and the broker
   * publishes the will
   * @param options MQTT.js has some for MQTT 5 there: it may be empty
   * @param callback called at the end; it may stand in any place, as with MQTT.js
   */
  end(force?: boolean | EndOptions | DoneCallback, options?: EndOptions | DoneCallback | null, callback?: DoneCallback): Promise<void> {
    const given = [force, options, callback];
    return calling(given.find((each) => typeof each === "function"),
      () => this.#end(given.filter((each) => typeof each !== "function" && each !== undefined && each !== null)), () => {});
  }

  async #end(given: readonly unknown[]): Promise<void> {
    const force = typeof given[0] === "boolean" ? given[0] : false;
    for (const options of typeof given[0] === "boolean" ? given.slice(1) : given) {
      if (typeof options !== "object") throw new ArgumentError("ARGUMENT_TYPE", "force", options, "must be true or false");
      check("", options, {}, MQTT_5);
    }
    this.#ending ??= this.released();
    this.#session.close(force);
    return this.#ending;
  }

  /** As `publish`, under MQTT.js's other name for it. */
  publishAsync(topic: string, payload?: string | Uint8Array, options?: PublishOptions): Promise<void> {
    return this.publish(topic, payload, options);
  }

  /** As `subscribe`, under MQTT.js's other name for it. */
  subscribeAsync(topics: Topics, options?: SubscribeOptions): Promise<Granted[]> {
    return this.subscribe(topics, options);
  }

  /** As `unsubscribe`, under MQTT.js's other name for it. */
  unsubscribeAsync(topics: string | readonly string[], options?: OperationOptions): Promise<void> {
    return this.unsubscribe(topics, options);
  }

  /** As `end`, under MQTT.js's other name for it. */
  endAsync(force?: boolean | EndOptions, options?: EndOptions): Promise<void> {
    return this.end(force, options);
  }

  /** Settles when this client has ended, and the port has been released if no other client uses it. */
  async released(): Promise<void> {
    if (this.#over === null) await new Promise<void>((resolve) => this.once("end", resolve));
    await this.carrier.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /**
   * Every message from now on, over all reconnections, until it is all over; throws what ended it if that was not asked for. It
   * begins when this is called, with what is held; what it has not given out when it is left goes to the next listener or iteration.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Packet, void, void> {
    return this.#inbox.iterate();
  }

  // EventEmitter's `once` and `prependOnceListener` call these.
  override on<K extends keyof ClientEvents>(name: K, listener: (...values: ClientEvents[K]) => void): this {
    super.on(name, listener as any);
    return this.#listening(name);
  }

  override addListener<K extends keyof ClientEvents>(name: K, listener: (...values: ClientEvents[K]) => void): this {
    return this.on(name, listener);
  }

  override prependListener<K extends keyof ClientEvents>(name: K, listener: (...values: ClientEvents[K]) => void): this {
    super.prependListener(name, listener as any);
    return this.#listening(name);
  }

  /**
   * Calls the listeners. What one of them throws is thrown in a turn of its own, where the process's `uncaughtException` has it: thrown
   * here, it would keep the event from the other listeners, and stop the driver and the serial port in the middle of what they do.
   */
  override emit<K extends keyof ClientEvents>(name: K, ...values: ClientEvents[K]): boolean;
  override emit(name: string | symbol, ...values: unknown[]): boolean;
  override emit(name: string | symbol, ...values: unknown[]): boolean {
    const listeners = this.rawListeners(name as never);
    for (const listener of listeners) apart(() => Reflect.apply(listener, this, values), undefined);
    return listeners.length > 0;
  }

  #listening(name: string): this {
    if (name === "message") this.#inbox.offer();
    return this;
  }

  // ---- operations

  #do(start: (session: Session) => number, signal: AbortSignal | undefined, topics = 1): Promise<readonly number[] | null> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.ended)
        throw new StateError("CLOSED", "this client has ended; connect again", undefined, this.#over === true ? undefined : this.#over ?? undefined);
      if (this.queued >= this.#highWaterMark && !this.#drops)
        throw new StateError("BUSY", `${this.queued} operations wait already, as many as highWaterMark allows; wait for drained()`);
      const id = this.#started(start, topics);
      const abort = (): void => {
        if (this.#session.withdraw(id)) this.#jobs.delete(id);
        this.#tellRoom();
        reject(signal!.reason);
      };
      this.#jobs.set(id, {
        settle(error, granted) {
          signal?.removeEventListener("abort", abort);
          if (error === null) resolve(granted);
          else reject(inWords(error, topics));
        },
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  #started(start: (session: Session) => number, topics: number): number {
    try {
      return start(this.#session);
    } catch (error) {
      throw inWords(error, topics);
    }
  }

  #done(id: number, error: MQTTModemError | null, granted: readonly number[] | null): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (job !== undefined) job.settle(error, granted);
    else this.emit("stored", id, error);
    this.#tellRoom();
  }

  #tellRoom(): void {
    if (this.queued < this.#highWaterMark) for (const resolve of this.#roomWanted.splice(0)) resolve();
  }

  // ---- what the session tells

  #entered(state: SessionState, error: MQTTModemError | null): void {
    const was = this.#connected;
    if (state === "online") this.#connected = this.#wasConnected = true;
    else if (state !== "closing") this.#connected = false;
    this.emit("state", state);
    if (was && !this.#connected && this.#ending === null) this.emit("offline");
    switch (state) {
      case "connecting":
      case "recovering":
        this.emit("reconnect");
        this.#mustEmitClose = !this.ended;
        break;
      case "online":
        // A listener may have ended it.
        if (this.#connected) this.emit("connect");
        break;
      case "interrupted":
        // A listener may have ended it.
        if (!this.ended) this.emit("reconnect");
        break;
      case "waiting":
      case "refused":
        if (this.#ending === null) this.#tell(error!);
        this.#tellClose();
        break;
      case "closed": this.#finish(error ?? true);
    }
  }

  #finish(reason: MQTTModemError | true): void {
    this.#over = reason;
    this.carrier.leave(this.#session);
    if (reason !== true) this.#tell(reason);
    this.#inbox.end(reason === true ? null : reason);
    this.#tellClose();
    this.emit("end");
  }

  #tellClose(): void {
    if (!this.#mustEmitClose) return;
    this.#mustEmitClose = false;
    this.emit("close");
  }

  #tell(error: MQTTModemError): void {
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }

  /** A message is lost, and no promise says so: without a listener for `error`, the process is warned once. */
  #lost(error: StateError): void {
    if (this.listenerCount("error") === 0 && !this.#hasWarned) {
      this.#hasWarned = true;
      process.emitWarning(error.message, { type: "ModemMQTTWarning", code: error.code });
    }
    this.#tell(error);
  }
}
