// Time as a modem has it on a machine whose timers are late: what the modem does, it does when it was due.

import type { Clock, Timer } from "./clock";

interface Entry {
  readonly due: number;
  readonly exact: boolean;
  readonly callback: () => void;
}

/**
 * A clock that makes up for the lateness of another one's timers: inside a callback it is the time at which that was due,
 * and what follows from it is not later still. Timers that are due come in the order of their times.
 */
export class PunctualClock implements Clock {
  readonly #clock: Clock;
  /** The next one first. */
  readonly #entries: Entry[] = [];
  /** The time in the callback that is being called. */
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

  /** @param early the clock has called too soon, as Node's may by a part of a millisecond: what is left is short */
  #arm(early = false): void {
    const next = this.#entries[0];
    if (this.#time !== undefined || next === this.#armed) return;
    this.#clock.clearTimer(this.#timer);
    this.#armed = next;
    if (next === undefined) return;
    const left = Math.max(0, next.due - this.#clock.now());
    this.#timer = this.#clock.setTimer(() => this.#run(early), left, next.exact || early);
  }

  /** @param again it has been early already: the clock is taken at its word, for its time may stand still */
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
