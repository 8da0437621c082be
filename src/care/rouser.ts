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

/** For whom a modem is found. */
export interface RouserHost {
  readonly clock: Clock;
  /** {@link PinRouser.goOn} is to be called after so many milliseconds, while that is busy; otherwise the modem is asked. */
  pause(milliseconds: number): void;
  /** The modem has been switched on by its key. */
  onSwitchedOn(): void;
  onRecovery(level: Level): void;
  /** Nothing is left to be done. @param tried what has been */
  onSilent(seconds: number, tried: string): void;
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
export class PinRouser {
  /** Something is being done with pins or bit rate: {@link goOn} goes on with it. */
  isBusy = false;
  private readonly host: RouserHost;
  private readonly pins: PowerPins;
  private readonly rates: Rates;
  private readonly times: RouserTimes;
  /** On the clock. */
  private deadline = 0;
  private muteSince = 0;
  private asked = 0;
  /** Rates at which the modem is still to be asked before more is done. */
  private untried = 0;
  /** The key has been pressed, and the modem has not answered since. */
  private isPressed = false;
  /** It has been reset, or switched off and on: it is starting, unless a pin tells that it is off. */
  private isStarting = false;
  /** What the watchdog has done last. */
  private watched: Level = Level.Connect;

  /** @param pins null where the board has none @param rates null where the modem has one alone */
  constructor(host: RouserHost, pins: PowerPins | null, rates: Rates | null, times: RouserTimes) {
    this.host = host;
    this.pins = pins ?? new PowerPins(NO_POWER, NO_POWER);
    this.rates = rates ?? new Rates(NO_PORT, undefined, 0, 0);
    this.times = times;
  }

  /** Whether the board has pins for that. */
  can(level: Level): boolean {
    return this.stepsOf(level).length > 0;
  }

  /** The modem is looked for. @param level what is to be done to it first @returns whether it is to be asked later */
  begin(level: Level): boolean {
    const { host, pins, rates } = this;
    this.asked = 0;
    this.untried = rates.count;
    this.muteSince = host.clock.now();
    this.start();
    pins.begin(pins.wake); // it may sleep
    if (level >= Level.Reset) this.recover(level);
    const isBusy = (this.isBusy = pins.isBusy || rates.isChanging);
    if (pins.isBusy) this.goOn();
    else if (isBusy) host.pause(0); // the port's class may not be asked for another rate while it is calling
    return isBusy;
  }

  /** An `AT` has had no OK. @param silent it has had no answer at all */
  onMute(silent: boolean): void {
    const { host, rates, times } = this;
    if (silent && this.isMute()) this.goOn();
    else if (this.isOver(silent)) host.onSilent(times.boot / 1000, `${rates.words}${this.isPressed ? "; its power key was pressed" : ""}`);
    else host.pause(Timeout.Probe);
  }

  /** The modem has answered. */
  onAnswer(): void {
    this.rates.onAnswer();
    this.isPressed = this.isStarting = false;
    this.watched = Level.Connect;
  }

  /** Nobody looks for the modem any more. */
  stop(): void {
    this.pins.release();
    this.isBusy = this.isPressed = this.isStarting = false;
    this.watched = Level.Connect;
  }

  /** Does the next thing with the pins, or changes the rate: its time has come. */
  goOn(): void {
    const { host, pins, rates } = this,
      pause = pins.isBusy ? pins.next() : rates.follow();
    this.isBusy = pins.isBusy || rates.isChanging;
    if (!this.isBusy) this.start();
    host.pause(pause);
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
    const { isOn } = this.pins;
    return !this.isPressed && this.pins.on.length > 0 && isOn !== true && !(this.isStarting && isOn === undefined);
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
    this.isStarting = true;
    if (level === Level.Power) this.isPressed = true;
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
