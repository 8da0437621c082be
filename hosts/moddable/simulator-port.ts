import type { Port, PortReceiver } from "modem-mqtt/platform";
import Timer from "timer";

/** The class `embedded:io/serial` of Moddable SDK 8.2 for Linux, macOS and Windows: what all three can do. */
interface Serial {
  /** All bytes that wait; undefined when none do. */
  read(): ArrayBuffer | undefined;
  /** Throws while an earlier write is under way, and when there are more than 1024 bytes. */
  write(buffer: ArrayBuffer): void;
  close(): void;
}

export interface SerialPortOptions {
  receiver: PortReceiver;
  /** The class behind the port. */
  Serial: new (
    options: object,
  ) => Serial;
  /** The rest is that class's own: device, baud. */
  [option: string]: unknown;
}

/** Bytes that one write takes. */
const MOST = 1024;
/** The reason when `Serial` gives none. */
const GONE = "the device is gone";

/** A serial port of the computer that the simulator runs on. It allocates freely: there is memory enough. */
export default class SerialPort implements Port {
  readonly #serial: Serial;
  readonly #receiver: PortReceiver;
  /** What the last read left over. */
  #left: Uint8Array | undefined;
  /** Nothing is under way; `onWritable` has said so. */
  #writable = false;
  #calling = false;
  /** The device is gone, and `Serial` may have closed itself: it is not to be used any more, but for `close`. */
  #gone = false;
  #closed = false;

  /** @throws what `Serial` throws, such as a device that cannot be opened */
  constructor(options: SerialPortOptions) {
    const { Serial, receiver, ...own } = options;
    this.#receiver = receiver;
    this.#serial = new Serial({
      ...own,
      format: "buffer",
      onReadable: (count: number) => this.#call(() => receiver.onReadable(count)),
      onWritable: (count: number) => {
        this.#writable = true;
        this.#call(() => receiver.onWritable(count));
      },
      onError: (error: unknown) => this.#fail(error),
    });
  }

  /** The simulator for Linux drops what a callback throws without a word, so it is said here. */
  #call(callback: () => void): void {
    if (this.#closed) return;
    this.#calling = true;
    try {
      callback();
    } catch (error) {
      trace(`exception in a callback of the serial port: ${error}\n`);
      throw error;
    } finally {
      this.#calling = false;
    }
  }

  #fail(error: unknown): void {
    if (this.#gone) return;
    this.#gone = true;
    // Later, because the core wants to hear of it on an empty stack.
    Timer.set(() => this.#call(() => this.#receiver.onError(error ?? GONE)));
  }

  read(target: Uint8Array, offset: number, length: number): number {
    let total = 0;
    while (total < length && !this.#closed && !this.#gone) {
      let bytes = this.#left;
      if (bytes === undefined) {
        const arrived = this.#serial.read();
        if (arrived === undefined) break;
        bytes = new Uint8Array(arrived);
      }
      const part = bytes.subarray(0, length - total);
      target.set(part, offset + total);
      total += part.length;
      this.#left = part.length < bytes.length ? bytes.subarray(part.length) : undefined;
    }
    return total;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    if (this.#closed || this.#gone || !this.#writable || length < 1) return 0;
    const count = length < MOST ? length : MOST;
    this.#writable = false;
    try {
      this.#serial.write(source.slice(offset, offset + count).buffer);
    } catch (error) {
      this.#fail(error);
      return 0;
    }
    return count;
  }

  /** Releases the device: at once, or as soon as the callback that this was called from has returned. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#calling) Timer.set(() => this.#serial.close());
    else this.#serial.close();
  }
}
