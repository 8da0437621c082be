import type { Text } from "../bytes/text";
import { flag, integer } from "../checks";
import { ArgumentError, StateError } from "../errors";
import type { Limits } from "../modem/limits";
import { checkFamily } from "../modem/family";
import { Kind } from "../modem/script";
import { topicName } from "../modem/topic";
import type { MQTTClient } from "../mqtt/client";
import type { ClientModem } from "../modem/client-modem";
import { bytesOf, itemsOf } from "../mqtt/input";
import { TopicCache } from "../mqtt/topic-cache";
import type { ByteBuffer } from "../mqtt/options";
import { StateMachine } from "./state-machine";
import type { OptionsOfSession, SessionPublishOptions } from "./options";
import type { Filter } from "./queue";
import { State, STATES, type SessionState } from "./states";

/** Topics that are remembered. */
const TOPICS = 12;
const NO_BYTES = new Uint8Array(0);
// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const DATA = "data";
const TOPIC = "topic";
const QOS = "QoS";
const RETAIN = "retain";

/** A session's options. The callbacks `on…` have the session as `this`. */
export interface SessionOptions extends OptionsOfSession<Session> {}

/**
 * An MQTT session that outlives its connections. After a loss it connects again, subscribes again, and sends again what was in flight
 * at QoS 1 and 2. Messages that are published meanwhile wait in a bounded queue.
 *
 * A session connects from its construction until `close`. Every accepted operation ends with one `onDone`. For a stored message whose
 * session was ended by a power cut, the session that loads it makes this call.
 */
export class Session {
  readonly #stateMachine: StateMachine;
  readonly #maxSubscriptions: number;
  readonly #topics = new TopicCache<Text>(TOPICS);

  /**
   * Begins to connect.
   * @throws ArgumentError before anything is sent; what the store throws
   */
  constructor(options: SessionOptions) {
    const { modem } = options;
    checkFamily(modem?.io);
    if (typeof modem.clock?.now !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.clock", modem.clock, "must be a clock (on Moddable modem-mqtt/session provides it)");
    this.#maxSubscriptions = integer("subscriptions", options.subscriptions ?? 32, 1, 1000);
    this.#stateMachine = new StateMachine(
      this,
      options,
      modem.clock,
      modem.shared instanceof Session ? modem.shared.#stateMachine.connection.sharedModem : { last: modem.shared },
    );
    this.#stateMachine.start();
  }

