/// <reference path="../host.d.ts" />
type Callback = (timer: Timer) => void;

/**
 * Moddable's timers, as SDK 8.2 has them on ESP32: one that has fired and does not repeat is freed; one that is
 * scheduled without a time stops, and can be scheduled again.
 */
export default class Timer {
  readonly #callback: Callback;
  readonly #timer: number;
  #repeat = 0;
  #freed = false;

  private constructor(callback: Callback, delay: number, repeat: number) {
    this.#callback = callback;
    this.#timer = host.timer(() => this.#fire());
    this.#set(delay, repeat);
  }

  static set(callback: Callback, delay = 0, repeat = 0): Timer {
    return new Timer(callback, delay, repeat);
  }

  static repeat(callback: Callback, interval: number): Timer {
    return new Timer(callback, interval, interval);
  }

  static schedule(timer: Timer, delay?: number, repeat = 0): void {
    if (timer.#freed) throw new Error("a timer that has gone");
    if (delay === undefined) host.clear(timer.#timer);
    else timer.#set(delay, repeat);
  }

  /** What is no timer is ignored, as it is in the SDK. */
  static clear(timer: unknown): void {
    if (timer instanceof Timer) timer.#free();
  }

  #set(delay: number, repeat: number): void {
    this.#repeat = repeat;
    host.set(this.#timer, delay);
  }

  #free(): void {
    if (this.#freed) return;
    this.#freed = true;
    host.free(this.#timer);
  }

  #fire(): void {
    const callback = this.#callback;
    if (this.#repeat > 0) host.set(this.#timer, this.#repeat);
    callback(this);
    if (this.#repeat === 0) this.#free();
  }
}
