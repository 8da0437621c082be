// Power saving mode: the network releases a connection without traffic, the active time passes, the modem sleeps. Bytes, a pin or its own
// timer wake it.

import type { Clock, Timer } from "../clock";
import type { Kept } from "./kept";
import type { PowerSaving } from "./power-saving";
import type { Settings } from "./settings";

/** What ends a sleep. */
export type Waker = "uart" | "pin" | "timer";

/** `idle`: registered without a connection. `waking`: not yet able to read. */
type Phase = "connected" | "idle" | "asleep" | "waking";

export interface SleepOptions {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly saving: PowerSaving;
  readonly kept: Kept;
  /** Milliseconds for which a command keeps the modem awake. */
  readonly awakeAfterCommand: number;
  readonly registered: () => boolean;
  /** Whether something else forbids it to sleep, such as a rate that its low-power UART does not have. */
  readonly forbidden: () => boolean;
  /** The network has made the connection, or released it. */
  readonly connection: (connected: boolean) => void;
  readonly entered: () => void;
  readonly woken: (by: Waker) => void;
}

export class Sleep {
  /** Sleep is forbidden until the next start, or until it is allowed again: M5311, AT+SM=LOCK. */
  locked = false;
  /** Seconds for which the wake-up pin keeps the modem awake: M5311, AT*WAKETIME. */
  wakeSeconds = 10;
  readonly #options: SleepOptions;
  #phase: Phase = "connected";
  #timer: Timer;
  /** When there was traffic last, when the connection was released, and until when a command or the pin keeps the modem awake. */
  #trafficAt: number;
  #releasedAt = 0;
  #keptAwakeUntil = 0;
  /** Whether somebody wants to know when the connection is released. */
  #watched = false;
  /** How many bytes the modem has lost since it fell asleep. */
  #lost = Infinity;

  constructor(options: SleepOptions) {
    this.#options = options;
    this.#trafficAt = options.clock.now();
  }

  get asleep(): boolean {
    return this.#phase === "asleep" || this.#phase === "waking";
  }

  /** `+CSCON`: whether there is a connection with the network. */
  get connected(): boolean {
    const { clock, registered, settings } = this.#options;
    return registered() && !this.asleep && clock.now() - this.#trafficAt < settings.sleep.idleTime;
  }

  /** Something went through the air. */
  traffic(): void {
    if (this.asleep) return;
    this.#trafficAt = this.#options.clock.now();
    if (this.#phase === "idle") {
      this.#phase = "connected";
      this.#options.connection(true);
    }
    this.refresh();
  }

  /** The modem has read a command. */
  command(): void {
    this.#stayAwake(this.#options.awakeAfterCommand);
  }

  #stayAwake(duration: number): void {
    this.#keptAwakeUntil = Math.max(this.#keptAwakeUntil, this.#options.clock.now() + duration);
    this.refresh();
  }

  /** What decides about sleep has changed. @param watched whether somebody wants to know from now on when the connection is released */
  refresh(watched = false): void {
    const { clock, registered, saving, settings } = this.#options;
    if (this.asleep) return;
    clock.clearTimer(this.#timer);
    if (!registered() || (!watched && !this.#watched && saving.awakeFor === undefined)) return;
    this.#watched ||= watched;
    const now = clock.now();
    if (this.#phase === "connected") return this.#after(this.#trafficAt + settings.sleep.idleTime - now, () => this.#released());
    if (this.#allowed) this.#after(this.#sleepsAt - now, () => this.enter());
  }

  #after(delay: number, action: () => void): void {
    this.#timer = this.#options.clock.setTimer(action, Math.max(0, delay));
  }

  #released(): void {
    this.#phase = "idle";
    this.#releasedAt = this.#options.clock.now();
    this.#options.connection(false);
    this.refresh();
  }

  get #sleepsAt(): number {
    return Math.max(this.#releasedAt + (this.#options.saving.awakeFor ?? Infinity), this.#keptAwakeUntil);
  }

  get #allowed(): boolean {
    const { forbidden, kept, registered, saving } = this.#options;
    return registered() && saving.awakeFor !== undefined && !this.locked && !kept.sleepLocked && !forbidden();
  }

  /** The modem falls asleep, if it may. */
  enter(): void {
    const { clock, entered, saving } = this.#options;
    if (this.asleep || !this.#allowed) return;
    clock.clearTimer(this.#timer);
    entered();
    this.#phase = "asleep";
    this.#lost = 0;
    const { asleepFor } = saving;
    if (asleepFor !== undefined) this.#after(asleepFor, () => this.#wake("timer"));
  }

  /** The wake-up pin. */
  pin(): void {
    if (this.#phase === "asleep") {
      if (this.#options.settings.sleep.wakesBy !== "uart") this.#begin("pin");
    } else this.#stayAwake(this.wakeSeconds * 1000);
  }

  /** Bytes from the host. @returns those that the modem reads */
  heard(bytes: Uint8Array): Uint8Array {
    const { lostCharacters, wakesBy } = this.#options.settings.sleep;
    if (this.#phase === "asleep" && wakesBy !== "pin") this.#begin("uart");
    if (this.asleep) {
      this.#lost += bytes.length;
      return bytes.subarray(bytes.length);
    }
    if (this.#lost >= lostCharacters) return bytes;
    const more = Math.min(bytes.length, lostCharacters - this.#lost);
    this.#lost += more;
    return bytes.subarray(more);
  }

  #begin(by: Waker): void {
    const { wakeTime } = this.#options.settings.sleep;
    this.#options.clock.clearTimer(this.#timer);
    if (wakeTime === 0) return this.#wake(by);
    this.#phase = "waking";
    this.#after(wakeTime, () => this.#wake(by));
  }

  #wake(by: Waker): void {
    // Only bytes that come to a sleeping UART are lost.
    if (by !== "uart") this.#lost = Infinity;
    this.#phase = "connected";
    this.#trafficAt = this.#options.clock.now();
    this.#options.woken(by);
    this.#stayAwake(by === "pin" ? this.wakeSeconds * 1000 : 0);
  }
}
