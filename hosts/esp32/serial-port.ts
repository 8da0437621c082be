import type { Port, PortCallbacks } from "modem-mqtt/platform";
import Timer from "timer";

/** The class `embedded:io/serial` of Moddable SDK 8.2 on ESP32, as far as it is used. */
interface Serial {
  /** Fills `buffer` as far as bytes wait, and returns how many those were; undefined when none wait. */
  read(buffer: Uint8Array): number | undefined;
  /** Throws when `buffer` is longer than the free part of the FIFO; nothing is sent then. */
  write(buffer: Uint8Array): void;
  close(): void;
}

export interface SerialPortOptions extends PortCallbacks {
  /** The class behind the port: `device.io.Serial`. */
  Serial: new (options: object) => Serial;
  /** The rest is that class's own: transmit, receive, port, baud. */
  [option: string]: unknown;
}

/** The largest piece has 2⁷ bytes: as many as the FIFO of an ESP32's UART holds in each direction. */
const LARGEST = 7;
const FIFO = 1 << LARGEST;
/** Read when it is not known how many bytes wait. */
const GUESS = 16;

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
  readonly #staging = new DataView(new ArrayBuffer(FIFO));
  /** `#pieces[n]` is the first 2ⁿ bytes of the staging buffer. */
  readonly #pieces: readonly Uint8Array[];
  /** The buffer that was written from last. The core writes always from the same one. */
  #source: DataView = this.#staging;
  /**
   * Bytes that the transmit FIFO takes for certain. It drains meanwhile, so this is never too many. `onWritable` comes
   * once after construction, and again after every write, so there is always one to come while this is 0.
   */
  #free = 0;
  /** Bytes that wait in the receive FIFO, as far as is known. */
  #waiting = 0;
  #calling = false;
  #closed = false;

  /** @throws what `Serial` throws, such as `in use` for a pin or a UART that is taken */
  constructor(options: SerialPortOptions) {
    const { Serial, onReadable, onWritable, onError, ...own } = options;
    const pieces: Uint8Array[] = [];
    for (let n = 0; n <= LARGEST; n++) pieces.push(new Uint8Array(this.#staging.buffer, 0, 1 << n));
    this.#pieces = pieces;
    this.#serial = new Serial({
      ...own,
      format: "buffer",
      onReadable: (count: number) => {
        if (this.#closed) return;
        this.#waiting = count;
        this.#calling = true;
        onReadable(count);
        this.#calling = false;
      },
      onWritable: (count: number) => {
        if (this.#closed) return;
        this.#free = count;
        this.#calling = true;
        onWritable(count);
        this.#calling = false;
      },
    });
  }

  /**
   * Reads once. Up to 128 bytes of `target` from `offset` on are overwritten, never beyond `offset + length`, though
   * only the returned count of them has arrived: a whole piece moves in one native call.
   */
  read(target: Uint8Array, offset: number, length: number): number {
    if (this.#closed || length < 1) return 0;
    const waiting = this.#waiting < GUESS ? GUESS : this.#waiting;
    // The smallest piece that takes all that waits, but no larger than there is room for.
    let n = 32 - Math.clz32(waiting - 1);
    const most = 31 - Math.clz32(length);
    if (n > most) n = most;
    if (n > LARGEST) n = LARGEST;
    const piece = this.#pieces[n]!;
    const count = this.#serial.read(piece);
    if (count === undefined) {
      this.#waiting = 0;
      return 0;
    }
    target.set(piece, offset);
    // A piece that came full where no more was expected: the bytes arrive faster than they are looked at.
    this.#waiting = this.#waiting > count ? this.#waiting - count : count === 1 << n ? FIFO : 0;
    return count;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    if (this.#closed) return 0;
    if (source.buffer !== this.#source.buffer) this.#source = new DataView(source.buffer);
    const count = length < this.#free ? length : this.#free;
    let at = source.byteOffset + offset;
    for (let left = count; left > 0; ) {
      let n = 31 - Math.clz32(left);
      if (n > LARGEST) n = LARGEST;
      const size = 1 << n;
      this.#stage(at, size);
      this.#serial.write(this.#pieces[n]!);
      this.#free -= size;
      at += size;
      left -= size;
    }
    return count;
  }

  /** Copies a piece, four bytes at a time: on XS a quarter of the work, and a view of `source` would allocate. */
  #stage(at: number, size: number): void {
    const source = this.#source, staging = this.#staging;
    if (size < 4) for (let i = 0; i < size; i++) staging.setUint8(i, source.getUint8(at + i));
    else for (let i = 0; i < size; i += 4) staging.setInt32(i, source.getInt32(at + i));
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
