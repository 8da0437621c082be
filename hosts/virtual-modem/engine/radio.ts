// The modem's radio, as far as the AT commands show it: on or off, attached to the network some time after that.

import type { Clock, Timer } from "../clock";

export interface RadioOptions {
  readonly clock: Clock;
  /** From switched on, or asked to attach, to attached: milliseconds. */
  readonly attachTime: number;
  /** The network is gone. */
  readonly lost: () => void;
  /** The registration is to be reported, as the URC of `command`. */
  readonly registrationChanged: (command: string, registration: number) => void;
}

/** One power-on of the radio. A modem attaches by itself, as `AUTOCONNECT` does on BC35-G. */
export class RadioState {
  /** The commands whose URC has been asked for, such as `+CEREG`. */
  readonly registrationReports = new Set<string>();
  everRegistered = false;
  /** `+CSQ`, 0 to 31; 23 is -67 dBm. */
  readonly signal = 23;
  readonly operator = "46000";
  readonly address = "10.169.241.248";
  readonly #options: RadioOptions;
  #on = true;
  #attached = false;
  #active = false;
  #attaching: Timer;

  constructor(options: RadioOptions) {
    this.#options = options;
    this.attach();
  }

  get on(): boolean {
    return this.#on;
  }

  get attached(): boolean {
    return this.#attached;
  }

  /** Whether there is an IP address. */
  get active(): boolean {
    return this.#active;
  }

  get registered(): boolean {
    return this.#attached;
  }

  /** `+CEREG`: 0 not searching, 1 registered at home, 2 searching. */
  get registration(): number {
    return this.#attached ? 1 : this.#attaching === undefined ? 0 : 2;
  }

  /** Begins to attach, unless attached or at it. */
  attach(): void {
    if (!this.#on || this.#attached || this.#attaching !== undefined) return;
    this.#begin(this.#options.attachTime);
  }

  #begin(delay: number): void {
    this.#attaching = this.#options.clock.setTimer(() => {
      this.#attaching = undefined;
      this.#attached = true;
      this.#active = true;
      this.everRegistered = true;
      this.#changed();
    }, delay);
    this.#changed();
  }

  /** Leaves the network; attaches again by itself after `duration` milliseconds, if given. */
  detach(duration?: number): void {
    this.#options.clock.clearTimer(this.#attaching);
    this.#attaching = undefined;
    const had = this.#active;
    const was = this.#attached;
    this.#attached = false;
    this.#active = false;
    if (had) this.#options.lost();
    if (duration !== undefined && this.#on) this.#begin(duration);
    else if (was) this.#changed();
  }

  /** Activates or deactivates the PDP context. */
  activate(on: boolean): void {
    const had = this.#active;
    this.#active = on;
    if (had && !on) this.#options.lost();
  }

  /** `AT+CFUN`. */
  switch(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    if (on) this.attach();
    else this.detach();
  }

  #changed(): void {
    for (const command of this.registrationReports) this.#options.registrationChanged(command, this.registration);
  }
}
