// The UART's rate: fixed, or found in the first command (auto baud); changed by AT+IPR at once, by AT+NATSPEED for as long as the host
// does not answer at the new one.

import type { Clock, Timer } from "../clock";

/** The line, as far as its rate goes. */
export interface RateLine {
  /** Bits a second; 0: any rate will do. */
  rate: number;
}

export class Rate {
  readonly #line: RateLine;
  readonly #clock: Clock;
  /** The rate that commands tell: the line's, or what the modem's would be. */
  #told: number;
  #automatic: boolean;
  /** Whether the next command tells the rate. */
  #listening: boolean;
  #back: Timer;
  /** The rate at the next start, and the one that is stored once a command has come at it. */
  #stored: number;
  #kept: number | undefined;
  /** What the UART has beside its rate, as AT+NATSPEED tells it. */
  frame = { sync: 2, stop: 1, parity: 0, flow: 0 };

  /** @param rate the rate at the start. @param automatic whether the modem finds the rate itself */
  constructor(clock: Clock, line: RateLine, rate: number, automatic: boolean) {
    this.#clock = clock;
    this.#line = line;
    this.#told = rate;
    this.#stored = rate;
    this.#automatic = automatic;
    this.#listening = automatic;
  }

  /** Bits a second, also where the line takes any rate. */
  get told(): number {
    return this.#told;
  }

  get automatic(): boolean {
    return this.#automatic;
  }

  /** The modem starts. */
  powerOn(): void {
    this.#clock.clearTimer(this.#back);
    this.#set(this.#stored);
    this.#listening = this.#automatic;
  }

  /** The modem wakes up. */
  woken(): void {
    this.#listening = this.#automatic;
  }

  /** Sets the rate for good; 0: finds it. AT+IPR. */
  fix(rate: number): void {
    this.#automatic = rate === 0;
    this.#listening = this.#automatic;
    if (rate === 0) return;
    this.#stored = rate;
    this.#set(rate);
  }

  /** Sets the rate; it is the old one again unless a command comes within so many milliseconds. AT+NATSPEED. */
  try(rate: number, timeout: number, store: boolean): void {
    const before = this.#told;
    this.#clock.clearTimer(this.#back);
    this.#set(rate);
    this.#back = this.#clock.setTimer(() => {
      this.#back = undefined;
      this.#set(before);
    }, timeout);
    this.#kept = store ? rate : undefined;
  }

  /** A command has been read at the present rate. */
  command(): void {
    if (this.#back === undefined) return;
    this.#clock.clearTimer(this.#back);
    this.#back = undefined;
    if (this.#kept !== undefined) this.#stored = this.#kept;
  }

  /** Bytes come at a rate. A modem that looks for its rate takes it from the first A of `AT`. */
  hear(bytes: Uint8Array, rate: number): void {
    if (!this.#listening || !bytes.some((byte) => byte === 0x41 || byte === 0x61)) return;
    this.#listening = false;
    this.#set(rate);
  }

  #set(rate: number): void {
    this.#told = rate;
    if (this.#line.rate !== 0) this.#line.rate = rate;
  }
}
