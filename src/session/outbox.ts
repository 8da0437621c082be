import type { Text } from "../bytes/text";
import { choice, integer } from "../checks";
import { ArgumentError, StateError, type MQTTModemError } from "../errors";
import { Kind } from "../modem/script";
import { topicName } from "../modem/topic";
import type { Timers } from "../timers";
import { Dropped } from "./dropped";
import type { QueueOptions } from "./options";
import { Persistence } from "./persistence";
import { Queue, type Filter, type Entry } from "./queue";
import type { StoredMessage } from "./record";
import type { Notifier } from "./notifier";
import { Timer } from "./timer";

const POLICIES = Object.freeze(["refuse", "drop oldest", "drop newest"] as const);
const enum Policy {
  Refuse,
  DropOldest,
  DropNewest,
}

/** The application's ids are 1–65534; 65535 is used by the session itself. */
const LAST_ID = 65534;
const ID = "id";
const NO_BYTES = new Uint8Array(0);

/** Every operation of the application, from when it is accepted until its `onDone`, which comes once for each. */
export class Outbox {
  readonly #queue: Queue;
  readonly #dropped: Dropped;
  readonly #policy: Policy;
  readonly #persistence: Persistence | null;
  readonly #keepsQoSZero: boolean;
  readonly #notifier: Notifier;
  readonly #timers: Timers;
  /** The last id that {@link chooseId} chose. */
  #lastId: number;

  /**
   * @param longest bytes of the modem's longest payload
   * @throws ArgumentError
   */
  constructor(options: QueueOptions, longest: number, random: () => number, notifier: Notifier, timers: Timers) {
    // Ids begin at random: a broker that kept the previous session's state takes a new message with an id from then for a repeat (MQTT 3.1.1, 4.3.3).
    this.#lastId = Math.floor(random() * LAST_ID);
    const count = integer("queue.count", options.count ?? 16, 1, LAST_ID);
    const bytes = integer("queue.bytes", options.bytes ?? 4096, 0, 0x7fffffff);
    this.#queue = new Queue(count, bytes < longest ? longest : bytes);
    this.#dropped = new Dropped(count);
    this.#policy = POLICIES.indexOf(choice("queue.policy", options.policy ?? "refuse", POLICIES) as "refuse");
    this.#persistence = options.store ? new Persistence(options.store, notifier) : null;
    this.#keepsQoSZero = options.keepQoSZero ?? false;
    this.#notifier = notifier;
    this.#timers = timers;
  }

