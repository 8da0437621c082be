// Paces bytes at the rate of a UART: 10 bits for each byte (start, 8 data, stop), so 960 bytes a second at 9600 baud.

import type { Clock } from "../clock";

/** The longest piece that is delivered at once, in milliseconds of line time: a UART has no bursts. */
const slice = 2;

/** Delivers bytes at the speed of a line with `baud` bits a second. */
export class Pacer {
  readonly #clock: Clock;
  #byteTime: number;
  readonly #deliver: (bytes: Uint8Array) => void;
  #queue: Uint8Array[] = [];
  #queued = 0;
  /** The time at which the last delivered byte had left the line. */
  #lineFree = 0;
  #waiting = false;
  #rate: number;
  #nextRate: number;

  /**
   * @param baud bits a second; 0 delivers every byte at once
   * @param deliver is called with bytes that have arrived, which then belong to it
   */
  constructor(clock: Clock, baud: number, deliver: (bytes: Uint8Array) => void) {
    this.#clock = clock;
    this.#rate = this.#nextRate = baud;
    this.#byteTime = baud > 0 ? 10_000 / baud : 0;
    this.#deliver = deliver;
  }

  /** Bits a second. */
  get rate(): number {
    return this.#rate;
  }

  /** What waits still goes at the old rate. */
  set rate(rate: number) {
    this.#nextRate = rate;
    if (this.#queued === 0) this.#adopt();
  }

  #adopt(): void {
    this.#rate = this.#nextRate;
    this.#byteTime = this.#rate > 0 ? 10_000 / this.#rate : 0;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#byteTime === 0) {
      this.#deliver(bytes);
      return;
    }
    if (this.#queued === 0) this.#lineFree = Math.max(this.#lineFree, this.#clock.now());
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    this.#wait();
  }

  /** How many bytes wait. */
  get queued(): number {
    return this.#queued;
  }

  #wait(): void {
    if (this.#waiting || this.#queued === 0) return;
    this.#waiting = true;
    const bytes = Math.min(this.#queued, Math.max(1, Math.floor(slice / this.#byteTime)));
    const due = this.#lineFree + bytes * this.#byteTime;
    // The other end waits for the last bytes, so only their timer is exact. When an earlier timer is late, the next one catches up.
    const last = bytes === this.#queued;
    this.#clock.setTimer(
      () => {
        this.#waiting = false;
        this.#release(bytes);
        this.#wait();
      },
      Math.max(0, due - this.#clock.now()),
      last,
    );
  }

  /** Delivers `bytes`, which are due, and further ones that are due as well. */
  #release(bytes: number): void {
    // After a late timer: as many bytes as the line would have carried by now.
    const passed = Math.floor((this.#clock.now() - this.#lineFree) / this.#byteTime);
    const count = Math.min(Math.max(bytes, passed), this.#queued);
    this.#lineFree += count * this.#byteTime;
    this.#deliver(this.#take(count));
    if (this.#queued === 0 && this.#nextRate !== this.#rate) this.#adopt();
  }

  #take(count: number): Uint8Array {
    const result = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const head = this.#queue[0];
      const part = head.subarray(0, count - filled);
      result.set(part, filled);
      filled += part.length;
      if (part.length === head.length) this.#queue.shift();
      else this.#queue[0] = head.subarray(part.length);
    }
    this.#queued -= count;
    return result;
  }
}
