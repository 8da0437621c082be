// Packets that wait for the broker's acknowledgement.

import type { Packet } from "mqtt-packet";
import type { Clock, Timer } from "./clock";
import type { Operation } from "./mqtt-types";

export interface UnacknowledgedOptions {
  readonly clock: Clock;
  /** How many milliseconds to wait, and how often to send again. Called for each packet. */
  readonly retry: () => { readonly timeout: number; readonly times: number };
  readonly send: (packet: Packet) => void;
  /** A packet has been sent again for the `times`th time. */
  readonly sentAgain: (operation: Operation, id: number, times: number) => void;
  /** The acknowledgement did not come, and the packet is not sent again. */
  readonly gaveUp: (operation: Operation, id: number) => void;
}

interface Entry {
  readonly operation: Operation;
  readonly id: number;
  readonly packet: Packet;
  sentAgain: number;
  timer: Timer;
}

/** Sends packets, and sends them again while their acknowledgements do not come. */
export class Unacknowledged {
  readonly #options: UnacknowledgedOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: UnacknowledgedOptions) {
    this.#options = options;
  }

  has(operation: Operation, id: number): boolean {
    return this.#entries.has(`${operation} ${id}`);
  }

  /** How many packets of this kind wait. */
  count(operation: Operation): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.operation === operation) count++;
    return count;
  }

  send(operation: Operation, id: number, packet: Packet): void {
    const entry: Entry = { operation, id, packet, sentAgain: 0, timer: undefined };
    this.#entries.set(`${operation} ${id}`, entry);
    this.#options.send(packet);
    this.#wait(entry);
  }

  #wait(entry: Entry): void {
    const { clock, gaveUp, retry, send, sentAgain } = this.#options;
    const { operation, id, packet } = entry;
    entry.timer = clock.setTimer(() => {
      if (entry.sentAgain >= retry().times) {
        this.#entries.delete(`${operation} ${id}`);
        gaveUp(operation, id);
        return;
      }
      entry.sentAgain += 1;
      send(packet.cmd === "publish" ? { ...packet, dup: true } : packet);
      this.#wait(entry);
      sentAgain(operation, id, entry.sentAgain);
    }, retry().timeout);
  }

  /** The acknowledgement has come. @returns false when the packet did not wait */
  settle(operation: Operation, id: number): boolean {
    const entry = this.#entries.get(`${operation} ${id}`);
    if (!entry) return false;
    this.#entries.delete(`${operation} ${id}`);
    this.#options.clock.clearTimer(entry.timer);
    return true;
  }

  /** Stops waiting for all packets. */
  clear(): void {
    for (const { timer } of this.#entries.values()) this.#options.clock.clearTimer(timer);
    this.#entries.clear();
  }
}
