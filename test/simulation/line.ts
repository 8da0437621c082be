// The serial line as the client's machine has it: a port of the core on one end, the virtual modem on the other.

import { readAtOtherRate } from "../../hosts/virtual-modem/engine/other-rate";
import type { Port, PortReceiver } from "../../src/platform";
import type { Processor, SimulatedClock } from "./clock";

/** Bytes that an ESP32's UART keeps in each direction (xs-notes.md). */
const TRANSMIT_FIFO = 128;
/** `onWritable` comes when so few are left. */
const ALMOST_EMPTY = 10;

export interface LineOptions {
  readonly clock: SimulatedClock;
  readonly processor: Processor;
  /** Bits a second, 0 for no pacing: the modem paces what it sends by itself. */
  readonly baud: number;
  /** Bytes that the receiver keeps until they are read; what comes then is lost. */
  readonly fifo: number;
  /** The rate at which the host opens its port, where it is not `baud`. */
  readonly hostRate?: number;
  /** @param rate bits a second at which they come; 0: the modem's own */
  readonly toModem: (bytes: Uint8Array, rate: number) => void;
  /** All that the client writes, and all that it is given to read. */
  readonly wrote: (bytes: Uint8Array) => void;
  readonly read: (bytes: Uint8Array) => void;
  /** One byte at a time is there to be read. */
  readonly pieces?: "whole" | "bytes";
  /**
   * The line is never held right behind a line's end, where a pause of more than 130 ms is the end of a message for every reader
   * (docs/limits.md): in a stranger's topic it would be the wrong end, and nothing could show that.
   */
  readonly holdsInsideLines?: boolean;
  readonly overflowed: (bytes: number) => void;
  /** A port has been opened. */
  readonly opened?: () => void;
}

