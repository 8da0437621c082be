// Time as the virtual modem sees it. The modem never asks the host for the time: a simulation
// passes a clock of its own and runs in virtual time.

/** What {@link Clock.setTimer} returns; opaque to the modem. */
export type Timer = unknown;

/** Time and timers, in milliseconds. */
export interface Clock {
  /** The time in milliseconds; never goes back. `AT+CCLK?` reads it as Unix time (UTC). */
  now(): number;
  /** Calls `callback` once, `delay` milliseconds (0 or more) from now, never before this call returns. */
  setTimer(callback: () => void, delay: number): Timer;
  /** Forgets a timer. A timer that has fired, or was cleared before, is ignored. */
  clearTimer(timer: Timer): void;
}

/** The host's clock: Unix time that does not jump when the system clock is set. */
export const hostClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer: (callback, delay) => setTimeout(callback, delay),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** A clock whose timers can all be forgotten at once: one lives from a power-on to the next power-off. */
export class ClockScope implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(callback: () => void, delay: number): Timer {
    if (this.#ended) return undefined;
    const timer = this.#clock.setTimer(() => {
      this.#timers.delete(timer);
      callback();
    }, delay);
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    if (this.#timers.delete(timer)) this.#clock.clearTimer(timer);
  }

  /** Forgets every timer, and every one that is set from now on. */
  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) this.#clock.clearTimer(timer);
    this.#timers.clear();
  }
}
