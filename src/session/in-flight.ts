import { NetworkError, StateError, type MQTTModemError } from "../errors";
import { Kind } from "../modem/script";
import { MQTTClient } from "../mqtt/client";
import type { WriteOptions } from "../mqtt/options";
import type { Timers } from "../timers";
import type { Connection } from "./connection";
import type { Outbox } from "./outbox";
import type { Entry } from "./queue";
import { isLoss } from "./retry";
import type { Subscriptions } from "./subscriptions";
import { Timer } from "./timer";

/** Milliseconds. */
const WRITE_AGAIN_TIME = 1000;
/** Milliseconds from a refusal until a lost connection is known of: the modem is asked after 5 s, and an NM28 may take as long to answer. */
const CONFIRM_TIME = 10_500;
const NO_BYTES = new Uint8Array(0);

/**
 * Hands the client what waits in the outbox, as much as it takes, and hears what has become of it. What is lost with a
 * connection waits again, unless it is a message at QoS 0.
 */
export class InFlight {
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #subscriptions: Subscriptions;
  readonly #timers: Timers;
  /** What is lost is sent again. */
  readonly #sendsAgain: boolean;
  /** Messages at QoS 0 wait where there is no connection. */
  readonly #queuesQoSZero: boolean;
  /** One for all writes. */
  readonly #writing: WriteOptions = { operation: 0, id: 0, topic: undefined, QoS: 0, retain: false, items: undefined };
  /** Milliseconds that a refusal is in doubt; 0 where the modem is not asked for its connection. */
  readonly #confirmTime: number;
  /** The client takes operations: the subscriptions are restored. */
  isOpen = false;
  /** The modem has refused a message: it may have lost the connection, so nothing more is handed over until it has been asked. */
  #isConfirming = false;
  #pumping = false;
  /** The payload that is being published, before it is the queue's. */
  #newEntry: Entry | null = null;
  #newPayload: Uint8Array = NO_BYTES;

  constructor(connection: Connection, outbox: Outbox, subscriptions: Subscriptions, timers: Timers, repeats: boolean, waitsQoSZero: boolean, asked: boolean) {
    this.#connection = connection;
    this.#outbox = outbox;
    this.#subscriptions = subscriptions;
    this.#timers = timers;
    this.#sendsAgain = repeats;
    this.#queuesQoSZero = waitsQoSZero;
    this.#confirmTime = asked && repeats ? CONFIRM_TIME : 0;
  }

  /** Whether a message goes out or waits; otherwise it is to be refused. */
  takes(QoS: number): boolean {
    return QoS > 0 || this.#queuesQoSZero || this.isOpen;
  }

  /** The client takes operations, and there is none. */
  get isEmpty(): boolean {
    return this.isOpen && !this.#pumping && this.#outbox.count === 0;
  }

  // ---- out

  /** As {@link pump}, where `entry` has just been taken, and its payload is still the application's `bytes`. */
  pumpNew(entry: Entry, bytes: Uint8Array): void {
    this.#newEntry = entry;
    this.#newPayload = bytes;
    this.pump();
    this.#newEntry = null;
    this.#newPayload = NO_BYTES;
  }