  get state(): SessionState {
    return STATES[this.#stateMachine.state];
  }

  /** How many operations wait or are in flight. */
  get queued(): number {
    return this.#stateMachine.outbox.count;
  }

  /** The client of the present connection, or of the last one; for inquiries and counters. Null before the first. */
  get client(): MQTTClient | null {
    return this.#stateMachine.connection.client;
  }

  /** The modem as a device, beside MQTT, over the present connection. @throws StateError CLOSED before the first one */
  get modem(): ClientModem {
    const { client } = this.#stateMachine.connection;
    if (client === null) throw new StateError("CLOSED", "there has been no connection to the modem yet");
    return client.modem;
  }

  /** The limits of this modem's MQTT client. */
  get limits(): Limits {
    return this.#stateMachine.connection.limits;
  }

  /**
   * Publishes a message, now or as soon as there is a connection; `onDone` follows.
   * @param data the payload, copied before this returns; null for an empty message
   * @returns the id; no other operation has it until its `onDone`
   * @throws ArgumentError when the modem cannot carry the message; StateError CLOSED, NOT_CONNECTED (QoS 0 with `queue.QoSZero` false),
   * BUSY (the queue is full), or STORE_FAILED
   */
  publish(data: ByteBuffer | null | undefined, options: SessionPublishOptions): number {
    this.mustBeOpen();
    if (options === undefined || options === null) throw new ArgumentError("ARGUMENT_TYPE", "options", options, "must be given");
    const stateMachine = this.#stateMachine,
      outbox = stateMachine.outbox;
    const topic = this.knownTopic(options.topic);
    const QoS = options.QoS === undefined ? 0 : integer(QOS, options.QoS, 0, 2);
    const retain = options.retain === undefined ? 0 : flag(RETAIN, options.retain);
    const bytes = data === null || data === undefined ? NO_BYTES : bytesOf(data, DATA);
    stateMachine.connection.client?.checkMessage(DATA, bytes.length);
    if (bytes.length > outbox.capacity)
      throw new ArgumentError("ARGUMENT_LENGTH", DATA, bytes.length, `must be at most the ${outbox.capacity} bytes of the queue`);
    if (!stateMachine.inFlight.takes(QoS))
      throw new StateError("NOT_CONNECTED", "there is no connection at the moment, and queue.QoSZero is false; wait for the state online");
    const id = outbox.chooseId(options.id);
    const entry = outbox.publish(id, topic, QoS, retain === 1, bytes);
    if (entry !== null) stateMachine.pumpNew(entry, bytes);
    return id;
  }

  private knownTopic(topic: string): Text {
    return this.#topics.byString(topic) ?? this.#topics.keep(topicName(TOPIC, topic, this.limits.topic, this.limits.escapes));
  }

  /**
   * Subscribes to topic filters; `onDone` follows with the granted QoS of each.
   * @param items at least one; QoS 0–2, default 0
   * @param id 1–65534; chosen when left out
   * @returns the id
   * @throws ArgumentError; StateError CLOSED, or BUSY when the queue is full, there are too many filters, or `id` is in use
   */
  subscribe(items: readonly { topic: string; QoS?: number }[], id?: number): number {
    this.mustBeOpen();
    const { subscriptions, outbox } = this.#stateMachine;
    const filters = filtersOf(items, this.limits);
    let wanted = subscriptions.count + subscriptions.countNew(filters);
    for (let i = 0; i < outbox.count; i++) {
      const entry = outbox.at(i);
      if (entry.kind === Kind.Subscribe) wanted += subscriptions.countNew(entry.items!);
    }
    if (wanted > this.#maxSubscriptions)
      throw new StateError(
        "BUSY",
        `there are ${subscriptions.count} subscriptions, and ${this.#maxSubscriptions} at the most; unsubscribe first, or raise the option subscriptions`,
      );
    return this.change(Kind.Subscribe, filters, id);
  }

  /** Ends subscriptions; `onDone` follows. @returns the id @throws as `subscribe` */
  unsubscribe(items: readonly { topic: string }[], id?: number): number {
    this.mustBeOpen();
    return this.change(Kind.Unsubscribe, filtersOf(items, this.limits), id);
  }

  private change(kind: Kind, filters: Filter[], wanted: number | undefined): number {
    const stateMachine = this.#stateMachine,
      id = stateMachine.outbox.chooseId(wanted);
    stateMachine.outbox.change(kind, id, filters);
    stateMachine.pump();
    return id;
  }

  /** Removes an operation that waits; no `onDone` follows. @returns false when the modem already has it, or it has ended */
  withdraw(id: number): boolean {
    const stateMachine = this.#stateMachine,
      entry = stateMachine.outbox.byId(id);
    if (entry === null || entry.inFlight) return false;
    stateMachine.outbox.release(entry);
    stateMachine.onWithdrawn();
    return true;
  }

  /** As MQTTClient's `read`. */
  read(count?: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(wanted?: any): ArrayBuffer | number | undefined {
    return this.client?.read(wanted);
  }

  /**
   * Ends the session. With a connection, the session first completes all operations and then sends DISCONNECT. Without one, `onDone`
   * reports every operation that waits: with KEPT when the store keeps its message, else with CLOSED. The last callback is `onState`
   * with "closed".
   * @param immediate end at once and without a DISCONNECT, so that the broker publishes the will
   */
  close(immediate = false): void {
    this.#stateMachine.close(immediate);
  }

  private mustBeOpen(): void {
    const { state, reason } = this.#stateMachine;
    if (state >= State.Closing) throw new StateError("CLOSED", "this session has ended; make a new one", undefined, reason ?? undefined);
  }
}

function filtersOf(items: readonly { topic: string; QoS?: number }[], limits: Limits): Filter[] {
  return itemsOf(items, limits).map(({ text, QoS }) => ({ topic: text.string, QoS }));
}
