// Packets that the client has sent and whose acknowledgements it expects, with their ids.

import type { Operation, QoS } from "../mqtt-types";

const maximumId = 65_535;

/** What the client sent. */
export interface Exchange {
  readonly topic: string;
  readonly qos: QoS;
  /** Whether messages of the topic are printed in hexadecimal digits. */
  readonly hex: boolean;
}

/** A publish, or another packet with an id. */
export type Kind = "publish" | "subscribe";

const kindOf = (operation: Operation): Kind => (operation === "publish" || operation === "pubrel" ? "publish" : "subscribe");

export class Exchanges {
  readonly #exchanges = new Map<string, Exchange>();
  readonly #lastIds = { publish: 0, subscribe: 0 };

  /** The next packet id. @param perKind whether publishes have ids of their own */
  nextId(kind: Kind, perKind: boolean): number {
    const counter = perKind ? kind : "publish";
    return (this.#lastIds[counter] = (this.#lastIds[counter] % maximumId) + 1);
  }

  add(kind: Kind, id: number, exchange: Exchange): void {
    this.#exchanges.set(`${kind} ${id}`, exchange);
  }

  get(kind: Kind, id: number): Exchange | undefined {
    return this.#exchanges.get(`${kind} ${id}`);
  }

  /** Removes and returns an exchange that has ended. */
  take(operation: Operation, id: number): Exchange | undefined {
    const key = `${kindOf(operation)} ${id}`;
    const exchange = this.#exchanges.get(key);
    this.#exchanges.delete(key);
    return exchange;
  }

  /** Removes all exchanges: their connection has ended. */
  clear(): void {
    this.#exchanges.clear();
  }

  /** As {@link clear}, and ids begin with 1 again. */
  reset(): void {
    this.clear();
    this.#lastIds.publish = this.#lastIds.subscribe = 0;
  }
}
