// The modem's radio, as far as AT commands show it: on or off, and attached to the network some time later.

import type { Clock, Timer } from "../clock";

export interface RadioOptions {
  readonly clock: Clock;
  /** Milliseconds from switching on, or from the command to attach, to attached. */
  readonly attachTime: number;
  /** The network is lost. */
  readonly lost: () => void;
  /** The state of the SIM has changed. */
  readonly simChanged: (state: SimState) => void;
  /** The registration has changed, and `command` has its URC switched on. */
  readonly registrationChanged: (command: string, registration: number) => void;
}

/** The states of the SIM. */
export type SimState = "ready" | "absent" | "pin" | "puk" | "failure" | "busy";

/** The radio from power-on to power-off. It attaches by itself, as with `AUTOCONNECT` of BC35-G. */
export class RadioState {
  /** The commands whose URC is switched on, such as `+CEREG`. */
  readonly registrationReports = new Set<string>();
  everRegistered = false;
  /** `+CSQ`, 0 to 31; 23 is -67 dBm. */
  readonly signal = 23;
  readonly operator = "46000";
  readonly address = "10.169.241.248";
  readonly #options: RadioOptions;
  /** Milliseconds of a scan for a network that is longer than usual, or 0. */
  #scan = 0;
  #denied = false;
  #sim: SimState = "ready";
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

  /** Whether the modem has an IP address. */
  get active(): boolean {
    return this.#active;
  }

  get registered(): boolean {
    return this.#attached;
  }

  get sim(): SimState {
    return this.#sim;
  }

  /** `+CEREG`: 0 not searching, 1 registered at home, 2 searching, 3 denied. */
  get registration(): number {
    if (this.#denied) return 3;
    return this.#attached ? 1 : this.#attaching === undefined ? 0 : 2;
  }

  /** Begins to attach, unless attached or at it. */
  attach(): void {
    if (!this.#on || this.#attached || this.#attaching !== undefined || this.#denied || this.#sim !== "ready") return;
    this.#begin(Math.max(this.#options.attachTime, this.#scan));
  }

  #begin(delay: number): void {
    this.#attaching = this.#options.clock.setTimer(() => {
      this.#attaching = undefined;
      this.#scan = 0;
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
    if (duration !== undefined && this.#on && this.#sim === "ready") this.#begin(duration);
    else if (was) this.#changed();
  }

  /** Loses the network. A scan of `duration` milliseconds finds one; when the scan is interrupted, the next one begins from the start. */
  search(duration: number): void {
    this.detach();
    this.#scan = duration;
    this.attach();
  }

  /** The network denies the registration for `duration` milliseconds. */
  deny(duration: number): void {
    this.#denied = true;
    this.detach();
    this.#changed();
    this.#options.clock.setTimer(() => {
      this.#denied = false;
      this.attach();
    }, duration);
  }

  /** The SIM is in `state`, and cannot be used, for `duration` milliseconds. */
  lockSim(state: SimState, duration: number): void {
    this.#sim = state;
    this.detach();
    this.#options.simChanged(state);
    this.#options.clock.setTimer(() => {
      this.#sim = "ready";
      this.#options.simChanged("ready");
      this.attach();
    }, duration);
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
