import { frozen } from "modem-mqtt/bytes/frozen";
import type { Alarm, Clock, AlarmListener } from "modem-mqtt/platform";
import Time from "time";
import Timer from "timer";

/** Milliseconds, any: the timer is made running, and stopped at once. */
const NEVER = 0x7fffffff;

/**
 * A Moddable timer that is made once. A one-shot timer would be freed after it has fired, and so would one that is
 * scheduled without a repeat; a repeating one that stops itself lives on, and setting it again allocates nothing.
 */
class TimerAlarm implements Alarm {
  readonly #timer: Timer;

  constructor(ringer: AlarmListener) {
    this.#timer = Timer.repeat((timer) => {
      Timer.schedule(timer); // without a time: stops it
      ringer.onAlarm();
    }, NEVER);
    Timer.schedule(this.#timer);
  }

  set(milliseconds: number): void {
    // A repeat of 0 would make it a one-shot timer.
    const delay = milliseconds < 1 ? 1 : milliseconds;
    Timer.schedule(this.#timer, delay, delay);
  }

  clear(): void {
    Timer.schedule(this.#timer);
  }

  close(): void {
    Timer.clear(this.#timer);
  }
}

/** Moddable's time and timers. */
export const clock: Clock = frozen({
  /** The simulators count milliseconds from 1970 and give a double; the core wants 32 bits. */
  now: () => Time.ticks | 0,
  alarm: (ringer: AlarmListener) => new TimerAlarm(ringer),
});
