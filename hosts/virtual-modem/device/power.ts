// Whether the modem has power: off, starting, or on; the pins that change that, and the commands.

import type { Clock } from "../clock";
import { type Pin, Pins } from "./pins";
import type { Settings } from "./settings";

/** Why the modem starts. */
export type Cause = "power" | "pin" | "command" | "watchdog";

export interface PowerHost {
  readonly clock: Clock;
  readonly settings: Settings["power"];
  readonly pulses: { readonly on: number; readonly off: number };
  /** Milliseconds from power to the banner. */
  readonly bootTime: () => number;
  /** The modem has started. */
  readonly started: (cause: Cause) => void;
  /** It runs no more: it restarts, or it is off. */
  readonly stopped: () => void;
  readonly wake: () => void;
}

export class Power {
  readonly #host: PowerHost;
  readonly #pins: Pins;
  #isOn = true;
  /** Counts what has been begun: a start or a stop that another one has overtaken does not end. */
  #count = 0;

  constructor(host: PowerHost) {
    this.#host = host;
    const { clock, pulses, settings, wake } = host;
    this.#pins = new Pins({
      clock,
      settings,
      pulses,
      isOn: () => this.#isOn,
      switchOn: () => {
        if (!this.#isOn) this.start("power");
      },
      switchOff: () => this.switchOff(),
      reset: () => this.restart("pin"),
      wake,
    });
  }

  /** The status pin: also while the modem starts, and while it sleeps. */
  get isOn(): boolean {
    return this.#isOn;
  }

  drive(pin: Pin, active: boolean): void {
    this.#pins.drive(pin, active);
  }

  pulse(pin: Pin, duration: number): void {
    this.#pins.pulse(pin, duration);
  }

  /** The modem has not been switched on yet. */
  beOff(): void {
    this.#isOn = false;
  }

  start(cause: Cause): void {
    this.#isOn = true;
    this.#later(this.#host.bootTime(), () => this.#host.started(cause));
  }

  restart(cause: Cause): void {
    this.#host.stopped();
    this.start(cause);
  }

  /** The modem takes its time to leave the network, and is off. */
  switchOff(): void {
    this.#later(this.#host.settings.stopTime, () => {
      this.#isOn = false;
      this.#host.stopped();
    });
  }

  #later(delay: number, action: () => void): void {
    this.#count += 1;
    const count = this.#count;
    this.#host.clock.setTimer(() => {
      if (count === this.#count) action();
    }, delay);
  }
}
