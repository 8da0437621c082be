// A clock for a machine whose timers are late: the modem's actions happen, by its own time, when they were due.

import type { Clock, Timer } from "./clock";

interface Entry {
  readonly due: number;
  readonly exact: boolean;
  readonly callback: () => void;
}

/**
 * Compensates for late timers of another clock. During a callback, `now` is the time at which the callback was due, so that timers that
 * it sets are not late as well. Due timers fire in the order of their times.
 */
export class PunctualClock implements Clock {
  readonly #clock: Clock;
  /** The timers; the next one is first. */
  readonly #entries: Entry[] = [];
  /** During a callback, the time at which it was due. */
  #time: number | undefined;
  #armed: Entry | undefined;
  #timer: Timer;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#time ?? this.#clock.now();
  }

  setTimer(callback: () => void, delay: number, exact = false): Timer {
    const entry: Entry = { due: this.now() + delay, exact, callback };
    const before = this.#entries.findLastIndex(({ due }) => due <= entry.due);
    this.#entries.splice(before + 1, 0, entry);
    this.#arm();
    return entry;
  }

  clearTimer(timer: Timer): void {
    const index = this.#entries.indexOf(timer as Entry);
    if (index < 0) return;
    this.#entries.splice(index, 1);
    this.#arm();
  }

  /** @param early whether the clock fired too early, as Node's may by a part of a millisecond: then only a short time is left */
  #arm(early = false): void {
    const next = this.#entries[0];
    if (this.#time !== undefined || next === this.#armed) return;
    this.#clock.clearTimer(this.#timer);
    this.#armed = next;
    if (next === undefined) return;
    const left = Math.max(0, next.due - this.#clock.now());
    this.#timer = this.#clock.setTimer(() => this.#run(early), left, next.exact || early);
  }

  /** @param again whether the clock fired too early before. Then its call counts as due, because its time may stand still */
  #run(again: boolean): void {
    const armed = this.#armed;
    this.#armed = undefined;
    const until = again ? Math.max(this.#clock.now(), armed!.due) : this.#clock.now();
    try {
      for (let next = this.#entries[0]; next !== undefined && next.due <= until; next = this.#entries[0]) {
        this.#entries.shift();
        this.#time = next.due;
        next.callback();
      }
    } finally {
      this.#time = undefined;
      this.#arm(this.#entries[0] === armed);
    }
  }
}
