import { EventEmitter } from "node:events";
import type { Counters } from "../../src/mqtt/options";
import { ArgumentError, BrokerError, ModemError, StateError, type MQTTModemError } from "../../src/errors";
import { Session } from "../../src/session/session";
import { apart, calling } from "./callback";
import {
  MQTT_5,
  OPERATION,
  PUBLISH,
  PUBLISH_ELSEWHERE,
  SUBSCRIBE,
  type ClientEvents,
  type ClientSettings,
  type DoneCallback,
  type EndOptions,
  type OperationOptions,
  type PublishCallback,
  type PublishOptions,
  type SubscribeCallback,
  type SubscribeOptions,
} from "./client-types";
import { Inbox } from "./inbox";
import { Lifecycle } from "./lifecycle";
import { ModemDevice } from "./modem-device";
import { Operations } from "./operations";
import { bytes, check } from "./options";
import { Assembly, type Packet, type QoS } from "./packet";
import type { SharedModem } from "./shared-modem";
import { filters, type Granted, type Topics } from "./topics";

/**
 * A client with MQTT.js's interface over a modem: the face of a session. `connect` makes it.
 *
 * Operations are sent in the order in which the application asks for them. Each promise settles by itself.
 */
export class ModemMQTTClient extends EventEmitter<ClientEvents> implements AsyncIterable<Packet>, AsyncDisposable {
  /** The modem and its port, for another client that uses the same modem. */
  readonly carrier: SharedModem;
  /** The modem as a device, beside MQTT: commands of the application's own, and how the modem is. */
  readonly modem: ModemDevice;
  readonly #session: Session;
  readonly #inbox: Inbox;
  readonly #operations: Operations;
  readonly #lifecycle: Lifecycle;
  #hasWarned = false;
  #ending: Promise<void> | null = null;

