// The modem's pins: the power key, the reset pin and the wake-up pin, which the host drives, and the status pin, which it reads. Levels are
// told as "active" and "not active": polarity is the board's affair.

import type { Clock, Timer } from "../clock";
import type { Settings } from "./settings";

/** The pins that the host drives. */
export type Pin = "power" | "reset" | "wake";

/** What the pins do. */
export interface PinsHost {
  readonly clock: Clock;
  readonly settings: Settings["power"];
  /** The family's pulses in milliseconds; `off` 0: a press does not switch it off. */
  readonly pulses: { readonly on: number; readonly off: number };
  readonly isOn: () => boolean;
  switchOn(): void;
  switchOff(): void;
  reset(): void;
  wake(): void;
}

export class Pins {
  readonly #host: PinsHost;
  readonly #active = new Set<Pin>();
  #key: Timer;
  #resetSince = 0;

  constructor(host: PinsHost) {
    this.#host = host;
  }

  /** Drives a pin: true is its active level, as a pressed key. */
  drive(pin: Pin, active: boolean): void {
    if (active === this.#active.has(pin)) return;
    if (active) this.#active.add(pin);
    else this.#active.delete(pin);
    if (pin === "power") this.#power(active);
    else if (pin === "reset") this.#reset(active);
    else if (active) this.#host.wake();
  }

  /** Drives a pin for so many milliseconds. */
  pulse(pin: Pin, duration: number): void {
    this.drive(pin, true);
    this.#host.clock.setTimer(() => this.drive(pin, false), duration);
  }

  /** A press does one thing: what the key does depends on whether the modem is on when it is pressed. */
  #power(pressed: boolean): void {
    const { clock, isOn, pulses, settings } = this.#host;
    clock.clearTimer(this.#key);
    this.#key = undefined;
    if (!pressed) return;
    const { keyTime, offTime } = settings;
    const on = isOn();
    const held = on ? (offTime === "family" ? pulses.off : offTime) : keyTime === "family" ? pulses.on : keyTime;
    if (on && held === 0) return;
    this.#key = clock.setTimer(() => (on ? this.#host.switchOff() : this.#host.switchOn()), held);
  }

  #reset(active: boolean): void {
    const { clock, isOn, settings } = this.#host;
    if (active) this.#resetSince = clock.now();
    else if (isOn() && clock.now() - this.#resetSince >= settings.resetTime) this.#host.reset();
  }
}
