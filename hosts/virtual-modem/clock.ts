// Time as the virtual modem sees it. The modem never asks the host for the time: a simulation
// passes a clock of its own and runs in virtual time.

/** What {@link Clock.setTimer} returns; opaque to the modem. */
export type Timer = unknown;

/** Time and timers, in milliseconds. */
export interface Clock {
  /** The time in milliseconds; never goes back. `AT+CCLK?` reads it as Unix time (UTC). */
  now(): number;
  /**
   * Calls `callback` once, `delay` milliseconds (0 or more) from now, never before this call returns.
   * @param exact to a fraction of a millisecond, whatever that costs; a clock may take no notice of it
   */
  setTimer(callback: () => void, delay: number, exact?: boolean): Timer;
  /** Forgets a timer. A timer that has fired, or was cleared before, is ignored. */
  clearTimer(timer: Timer): void;
}

/** The host's clock: Unix time that does not jump when the system clock is set. */
export const hostClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer: (callback, delay, exact = false) => new HostTimer(callback, delay, exact),
  clearTimer: (timer) => (timer as HostTimer | undefined)?.clear(),
};

/** Node's timers count whole milliseconds, come up to two late, and make 1 of 0. */
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

  /** Asks the time again and again, once in every turn of the event loop. */
  #poll(): void {
    if (performance.now() >= this.#due) this.#callback();
    else this.#immediate = setImmediate(() => this.#poll());
  }

  clear(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
  }
}

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

  setTimer(callback: () => void, delay: number, exact?: boolean): Timer {
    if (this.#ended) return undefined;
    const timer = this.#clock.setTimer(() => {
      this.#timers.delete(timer);
      callback();
    }, delay, exact);
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
