import { SerialPort as Stream } from "serialport";
import type { Port, PortReceiver } from "../../src/platform";
import { apart } from "./callback";
import { obstacleOf, whyNotOpened, type Obstacle } from "./ports";

/** The direction of bytes: `sent` to the modem, or `received` from it. */
export type Direction = "sent" | "received";

export interface SerialPortOptions {
  receiver: PortReceiver;
  /** `/dev/ttyUSB0`, `COM3`, a pseudo-terminal. */
  path: string;
  baudRate: number;
  /** Gets all traffic. The bytes belong to the callee. */
  trace?(direction: Direction, bytes: Uint8Array): void;
  /** The port is open. Bytes that were written before are sent now. */
  onOpened?(): void;
  /** The port has been released, or could not be opened. */
  onClosed?(): void;
}

/**
 * For how many milliseconds opening is tried again. The kernel may hold the lock of a port that has just been closed for a moment.
 * ModemManager holds the port of a new modem exclusively for about ten seconds.
 */
const OPEN_TIMEOUT: Readonly<Partial<Record<Obstacle, number>>> = { locked: 2000, exclusive: 15_000 };
/** Milliseconds between two attempts to open. */
const PAUSE = 50;

/** The core's {@link Port} over the `serialport` package: 8 data bits, no parity, one stop bit, no flow control. */
export class SerialPort implements Port {
  readonly #stream: Stream;
  readonly #options: SerialPortOptions;
  #received: Uint8Array[] = [];
  /** How many bytes of the first piece have been read. */
  #taken = 0;
  #closing = false;

  constructor(options: SerialPortOptions) {
    this.#options = options;
    this.#stream = new Stream({ path: options.path, baudRate: options.baudRate, autoOpen: false });
    this.#stream.on("data", (bytes: Buffer) => this.#receive(bytes));
    this.#stream.on("error", (error) => this.#fail(error));
    this.#stream.on("close", () => {
      if (!this.#closing) this.#fail(new Error(`${options.path} was closed from outside, or unplugged`));
      options.onClosed?.();
    });
    this.#open(performance.now());
  }

  #open(begun: number): void {
    this.#stream.open((error) => {
      if (error === null) {
        if (this.#closing) this.#stream.close();
        else this.#options.onOpened?.();
      } else if (this.#closing) this.#options.onClosed?.();
      else if (performance.now() - begun < (OPEN_TIMEOUT[obstacleOf(error)] ?? 0)) setTimeout(() => this.#open(begun), PAUSE);
      else void this.#notOpened(error);
    });
  }

  async #notOpened(error: Error): Promise<void> {
    this.#fail(new Error(await whyNotOpened(this.#options.path, error), { cause: error }));
    this.#options.onClosed?.();
  }

  #receive(bytes: Buffer): void {
    if (this.#closing) return;
    this.#trace("received", bytes);
    this.#received.push(bytes);
    this.#options.receiver.onReadable(bytes.length);
  }

  #trace(direction: Direction, bytes: Uint8Array): void {
    if (this.#options.trace !== undefined) apart(() => this.#options.trace!(direction, bytes), undefined);
  }

  #fail(error: Error): void {
    if (!this.#closing) this.#options.receiver.onError(error);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    let count = 0;
    while (count < length && this.#received.length > 0) {
      const piece = this.#received[0];
      const part = piece.subarray(this.#taken, this.#taken + length - count);
      target.set(part, offset + count);
      count += part.length;
      this.#taken += part.length;
      if (this.#taken < piece.length) break;
      this.#received.shift();
      this.#taken = 0;
    }
    return count;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    // A copy: the stream keeps the bytes until the kernel takes them, and the core reuses its buffer.
    const bytes = source.slice(offset, offset + length);
    this.#trace("sent", bytes);
    this.#stream.write(bytes);
    return length;
  }

  setRate(baud: number): void {
    this.#received = [];
    this.#taken = 0;
    if (this.#stream.isOpen)
      this.#stream.update({ baudRate: baud }, (error) => {
        if (error) this.#fail(error);
      });
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#received = [];
    if (this.#stream.isOpen) this.#stream.close();
  }
}
