// Models of the SDK's serial classes, timer and native functions: what these do was read in SDK 8.2.3.
import assert from "node:assert/strict";

interface TimerRecord {
  callback: (timer: TimerRecord) => void;
  at: number;
  repeat: number;
  scheduled: boolean;
  alive: boolean;
}

/** The SDK's timers, on a clock that the test turns. */
export class Timers {
  now = 0x7fffff00; // soon past 31 bits, as after 24 days
  #all: TimerRecord[] = [];

  readonly set = (callback: TimerRecord["callback"], delay = 0, repeat = 0): TimerRecord => {
    const timer = { callback, at: this.now + delay, repeat, scheduled: true, alive: true };
    this.#all.push(timer);
    return timer;
  };
  readonly repeat = (callback: TimerRecord["callback"], interval: number): TimerRecord => this.set(callback, interval, interval);
  readonly schedule = (timer: TimerRecord, delay?: number, repeat = 0): void => {
    assert(timer.alive, "a timer that has gone");
    timer.scheduled = delay !== undefined;
    if (delay === undefined) return;
    timer.at = this.now + delay;
    timer.repeat = repeat;
  };
  readonly clear = (timer: TimerRecord): void => {
    timer.alive = false;
    this.#all = this.#all.filter((each) => each !== timer);
  };

  pass(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now <= end; this.now++) {
      for (const timer of [...this.#all]) {
        if (!timer.alive || !timer.scheduled || timer.at > this.now) continue;
        timer.at += timer.repeat;
        timer.callback(timer);
        if (timer.alive && timer.repeat === 0) this.clear(timer); // in the simulators even when it has been stopped meanwhile
      }
    }
    this.now--;
  }
}

interface SerialOptions {
  format?: string;
  target?: unknown;
  onReadable?: (this: unknown, count: number) => void;
  onWritable?: (this: unknown, count: number) => void;
  onError?: () => void;
}

export const FIFO = 128;

/** `embedded:io/serial` on ESP32: the hardware's FIFOs and nothing else. */
export class Uart {
  static last: Uart;
  readonly options: SerialOptions;
  readonly target: unknown;
  readonly received: number[] = [];
  readonly sending: number[] = [];
  readonly sent: number[] = [];
  closed = false;
  #empty = true; // the interrupt "transmit FIFO is nearly empty" is on
  #inside = false;

  constructor(options: SerialOptions) {
    assert.equal(options.format, "buffer");
    this.options = options;
    this.target = options.target;
    Uart.last = this;
  }

  read(buffer: Uint8Array): number | Uint8Array | undefined {
    assert(!this.closed);
    if (this.received.length === 0) return undefined;
    assert(buffer.length > 0, "invalid");
    const bytes = this.received.splice(0, buffer.length);
    buffer.set(bytes);
    return bytes.length;
  }

  write(buffer: Uint8Array): void {
    assert(!this.closed);
    if (buffer.length > FIFO - this.sending.length) throw new Error("output full");
    this.sending.push(...buffer);
    this.#empty = true;
  }

  close(): void {
    assert(!this.#inside, "freed while its callback runs");
    this.closed = true;
  }

  /** `count` bytes leave; then the interrupts. */
  drain(count: number): void {
    this.sent.push(...this.sending.splice(0, count));
    if (!this.#empty || this.sending.length > 10) return;
    this.#empty = false;
    this.#tell(this.options.onWritable!, FIFO - this.sending.length);
  }

  /** Bytes arrive, no more than there is room for. */
  arrive(bytes: readonly number[]): void {
    this.received.push(...bytes);
    if (this.received.length > 0) this.#tell(this.options.onReadable!, this.received.length);
  }

  #tell(callback: (this: unknown, count: number) => void, count: number): void {
    this.#inside = true;
    callback.call(this, count);
    this.#inside = false;
  }
}

/** `embedded:io/serial` on Pico and nRF52: it fills the buffer that it is given, or throws. */
export class ExactUart extends Uart {
  override read(buffer: Uint8Array): Uint8Array {
    assert(!this.closed);
    if (buffer.length === 0 || buffer.length > this.received.length) throw new Error("invalid");
    buffer.set(this.received.splice(0, buffer.length));
    return buffer;
  }
}

/** `embedded:io/serial` on Linux, which can do the least. */
export class Device {
  static last: Device;
  readonly options: SerialOptions;
  waiting: number[] = [];
  readonly sent: number[] = [];
  closed = false;
  fails = false;
  #busy = false;

  constructor(options: SerialOptions) {
    this.options = options;
    Device.last = this;
  }

  read(count?: number): ArrayBuffer | undefined {
    assert(!this.closed, "used after it has closed itself");
    assert.equal(count, undefined);
    if (this.waiting.length === 0) return undefined;
    const bytes = new Uint8Array(this.waiting);
    this.waiting = [];
    return bytes.buffer;
  }

  write(buffer: ArrayBuffer): void {
    assert(!this.closed, "used after it has closed itself");
    assert(buffer instanceof ArrayBuffer);
    if (this.fails) throw new Error("Input/output error");
    if (this.#busy || buffer.byteLength > 1024) throw new Error("would overflow");
    this.#busy = true;
    this.sent.push(...new Uint8Array(buffer));
  }

  close(): void {
    this.closed = true;
  }

  flush(): void {
    this.#busy = false;
    this.options.onWritable!(1024);
  }

  unplug(): void {
    this.options.onError!();
    this.close();
  }
}

/** The functions of bytes.c; test/xs/bytes.test.ts tests the real ones. */
export const NATIVE: Record<string, (target: Uint8Array, offset: number, source: Uint8Array, start: number, length: number) => void> = {
  xs_modem_mqtt_copy: (target, offset, source, start, length) => {
    assert(start + length <= source.length);
    target.set(source.subarray(start, start + length), offset);
  },
  xs_modem_mqtt_same: () => assert.fail("no port compares"),
  xs_modem_mqtt_find: () => assert.fail("no port searches"),
  xs_modem_mqtt_hex: () => assert.fail("no port writes hex"),
};
