import { frozen } from "../bytes/frozen";
import { Ring } from "../bytes/ring";
import type { Bytes, Port } from "../platform";

/** Whom a pipe tells. */
export interface PipeListener {
  /** {@link Pipe.fill} has taken bytes, of which nobody has been told. */
  onFilled(): void;
}

/** Before {@link Pipe.open}, and after {@link Pipe.close}. */
const NO_PORT: Port = frozen({ read: () => 0, write: () => 0, close() {} });
const NO_BYTES = new Uint8Array(0);

const enum Room {
  /** As many bytes as the UART of an ESP32 holds: with less room, the port would have to be read in pieces. */
  Least = 128,
}

/**
 * The serial port, the ring of received bytes, and what is still to be written. Nothing else reads the port or writes to it.
 *
 * The UART of an ESP32 holds 128 bytes, which fill up in 1.4 ms at 921,600 bit/s. So {@link fill} is called between any two steps of
 * longer work, such as before each callback.
 */
export class Pipe {
  // What each read needs comes first: XS looks for a property from the first one on.
  readonly ring: Ring;
  private port: Port = NO_PORT;
  /** So many bytes at the least fit behind the ring's tail in one piece. It is counted anew when it has become small. */
  private room = 0;
  private readonly listener: PipeListener;
  /** Set by {@link close} alone. */
  closed = false;
  /** What the port has not taken yet: `left` bytes of `source[at…]`. */
  private source: Uint8Array = NO_BYTES;
  private at = 0;
  left = 0;

  /** @param size bytes of the ring @throws ArgumentError */
  constructor(listener: PipeListener, size: number, bytes: Bytes) {
    this.listener = listener;
    this.ring = new Ring(size, bytes);
  }

  /** The port has been opened, and not closed since. */
  get isOpen(): boolean {
    return this.port !== NO_PORT;
  }

  open(port: Port): void {
    this.port = port;
  }

  /** Whether the port goes on at another bit rate. @throws what the port's class throws */
  setRate(baud: number): boolean {
    if (this.closed || this.port.setRate === undefined) return false;
    this.port.setRate(baud);
    return true;
  }

  close(): void {
    this.closed = true;
    this.port.close();
    this.port = NO_PORT;
  }

  /** Takes what the port has, as far as the ring has room, for whoever decodes it now. @returns whether the port may have more */
  take(): boolean {
    const ring = this.ring;
    let room = this.room;
    if (room < Room.Least) {
      room = this.countRoom();
      if (room === 0) return true;
    }
    const count = this.port.read(ring.bytes, ring.tail & ring.mask, room);
    if (count === 0) return false;
    ring.tail = (ring.tail + count) | 0;
    this.room = room - count;
    return count === room && this.take();
  }

  /** How many bytes fit behind the ring's tail in one piece. Until the port is read again these can only become more, for the decoder lets go of bytes. */
  private countRoom(): number {
    const ring = this.ring,
      size = ring.mask + 1,
      tail = ring.tail;
    const free = size - ((tail - ring.head) | 0),
      toEnd = size - (tail & ring.mask);
    return (this.room = free < toEnd ? free : toEnd);
  }

  /** The same as {@link take} in the middle of other work, at any time: it only adds bytes behind the ring's tail. */
  fill(): void {
    const ring = this.ring,
      tail = ring.tail,
      room = this.room;
    if (room < Room.Least) this.take();
    else {
      const count = this.port.read(ring.bytes, tail & ring.mask, room);
      if (count === 0) return; // as mostly
      ring.tail = (tail + count) | 0;
      this.room = room - count;
      if (count === room) this.take();
    }
    if (tail !== ring.tail) this.listener.onFilled();
  }

  /**
   * Writes `length` bytes of `source[start…]`, in place of what the port has not taken yet of anything before. `source` must not
   * change until it has been written.
   * @returns whether the port has taken all of it; otherwise {@link drain} goes on
   */
  write(source: Uint8Array, start: number, length: number): boolean {
    const left = (this.left = length - this.port.write(source, start, length));
    if (left === 0) return true;
    this.source = source;
    this.at = start + length - left;
    return false;
  }

  /** The port takes bytes again, and some are {@link left}. @returns whether it has taken the last of them */
  drain(): boolean {
    return this.write(this.source, this.at, this.left);
  }

  /** What has not been written is not wanted any more. */
  drop(): void {
    this.left = 0;
  }
}
