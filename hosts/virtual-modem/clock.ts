// The virtual modem's clock. The modem never asks the host for the time directly, so a simulation can give it a clock of its own
// and run in virtual time.

/** What {@link Clock.setTimer} returns; opaque to the modem. */
export type Timer = unknown;

/** Time and timers, in milliseconds. */
export interface Clock {
  /** The time in milliseconds, which never goes back. `AT+CCLK?` takes it for Unix time (UTC). */
  now(): number;
  /**
   * Calls `callback` once, `delay` milliseconds (0 or more) from now, never before this call returns.
   * @param exact whether to be exact to a fraction of a millisecond, at any cost of processor time; a clock may ignore it
   */
  setTimer(callback: () => void, delay: number, exact?: boolean): Timer;
  /** Clears a timer. Does nothing when it has fired or was cleared before. */
  clearTimer(timer: Timer): void;
}

/** The host's clock: Unix time that does not jump when the system clock is set. */
export const hostClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer: (callback, delay, exact = false) => new HostTimer(callback, delay, exact),
  clearTimer: (timer) => (timer as HostTimer | undefined)?.clear(),
};

/** Milliseconds by which Node's timers may be late. They also count whole milliseconds, and take 0 for 1. */
const coarse = 2;

class HostTimer {
  readonly #callback: () => void;
  readonly #due: number;
  #timeout: ReturnType<typeof setTimeout> | undefined;
  #immediate: ReturnType<typeof setImmediate> | undefined;

  constructor(callback: () => void, delay: number, exact: boolean) {
    this.#callback = callback;
    this.#due = performance.now() + delay;
    if (delay > 0 && !exact) this.#timeout = setTimeout(callback, delay);
    else if (delay > coarse) this.#timeout = setTimeout(() => this.#poll(), delay - coarse);
    else this.#immediate = setImmediate(() => this.#poll());
  }

  /** Checks the time once in every turn of the event loop. */
  #poll(): void {
    if (performance.now() >= this.#due) this.#callback();
    else this.#immediate = setImmediate(() => this.#poll());
  }

  clear(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
  }
}

/** A clock whose timers can all be cleared at once, as at power-off. */
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

  setTimer(callback: () => void, delay: number, exact?: boolean): Timer {
    if (this.#ended) return undefined;
    const timer = this.#clock.setTimer(
      () => {
        this.#timers.delete(timer);
        callback();
      },
      delay,
      exact,
    );
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    if (this.#timers.delete(timer)) this.#clock.clearTimer(timer);
  }

  /** Clears all timers; timers that are set later are ignored. */
  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) this.#clock.clearTimer(timer);
    this.#timers.clear();
  }
}