  /** Hands the client as much as it takes. */
  pump(): void {
    if (!this.isOpen || this.#isConfirming || this.#pumping) return;
    this.#pumping = true;
    while (this.isOpen && !this.#isConfirming && this.#connection.room > 0) {
      const entry = this.#outbox.waiting();
      if (entry === null || (entry.kind === Kind.Publish && this.mustWait(entry.length)) || !this.handOver(entry)) break;
    }
    this.#pumping = false;
  }

  /** Whether there will be room for so many bytes, and is none now. What is longer than any message does not wait: it fails. */
  private mustWait(length: number): boolean {
    return length > this.#connection.room && this.#connection.canCarry(length);
  }

  /** False when the client does not take it now. */
  private handOver(entry: Entry): boolean {
    const writing = this.#writing;
    writing.id = entry.id;
    let data: Uint8Array | null = null;
    if (entry.kind === Kind.Publish) {
      writing.operation = MQTTClient.PUBLISH;
      writing.topic = entry.topic!.string;
      writing.QoS = entry.QoS;
      writing.retain = entry.retain;
      data = entry === this.#newEntry ? this.#newPayload : this.#outbox.payload(entry);
    } else {
      writing.operation = entry.kind === Kind.Subscribe ? MQTTClient.SUBSCRIBE : MQTTClient.UNSUBSCRIBE;
      writing.items = entry.items!;
    }
    try {
      this.#connection.write(data, writing);
      entry.inFlight = true;
      return true;
    } catch (error) {
      if (error instanceof StateError) {
        this.#connection.room = 0;
        this.#timers.set(Timer.WriteAgain, WRITE_AGAIN_TIME); // onWritable follows, or the loss; but an id may be one that the modem still is at
        return false;
      }
      this.#outbox.settle(entry, error as MQTTModemError, null); // it was stored for another modem
      return true;
    }
  }

  // ---- and its end

  /** The client is done with an operation. */
  done(id: number, error: MQTTModemError | null): void {
    const entry = this.#outbox.byId(id);
    if (entry === null) return;
    if (error !== null && isLoss(error)) return this.returnToQueue(entry, error);
    if (error !== null && error.code === "COMMAND_REFUSED" && entry.kind === Kind.Publish && this.#confirmTime > 0 && !entry.refusedBefore) return this.holdRefused(entry, error);
    const granted = entry.kind === Kind.Subscribe && error === null ? this.#connection.grantedCodes : null;
    if (error === null) this.updateSubscriptions(entry, granted);
    this.#outbox.settle(entry, error, granted);
    this.pump();
  }

  private updateSubscriptions(entry: Entry, granted: readonly number[] | null): void {
    const items = entry.items;
    if (items === null) return;
    for (let i = 0; i < items.length; i++) {
      if (granted !== null && granted[i]! <= 2) this.#subscriptions.add(items[i]!);
      else this.#subscriptions.remove(items[i]!.topic);
    }
  }

  /** The modem has refused a message: for want of a connection, or for another reason. */
  private holdRefused(entry: Entry, refusal: MQTTModemError): void {
    entry.refusal = refusal;
    if (this.#isConfirming) return;
    this.#isConfirming = true;
    this.#timers.set(Timer.ConfirmRefusal, this.#confirmTime);
  }

  /** There is a connection: what was refused has failed. */
  confirmRefused(): void {
    this.#isConfirming = false;
    for (let entry: Entry | null; (entry = this.#outbox.find(isRefused)) !== null;) this.#outbox.settle(entry, entry.refusal, null);
    this.pump();
  }

  /** The client takes nothing: what was refused may have been so for want of a connection. */
  stop(): void {
    this.isOpen = false;
    if (!this.#isConfirming) return;
    this.#isConfirming = false;
    this.#timers.clear(Timer.ConfirmRefusal);
    for (let entry: Entry | null; (entry = this.#outbox.find(isRefused)) !== null;) this.returnToQueue(entry, entry.refusal!);
  }

  /** The connection has gone with it: it is done again, unless it is a message at QoS 0, or nothing is to be tried again. */
  private returnToQueue(entry: Entry, error: MQTTModemError): void {
    const { refusal } = entry;
    entry.inFlight = false;
    entry.refusedBefore = refusal !== null; // a message that takes the connection with it must not do so for ever
    entry.refusal = null;
    if (!this.#sendsAgain) this.#outbox.settle(entry, error, null);
    else if (isQoSZero(entry))
      this.#outbox.settle(entry, refusal ?? new NetworkError("OUTCOME_UNKNOWN", "the connection was lost while this message was under way at QoS 0; whether it was sent is not known", undefined, error), null);
  }

  /** The connection is over: takes back what its client has not told of, because it was let go, and what is not to wait for the next one. */
  returnAll(error: MQTTModemError): void {
    // Sought anew after each: the application may take others back when it is told of one.
    for (let entry: Entry | null; (entry = this.#outbox.find(isInFlight)) !== null;) this.returnToQueue(entry, error);
    if (this.#queuesQoSZero) return;
    for (let entry: Entry | null; (entry = this.#outbox.find(isQoSZero)) !== null;) this.#outbox.settle(entry, error, null);
  }
}

function isInFlight(entry: Entry): boolean {
  return entry.inFlight;
}

function isRefused(entry: Entry): boolean {
  return entry.refusal !== null;
}

function isQoSZero(entry: Entry): boolean {
  return entry.kind === Kind.Publish && entry.QoS === 0;
}
