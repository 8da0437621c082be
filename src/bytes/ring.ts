import { ArgumentError } from "../errors";
import type { Bytes, Port } from "../platform";

export const enum Kept {
  /** Bytes behind the ring, at `bytes[mask + 1…]`, in which somebody may keep something. */
  SIZE = 96,
}

/**
 * The received bytes that nobody has dealt with yet, in one buffer.
 *
 * Positions are integers that only grow and wrap at 32 bits; `position & mask` is an index into `bytes`, and the
 * difference of two positions, `| 0`, is a count. Ten years of traffic pass 2³¹ bytes, so the wrap is real.
 *
 * The decoder moves `head`; everything from `head` to `tail` is kept.
 */
export class Ring {
  bytes: Uint8Array;
  mask: number;
  /** The oldest byte that is kept. */
  head = 0;
  /** One past the newest byte. */
  tail = 0;
  readonly native: Bytes;

  /**
   * @param size in bytes, a power of two from 64 to 65536
   * @throws ArgumentError for any other size
   */
  constructor(size: number, native: Bytes) {
    if (typeof size !== "number" || !(size >= 64 && size <= 65536) || size !== (size | 0) || (size & (size - 1)) !== 0)
      throw new ArgumentError("ARGUMENT_RANGE", "modem.receiveBuffer", size, "must be a power of two from 64 to 65536 bytes");
    this.bytes = new Uint8Array(size + Kept.SIZE);
    this.mask = size - 1;
    this.native = native;
  }

  get free(): number {
    return this.mask + 1 - ((this.tail - this.head) | 0);
  }

  /** Takes what the port has, as far as there is room. Returns whether the port may have more. */
  fill(port: Port): boolean {
    const size = this.mask + 1;
    for (;;) {
      const start = this.tail & this.mask;
      let room = size - ((this.tail - this.head) | 0);
      if (room > size - start) room = size - start;
      if (room === 0) return true;
      const count = port.read(this.bytes, start, room);
      this.tail = (this.tail + count) | 0;
      if (count < room) return false;
    }
  }

  /** Copies `length` bytes from `position` on into `target[offset…]`, in bulk. */
  copy(position: number, target: Uint8Array, offset: number, length: number): void {
    const start = position & this.mask;
    const first = this.mask + 1 - start;
    if (length <= first) {
      this.native.copy(target, offset, this.bytes, start, length);
      return;
    }
    this.native.copy(target, offset, this.bytes, start, first);
    this.native.copy(target, offset + first, this.bytes, 0, length - first);
  }

  /** The position of the first `byte` from `position` on, or `tail` when there is none. */
  find(byte: number, position: number): number {
    const mask = this.mask,
      tail = this.tail,
      start = position & mask,
      end = tail & mask;
    if (start < end) {
      const index = this.native.find(this.bytes, byte, start, end);
      return index < 0 ? tail : (position + index - start) | 0;
    }
    if (position === tail) return tail;
    let index = this.native.find(this.bytes, byte, start, mask + 1);
    if (index >= 0) return (position + index - start) | 0;
    index = this.native.find(this.bytes, byte, 0, end);
    return index >= 0 ? (position + mask + 1 - start + index) | 0 : tail;
  }

  /** Whether neither of two bytes stands from `position` up to `end`. */
  lacks(position: number, end: number, one: number, other: number): boolean {
    const bytes = this.bytes,
      native = this.native,
      from = position & this.mask,
      to = end & this.mask;
    if (from <= to) return native.find(bytes, one, from, to) < 0 && native.find(bytes, other, from, to) < 0;
    const size = this.mask + 1;
    return (
      native.find(bytes, one, from, size) < 0 &&
      native.find(bytes, one, 0, to) < 0 &&
      native.find(bytes, other, from, size) < 0 &&
      native.find(bytes, other, 0, to) < 0
    );
  }

  /** Whether the bytes from `position` on are those of `text`. The caller made sure that there are enough. */
  matches(position: number, text: Uint8Array): boolean {
    return this.same(position, text, 0, text.length);
  }

  /** The same for `length` bytes of `other`, from `from` on. */
  same(position: number, other: Uint8Array, from: number, length: number): boolean {
    const start = position & this.mask;
    const first = this.mask + 1 - start;
    if (length <= first) return this.native.same(this.bytes, start, other, from, length);
    return this.native.same(this.bytes, start, other, from, first) && this.native.same(this.bytes, 0, other, from + first, length - first);
  }

  /** Makes it have `size` bytes, a power of two, where it has fewer. Positions stay what they are. */
  enlarge(size: number): void {
    const { bytes, mask, tail } = this;
    if (size <= mask + 1) return;
    this.bytes = new Uint8Array(size + Kept.SIZE);
    this.mask = size - 1;
    for (let at = this.head; at !== tail; ) {
      // Up to where either of them begins anew.
      const from = at & mask,
        to = at & this.mask;
      const length = Math.min((tail - at) | 0, mask + 1 - from, size - to);
      this.native.copy(this.bytes, to, bytes, from, length);
      at = (at + length) | 0;
    }
    this.native.copy(this.bytes, size, bytes, mask + 1, Kept.SIZE);
  }

  clear(): void {
    this.head = this.tail;
  }
}
