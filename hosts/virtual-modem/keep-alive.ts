// The pings of an MQTT client. Some clients end the connection when one ping is not answered in time, others when several in a row
// are not answered.

import type { Clock, Timer } from "./clock";

export interface KeepAliveOptions {
  readonly clock: Clock;
  /**
   * How many pings in a row may stay unanswered when the next one is due. Pings are then sent only after silence in both directions.
   * Without it, one ping that is not answered within `timeout` ends the connection.
   */
  readonly missedPings?: number;
  /** Milliseconds in which one ping must be answered. Called at each ping. */
  readonly timeout: () => number;
  readonly send: () => void;
  /** A ping had no answer when the next one was due. Only with `missedPings`. */
  readonly missed: () => void;
  readonly lost: () => void;
}

export class KeepAlive {
  readonly #options: KeepAliveOptions;
  /** Seconds between pings; 0: no pings. */
  #interval = 0;
  #pingTimer: Timer;
  #pongTimer: Timer;
  #missed = 0;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
  }

  /** @param interval seconds between pings; 0: no pings */
  start(interval: number): void {
    this.stop();
    this.#interval = interval;
    this.#schedule();
  }

  stop(): void {
    const { clock } = this.#options;
    clock.clearTimer(this.#pingTimer);
    clock.clearTimer(this.#pongTimer);
    this.#pongTimer = undefined;
    this.#interval = 0;
    this.#missed = 0;
  }

  /** A packet has been sent: the next ping follows after a whole interval. */
  sent(): void {
    this.#schedule();
  }

  /** A packet has been received. */
  received(): void {
    if (this.#options.missedPings !== undefined) this.#schedule();
  }

  answered(): void {
    this.#options.clock.clearTimer(this.#pongTimer);
    this.#pongTimer = undefined;
    this.#missed = 0;
  }

  #schedule(): void {
    const { clock } = this.#options;
    clock.clearTimer(this.#pingTimer);
    if (this.#interval > 0) this.#pingTimer = clock.setTimer(() => this.#ping(), this.#interval * 1000);
  }

  #ping(): void {
    const { clock, lost, missed, missedPings, send, timeout } = this.#options;
    if (missedPings === undefined) {
      this.#pongTimer ??= clock.setTimer(lost, timeout());
    } else {
      if (this.#missed > 0) missed();
      if (this.#missed >= missedPings) return lost();
      this.#missed += 1;
    }
    send();
  }
}
