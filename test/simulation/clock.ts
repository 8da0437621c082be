// Time that passes only in this process: one queue for the client, the modem, the network and the broker.

import type { Clock as ModemClock } from "../../hosts/virtual-modem/clock";
import type { Alarm, Clock as CoreClock, AlarmListener } from "../../src/platform";

interface Timer {
  readonly due: number;
  readonly order: number;
  callback: (() => void) | null;
}

/** A heap of timers; those that are due at the same time fire in the order in which they were set. */
export class SimulatedClock implements ModemClock {
  #now = 0;
  #order = 0;
  readonly #heap: Timer[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delay: number): unknown {
    const timer: Timer = { due: this.#now + Math.max(0, delay), order: this.#order++, callback };
    this.#push(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    if (timer !== undefined) (timer as Timer).callback = null;
  }

  /** Fires what is due next. @returns whether there was something before `end` */
  step(end: number): boolean {
    while (this.#heap.length > 0) {
      const next = this.#heap[0];
      if (next.due > end && next.callback !== null) break;
      this.#pop();
      if (next.callback === null) continue;
      this.#now = next.due;
      next.callback();
      return true;
    }
    this.#now = Math.max(this.#now, end);
    return false;
  }

  #before(a: Timer, b: Timer): boolean {
    return a.due < b.due || (a.due === b.due && a.order < b.order);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && this.#before(timer, heap[parent]); parent = (at - 1) >> 1) {
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1], heap[child])) child++;
      if (!this.#before(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
  }
}

/** When the machine that runs the client has time for it: a slow application keeps everything waiting, as one thread does. */
export class Processor {
  readonly #clock: SimulatedClock;
  #freeAt = 0;
  /** Called around all that reaches the client. */
  readonly #run: (what: () => void) => void;

  constructor(clock: SimulatedClock, run: (what: () => void) => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Something else keeps it busy. */
  occupy(duration: number): void {
    this.#freeAt = Math.max(this.#freeAt, this.#clock.now() + duration);
  }

  get busy(): boolean {
    return this.#clock.now() < this.#freeAt;
  }

  /** Calls on an empty stack, `delay` milliseconds from now or when there is time. */
  later(what: () => void, delay = 0): unknown {
    return this.#clock.setTimer(() => this.now(what), delay);
  }

  /** Calls now, or when there is time. */
  now(what: () => void): void {
    if (this.busy) this.later(what, this.#freeAt - this.#clock.now());
    else this.#run(what);
  }
}

/** The same time as the core has it: a signed 32-bit integer that wraps, and alarms. */
export class CoreTime implements CoreClock {
  readonly #clock: SimulatedClock;
  readonly #processor: Processor;
  readonly #start: number;
  #stopped = false;

  /** @param start what the clock shows at first, so that runs come across its wrap */
  constructor(clock: SimulatedClock, processor: Processor, start: number) {
    this.#clock = clock;
    this.#processor = processor;
    this.#start = start;
  }

  now(): number {
    return (this.#start + Math.floor(this.#clock.now())) | 0;
  }

  /** The machine has no power: no alarm rings any more. */
  stop(): void {
    this.#stopped = true;
  }

  alarm(ringer: AlarmListener): Alarm {
    const clock = this.#clock, processor = this.#processor, time = this;
    let set = 0;
    let closed = false;
    return {
      set(milliseconds) {
        if (closed) throw new Error("an alarm was set after it was closed");
        if (!(milliseconds >= 0)) throw new Error(`an alarm was set to ${milliseconds} ms`);
        const mine = ++set;
        // Rounded up: the clock's whole milliseconds must have passed when it rings.
        clock.setTimer(() => {
          processor.now(() => {
            if (mine === set && !closed && !time.#stopped) ringer.onAlarm();
          });
        }, Math.ceil(milliseconds));
      },
      clear: () => void set++,
      close: () => void (closed = true),
    };
  }
}
