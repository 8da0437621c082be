import type { Rouser } from "../modem/care";
import { Level } from "../modem/recovery";
import { Timeout } from "../modem/timeouts";
import type { Clock } from "../platform";
import { frozen } from "../bytes/frozen";
import { PowerPins } from "./power";
import { Rates } from "./rates";

/** Unanswered `AT` at one bit rate, before another one is tried: the first bytes wake a modem that sleeps. */
const ASKS = 2;

const NO_POWER = frozen({});
const NO_PORT = frozen({ setRate: () => false });

/** What is counted of it. */
export interface RouserHost {
  readonly clock: Clock;
  /** The modem has been switched on by its key. */
  onSwitchedOn(): void;
  onRecovery(level: Level): void;
}

/** How long what may take, in milliseconds. */
export interface RouserTimes {
  /** From what was done last until the modem must have answered. */
  readonly boot: number;
  /** Of silence, until more is done; 0: nothing is. */
  readonly mute: number;
}

/**
 * Finds a modem that does not answer. It is asked at every bit rate that it may have, before its power key is pressed, for that switches
 * off a modem that is on. Then it is asked again, until it has had its time to start. What a restart brings (a banner, another rate) needs
 * nothing of its own: the modem is looked for anew.
 */
export class PinRouser implements Rouser {
  asks = true;
  private readonly host: RouserHost;
  private readonly pins: PowerPins;
  private readonly rates: Rates;
  private readonly times: RouserTimes;
  /** On the clock. */
  private deadline = 0;
  private muteSince = 0;
  /** Nothing has been asked yet. */
  private isFirst = true;
  private asked = 0;
  /** Rates at which the modem is still to be asked before more is done. */
  private untried = 0;
  /** The key has been pressed, and the modem has not answered since. */
  private isPressed = false;
  /** What the watchdog has done last. */
  private watched: Level = Level.Connect;

  /** @param pins null where the board has none @param rates null where the modem has one alone */
  constructor(host: RouserHost, pins: PowerPins | null, rates: Rates | null, times: RouserTimes) {
    this.host = host;
    this.pins = pins ?? new PowerPins(NO_POWER, NO_POWER);
    this.rates = rates ?? new Rates(NO_PORT, undefined, 0, 0);
    this.times = times;
  }

  get tried(): string {
    return `${this.rates.words}${this.isPressed ? "; its power key was pressed" : ""}`;
  }

  /** Whether the board has pins for that. */
  can(level: Level): boolean {
    return this.stepsOf(level).length > 0;
  }

  begin(level: Level): void {
    const { host, pins, rates } = this;
    this.isFirst = true;
    this.asked = 0;
    this.untried = rates.count;
    this.muteSince = host.clock.now();
    this.start();
    pins.begin(pins.wake); // it may sleep
    if (level >= Level.Reset) this.recover(level);
  }

  next(silent: boolean): number {
    const { pins, rates } = this;
    if (pins.isBusy) return this.press();
    this.asks = true;
    if (rates.isChanging) return this.change();
    if (this.isFirst) {
      this.isFirst = false;
      return 0;
    }
    if (silent && this.isMute()) return this.press();
    return this.isOver(silent) ? -1 : Timeout.Probe;
  }

  onAnswer(): void {
    this.rates.onAnswer();
    this.isPressed = false;
    this.watched = Level.Connect;
  }

  /** Nobody looks for the modem any more. */
  stop(): void {
    this.pins.release();
    this.isPressed = false;
    this.watched = Level.Connect;
  }

  /** Goes on with what is done with the pins. */
  private press(): number {
    const pause = this.pins.next();
    this.asks = !this.pins.isBusy;
    if (this.asks) this.start();
    return pause;
  }

  /** The port's class may not be asked for another rate while it is calling: that waits for the timer. */
  private change(): number {
    this.asks = !this.isFirst;
    this.isFirst = false;
    return this.asks ? this.rates.follow() : 0;
  }

  /** An `AT` has had no answer. @returns whether something is to be done with the pins */
  private isMute(): boolean {
    const { rates, host, times } = this;
    const isOff = this.pins.isOn === false;
    if (++this.asked >= ASKS) {
      this.asked = 0;
      this.untried--;
      rates.next();
    }
    if (this.mayPress && (isOff || this.untried <= 0)) {
      this.isPressed = true;
      host.onSwitchedOn();
      this.pins.begin(this.pins.on);
      return true;
    }
    return times.mute > 0 && ((host.clock.now() - this.muteSince) | 0) >= times.mute && this.watch();
  }

  /** A modem that its status pin tells to be on is not switched off. */
  private get mayPress(): boolean {
    return !this.isPressed && this.pins.on.length > 0 && this.pins.isOn !== true;
  }

  /** The watchdog: the reset pin, then the power key. @returns false where all has been done */
  private watch(): boolean {
    this.muteSince = this.host.clock.now();
    for (let level = this.watched < Level.Reset ? Level.Reset : this.watched + 1; level <= Level.Power; level++)
      if (this.can(level)) {
        this.watched = level;
        this.recover(level);
        return true;
      }
    return false;
  }

  private recover(level: Level): void {
    this.host.onRecovery(level);
    // The press that switches off would switch on a modem that is off.
    this.pins.begin(level === Level.Power && this.pins.isOn === false ? this.pins.on : this.stepsOf(level));
  }

  private stepsOf(level: Level): PowerPins["on"] {
    return level === Level.Power ? this.pins.cycle : this.pins.reset;
  }

  private start(): void {
    this.deadline = (this.host.clock.now() + this.times.boot) | 0;
  }

  private isOver(silent: boolean): boolean {
    return ((this.deadline - this.host.clock.now()) | 0) <= 0 && !(silent && this.mayPress);
  }
}