  /** Queues the messages that an earlier session left in the store. @throws ArgumentError when the queue has no room for them; what the store throws */
  load(): void {
    if (this.#persistence?.load((message, key, count) => this.restore(message, key, count)) === true) this.#timers.set(Timer.Notify, 0);
  }

  private restore({ id, QoS, retain, topic, payload }: StoredMessage, key: number, count: number): void {
    if (!this.#queue.hasRoomFor(payload.length))
      throw new ArgumentError("ARGUMENT_RANGE", "queue.count", this.#queue.count, `and queue.bytes must hold the ${count} messages that are in the store`);
    this.addMessage(this.isTaken(id) ? this.chooseId(undefined) : id, topicName("topic", topic, 0xffff), QoS, retain, payload, key);
  }

  // ---- entries

  /** Operations that wait or are in flight. */
  get count(): number {
    return this.#queue.count;
  }

  /** The most bytes of all payloads together. */
  get capacity(): number {
    return this.#queue.bytes.length;
  }

  /** The entry at `index`; 0 is the oldest. */
  at(index: number): Entry {
    return this.#queue.at(index);
  }

  byId(id: number): Entry | null {
    return this.#queue.byId(id);
  }

  /** The oldest entry for which `is` returns true, or null. */
  find(is: (entry: Entry) => boolean): Entry | null {
    return this.#queue.find(is);
  }

  /** The oldest entry that is not in flight, or null. */
  waiting(): Entry | null {
    return this.#queue.waiting();
  }

  /** A view of the entry's payload, valid until another operation is added or ends. */
  payload(entry: Entry): Uint8Array {
    return this.#queue.payload(entry);
  }

  // ---- adding

  /** `wanted`, or, when it is undefined, an id that no operation has. @throws ArgumentError; StateError BUSY when `wanted` is in use */
  chooseId(wanted: number | undefined): number {
    if (wanted !== undefined) {
      integer(ID, wanted, 1, LAST_ID);
      if (this.isTaken(wanted)) throw new StateError("BUSY", `id ${wanted} is in use; use another one, or leave it out`);
      return wanted;
    }
    do this.#lastId = this.#lastId === LAST_ID ? 1 : this.#lastId + 1;
    while (this.isTaken(this.#lastId));
    return this.#lastId;
  }

  private isTaken(id: number): boolean {
    return this.#queue.byId(id) !== null || this.#dropped.has(id);
  }

  /** Adds a message. @returns null when the policy drops it at once @throws StateError BUSY, or STORE_FAILED */
  publish(id: number, topic: Text, QoS: number, retain: boolean, payload: Uint8Array): Entry | null {
    if (!this.makeRoom(payload.length)) {
      this.drop(id);
      return null;
    }
    const key = this.#persistence !== null && (QoS > 0 || this.#keepsQoSZero) ? this.#persistence.put({ id, QoS, retain, topic: topic.string, payload }) : 0;
    return this.addMessage(id, topic, QoS, retain, payload, key);
  }

  private addMessage(id: number, topic: Text, QoS: number, retain: boolean, payload: Uint8Array, key: number): Entry {
    const entry = this.#queue.add(Kind.Publish, id, payload);
    entry.topic = topic;
    entry.QoS = QoS;
    entry.retain = retain;
    entry.key = key;
    return entry;
  }

  /** Adds a subscribe or an unsubscribe. @throws StateError BUSY */
  change(kind: Kind, id: number, filters: readonly Filter[]): void {
    if (!this.#queue.hasRoomFor(0)) throw this.busy();
    this.#queue.add(kind, id, NO_BYTES).items = filters;
  }

  /** Drops older messages until a payload of `length` bytes fits. @returns false when the policy drops the new message instead @throws StateError BUSY */
  private makeRoom(length: number): boolean {
    while (!this.#queue.hasRoomFor(length)) {
      const oldest = this.#policy === Policy.DropOldest ? this.#queue.waiting(Kind.Publish) : null;
      if (this.#dropped.isFull || this.#policy === Policy.Refuse || (this.#policy === Policy.DropOldest && oldest === null)) throw this.busy();
      if (oldest === null) return false;
      this.drop(oldest.id);
      this.release(oldest);
    }
    return true;
  }

  private drop(id: number): void {
    this.#dropped.add(id);
    this.#timers.set(Timer.Notify, 0);
  }

  private busy(): StateError {
    return new StateError("BUSY", `${this.#queue.count} operations wait or are under way, and the queue has no room for this one; wait for onDone`);
  }

  // ---- ending

  /** Frees the entry and removes its message from the store. */
  release(entry: Entry): void {
    const { key } = entry;
    this.#queue.remove(entry);
    if (key !== 0) this.#persistence!.remove(key);
  }

  /** Frees the entry and reports how its operation ended. */
  settle(entry: Entry, error: MQTTModemError | null, granted: readonly number[] | null): void {
    const { id } = entry;
    this.release(entry);
    this.#notifier.done(id, error, granted);
  }

  /** Reports dropped messages and damaged records. Called by a timer, because both are found inside calls of the application. */
  report(): void {
    this.reportDropped();
    this.#persistence?.report();
  }

  private reportDropped(): void {
    for (let id = this.#dropped.take(); id !== 0; id = this.#dropped.take())
      this.#notifier.done(id, new StateError("DROPPED", "the queue was full, and this message had to make room"), null);
  }

  /** Ends every entry that is left. Stored messages stay in the store. @param reason why the session ends, or null when the application closed it */
  close(reason: MQTTModemError | null): void {
    while (this.#queue.count > 0) this.endUndone(this.#queue.at(0), reason);
    this.closeStore();
  }

  /** Closes the store, so that another session can use it. */
  closeStore(): void {
    this.#persistence?.close();
  }

  private endUndone(entry: Entry, reason: MQTTModemError | null): void {
    if (entry.key === 0) return this.settle(entry, reason ?? new StateError("CLOSED", "the session was closed before this was done"), null);
    const { id } = entry;
    this.#queue.remove(entry); // the store keeps it
    this.#notifier.done(
      id,
      new StateError(
        "KEPT",
        "the session has ended before this message was acknowledged; the store keeps it, and the next session sends it",
        undefined,
        reason ?? undefined,
      ),
      null,
    );
  }
}
