import { bytes } from "modem-mqtt/host/bytes";
import type { Port, PortReceiver } from "modem-mqtt/platform";
import Timer from "timer";

/**
 * The class `embedded:io/serial` of Moddable SDK 8.2 on a microcontroller, as far as it is used. Its callbacks are called
 * with it as `this`.
 */
interface Serial {
  /** The option of that name (ECMA-419, IO class pattern). */
  readonly target: SerialPort;
  /**
   * On ESP8266, ESP32 and Zephyr: fills `buffer` as far as bytes wait, and returns how many those were; undefined when none
   * wait. On Pico and nRF52: fills all of `buffer` and returns it; throws when fewer bytes wait.
   */
  read(buffer: Uint8Array): number | Uint8Array | undefined;
  /** Throws when `buffer` is longer than the free part of its own buffer; nothing is sent then. */
  write(buffer: Uint8Array): void;
  close(): void;
}

export interface SerialPortOptions {
  receiver: PortReceiver;
  /** The class behind the port: `device.io.Serial`. */
  Serial: new (
    options: object,
  ) => Serial;
  /** The rest is that class's own: transmit, receive, port, baud. */
  [option: string]: unknown;
}

/** Of the UART. */
const enum Uart {
  /** Bytes that the FIFO of an ESP32's UART holds in each direction. The other platforms' classes hold as many, or more. */
  FIFO = 128,
}

/**
 * A UART of a microcontroller as the core wants it. `Serial` moves whole buffers only, so everything passes through one
 * buffer that is made as long as what is moved. It has its whole length in between, for then XS keeps its place in memory,
 * and nothing is allocated when it grows again.
 *
 * What a callback throws is not caught. Moddable reports it to xsbug and restarts the device, as it does with any other
 * callback.
 */
export default class SerialPort implements Port {
  // What each read needs comes first: XS looks for a property from the first one on, and for a private one (`#`) twice as long.
  /**
   * A class that throws when it is asked for more than wait is asked for announced bytes alone. The first read shows whether
   * it is such a class.
   */
  private announcedOnly = true;
  private readonly staging = new ArrayBuffer(Uart.FIFO, { maxByteLength: Uart.FIFO });
  /** All of it, however long it is. */
  private readonly piece = new Uint8Array(this.staging);
  private serial: Serial;
  private closed = false;
  /** Bytes that `onReadable` has announced and that have not been read. */
  private announced = 0;
  private calling = false;
  private readonly receiver: PortReceiver;
  /**
   * Bytes that the transmit FIFO takes for certain. It drains meanwhile, so this is never too many. `onWritable` comes
   * once after construction, and again after every write, so there is always one to come while this is 0.
   */
  private free = 0;
  private readonly Serial: SerialPortOptions["Serial"];
  private readonly own: object;

  /** @throws what `Serial` throws, such as `in use` for a pin or a UART that is taken */
  constructor(options: SerialPortOptions) {
    const { Serial, receiver, ...own } = options;
    this.receiver = receiver;
    this.Serial = Serial;
    this.own = own;
    this.serial = this.opened();
  }

  private opened(other?: object): Serial {
    return new this.Serial({ ...this.own, ...other, target: this, format: "buffer", onReadable: SerialPort.onReadable, onWritable: SerialPort.onWritable });
  }

  /** The class cannot change its rate: the UART is released and taken anew. Not to be called from a callback of this port. @throws what `Serial` throws */
  setRate(baud: number): void {
    if (this.closed) return;
    this.serial.close();
    this.free = 0;
    this.announced = 0;
    this.serial = this.opened({ baud });
  }

  private static onReadable(this: Serial, count: number): void {
    const port = this.target;
    if (port.closed) return;
    port.announced = count;
    port.calling = true;
    port.receiver.onReadable(count);
    port.calling = false;
  }

  private static onWritable(this: Serial, count: number): void {
    const port = this.target;
    if (port.closed) return;
    port.free = count < Uart.FIFO ? count : Uart.FIFO;
    port.calling = true;
    port.receiver.onWritable(count);
    port.calling = false;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    if (length < Uart.FIFO || this.announcedOnly) return this.readPieces(target, offset, length);
    const piece = this.piece,
      count = this.serial.read(piece) as number | undefined;
    if (count === undefined) return 0;
    bytes.copy(target, offset, piece, 0, count);
    return count < Uart.FIFO ? count : count + this.read(target, offset + count, length - count);
  }

  /** The same where the buffer has to be shorter than it is. */
  private readPieces(target: Uint8Array, offset: number, length: number): number {
    const { staging, piece } = this;
    let total = 0,
      left = length;
    while (left > 0) {
      let size = left < Uart.FIFO ? left : Uart.FIFO;
      if (this.announcedOnly) {
        if (this.announced < size) size = this.announced;
        if (size < 1) break;
      }
      staging.resize(size);
      const told = this.serial.read(piece);
      let count = size;
      if (told === piece) this.announced -= size;
      else {
        this.announcedOnly = false;
        count = (told as number | undefined) ?? 0;
      }
      if (count > 0) bytes.copy(target, offset + total, piece, 0, count);
      staging.resize(Uart.FIFO);
      total += count;
      if (count < size) break; // no more bytes wait
      left -= count;
    }
    return total;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    const free = this.free,
      count = length < free ? length : free;
    if (count < 1) return 0;
    const staging = this.staging,
      piece = this.piece;
    staging.resize(count);
    bytes.copy(piece, 0, source, offset, count);
    this.serial.write(piece);
    staging.resize(Uart.FIFO);
    this.free = free - count;
    return count;
  }

  /**
   * Releases UART and pins: at once, or, called from a callback of this port, as soon as that has returned, because
   * `Serial` looks at itself once more after its callback.
   */
  close(): void {
    if (this.closed) return;
    this.closed = this.announcedOnly = true;
    this.announced = this.free = 0; // nothing waits to be read, and nothing can be written
    if (this.calling) Timer.set(() => this.serial.close());
    else this.serial.close();
  }
}
