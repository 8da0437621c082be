import { NetworkError, StateError, type MQTTModemError } from "../errors";
import { Kind } from "../modem/script";
import { MQTTClient } from "../mqtt/client";
import type { WriteOptions } from "../mqtt/options";
import type { Timers } from "../timers";
import type { Connection } from "./connection";
import type { Outbox } from "./outbox";
import type { Place } from "./queue";
import { isLoss } from "./retry";
import type { Subscriptions } from "./subscriptions";
import { Timer } from "./timer";

/** Milliseconds. */
const AGAIN = 1000;
/** Milliseconds from a refusal until a lost connection is known of: the modem is asked after 5 s, and an NM28 may take as long to answer. */
const DOUBT = 10_500;
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
  readonly #repeats: boolean;
  /** Messages at QoS 0 wait where there is no connection. */
  readonly #waitsQoSZero: boolean;
  /** One for all writes. */
  readonly #writing: WriteOptions = { operation: 0, id: 0, topic: undefined, QoS: 0, retain: false, items: undefined };
  /** Milliseconds that a refusal is in doubt; 0 where the modem is not asked for its connection. */
  readonly #doubt: number;
  /** The client takes operations: the subscriptions are restored. */
  open = false;
  /** The modem has refused a message: it may have lost the connection, so nothing more is handed over until it has been asked. */
  #doubting = false;
  #pumping = false;
  /** The payload that is being published, before it is the queue's. */
  #fresh: Place | null = null;
  #freshBytes: Uint8Array = NO_BYTES;

  constructor(connection: Connection, outbox: Outbox, subscriptions: Subscriptions, timers: Timers, repeats: boolean, waitsQoSZero: boolean, asked: boolean) {
    this.#connection = connection;
    this.#outbox = outbox;
    this.#subscriptions = subscriptions;
    this.#timers = timers;
    this.#repeats = repeats;
    this.#waitsQoSZero = waitsQoSZero;
    this.#doubt = asked && repeats ? DOUBT : 0;
  }

  /** Whether a message goes out or waits; otherwise it is to be refused. */
  takes(QoS: number): boolean {
    return QoS > 0 || this.#waitsQoSZero || this.open;
  }

  /** The client takes operations, and there is none. */
  get isEmpty(): boolean {
    return this.open && !this.#pumping && this.#outbox.count === 0;
  }

  // ---- out

  /** As {@link pump}, where `place` has just been taken, and its payload is still the application's `bytes`. */
  pumpFresh(place: Place, bytes: Uint8Array): void {
    this.#fresh = place;
    this.#freshBytes = bytes;
    this.pump();
    this.#fresh = null;
    this.#freshBytes = NO_BYTES;
  }

  /** Hands the client as much as it takes. */
  pump(): void {
    if (!this.open || this.#doubting || this.#pumping) return;
    this.#pumping = true;
    while (this.open && !this.#doubting && this.#connection.room > 0) {
      const place = this.#outbox.waiting();
      if (place === null || (place.kind === Kind.Publish && this.mustWait(place.length)) || !this.handOver(place)) break;
    }
    this.#pumping = false;
  }

  /** Whether there will be room for so many bytes, and is none now. What is longer than any message does not wait: it fails. */
  private mustWait(length: number): boolean {
    return length > this.#connection.room && this.#connection.canCarry(length);
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
      data = place === this.#fresh ? this.#freshBytes : this.#outbox.payload(place);
    } else {
      writing.operation = place.kind === Kind.Subscribe ? MQTTClient.SUBSCRIBE : MQTTClient.UNSUBSCRIBE;
      writing.items = place.items!;
    }
    try {
      this.#connection.write(data, writing);
      place.underWay = true;
      return true;
    } catch (error) {
      if (error instanceof StateError) {
        this.#connection.room = 0;
        this.#timers.set(Timer.Again, AGAIN); // onWritable follows, or the loss; but an id may be one that the modem still is at
        return false;
      }
      this.#outbox.settle(place, error as MQTTModemError, null); // it was stored for another modem
      return true;
    }
  }

  // ---- and its end

  /** The client is done with an operation. */
  done(id: number, error: MQTTModemError | null): void {
    const place = this.#outbox.byId(id);
    if (place === null) return;
    if (error !== null && isLoss(error)) return this.lose(place, error);
    if (error !== null && error.code === "COMMAND_REFUSED" && place.kind === Kind.Publish && this.#doubt > 0 && !place.refusedBefore) return this.suspect(place, error);
    const granted = place.kind === Kind.Subscribe && error === null ? this.#connection.granted : null;
    if (error === null) this.note(place, granted);
    this.#outbox.settle(place, error, granted);
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

  /** The modem has refused a message: for want of a connection, or for another reason. */
  private suspect(place: Place, refusal: MQTTModemError): void {
    place.refusal = refusal;
    if (this.#doubting) return;
    this.#doubting = true;
    this.#timers.set(Timer.Doubt, this.#doubt);
  }

  /** There is a connection: what was refused has failed. */
  believe(): void {
    this.#doubting = false;
    for (let place: Place | null; (place = this.#outbox.find(isRefused)) !== null;) this.#outbox.settle(place, place.refusal, null);
    this.pump();
  }

  /** The client takes nothing: what was refused may have been so for want of a connection. */
  stop(): void {
    this.open = false;
    if (!this.#doubting) return;
    this.#doubting = false;
    this.#timers.clear(Timer.Doubt);
    for (let place: Place | null; (place = this.#outbox.find(isRefused)) !== null;) this.lose(place, place.refusal!);
  }

  /** The connection has gone with it: it is done again, unless it is a message at QoS 0, or nothing is to be tried again. */
  private lose(place: Place, error: MQTTModemError): void {
    const { refusal } = place;
    place.underWay = false;
    place.refusedBefore = refusal !== null; // a message that takes the connection with it must not do so for ever
    place.refusal = null;
    if (!this.#repeats) this.#outbox.settle(place, error, null);
    else if (isQoSZero(place))
      this.#outbox.settle(place, refusal ?? new NetworkError("OUTCOME_UNKNOWN", "the connection was lost while this message was under way at QoS 0; whether it was sent is not known", undefined, error), null);
  }

  /** The connection is over: takes back what its client has not told of, because it was let go, and what is not to wait for the next one. */
  takeBack(error: MQTTModemError): void {
    // Sought anew after each: the application may take others back when it is told of one.
    for (let place: Place | null; (place = this.#outbox.find(isUnderWay)) !== null;) this.lose(place, error);
    if (this.#waitsQoSZero) return;
    for (let place: Place | null; (place = this.#outbox.find(isQoSZero)) !== null;) this.#outbox.settle(place, error, null);
  }
}

function isUnderWay(place: Place): boolean {
  return place.underWay;
}

function isRefused(place: Place): boolean {
  return place.refusal !== null;
}

function isQoSZero(place: Place): boolean {
  return place.kind === Kind.Publish && place.QoS === 0;
}
