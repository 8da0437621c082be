import type { Alarm, Clock, Ringer } from "../platform";

/** Before {@link Wakers.startAlarm}, and after {@link Wakers.stopAlarm}. */
const NO_ALARM: Alarm = Object.freeze({ set() {}, clear() {}, close() {} });

/** Milliseconds: an alarm that rings so much too late shows that the host was not there. */
const LATE = 250;
/** Milliseconds in which what has come meanwhile is heard. */
const HEARING = 50;
/** In place of a moment: the one that no deadline is. */
const NEVER = -0x80000000;

/**
 * The one alarm, and those that are woken by it. It is set anew only when it would ring too late; one that rings too early
 * costs one look.
 */
export abstract class Wakers implements Ringer {
  readonly clock: Clock;
  private alarm: Alarm = NO_ALARM;
  /** When it rings, or `NEVER`. */
  private armedFor = NEVER;
  private heard = false;
  /** For each: when it is to be woken, or `NEVER`. */
  private readonly deadlines: Int32Array;

  constructor(clock: Clock, count: number) {
    this.clock = clock;
    this.deadlines = new Int32Array(count).fill(NEVER);
  }

  /** Something may be due. */
  abstract onTick(): void;

  startAlarm(): void {
    this.alarm = this.clock.alarm(this);
  }

  onAlarm(): void {
    // A host that was asleep, or busy, has not heard what the modem has said meanwhile: that comes first.
    if (!this.heard && ((this.clock.now() - this.armedFor) | 0) > LATE) {
      this.heard = true;
      this.alarm.set(HEARING);
      return;
    }
    this.heard = false;
    this.armedFor = NEVER;
    this.onTick();
  }

  stopAlarm(): void {
    this.alarm.close();
    this.alarm = NO_ALARM;
  }

  get wakers(): number {
    return this.deadlines.length;
  }

  /** Has the alarm ring in so many milliseconds at the latest. @returns when that is on the clock */
  armFor(milliseconds: number): number {
    const deadline = (this.clock.now() + milliseconds) | 0;
    if (this.armedFor === NEVER || ((this.armedFor - deadline) | 0) > 0) this.arm(deadline);
    return deadline;
  }

  isOver(deadline: number): boolean {
    return ((deadline - this.clock.now()) | 0) <= 0;
  }

  /** Has the alarm ring at `deadline` at the latest. */
  arm(deadline: number): void {
    if (this.armedFor !== NEVER && ((this.armedFor - deadline) | 0) <= 0) return;
    const left = (deadline - this.clock.now()) | 0;
    this.armedFor = deadline;
    this.alarm.set(left > 0 ? left : 0);
  }

  /** Wakes it once, after so many milliseconds. */
  wake(waker: number, milliseconds: number): void {
    const deadline = this.armFor(milliseconds);
    this.deadlines[waker] = deadline === NEVER ? NEVER + 1 : deadline;
  }

  sleep(waker: number): void {
    this.deadlines[waker] = NEVER;
  }

  /** Whether this one is to be woken now; it is asked once. */
  isDue(waker: number): boolean {
    const deadline = this.deadlines[waker]!;
    if (deadline === NEVER || !this.isOver(deadline)) return false;
    this.deadlines[waker] = NEVER;
    return true;
  }

  rearmWakers(): void {
    for (let waker = 0; waker < this.deadlines.length; waker++) if (this.deadlines[waker] !== NEVER) this.arm(this.deadlines[waker]!);
  }
}
