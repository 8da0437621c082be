import type { Alarm, Clock, AlarmListener } from "../../platform";
import { Timeout } from "./timeouts";

/** Before {@link Wakers.startAlarm}, and after {@link Wakers.stopAlarm}. */
const NO_ALARM: Alarm = Object.freeze({ set() {}, clear() {}, close() {} });

/** In place of a moment. */
const enum Moment {
  /** The one that no deadline is. */
  Never = -0x80000000,
}

/**
 * The one alarm, and those that are woken by it. It is set anew only when it would ring too late; one that rings too early
 * costs one look.
 */
export abstract class Wakers implements AlarmListener {
  readonly clock: Clock;
  private alarm: Alarm = NO_ALARM;
  /** When it rings, or `Moment.Never`. */
  private armedFor: number = Moment.Never;
  private heard = false;
  /** For each: when it is to be woken, or `Moment.Never`. */
  private readonly deadlines: Int32Array;

  constructor(clock: Clock, count: number) {
    this.clock = clock;
    this.deadlines = new Int32Array(count).fill(Moment.Never);
  }

  /** Something may be due. */
  protected abstract onTick(): void;

  protected startAlarm(): void {
    this.alarm = this.clock.alarm(this);
  }

  onAlarm(): void {
    // A host that was asleep, or busy, has not heard what the modem has said meanwhile: that comes first.
    if (!this.heard && ((this.clock.now() - this.armedFor) | 0) > Timeout.Late) {
      this.heard = true;
      this.alarm.set(Timeout.Hearing);
      return;
    }
    this.heard = false;
    this.armedFor = Moment.Never;
    this.onTick();
  }

  protected stopAlarm(): void {
    this.alarm.close();
    this.alarm = NO_ALARM;
  }

  /** How many can be woken. */
  protected get wakers(): number {
    return this.deadlines.length;
  }

  /** Has the alarm ring in so many milliseconds at the latest. @returns when that is on the clock */
  protected armFor(milliseconds: number): number {
    const deadline = (this.clock.now() + milliseconds) | 0;
    if (this.armedFor === Moment.Never || ((this.armedFor - deadline) | 0) > 0) this.arm(deadline);
    return deadline;
  }

  /** Whether a moment on the clock has come. */
  protected isOver(deadline: number): boolean {
    return ((deadline - this.clock.now()) | 0) <= 0;
  }

  /** Has the alarm ring at `deadline` at the latest. */
  protected arm(deadline: number): void {
    if (this.armedFor !== Moment.Never && ((this.armedFor - deadline) | 0) <= 0) return;
    const left = (deadline - this.clock.now()) | 0;
    this.armedFor = deadline;
    this.alarm.set(left > 0 ? left : 0);
  }

  /** Wakes it once, after so many milliseconds. */
  setTimer(waker: number, milliseconds: number): void {
    const deadline = this.armFor(milliseconds);
    this.deadlines[waker] = deadline === Moment.Never ? Moment.Never + 1 : deadline;
  }

  /** It is not to be woken any more. */
  clearTimer(waker: number): void {
    this.deadlines[waker] = Moment.Never;
  }

  /** Whether this one is to be woken now; it is asked once. */
  protected isDue(waker: number): boolean {
    const deadline = this.deadlines[waker]!;
    if (deadline === Moment.Never || !this.isOver(deadline)) return false;
    this.deadlines[waker] = Moment.Never;
    return true;
  }

  /** Has the alarm ring for those that are still to be woken. */
  protected rearmWakers(): void {
    for (let waker = 0; waker < this.deadlines.length; waker++) if (this.deadlines[waker] !== Moment.Never) this.arm(this.deadlines[waker]!);
  }
}