  constructor(sharedModem: SharedModem, { session, queue, driverOptions, highWaterMark, heldMessages }: ClientSettings) {
    super();
    this.carrier = sharedModem;
    const client = this,
      assembly = new Assembly();
    this.#inbox = new Inbox(heldMessages, {
      get listens() {
        return client.listenerCount("message") > 0;
      },
      call: (packet) => this.emit("message", packet.topic, packet.payload, packet),
      dropped: (error) => this.#onDropped(error),
    });
    this.modem = new ModemDevice({
      get session() {
        return client.#session;
      },
      get ended() {
        return client.ended;
      },
      cares: sharedModem.driver.care !== undefined,
    });
    this.#lifecycle = new Lifecycle({
      emit: (event: string, ...values: unknown[]) => void this.emit(event, ...values),
      onError: (error) => this.#emitError(error),
      onClosed: (reason) => this.#onClosed(reason),
    });
    this.#session = new Session({
      ...session,
      queue,
      modem: sharedModem.modem(driverOptions),
      onState: (state, error) => {
        this.modem.onState(state, error);
        this.#lifecycle.onState(state, error);
      },
      onStage: (stage, progress) => {
        this.modem.onStage();
        this.emit("stage", stage, progress === null ? null : { ...progress });
      },
      onError: (error) => this.#emitError(error),
      onDone: (id, error, granted) => {
        if (!this.#operations.settle(id, error, granted)) this.emit("stored", id, error);
        this.#operations.notifyRoom();
      },
      onReadable: (count, info) => {
        const packet = assembly.receive(this.#session, count, info);
        if (packet !== null) this.#inbox.receive(packet);
      },
      onOverflow: () => {
        // Before the first connection the modem sends no messages, so nothing of the application's is lost.
        if (this.connected)
          this.#emitError(
            new ModemError(
              "RECEIVE_OVERFLOW",
              "received bytes were lost: a line, or a message's topic, was longer than the buffer; raise modemOptions.receiveBuffer",
            ),
          );
      },
    });
    this.#operations = new Operations(this.#session, highWaterMark, queue.policy !== undefined && queue.policy !== "refuse");
    sharedModem.join(this.#session);
  }

  /** Whether the client is connected to the broker and all filters are subscribed. */
  get connected(): boolean {
    return this.#lifecycle.connected;
  }

  /** Whether the client has been connected, is not connected now, and will try again. */
  get reconnecting(): boolean {
    return this.#lifecycle.reconnecting;
  }

  /** Whether the client has ended, or is ending. */
  get ended(): boolean {
    return this.#lifecycle.ended;
  }

  /** Counts of unknown, late, lost and doubtful input since the serial port was opened; undefined before the first connection. */
  get counters(): Counters | undefined {
    return this.#session.client?.counters;
  }

  /**
   * Sends the modem a query, during a connection or an attempt to make one.
   * @param line a read or test form, which changes nothing, as the modem's manual prints it: `AT+QMTCONN?`
   * @returns the lines of its answer
   * @throws ArgumentError when `line` has another form; StateError NOT_CONNECTED, BUSY or CLOSED; ModemError; each as a rejection
   */
  inquire(line: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const { client } = this.#session;
      if (this.ended || client === null)
        throw new StateError(
          this.ended ? "CLOSED" : "NOT_CONNECTED",
          this.ended ? "this client has ended; connect again" : "there is no connection yet; wait for connect",
        );
      const abandon = (): void => reject(new StateError("CLOSED", "the client was ended before the modem had answered"));
      this.once("end", abandon);
      try {
        client.inquire(line, (error, lines) => {
          this.off("end", abandon);
          if (error === null) resolve(lines);
          else reject(error);
        });
      } catch (error) {
        this.off("end", abandon);
        throw error;
      }
    });
  }

  /** How many operations wait or are in flight. */
  get queued(): number {
    return this.#session.queued;
  }

  /**
   * Publishes one message. The payload is copied before this returns.
   * @param callback as MQTT.js's: called with an error or null, and the message
   * @returns settles when the broker has acknowledged the message; at QoS 0, when the modem has sent it
   * @throws ArgumentError, StateError, ModemError, NetworkError or BrokerError, as a rejection; StateError BUSY when `highWaterMark`
   * or `queueBytes` leaves no room
   */
  publish(topic: string, payload: string | Uint8Array = "", options?: PublishOptions | PublishCallback, callback?: PublishCallback): Promise<void> {
    if (typeof options === "function") return this.publish(topic, payload, undefined, options);
    if (typeof payload === "function") return this.publish(topic, "", undefined, payload);
    const { qos = 0, retain = false } = options ?? {};
    return calling(
      callback,
      () => this.#publish(topic, payload, options ?? {}),
      (): Packet => ({ cmd: "publish", topic, payload: Buffer.from(payload as Uint8Array), qos, retain, dup: false, suspect: false }),
    );
  }

  async #publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<void> {
    check("", options, PUBLISH, PUBLISH_ELSEWHERE);
    bytes()("payload", payload);
    const data = typeof payload === "string" ? Buffer.from(payload) : payload;
    await this.#do((session) => session.publish(data, { topic, QoS: options.qos, retain: options.retain }), options.signal);
  }

  /** Settles when another operation would be accepted: at once, unless `highWaterMark` operations wait or are in flight. */
  drained(): Promise<void> {
    return this.#operations.drained();
  }

  /**
   * Subscribes to one or several topic filters, as many in one command as the modem takes.
   * @param callback as MQTT.js's: called with an error or null, and the granted QoS of each topic
   * @returns the granted QoS of each topic, in the order of the topics
   * @throws ArgumentError, StateError, ModemError, NetworkError or BrokerError, as a rejection; BrokerError SUBSCRIPTION_REFUSED when
   * the broker refuses one of the topics
   */
  subscribe(topics: Topics, options?: SubscribeOptions | SubscribeCallback, callback?: SubscribeCallback): Promise<Granted[]> {
    if (typeof options === "function") return this.subscribe(topics, undefined, options);
    return calling(
      callback,
      () => this.#subscribe(topics, options ?? {}),
      (granted) => granted,
    );
  }

  async #subscribe(topics: Topics, options: SubscribeOptions): Promise<Granted[]> {
    check("", options, SUBSCRIBE, MQTT_5);
    const asked = filters(topics, options.qos ?? 0);
    const codes = await this.#do((session) => session.subscribe(asked.map(({ topic, qos }) => ({ topic, QoS: qos }))), options.signal, asked.length);
    return asked.map(({ topic }, index) => {
      const code = codes![index];
      if (code <= 2) return { topic, qos: code as QoS };
      throw new BrokerError("SUBSCRIPTION_REFUSED", `the broker refused the subscription to ${JSON.stringify(topic)}; may this user read it?`, code);
    });
  }

  /** Unsubscribes from one or several topic filters. @param callback as MQTT.js's: called with an error or null */
  unsubscribe(topics: string | readonly string[], options?: OperationOptions | DoneCallback, callback?: DoneCallback): Promise<void> {
    if (typeof options === "function") return this.unsubscribe(topics, undefined, options);
    return calling(
      callback,
      () => this.#unsubscribe(topics, options ?? {}),
      () => {},
    );
  }

  async #unsubscribe(topics: string | readonly string[], options: OperationOptions): Promise<void> {
    check("", options, OPERATION, MQTT_5);
    const asked = filters(topics, 0);
    await this.#do((session) => session.unsubscribe(asked), options.signal, asked.length);
  }

  /**
   * Waits until all operations have settled, then disconnects and releases the port. Without a connection the operations that wait are
   * rejected at once.
   * @param force sends no DISCONNECT, so that the broker publishes the will; the port is released as soon as the modem has closed its
   * connection
   * @param options must be empty: MQTT.js's options of this name belong to MQTT 5
   * @param callback called at the end; as with MQTT.js it may be the first, second or third argument
   */
  end(force?: boolean | EndOptions | DoneCallback, options?: EndOptions | DoneCallback | null, callback?: DoneCallback): Promise<void> {
    const given = [force, options, callback];
    return calling(
      given.find((each) => typeof each === "function"),
      () => this.#end(given.filter((each) => typeof each !== "function" && each !== undefined && each !== null)),
      () => {},
    );
  }

  async #end(given: readonly unknown[]): Promise<void> {
    const force = typeof given[0] === "boolean" ? given[0] : false;
    for (const options of typeof given[0] === "boolean" ? given.slice(1) : given) {
      if (typeof options !== "object") throw new ArgumentError("ARGUMENT_TYPE", "force", options, "must be true or false");
      check("", options, {}, MQTT_5);
    }
    this.#ending ??= this.released();
    this.#lifecycle.isEnding = true;
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

  /** Settles when this client has ended and, if no other client uses the port, the port has been released. */
  async released(): Promise<void> {
    if (!this.#lifecycle.isOver) await new Promise<void>((resolve) => this.once("end", resolve));
    await this.carrier.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /**
   * Iterates over every message from now on, across reconnections, beginning with the held ones. The iteration ends when the client
   * ends; if the application did not end it, it throws the reason. When the iteration is left early, its remaining messages go to the
   * next listener or iteration.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Packet, void, void> {
    return this.#inbox.iterate();
  }

  // EventEmitter's `once` and `prependOnceListener` call these functions.
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
   * Calls the listeners. An exception of a listener is thrown in its own turn of the event loop, as an uncaught exception of the
   * process: here it would keep the event from the other listeners and interrupt the driver and the serial port.
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

  #do(begin: (session: Session) => number, signal: AbortSignal | undefined, topics = 1): Promise<readonly number[] | null> {
    signal?.throwIfAborted();
    if (this.ended) throw new StateError("CLOSED", "this client has ended; connect again", undefined, this.#lifecycle.reason ?? undefined);
    return this.#operations.start(begin, signal, topics);
  }

  // ---- the session's reports

  #onClosed(reason: MQTTModemError | null): void {
    this.carrier.leave(this.#session);
    if (reason !== null) this.#emitError(reason);
    this.#inbox.end(reason);
  }

  #emitError(error: MQTTModemError): void {
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }

  /** A received message had to be dropped, for which no promise is rejected: without a listener for `error` the process is warned once. */
  #onDropped(error: StateError): void {
    if (this.listenerCount("error") === 0 && !this.#hasWarned) {
      this.#hasWarned = true;
      process.emitWarning(error.message, { type: "ModemMQTTWarning", code: error.code });
    }
    this.#emitError(error);
  }
}
