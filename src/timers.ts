import type { Alarm, Clock, AlarmListener } from "./platform";

/** Whom timers tell that a time has come. */
export interface TimerListener {
  /** The time of `slot` has come. It is called on an empty stack; slots whose times have come together follow in the order of their numbers. */
  onTimer(slot: number): void;
}

/** Before {@link Timers.start}, and after {@link Timers.stop}. */
const NO_ALARM: Alarm = Object.freeze({ set() {}, clear() {}, close() {} });

/** In place of a moment on the clock. */
const enum Moment {
  /** No time is set. */
  Never = -0x80000000,
}

/** Milliseconds. */
const enum Time {
  /** An alarm that comes so much too late comes from a host that was asleep or busy. */
  Late = 250,
  /** So long such a host has for reading its port, before anything is taken for missing. */
  Reading = 50,
}

/**
 * Several timers, numbered from 0 on, that share one alarm of the host's. The alarm is set anew only where it would ring too late.
 * Where it rings too early, nothing is told.
 */
export class Timers implements AlarmListener {
  readonly clock: Clock;
  private readonly listener: TimerListener;
  /** For each slot: its moment, or `Moment.Never`. */
  private readonly moments: Int32Array;
  private alarm: Alarm = NO_ALARM;
  /** When the alarm rings, or `Moment.Never`. */
  private armedFor: number = Moment.Never;
  /** A host that was asleep has been given time to read its port. */
  private hasRead = false;

  constructor(clock: Clock, listener: TimerListener, slots: number) {
    this.clock = clock;
    this.listener = listener;
    this.moments = new Int32Array(slots).fill(Moment.Never);
  }

  start(): void {
    this.alarm = this.clock.alarm(this);
  }

  /** Releases the alarm. Nothing is told afterwards. */
  stop(): void {
    this.moments.fill(Moment.Never);
    this.alarm.close();
    this.alarm = NO_ALARM;
  }

  /** The slot's time comes in so many milliseconds, and not when it was to come before. */
  set(slot: number, milliseconds: number): void {
    const now = this.clock.now(),
      moment = (now + milliseconds) | 0;
    this.moments[slot] = moment === Moment.Never ? Moment.Never + 1 : moment;
    this.arm(moment, now);
  }

  /** The slot's time comes in so many milliseconds at the latest: a time that comes sooner stays. @returns the moment that was asked for */
  setBy(slot: number, milliseconds: number): number {
    const now = this.clock.now(),
      moment = (now + milliseconds) | 0,
      before = this.moments[slot];
    if (before === Moment.Never || ((before - moment) | 0) > 0) {
      this.moments[slot] = moment === Moment.Never ? Moment.Never + 1 : moment;
      this.arm(moment, now);
    }
    return moment;
  }

  /** Whether a moment on the clock has come. */
  hasCome(moment: number): boolean {
    return ((moment - this.clock.now()) | 0) <= 0;
  }

  clear(slot: number): void {
    this.moments[slot] = Moment.Never;
  }

  onAlarm(): void {
    if (!this.hasRead && ((this.clock.now() - this.armedFor) | 0) > Time.Late) {
      this.hasRead = true;
      this.alarm.set(Time.Reading);
      return;
    }
    this.hasRead = false;
    this.armedFor = Moment.Never;
    try {
      for (let slot = 0; slot < this.moments.length; slot++) {
        const moment = this.moments[slot];
        if (moment === Moment.Never || ((moment - this.clock.now()) | 0) > 0) continue;
        this.moments[slot] = Moment.Never;
        this.listener.onTimer(slot);
      }
    } finally {
      // What the listener has thrown leaves the slots behind it for the next alarm.
      for (let slot = 0; slot < this.moments.length; slot++) if (this.moments[slot] !== Moment.Never) this.arm(this.moments[slot], this.clock.now());
    }
  }

  /** Has the alarm ring at `moment` at the latest. */
  private arm(moment: number, now: number): void {
    if (this.armedFor !== Moment.Never && ((this.armedFor - moment) | 0) <= 0) return;
    const left = (moment - now) | 0;
    this.armedFor = moment;
    this.alarm.set(left > 0 ? left : 0);
  }
}
