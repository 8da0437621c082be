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

/** Milliseconds until a write that the client refused is tried again. */
const WRITE_AGAIN_TIME = 1000;
/** Milliseconds after which a refused publish has failed for good, unless the connection is lost first: the modem is polled after 5 s, and an NM28 may take 5 s to answer. */
const CONFIRM_TIME = 10_500;
const NO_BYTES = new Uint8Array(0);

/**
 * Gives the client the entries that wait in the outbox, as many as it takes, and ends each entry when the client reports its result.
 * Entries that were in flight when the connection was lost wait again, except messages at QoS 0.
 */
export class InFlight {
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #subscriptions: Subscriptions;
  readonly #timers: Timers;
  /** Whether entries that were lost with the connection are sent again; false when there is no other attempt. */
  readonly #sendsAgain: boolean;
  /** Whether messages at QoS 0 wait while there is no connection. */
  readonly #queuesQoSZero: boolean;
  /** One options object for all writes. */
  readonly #writing: WriteOptions = { operation: 0, id: 0, topic: undefined, QoS: 0, retain: false, items: undefined };
  /** Milliseconds until a refusal is final; 0 when the modem is not polled, so that every refusal is final at once. */
  readonly #confirmTime: number;
  /** Whether the client may be given entries: the subscriptions are restored. */
  isOpen = false;
  /** The modem has refused a publish and may have lost the connection: nothing more is written until the refusal is final. */
  #isConfirming = false;
  #pumping = false;
  /** The entry that is being published, and its payload where the application has it: written from there, without a view of the queue's bytes. */
  #newEntry: Entry | null = null;
  #newPayload: Uint8Array = NO_BYTES;

  constructor(
    connection: Connection,
    outbox: Outbox,
    subscriptions: Subscriptions,
    timers: Timers,
    sendsAgain: boolean,
    queuesQoSZero: boolean,
    isPolled: boolean,
  ) {
    this.#connection = connection;
    this.#outbox = outbox;
    this.#subscriptions = subscriptions;
    this.#timers = timers;
    this.#sendsAgain = sendsAgain;
    this.#queuesQoSZero = queuesQoSZero;
    this.#confirmTime = isPolled && sendsAgain ? CONFIRM_TIME : 0;
  }

  /** Whether a message with this QoS is accepted now, to be sent or to wait. */
  takes(QoS: number): boolean {
    return QoS > 0 || this.#queuesQoSZero || this.isOpen;
  }

  /** Whether the client could be given entries, and there are none, neither waiting nor in flight. */
  get isEmpty(): boolean {
    return this.isOpen && !this.#pumping && this.#outbox.count === 0;
  }

  // ---- to the client

  /** As {@link pump}, right after `entry` was added with the application's `bytes` as its payload. */
  pumpNew(entry: Entry, bytes: Uint8Array): void {
    this.#newEntry = entry;
    this.#newPayload = bytes;
    this.pump();
    this.#newEntry = null;
    this.#newPayload = NO_BYTES;
  }

  /** Gives the client the waiting entries, oldest first, as many as it takes. */
  pump(): void {
    if (!this.isOpen || this.#isConfirming || this.#pumping) return;
    this.#pumping = true;
    while (this.isOpen && !this.#isConfirming && this.#connection.room > 0) {
      const entry = this.#outbox.waiting();
      if (entry === null || (entry.kind === Kind.Publish && this.mustWait(entry.length)) || !this.handOver(entry)) break;
    }
    this.#pumping = false;
  }

  /** Whether a payload of `length` bytes has to wait for room. A payload that is too long for the modem does not wait: `write` refuses it, and it fails. */
  private mustWait(length: number): boolean {
    return length > this.#connection.room && this.#connection.canCarry(length);
  }

  /** Writes one entry. @returns false when the client cannot take it now */
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
        this.#timers.set(Timer.WriteAgain, WRITE_AGAIN_TIME); // usually onWritable comes first; but the modem may still use this id for an earlier publish
        return false;
      }
      this.#outbox.settle(entry, error as MQTTModemError, null); // a stored message that this modem cannot carry
      return true;
    }
  }

  // ---- results

  /** The client reports the result of the operation `id`. */
  done(id: number, error: MQTTModemError | null): void {
    const entry = this.#outbox.byId(id);
    if (entry === null) return;
    if (error !== null && isLoss(error)) return this.returnToQueue(entry, error);
    if (error !== null && error.code === "COMMAND_REFUSED" && entry.kind === Kind.Publish && this.#confirmTime > 0 && !entry.refusedBefore)
      return this.holdRefused(entry, error);
    const granted = entry.kind === Kind.Subscribe && error === null ? this.#connection.grantedCodes : null;
    if (error === null) this.updateSubscriptions(entry, granted);
    this.#outbox.settle(entry, error, granted);
    this.pump();
  }

  private updateSubscriptions(entry: Entry, granted: readonly number[] | null): void {
    const items = entry.items;
    if (items === null) return;
    for (let i = 0; i < items.length; i++) {
      if (granted !== null && granted[i] <= 2) this.#subscriptions.add(items[i]);
      else this.#subscriptions.remove(items[i].topic);
    }
  }

  /** Keeps the entry of a publish that the modem has refused, until it is known whether the connection is lost. */
  private holdRefused(entry: Entry, refusal: MQTTModemError): void {
    entry.refusal = refusal;
    if (this.#isConfirming) return;
    this.#isConfirming = true;
    this.#timers.set(Timer.ConfirmRefusal, this.#confirmTime);
  }

  /** The connection was not lost: the refused messages have failed. */
  confirmRefused(): void {
    this.#isConfirming = false;
    for (let entry: Entry | null; (entry = this.#outbox.find(isRefused)) !== null; ) this.#outbox.settle(entry, entry.refusal, null);
    this.pump();
  }

  /** Stops giving entries to the client. Refused messages wait again: the modem may have refused them because it had lost the connection. */
  stop(): void {
    this.isOpen = false;
    if (!this.#isConfirming) return;
    this.#isConfirming = false;
    this.#timers.clear(Timer.ConfirmRefusal);
    for (let entry: Entry | null; (entry = this.#outbox.find(isRefused)) !== null; ) this.returnToQueue(entry, entry.refusal!);
  }

  /** The entry was lost with the connection. It waits again, unless it is a message at QoS 0 or nothing is sent again: then it ends with an error. */
  private returnToQueue(entry: Entry, error: MQTTModemError): void {
    const { refusal } = entry;
    entry.inFlight = false;
    entry.refusedBefore = refusal !== null; // a message that ends every connection must not be sent for ever
    entry.refusal = null;
    if (!this.#sendsAgain) this.#outbox.settle(entry, error, null);
    else if (isQoSZero(entry))
      this.#outbox.settle(
        entry,
        refusal ??
          new NetworkError(
            "OUTCOME_UNKNOWN",
            "the connection was lost while this message was under way at QoS 0; whether it was sent is not known",
            undefined,
            error,
          ),
        null,
      );
  }

  /** The connection has ended. Entries whose result the client did not report return to the queue; messages at QoS 0 that may not wait end with `error`. */
  returnAll(error: MQTTModemError): void {
    // Searched from the start each time: `onDone` may withdraw other entries.
    for (let entry: Entry | null; (entry = this.#outbox.find(isInFlight)) !== null; ) this.returnToQueue(entry, error);
    if (this.#queuesQoSZero) return;
    for (let entry: Entry | null; (entry = this.#outbox.find(isQoSZero)) !== null; ) this.#outbox.settle(entry, error, null);
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
