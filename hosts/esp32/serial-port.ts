import { bytes } from "modem-mqtt/host/bytes";
import type { Port, PortReceiver } from "modem-mqtt/platform";
import Timer from "timer";

/** The class `embedded:io/serial` of Moddable SDK 8.2 on ESP32, as far as it is used. */
interface Serial {
  /** Fills `buffer` as far as bytes wait, and returns how many those were; undefined when none wait. */
  read(buffer: Uint8Array): number | undefined;
  /** Throws when `buffer` is longer than the free part of the FIFO; nothing is sent then. */
  write(buffer: Uint8Array): void;
  close(): void;
}

export interface SerialPortOptions {
  receiver: PortReceiver;
  /** The class behind the port: `device.io.Serial`. */
  Serial: new (options: object) => Serial;
  /** The rest is that class's own: transmit, receive, port, baud. */
  [option: string]: unknown;
}

/** The largest piece has 2⁷ bytes: as many as the FIFO of an ESP32's UART holds in each direction. */
const LARGEST = 7;
const FIFO = 1 << LARGEST;

/** Which piece is the largest that has no more than `length` bytes. */
const largest = (length: number): number => (length < FIFO ? 31 - Math.clz32(length) : LARGEST);

/**
 * A UART of an ESP32 as the core wants it. `Serial` has no buffer but the hardware's, and moves whole arrays only, so
 * everything passes through one staging buffer, of which there are views of 1, 2, 4 … 128 bytes. They are made here;
 * reading and writing allocates nothing.
 *
 * What a callback throws is not caught. Moddable reports it to xsbug and restarts the device, as it does with any other
 * callback.
 */
export default class SerialPort implements Port {
  readonly #serial: Serial;
  /** `#pieces[n]` is the first 2ⁿ bytes of the staging buffer. */
  readonly #pieces: readonly Uint8Array[];
  /**
   * Bytes that the transmit FIFO takes for certain. It drains meanwhile, so this is never too many. `onWritable` comes
   * once after construction, and again after every write, so there is always one to come while this is 0.
   */
  #free = 0;
  #calling = false;
  #closed = false;

  /** @throws what `Serial` throws, such as `in use` for a pin or a UART that is taken */
  constructor(options: SerialPortOptions) {
    const { Serial, receiver, ...own } = options;
    const staging = new ArrayBuffer(FIFO);
    const pieces: Uint8Array[] = [];
    for (let n = 0; n <= LARGEST; n++) pieces.push(new Uint8Array(staging, 0, 1 << n));
    this.#pieces = pieces;
    this.#serial = new Serial({
      ...own,
      format: "buffer",
      onReadable: (count: number) => {
        if (this.#closed) return;
        this.#calling = true;
        receiver.onReadable(count);
        this.#calling = false;
      },
      onWritable: (count: number) => {
        if (this.#closed) return;
        this.#free = count;
        this.#calling = true;
        receiver.onWritable(count);
        this.#calling = false;
      },
    });
  }

  read(target: Uint8Array, offset: number, length: number): number {
    let total = 0;
    while (total < length && !this.#closed) {
      const piece = this.#pieces[largest(length - total)]!;
      const count = this.#serial.read(piece);
      if (count === undefined) break;
      bytes.copy(target, offset + total, piece, 0, count);
      total += count;
      if (count < piece.length) break; // the FIFO is empty
    }
    return total;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    if (this.#closed) return 0;
    const count = length < this.#free ? length : this.#free;
    for (let at = offset, left = count; left > 0; ) {
      const piece = this.#pieces[largest(left)]!;
      const size = piece.length;
      bytes.copy(piece, 0, source, at, size);
      this.#serial.write(piece);
      this.#free -= size;
      at += size;
      left -= size;
    }
    return count;
  }

  /**
   * Releases UART and pins: at once, or, called from a callback of this port, as soon as that has returned, because
   * `Serial` looks at itself once more after its callback.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#calling) Timer.set(() => this.#serial.close());
    else this.#serial.close();
  }
}
