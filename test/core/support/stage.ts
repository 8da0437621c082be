import type { Alarm, Clock, Port, PortReceiver, AlarmListener } from "../../../src/platform";

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #alarms: VirtualAlarm[] = [];

  /** The clock wraps at 32 bits, so tests may start close to the edge. */
  constructor(start = 0) {
    this.#now = start | 0;
  }

  now(): number {
    return this.#now;
  }

  alarm(ringer: AlarmListener): Alarm {
    const alarm = new VirtualAlarm(this, ringer);
    this.#alarms.push(alarm);
    return alarm;
  }

  /** The host does nothing for so long: no alarm fires, and no byte is looked at. */
  sleep(milliseconds: number): void {
    this.#now = (this.#now + milliseconds) | 0;
  }

  /** Lets time pass; alarms fire in their order, each at its own time. */
  pass(milliseconds: number): void {
    const end = (this.#now + milliseconds) | 0;
    for (;;) {
      let next: VirtualAlarm | null = null;
      for (const alarm of this.#alarms)
        if (alarm.set_ && ((alarm.at - end) | 0) <= 0 && (next === null || ((alarm.at - next.at) | 0) < 0)) next = alarm;
      if (next === null) break;
      if (((next.at - this.#now) | 0) > 0) this.#now = next.at;
      next.set_ = false;
      next.ringer.onAlarm();
    }
    this.#now = end;
  }
}

class VirtualAlarm implements Alarm {
  set_ = false;
  at = 0;
  constructor(readonly clock: VirtualClock, readonly ringer: AlarmListener) {}
  set(milliseconds: number): void {
    this.set_ = true;
    this.at = (this.clock.now() + milliseconds) | 0;
  }
  clear(): void {
    this.set_ = false;
  }
  close(): void {
    this.set_ = false;
  }
}

/** A port whose other end is the test. */
export class TestPort implements Port {
  static latest: TestPort;
  readonly receiver: PortReceiver;
  /** What the host has sent and the test has not looked at yet. */
  sent: number[] = [];
  closed = false;
  /** Bytes that one `write` takes at the most. */
  gulp = Infinity;
  #waiting: readonly number[] = [];
  /** How many of them the host has read. */
  #read = 0;

  constructor(options: { receiver: PortReceiver; gulp?: number; attach?: (port: TestPort) => void }) {
    this.receiver = options.receiver;
    this.gulp = options.gulp ?? Infinity;
    options.attach?.(this);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const waiting = this.#waiting, first = this.#read;
    const count = Math.min(length, waiting.length - first);
    for (let i = 0; i < count; i++) target[offset + i] = waiting[first + i];
    this.#read = first + count;
    return count;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    const count = Math.min(length, this.gulp);
    for (let i = 0; i < count; i++) this.sent.push(source[offset + i]);
    return count;
  }

  /** The bit rates that it was set to. */
  readonly rates: number[] = [];

  setRate(baud: number): void {
    this.rates.push(baud);
  }

  close(): void {
    this.closed = true;
  }

  /** The modem says something. */
  receive(bytes: readonly number[]): void {
    if (this.closed) return;
    this.#waiting = this.#read === this.#waiting.length ? bytes.slice() : this.#waiting.slice(this.#read).concat(bytes);
    this.#read = 0;
    this.receiver.onReadable(this.#waiting.length);
  }
}
