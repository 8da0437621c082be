import { BrokerError, StateError } from "../errors";
import { MQTTClient } from "../mqtt/client";
import type { Connection } from "./connection";
import type { Filter } from "./queue";
import type { Subscriptions } from "./subscriptions";
import type { Notifier } from "./notifier";

/** What the session itself subscribes with; never an operation's. */
export const RESTORING = 65535;

/** Subscribes again, on a new connection, to what was subscribed: one command after the other. */
export class Restoring {
  readonly #connection: Connection;
  readonly #subscriptions: Subscriptions;
  readonly #notifier: Notifier;
  /** The filters that are being subscribed now. */
  #pending: readonly Filter[] | null = null;

  constructor(connection: Connection, subscriptions: Subscriptions, notifier: Notifier) {
    this.#connection = connection;
    this.#subscriptions = subscriptions;
    this.#notifier = notifier;
  }

  /**
   * Sends the next command, unless one is under way or something else keeps it from that: `onWritable` follows then.
   * @returns true when all is subscribed again
   * @throws MQTTModemError where the modem cannot carry it
   */
  next(): boolean {
    if (this.#pending !== null) return false;
    const { topics, grantsEach } = this.#connection.limits;
    const filters = this.#subscriptions.next(topics, !grantsEach);
    if (filters.length === 0) return true;
    try {
      this.#connection.grantedCodes = null;
      this.#connection.write(null, { operation: MQTTClient.SUBSCRIBE, id: RESTORING, items: filters });
      this.#pending = filters;
    } catch (error) {
      if (!(error instanceof StateError)) throw error; // otherwise an inquiry perhaps is under way
    }
    return false;
  }

  get isUnderWay(): boolean {
    return this.#pending !== null;
  }

  /** The command under way has ended well. */
  onGranted(): void {
    const filters = this.#pending!;
    this.#pending = null;
    const refused = this.#subscriptions.onGranted(filters, this.#connection.grantedCodes ?? []);
    for (let i = 0; i < refused.length; i++) this.onRefused(refused[i]!.topic);
  }

  /** The broker refuses now what it had granted. */
  onRefused(topic: string): void {
    this.#subscriptions.remove(topic);
    this.#notifier.error(new BrokerError("SUBSCRIPTION_REFUSED", `the broker refuses the subscription to ${JSON.stringify(topic)} now; may this user read it still?`, 128));
  }

  /** The command under way is nothing any more. */
  stop(): void {
    this.#pending = null;
  }
}
