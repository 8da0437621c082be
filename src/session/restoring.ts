import { BrokerError, StateError } from "../errors";
import { MQTTClient } from "../mqtt/client";
import type { Connection } from "./connection";
import type { Filter } from "./queue";
import type { Subscriptions } from "./subscriptions";
import type { Notifier } from "./notifier";

/** The id of the session's own subscribes; no operation of the application has it. */
export const RESTORING = 65535;

/** Subscribes to all filters again on a new connection, one command after the other. */
export class Restoring {
  readonly #connection: Connection;
  readonly #subscriptions: Subscriptions;
  readonly #notifier: Notifier;
  /** The filters of the command that is in flight, or null. */
  #pending: readonly Filter[] | null = null;

  constructor(connection: Connection, subscriptions: Subscriptions, notifier: Notifier) {
    this.#connection = connection;
    this.#subscriptions = subscriptions;
    this.#notifier = notifier;
  }

  /**
   * Sends the next command. When the client cannot take it now, nothing is sent, and `onWritable` follows.
   * @returns true when all filters are subscribed again
   * @throws MQTTModemError when the modem cannot carry the command
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
      if (!(error instanceof StateError)) throw error; // a StateError: the client is busy, with an inquiry perhaps
    }
    return false;
  }

  get isInFlight(): boolean {
    return this.#pending !== null;
  }

  /** The broker has acknowledged the command in flight. */
  onGranted(): void {
    const filters = this.#pending!;
    this.#pending = null;
    const refused = this.#subscriptions.onGranted(filters, this.#connection.grantedCodes ?? []);
    for (let i = 0; i < refused.length; i++) this.onRefused(refused[i].topic);
  }

  /** The broker refuses a filter that it granted before. */
  onRefused(topic: string): void {
    this.#subscriptions.remove(topic);
    this.#notifier.error(
      new BrokerError("SUBSCRIPTION_REFUSED", `the broker refuses the subscription to ${JSON.stringify(topic)} now; may this user read it still?`, 128),
    );
  }

  /** Forgets the command in flight: its connection is lost, or it has failed. */
  stop(): void {
    this.#pending = null;
  }
}
