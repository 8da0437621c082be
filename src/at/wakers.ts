import type { Alarm, Clock, Ringer } from "../platform";

/** Before {@link Wakers.open}, and after {@link Wakers.close}. */
const NO_ALARM: Alarm = Object.freeze({ set() {}, clear() {}, close() {} });

/** Milliseconds: an alarm that rings so much too late shows that the host was not there. */
const LATE = 250;
/** Milliseconds in which what has come meanwhile is heard. */
const HEARING = 50;

/**
 * The one alarm, and those that are woken by it. It is set anew only when it would ring too late; one that rings too early
 * costs one look.
 */
export class Wakers implements Ringer {
  readonly #clock: Clock;
  readonly #owner: { onTick(): void };
  #alarm: Alarm = NO_ALARM;
  #armed = false;
  #armedFor = 0;
  #heard = false;
  /** For each: whether it is to be woken, and when. */
  readonly #waking: Uint8Array;
  readonly #deadlines: Int32Array;

  constructor(clock: Clock, owner: { onTick(): void }, count: number) {
    this.#clock = clock;
    this.#owner = owner;
    this.#waking = new Uint8Array(count);
    this.#deadlines = new Int32Array(count);
  }

  open(): void {
    this.#alarm = this.#clock.alarm(this);
  }

  onAlarm(): void {
    // A host that was asleep, or busy, has not heard what the modem has said meanwhile: that comes first.
    if (!this.#heard && ((this.#clock.now() - this.#armedFor) | 0) > LATE) {
      this.#heard = true;
      this.#alarm.set(HEARING);
      return;
    }
    this.#heard = this.#armed = false;
    this.#owner.onTick();
  }

  close(): void {
    this.#alarm.close();
    this.#alarm = NO_ALARM;
  }

  get count(): number {
    return this.#waking.length;
  }

  /** Milliseconds from now on the clock. */
  after(milliseconds: number): number {
    return (this.#clock.now() + milliseconds) | 0;
  }

  isOver(deadline: number): boolean {
    return ((deadline - this.#clock.now()) | 0) <= 0;
  }

  /** Has the alarm ring at `deadline` at the latest. */
  arm(deadline: number): void {
    if (this.#armed && ((this.#armedFor - deadline) | 0) <= 0) return;
    const left = (deadline - this.#clock.now()) | 0;
    this.#armed = true;
    this.#armedFor = deadline;
    this.#alarm.set(left > 0 ? left : 0);
  }

  wake(waker: number, milliseconds: number): void {
    const deadline = this.after(milliseconds);
    this.#waking[waker] = 1;
    this.#deadlines[waker] = deadline;
    this.arm(deadline);
  }

  sleep(waker: number): void {
    this.#waking[waker] = 0;
  }

  /** Whether this one is to be woken now; it is asked once. */
  isDue(waker: number): boolean {
    if (this.#waking[waker] === 0 || !this.isOver(this.#deadlines[waker]!)) return false;
    this.#waking[waker] = 0;
    return true;
  }

  rearm(): void {
    for (let waker = 0; waker < this.#waking.length; waker++) if (this.#waking[waker] !== 0) this.arm(this.#deadlines[waker]!);
  }
}
