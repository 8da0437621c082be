// The pings of an MQTT client, and what their absence means: one client ends the connection when a ping is not
// answered in time, another when several in a row are not.

import type { Clock, Timer } from "./clock";

export interface KeepAliveOptions {
  readonly clock: Clock;
  /**
   * How many pings in a row may stay unanswered, each until the next is due. Pings then wait for silence in both
   * directions. Without it one ping that is not answered in `timeout` is too many.
   */
  readonly missedPings?: number;
  /** How long one ping may stay unanswered, in milliseconds. Asked at each ping. */
  readonly timeout: () => number;
  readonly send: () => void;
  /** A ping had no answer when the next was due; only with `missedPings`. */
  readonly missed: () => void;
  readonly lost: () => void;
}

export class KeepAlive {
  readonly #options: KeepAliveOptions;
  /** Seconds between pings, 0 for none. */
  #interval = 0;
  #pingTimer: Timer;
  #pongTimer: Timer;
  #missed = 0;

  constructor(options: KeepAliveOptions) {
    this.#options = options;
  }

  /** @param interval seconds; 0 for no pings */
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

  /** A packet goes out: the next ping is a whole interval away. */
  sent(): void {
    this.#schedule();
  }

  /** A packet came in. */
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
