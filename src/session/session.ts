import { OwnedWakers } from "../at/wakers";
import type { Text } from "../bytes/text";
import { ArgumentError, BrokerError, ModemError, MQTTModemError, NetworkError, StateError } from "../errors";
import { levelFor, Level, LEVELS, NO_RECOVERY } from "../modem/recovery";
import type { Limits } from "../modem/limits";
import { Kind } from "../modem/script";
import { choice, flag, integer } from "../mqtt/arguments";
import { MQTTClient } from "../mqtt/client";
import { bytesOf, itemsOf } from "../mqtt/input";
import type { ByteBuffer, ControlMessage, MQTTClientOptions, WriteOptions } from "../mqtt/options";
import type { StageName } from "../mqtt/stages";
import { KnownTopics } from "../mqtt/known";
import { topicName } from "../mqtt/topic";
import { Dropped } from "./dropped";
import { Escalation } from "./escalation";
import type { SessionOptions, SessionPublishOptions } from "./options";
import { Queue, type Filter, type Place } from "./queue";
import { decode, encode } from "./record";
import { Backoff, isLoss, isRefusal, retryOf, type Retry } from "./retry";
import { Action, Event, State, STATES, transition, type SessionState } from "./states";
import type { Store } from "./store";
import { Subscriptions } from "./subscriptions";

/** The client that was made last on a modem: the next one takes the modem over from it, or stands beside it. */
interface Carrier {
  last: MQTTClient | undefined;
}

const enum Waker {
  /** The next attempt. */
  Retry,
  /** The present attempt has taken too long. */
  Attempt,
  /** The connection has lasted. */
  Lasting,
  /** Something is to be told on an empty stack. */
  Tell,
  /** The client has not taken what it should have had room for. */
  Again,
  Count,
}

const POLICIES = Object.freeze(["refuse", "drop oldest", "drop newest"] as const);
const enum Policy {
  Refuse,
  DropOldest,
  DropNewest,
}

/** What the session itself subscribes with; never an operation's. */
const RESTORING = 65535;
const LAST_ID = 65534;
/** Milliseconds. */
const AGAIN = 1000;
/** Topics that are remembered. */
const TOPICS = 12;
const NO_BYTES = new Uint8Array(0);
const NOTHING = Object.freeze({});
// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const DATA = "data";
const TOPIC = "topic";
const QOS = "QoS";
const RETAIN = "retain";
const ID = "id";