/** Both directions. One port can be open at a time. */
export class Line {
  readonly #options: LineOptions;
  readonly #waiting: number[] = [];
  #port: SimulatedPort | null = null;
  #announced = false;
  /** How many bytes may be read at this moment. */
  #readable = Infinity;
  /** What is held back, and until when. */
  #heldUntil = 0;
  #held: Uint8Array[] = [];
  /** How long the line is to be held once a line has begun, or 0. */
  #holdsInside = 0;
  /** The last byte that has come through. */
  #last = 0;
  /** When the last byte to the modem has left the transmit FIFO. */
  #sentAt = 0;
  /** The host's, in bits a second; 0: whatever the modem's is. */
  #rate: number;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#rate = options.hostRate ?? 0;
  }

  /** The host goes on at another rate. */
  setRate(rate: number): void {
    this.#rate = rate;
  }

  get open(): boolean {
    return this.#port !== null;
  }

  /** What the modem says comes late, and in one piece, as from a USB adapter or a machine that was asleep. */
  hold(duration: number): void {
    if (this.#options.holdsInsideLines === true && !isInsideLine(this.#last)) this.#holdsInside = Math.max(this.#holdsInside, duration);
    else this.#holdNow(duration);
  }

  #holdNow(duration: number): void {
    const { clock } = this.#options;
    this.#heldUntil = Math.max(this.#heldUntil, clock.now() + duration);
    clock.setTimer(() => {
      if (clock.now() < this.#heldUntil) return;
      for (const bytes of this.#held.splice(0)) this.#arrive(bytes);
    }, duration);
  }

  /** Bytes from the modem. @param rate bits a second at which it has sent them; 0: at any */
  fromModem(bytes: Uint8Array, rate = 0): void {
    if (rate > 0 && this.#rate > 0) bytes = readAtOtherRate(bytes, rate, this.#rate);
    if (this.#holdsInside > 0) {
      const first = bytes.findIndex(isInsideLine);
      if (first >= 0) {
        const duration = this.#holdsInside;
        this.#holdsInside = 0;
        this.#pass(bytes.subarray(0, first + 1));
        this.#holdNow(duration);
        bytes = bytes.subarray(first + 1);
      }
    }
    if (bytes.length > 0) this.#pass(bytes);
  }

  #pass(bytes: Uint8Array): void {
    this.#last = bytes.at(-1)!;
    if (this.#options.clock.now() < this.#heldUntil || this.#held.length > 0) this.#held.push(bytes);
    else this.#arrive(bytes);
  }

  #arrive(bytes: Uint8Array): void {
    const { fifo, overflowed } = this.#options;
    // Nobody has opened the port: the UART is not even set up.
    if (this.#port === null) return;
    const room = fifo - this.#waiting.length;
    if (bytes.length > room) overflowed(bytes.length - room);
    for (const byte of bytes.length > room ? bytes.subarray(0, room) : bytes) this.#waiting.push(byte);
    this.#announce();
  }

  #announce(): void {
    if (this.#announced || this.#waiting.length === 0) return;
    this.#announced = true;
    this.#options.processor.later(() => {
      this.#announced = false;
      if (this.#options.pieces === "bytes") return this.#byBytes();
      if (this.#waiting.length > 0) this.#port?.receiver.onReadable(this.#waiting.length);
    });
  }

  /** What has come is announced a byte at a time; a client that has not taken one is told again when more comes. */
  #byBytes(): void {
    const port = this.#port;
    for (let left = this.#waiting.length; left > 0 && this.#port === port && port !== null; left--) {
      this.#readable = 1;
      port.receiver.onReadable(1);
    }
    this.#readable = Infinity;
  }

  // ---- for the port

  attach(port: SimulatedPort): void {
    if (this.#port !== null) throw new Error("a second port was opened while the first one is open");
    this.#port = port;
    this.#rate = this.#options.hostRate ?? 0;
    this.#options.opened?.();
  }

  detach(port: SimulatedPort): void {
    if (this.#port !== port) throw new Error("a port was closed twice");
    this.#port = null;
    this.#waiting.length = 0;
  }

  /** The client's machine has no power. */
  cut(): void {
    this.#port = null;
    this.#waiting.length = 0;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const bytes = Uint8Array.from(this.#waiting.splice(0, Math.min(length, this.#readable)));
    this.#readable -= bytes.length;
    target.set(bytes, offset);
    this.#options.read(bytes);
    // A client that has not taken everything is called again only when more comes, as the interface has it.
    return bytes.length;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    const { baud, clock, processor, toModem, wrote } = this.#options;
    const byteTime = baud === 0 ? 0 : 10_000 / baud;
    this.#sentAt = Math.max(this.#sentAt, clock.now());
    const queued = byteTime === 0 ? 0 : Math.ceil((this.#sentAt - clock.now()) / byteTime);
    const count = byteTime === 0 ? length : Math.max(0, Math.min(length, TRANSMIT_FIFO - queued));
    if (count > 0) {
      const bytes = source.slice(offset, offset + count);
      wrote(bytes);
      toModem(bytes, this.#rate);
      this.#sentAt += count * byteTime;
    }
    if (count < length) {
      const port = this.#port;
      processor.later(() => {
        if (this.#port === port) port?.receiver.onWritable(TRANSMIT_FIFO - ALMOST_EMPTY);
      }, this.#sentAt - clock.now() - ALMOST_EMPTY * byteTime);
    }
    return count;
  }
}

/** Whether a line has begun that has not ended: a `>` with its blank may be a whole prompt. */
function isInsideLine(byte: number): boolean {
  return byte > 0x20 && byte !== 0x3e;
}

/** What the core opens: `serial: { io: SimulatedPort, line }`. */
export class SimulatedPort implements Port {
  readonly receiver: PortReceiver;
  readonly #line: Line;
  #closed = false;

  constructor({ receiver, line }: { receiver: PortReceiver; line: Line }) {
    this.receiver = receiver;
    this.#line = line;
    line.attach(this);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    if (this.#closed) throw new Error("a closed port was read");
    return this.#line.read(target, offset, length);
  }

  write(source: Uint8Array, offset: number, length: number): number {
    if (this.#closed) throw new Error("a closed port was written to");
    if (!(length > 0)) throw new Error(`${length} bytes were written`);
    return this.#line.write(source, offset, length);
  }

  setRate(rate: number): void {
    if (this.#closed) throw new Error("a closed port's rate was changed");
    this.#line.setRate(rate);
  }

  close(): void {
    this.#closed = true;
    this.#line.detach(this);
  }
}
