import type { Alarm, Clock, AlarmListener } from "../../src/platform";

/** The host's monotonic clock and timers. */
export const hostClock: Clock = {
  now: () => performance.now() | 0,
  alarm: (ringer) => new HostAlarm(ringer),
};

class HostAlarm implements Alarm {
  readonly #callback: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ringer: AlarmListener) {
    this.#callback = () => ringer.onAlarm();
  }

  set(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#callback, milliseconds);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