/**
 * An MQTT session that outlives its connections: connects again, subscribes again, and sends again what was under way at
 * QoS 1 and 2; what is published meanwhile waits in a queue with a bound.
 *
 * It works from its construction on, until `close`. Every operation that is taken ends with one `onDone`, except that after
 * a power cut a stored message's comes from the session that has loaded it.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #retry: Retry;
  readonly #carrier: Carrier;
  readonly #callbacks: Omit<MQTTClientOptions, "modem" | "host">;
  readonly #wakers: OwnedWakers;
  readonly #backoff: Backoff;
  readonly #escalation: Escalation;
  readonly #queue: Queue;
  readonly #dropped: Dropped;
  readonly #policy: Policy;
  readonly #waitsQoSZero: boolean;
  readonly #keepsQoSZero: boolean;
  readonly #store: Store | null;
  readonly #subscriptions = new Subscriptions();
  readonly #mostSubscriptions: number;
  readonly #topics = new KnownTopics<Text>(TOPICS);
  /** One for all writes. */
  readonly #writing: WriteOptions = { operation: 0, id: 0, topic: undefined, QoS: 0, retain: false, items: undefined };

  #state: State = State.Idle;
  #client: MQTTClient | null = null;
  #stage: StageName = "idle";
  /** The client takes operations: the subscriptions are restored. */
  #ready = false;
  /** Bytes that the client takes now; 0 until it says so. */
  #room = 0;
  /** The filters that are being subscribed again. */
  #restoring: Filter[] | null = null;
  #granted: readonly number[] | null = null;
  #pumping = false;
  /** DISCONNECT has been written. */
  #leaving = false;
  #everConnected = false;
  /** The payload that is being published, before it is the queue's. */
  #fresh: Place | null = null;
  #freshBytes: Uint8Array = NO_BYTES;
  #id = 0;
  #key = 0;
  #damaged = 0;
  #reason: MQTTModemError | null = null;
  #thrown: unknown = NOTHING;

  /**
   * Begins to connect.
   * @throws ArgumentError before anything is sent; what the store throws
   */
  constructor(options: SessionOptions) {
    const { modem, queue = {} } = options;
    if (typeof modem?.io !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.io", modem?.io, "must be a driver: BC35G, M531X, ML302 or NM28");
    if (typeof modem.clock?.now !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.clock", modem.clock, "must be a clock (on Moddable modem-mqtt/session provides it)");
    const { dialect } = modem.io;
    this.#options = options;
    this.#retry = retryOf(options.retry ?? {});
    this.#carrier = modem.shared instanceof Session ? modem.shared.#carrier : { last: modem.shared };
    this.#wakers = new OwnedWakers(modem.clock, this, Waker.Count);
    const random = options.random ?? (() => 0);
    this.#backoff = new Backoff(this.#retry, modem.clock, random);
    // Not those of the session before: a broker that keeps it takes a message with an id that it still knows for a repeat (MQTT 3.1.1, 4.3.3).
    this.#id = Math.floor(random() * LAST_ID);
    const { attach, restart } = dialect.recovery ?? NO_RECOVERY;
    const levels = [Level.Connect];
    if (attach.length > 0) levels.push(Level.Attach);
    if (restart.length > 0) levels.push(Level.Restart);
    if (options.reset !== undefined) levels.push(Level.Reset);
    this.#escalation = new Escalation(levels, this.#retry.escalate);
    const count = integer("queue.count", queue.count ?? 16, 1, LAST_ID);
    const longest = { ...dialect.limits, ...modem.limits }.payload;
    const bytes = integer("queue.bytes", queue.bytes ?? 4096, 0, 0x7fffffff);
    this.#queue = new Queue(count, bytes < longest ? longest : bytes);
    this.#dropped = new Dropped(count);
    this.#policy = POLICIES.indexOf(choice("queue.policy", queue.policy ?? "refuse", POLICIES) as "refuse");
    this.#waitsQoSZero = queue.QoSZero ?? true;
    this.#keepsQoSZero = queue.keepQoSZero ?? false;
    this.#store = queue.store ?? null;
    this.#mostSubscriptions = integer("subscriptions", options.subscriptions ?? 32, 1, 1000);
    this.#callbacks = this.callbacks();
    this.#wakers.startAlarm();
    try {
      if (this.#store !== null) this.load(this.#store);
      this.start();
    } catch (error) {
      this.#wakers.stopAlarm();
      throw error;
    }
  }

  private start(): void {
    this.#state = transition(State.Idle, Event.Start)![2];
    try {
      this.#client = this.connect();
    } catch (error) {
      if (error instanceof ArgumentError || !this.#retry.initially || this.#retry.first === 0) throw error;
      this.#reason = portError(error);
      this.wake(Waker.Tell, 0);
    }
  }

  // ---- what the application asks

  get state(): SessionState {
    return STATES[this.#state]!;
  }

  /** Operations that wait or are under way. */
  get queued(): number {
    return this.#queue.count;
  }

  /** The present connection's client, or the last one's; for inquiries and counters. Null before there was any. */
  get client(): MQTTClient | null {
    return this.#client;
  }

  /** What this modem can carry. */
  get limits(): Limits {
    return this.#client?.limits ?? this.#options.modem.io.dialect.limits;
  }

  /**
   * Publishes a message now or when there is a connection; `onDone` follows.
   * @param data copied before this returns; null for an empty message
   * @returns the id, which no other operation has until its `onDone`
   * @throws ArgumentError when the modem cannot carry it; StateError CLOSED, NOT_CONNECTED, BUSY, or STORE_FAILED
   */
  publish(data: ByteBuffer | null | undefined, options: SessionPublishOptions): number {
    this.mustBeOpen();
    if (options === undefined || options === null) throw new ArgumentError("ARGUMENT_TYPE", "options", options, "must be given");
    const topic = this.knownTopic(options.topic);
    const QoS = options.QoS === undefined ? 0 : integer(QOS, options.QoS, 0, 2);
    const retain = options.retain === undefined ? 0 : flag(RETAIN, options.retain);
    const bytes = data === null || data === undefined ? NO_BYTES : bytesOf(data, DATA);
    this.#client?.checkMessage(DATA, bytes.length);
    if (bytes.length > this.#queue.bytes.length)
      throw new ArgumentError("ARGUMENT_LENGTH", DATA, bytes.length, `must be at most the ${this.#queue.bytes.length} bytes of the queue`);
    if (QoS === 0 && !this.#waitsQoSZero && !this.#ready)
      throw new StateError("NOT_CONNECTED", "there is no connection at the moment, and queue.QoSZero is false; wait for the state online");
    const id = this.chosenId(options.id);
    if (!this.makeRoom(bytes.length)) {
      this.#dropped.add(id);
      this.wake(Waker.Tell, 0);
      return id;
    }
    const place = this.#queue.add(Kind.Publish, id, bytes);
    place.topic = topic;
    place.QoS = QoS;
    place.retain = retain === 1;
    if (this.#store !== null && (QoS > 0 || this.#keepsQoSZero)) this.keep(place, this.#store);
    this.#fresh = place;
    this.#freshBytes = bytes;
    this.pump();
    this.#fresh = null;
    this.#freshBytes = NO_BYTES;
    return id;
  }

  /**
   * Subscribes to topic filters; `onDone` follows, with what was granted.
   * @returns the id
   * @throws ArgumentError; StateError CLOSED, or BUSY where the queue is full or there are too many filters
   */
  subscribe(items: readonly { topic: string; QoS?: number }[], id?: number): number {
    this.mustBeOpen();
    const filters = filtersOf(items, this.limits.topic);
    let wanted = this.#subscriptions.count + this.#subscriptions.added(filters);
    for (let i = 0; i < this.#queue.count; i++) {
      const place = this.#queue.at(i);
      if (place.kind === Kind.Subscribe) wanted += this.#subscriptions.added(place.items!);
    }
    if (wanted > this.#mostSubscriptions)
      throw new StateError("BUSY", `there are ${this.#subscriptions.count} subscriptions, and ${this.#mostSubscriptions} at the most; unsubscribe first, or raise the option subscriptions`);
    return this.change(Kind.Subscribe, filters, id);
  }

  /** Ends subscriptions; `onDone` follows. @returns the id @throws as `subscribe` */
  unsubscribe(items: readonly { topic: string }[], id?: number): number {
    this.mustBeOpen();
    return this.change(Kind.Unsubscribe, filtersOf(items, this.limits.topic), id);
  }

  /** Takes an operation back that waits: no `onDone` follows. @returns false when the modem has it already, or it is over */
  withdraw(id: number): boolean {
    const place = this.#queue.byId(id);
    if (place === null || place.underWay) return false;
    this.release(place);
    if (this.#state === State.Closing) this.wake(Waker.Tell, 0);
    return true;
  }

  /** As MQTTClient's `read`. */
  read(count?: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(wanted?: any): ArrayBuffer | number | undefined {
    return this.#client?.read(wanted);
  }

  /**
   * Ends the session. Where there is a connection, everything that was asked for is done first, and the broker is told;
   * otherwise what waits is reported: with KEPT what the store keeps, with CLOSED the rest. The state "closed" is the last
   * thing to be told.
   * @param immediate without waiting and without a DISCONNECT, so that the broker publishes the will
   */
  close(immediate = false): void {
    this.happens(immediate ? Event.Abort : Event.Close);
  }

  // ---- taking operations

  private mustBeOpen(): void {
    if (this.#state >= State.Closing) throw new StateError("CLOSED", "this session has ended; make a new one", undefined, this.#reason ?? undefined);
  }

  private knownTopic(topic: string): Text {
    return this.#topics.byString(topic) ?? this.#topics.keep(topicName(TOPIC, topic, this.limits.topic));
  }

  private change(kind: Kind, filters: Filter[], wanted: number | undefined): number {
    const id = this.chosenId(wanted);
    if (!this.#queue.hasRoomFor(0)) throw this.busy();
    this.#queue.add(kind, id, NO_BYTES).items = filters;
    this.pump();
    return id;
  }

  private chosenId(wanted: number | undefined): number {
    if (wanted !== undefined) {
      integer(ID, wanted, 1, LAST_ID);
      if (this.isTaken(wanted)) throw new StateError("BUSY", `id ${wanted} is in use; use another one, or leave it out`);
      return wanted;
    }
    do this.#id = this.#id === LAST_ID ? 1 : this.#id + 1;
    while (this.isTaken(this.#id));
    return this.#id;
  }

  private isTaken(id: number): boolean {
    return this.#queue.byId(id) !== null || this.#dropped.has(id);
  }

  /** False when it is this message that is to be dropped. @throws StateError BUSY */
  private makeRoom(length: number): boolean {
    while (!this.#queue.hasRoomFor(length)) {
      const oldest = this.#policy === Policy.DropOldest ? this.#queue.waiting(Kind.Publish) : null;
      if (this.#dropped.isFull || this.#policy === Policy.Refuse || (this.#policy === Policy.DropOldest && oldest === null)) throw this.busy();
      if (oldest === null) return false;
      this.#dropped.add(oldest.id);
      this.release(oldest);
      this.wake(Waker.Tell, 0);
    }
    return true;
  }

  private busy(): StateError {
    return new StateError("BUSY", `${this.#queue.count} operations wait or are under way, and the queue has no room for this one; wait for onDone`);
  }

  // ---- the store

  private load(store: Store): void {
    const found: { key: number; bytes: Uint8Array }[] = [];
    store.load((key, bytes) => void found.push({ key, bytes }));
    found.sort((one, other) => one.key - other.key);
    for (const { key, bytes } of found) {
      if (key > this.#key) this.#key = key;
      const kept = decode(bytes);
      if (kept === null) {
        this.#damaged++;
        store.remove(key);
        continue;
      }
      if (!this.#queue.hasRoomFor(kept.payload.length))
        throw new ArgumentError("ARGUMENT_RANGE", "queue.count", this.#queue.count, `and queue.bytes must hold the ${found.length} messages that are in the store`);
      const place = this.#queue.add(Kind.Publish, this.isTaken(kept.id) ? this.chosenId(undefined) : kept.id, kept.payload);
      place.topic = topicName("topic", kept.topic, 0xffff);
      place.QoS = kept.QoS;
      place.retain = kept.retain;
      place.key = key;
    }
    if (this.#damaged > 0) this.wake(Waker.Tell, 0);
  }

  private keep(place: Place, store: Store): void {
    place.key = ++this.#key;
    try {
      store.put(place.key, encode({ id: place.id, QoS: place.QoS, retain: place.retain, topic: place.topic!.string, payload: this.#queue.payload(place) }));
    } catch (error) {
      place.key = 0;
      this.#queue.remove(place);
      throw new StateError("STORE_FAILED", `the message could not be stored, and is not sent: ${String(error)}`, undefined, error);
    }
  }

  /** The place is free, and the store forgets what it kept of it. */
  private release(place: Place): void {
    const { key } = place;
    this.#queue.remove(place);
    if (key === 0) return;
    try {
      this.#store!.remove(key);
    } catch (error) {
      this.tell(this.#options.onError, new StateError("STORE_FAILED", `a message that is over could not be removed from the store, and may be sent again: ${String(error)}`, undefined, error));
    }
  }

  // ---- states

  private happens(event: Event, error: MQTTModemError | null = null): void {
    const row = transition(this.#state, event);
    if (row === null) return;
    const to = row[2], action = row[3];
    if (action === Action.Finish) return this.finish(error);
    if (to !== this.#state) {
      this.#state = to;
      this.tell(this.#options.onState, STATES[to], error);
    }
    // The application may have closed it when it was told.
    if (this.#state === to) this.act(action);
  }

  private act(action: Action): void {
    switch (action) {
      case Action.Open: return this.open();
      case Action.Restore: return this.restoreNext();
      case Action.Send:
      case Action.Drain:
        this.#ready = true;
        return this.pump();
      case Action.Hold: return this.hold();
      case Action.Pause: return this.wake(Waker.Retry, this.#backoff.pause());
      case Action.LongPause: return this.wake(Waker.Retry, this.#retry.refused);
      case Action.Disconnect: return this.disconnect();
      case Action.Abandon: return this.abandon();
    }
  }

  // ---- one connection

  /** @throws what the client's constructor throws */
  private connect(): MQTTClient {
    const { modem, host, port, id, user, password, keepAlive, keepalive, protocolVersion, clean, will, open, reset } = this.#options;
    const level = this.#escalation.level;
    if (level === Level.Reset) reset!();
    this.#room = 0;
    this.#leaving = false;
    this.#subscriptions.rewind();
    if (this.#options.resubscribe === false) this.#subscriptions.clear();
    if (this.#retry.timeout > 0) this.wake(Waker.Attempt, this.#retry.timeout);
    const options = {
      host, port, id, user, password, keepAlive, keepalive, protocolVersion, clean, will, subscriptions: this.#mostSubscriptions, ...this.#callbacks,
      modem: { ...modem, shared: this.#carrier.last, recover: LEVELS[level === Level.Reset ? Level.Connect : level] },
    };
    const client = open === undefined ? new MQTTClient(options) : open(options);
    this.#carrier.last = client;
    return client;
  }

  private open(): void {
    try {
      this.#client = this.connect();
    } catch (error) {
      this.lost(error instanceof MQTTModemError ? error : portError(error));
    }
  }

  private callbacks(): Omit<MQTTClientOptions, "modem" | "host"> {
    const session = this;
    const { onReadable, onOverflow } = this.#options;
    return {
      // What it throws leaves the message where it is.
      onReadable: onReadable && function (count, options) { onReadable.call(session, count, options); },
      onWritable(count) { session.writable(count); },
      onControl(message) { session.control(message); },
      onDone(id, error) { session.done(id, error); },
      onStage(stage) { session.staged(stage); },
      onOverflow: onOverflow && function () { onOverflow.call(session); },
      onClose() { session.happens(Event.Ended); },
      onError(error) { session.lost(error); },
    };
  }

  private staged(stage: StageName): void {
    this.#stage = stage;
    this.tell(this.#options.onStage, stage);
    if (stage === "reconnecting") {
      this.hold();
      this.happens(Event.Interrupted, new NetworkError("LINK_LOST", "the connection to the broker is gone; the modem tries to have it back"));
    }
  }

  private control({ operation, returnCode, payload, topics }: ControlMessage): void {
    if (operation === MQTTClient.CONNACK && returnCode === 0) {
      this.#wakers.sleep(Waker.Attempt);
      this.wake(Waker.Lasting, this.#retry.lasting);
      this.#everConnected = true;
      this.#backoff.succeeded();
      this.happens(Event.Connected);
    } else if (operation === MQTTClient.SUBACK) {
      if (topics === undefined) this.#granted = payload!;
      // The modem has had the connection back, and the broker refuses now what it had granted.
      else for (let i = 0; i < topics.length; i++) if (payload![i]! > 2) this.refused(topics[i]!);
    }
  }

  private refused(topic: string): void {
    this.#subscriptions.forget(topic);
    this.tell(this.#options.onError, new BrokerError("SUBSCRIPTION_REFUSED", `the broker refuses the subscription to ${JSON.stringify(topic)} now; may this user read it still?`, 128));
  }

  private writable(count: number): void {
    this.#room = count;
    if (this.#state === State.Interrupted || (this.#state === State.Closing && !this.#ready)) this.happens(Event.Resumed);
    else if (this.#state === State.Restoring) this.restoreNext();
    else this.pump();
  }

  private hold(): void {
    this.#ready = false;
    this.#room = 0;
    this.#restoring = null;
  }

  /** The connection, or the attempt at one, is over. */
  private lost(error: MQTTModemError): void {
    if (this.#state === State.Closed) return;
    this.hold();
    this.#wakers.sleep(Waker.Attempt);
    this.#wakers.sleep(Waker.Lasting);
    this.takeBack(error);
    const { first, initially, refused } = this.#retry;
    const refusal = isRefusal(error);
    if (first === 0 || error instanceof ArgumentError || !(this.#everConnected || initially) || (refusal && refused === 0)) {
      this.#reason = error;
      return this.happens(Event.Failed, error);
    }
    if (refusal) return this.happens(Event.Refused, error);
    // A port that fails says nothing of the modem.
    if (error.code !== "PORT_FAILED") this.#escalation.failed(levelFor(error, this.#options.modem.io.dialect.recovery ?? NO_RECOVERY));
    this.happens(Event.Lost, error);
  }

  private giveUp(error: MQTTModemError): void {
    this.#client!.close();
    this.lost(error);
  }

  private disconnect(): void {
    this.#leaving = true;
    try {
      this.#client!.write(null, { operation: MQTTClient.DISCONNECT });
    } catch (error) {
      this.abandon();
    }
  }

  private abandon(): void {
    this.hold();
    this.#wakers.sleep(Waker.Retry);
    this.#wakers.sleep(Waker.Attempt);
    this.#client?.close();
    this.#leaving = true;
    this.wake(Waker.Tell, 0);
  }

  // ---- subscriptions

  private restoreNext(): void {
    if (this.#restoring !== null) return;
    const client = this.#client!, { topics, grantsEach } = client.limits;
    const filters = this.#subscriptions.next(topics, !grantsEach);
    if (filters.length === 0) return this.happens(Event.Restored);
    try {
      this.#granted = null;
      this.#room = client.write(null, { operation: MQTTClient.SUBSCRIBE, id: RESTORING, items: filters });
      this.#restoring = filters;
    } catch (error) {
      // Something else is under way, an inquiry perhaps: onWritable follows.
      if (!(error instanceof StateError)) this.giveUp(error as MQTTModemError);
    }
  }

  private restored(error: MQTTModemError | null): void {
    const filters = this.#restoring;
    this.#restoring = null;
    if (filters === null) return;
    if (error !== null) {
      if (!isLoss(error)) this.giveUp(error);
      return;
    }
    const refused = this.#subscriptions.granted(filters, this.#granted ?? []);
    for (let i = 0; i < refused.length; i++) this.refused(refused[i]!.topic);
    if (this.#state === State.Restoring || this.#state === State.Closing) this.restoreNext();
  }

  // ---- the queue

  /** Hands the client as much as it takes. */
  private pump(): void {
    if (!this.#ready || this.#pumping) return;
    this.#pumping = true;
    while (this.#ready && this.#room > 0) {
      const place = this.#queue.waiting();
      if (place === null || (place.kind === Kind.Publish && place.length > this.#room) || !this.handOver(place)) break;
    }
    this.#pumping = false;
    if (this.#state === State.Closing && this.#queue.count === 0 && this.#ready && !this.#leaving) this.happens(Event.Drained);
  }

  /** False when the client does not take it now. */
  private handOver(place: Place): boolean {
    const writing = this.#writing;
    writing.id = place.id;
    let data: Uint8Array | null = null;
    if (place.kind === Kind.Publish) {
      writing.operation = MQTTClient.PUBLISH;
      writing.topic = place.topic!.string;
      writing.QoS = place.QoS;
      writing.retain = place.retain;
      data = place === this.#fresh ? this.#freshBytes : this.#queue.payload(place);
    } else {
      writing.operation = place.kind === Kind.Subscribe ? MQTTClient.SUBSCRIBE : MQTTClient.UNSUBSCRIBE;
      writing.items = place.items!;
    }
    try {
      this.#room = this.#client!.write(data, writing);
      place.underWay = true;
      return true;
    } catch (error) {
      this.#room = 0;
      if (error instanceof StateError) {
        this.wake(Waker.Again, AGAIN); // onWritable follows, or the loss; but an id may be one that the modem still is at
        return false;
      }
      this.settle(place, error as MQTTModemError, null); // it was stored for another modem
      return true;
    }
  }

  private done(id: number, error: MQTTModemError | null): void {
    if (id === RESTORING) return this.restored(error);
    const place = this.#queue.byId(id);
    if (place === null) return;
    if (error !== null && isLoss(error)) return this.lose(place, error);
    const granted = place.kind === Kind.Subscribe && error === null ? this.#granted : null;
    if (error === null) this.note(place, granted);
    this.settle(place, error, granted);
    this.pump();
  }

  private note(place: Place, granted: readonly number[] | null): void {
    const items = place.items;
    if (items === null) return;
    for (let i = 0; i < items.length; i++) {
      if (granted !== null && granted[i]! <= 2) this.#subscriptions.note(items[i]!);
      else this.#subscriptions.forget(items[i]!.topic);
    }
  }

  /** The connection has gone with it: it is done again, unless it is a message at QoS 0, or nothing is to be tried again. */
  private lose(place: Place, error: MQTTModemError): void {
    place.underWay = false;
    if (this.#retry.first === 0) this.settle(place, error, null);
    else if (place.kind === Kind.Publish && place.QoS === 0)
      this.settle(place, new NetworkError("OUTCOME_UNKNOWN", "the connection was lost while this message was under way at QoS 0; whether it was sent is not known", undefined, error), null);
  }

  /** What the client has not told of, because it was let go. */
  private takeBack(error: MQTTModemError): void {
    // Sought anew after each: the application may take others back when it is told of one.
    for (let place: Place | null; (place = this.#queue.find((one) => one.underWay)) !== null;) this.lose(place, error);
    if (this.#waitsQoSZero) return;
    for (let place: Place | null; (place = this.#queue.find(isQoSZero)) !== null;) this.settle(place, error, null);
  }

  private settle(place: Place, error: MQTTModemError | null, granted: readonly number[] | null): void {
    const { id } = place;
    this.release(place);
    this.tell(this.#options.onDone, id, error, granted);
  }

  /** The end: nothing that was taken is left without a word. */
  private finish(reason: MQTTModemError | null): void {
    this.#state = State.Closed;
    this.hold();
    this.#wakers.stopAlarm();
    this.tellDropped();
    this.takeBack(reason ?? new StateError("CLOSED", "the session was closed"));
    while (this.#queue.count > 0) this.leave(this.#queue.at(0), reason);
    this.tell(this.#options.onState, STATES[State.Closed], reason);
    this.rethrow();
  }

  private leave(place: Place, reason: MQTTModemError | null): void {
    if (place.key === 0) return this.settle(place, reason ?? new StateError("CLOSED", "the session was closed before this was done"), null);
    const { id } = place;
    this.#queue.remove(place); // and not from the store
    this.tell(this.#options.onDone, id, new StateError("KEPT",
      "the session has ended before this message was acknowledged; the store keeps it, and the next session sends it", undefined, reason ?? undefined), null);
  }

  private tellDropped(): void {
    for (let id = this.#dropped.take(); id !== 0; id = this.#dropped.take())
      this.tell(this.#options.onDone, id, new StateError("DROPPED", "the queue was full, and this message had to make room"), null);
  }

  // ---- time

  private wake(waker: Waker, milliseconds: number): void {
    if (this.#state !== State.Closed) this.#wakers.wake(waker, milliseconds);
  }

  /** @internal */
  onTick(): void {
    const wakers = this.#wakers;
    if (wakers.isDue(Waker.Tell)) this.told();
    if (wakers.isDue(Waker.Again) && this.#ready) this.writable(this.#client!.writable);
    if (wakers.isDue(Waker.Lasting)) this.#escalation.lasted();
    if (wakers.isDue(Waker.Attempt))
      this.giveUp(new NetworkError("OPEN_FAILED", `not connected within ${this.#retry.timeout} ms; it was ${this.#stage}; check the modem and the coverage, or wait longer`));
    if (wakers.isDue(Waker.Retry)) this.happens(this.#escalation.level === Level.Connect ? Event.Due : Event.Escalate);
    if (this.#state !== State.Closed) wakers.rearmWakers();
    this.rethrow();
  }

  private told(): void {
    this.tellDropped();
    if (this.#damaged > 0) {
      const error = new StateError("STORE_FAILED", `${this.#damaged} of the stored messages ${this.#damaged === 1 ? "was" : "were"} not whole, and left out`);
      this.#damaged = 0;
      this.tell(this.#options.onError, error);
    }
    if (this.#client === null && this.#state === State.Connecting) this.lost(this.#reason!);
    if (this.#state !== State.Closing) return;
    if (this.#leaving) this.happens(Event.Ended);
    else this.pump();
  }

  /** Calls the application, which may throw: the host is given that once the session is between two states no more. */
  private tell(callback: ((...values: any[]) => void) | undefined, one: unknown, two?: unknown, three?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this, one, two, three);
    } catch (thrown) {
      if (this.#thrown === NOTHING) this.#thrown = thrown;
      if (this.#state !== State.Closed) this.wake(Waker.Tell, 0);
    }
  }

  private rethrow(): void {
    const thrown = this.#thrown;
    this.#thrown = NOTHING;
    if (thrown !== NOTHING) throw thrown;
  }
}

function isQoSZero(place: Place): boolean {
  return place.kind === Kind.Publish && place.QoS === 0;
}

/** The port's class has thrown something of its own. */
function portError(error: unknown): MQTTModemError {
  return error instanceof MQTTModemError ? error : new ModemError("PORT_FAILED", `the serial port could not be opened: ${error instanceof Error ? error.message : String(error)}`, undefined, error);
}

function filtersOf(items: readonly { topic: string; QoS?: number }[], longest: number): Filter[] {
  return itemsOf(items, longest).map(({ text, QoS }) => ({ topic: text.string, QoS }));
}
