/// <reference path="host.d.ts" />
/** The ESP32's own port, for the measurements: this package's over a UART whose reading is native, as it is there. */
import { bytes } from "../../hosts/moddable/bytes";

/** What was sent: none of the client's. */
const SENT = new Uint8Array(4096);
const FIFO = 128;

/** In place of `embedded:io/serial`. */
export class Uart {
  static latest: Uart;
  readonly format = "buffer"; // what host.wireRead asks for
  sentLength = 0;
  readonly target: unknown;
  readonly onReadable: (this: Uart, count: number) => void;
  readonly onWritable: (this: Uart, count: number) => void;
  /** Whether there was a write that `onWritable` has not followed. */
  #written = true;

  constructor({ target, onReadable, onWritable }: { target: unknown; onReadable(this: Uart, count: number): void; onWritable(this: Uart, count: number): void }) {
    this.target = target;
    this.onReadable = onReadable;
    this.onWritable = onWritable;
    Uart.latest = this;
  }

  declare read: (buffer: Uint8Array) => number | undefined;

  write(buffer: Uint8Array): void {
    bytes.copy(SENT, this.sentLength, buffer, 0, buffer.length);
    this.sentLength += buffer.length;
    this.#written = true;
  }

  close(): void {}

  receive(buffer: Uint8Array): void {
    host.wireFill(buffer);
    this.onReadable(buffer.length);
    this.drain();
  }

  /** The transmit FIFO has been emptied: this is told once after writing, until nothing more is written. */
  drain(): void {
    while (this.#written) {
      this.#written = false;
      this.onWritable(FIFO);
    }
  }

  takeSent(): string {
    this.drain();
    let text = "";
    for (let i = 0; i < this.sentLength; i++) text += String.fromCharCode(SENT[i]!);
    this.sentLength = 0;
    return text;
  }
}
Object.assign(Uart.prototype, { read: host.wireRead });
