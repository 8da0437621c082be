import { frozen } from "./bytes/frozen";

/**
 * The interfaces that a host implements for the core. The core reads no clock, timer, randomness or port by itself.
 */

/**
 * Operations on bytes that a host may have in native code. {@link portableBytes} has those that every host needs, in script. Where a host
 * leaves out one of the others, the part of the core that would call it does the same in script.
 */
export interface Bytes {
  /** Copies `length` bytes from `source[start…]` to `target[offset…]`. */
  copy(target: Uint8Array, offset: number, source: Uint8Array, start: number, length: number): void;
  /** Whether `length` bytes from `one[offset…]` equal those from `other[start…]`. */
  same(one: Uint8Array, offset: number, other: Uint8Array, start: number, length: number): boolean;
  /** The index of the first `byte` in `bytes[start … end)`, or −1. */
  find(bytes: Uint8Array, byte: number, start: number, end: number): number;
  /** Writes `length` bytes from `source[start…]` to `target[offset…]` as two upper-case hexadecimal digits each. The two ranges do not overlap. */
  hex(target: Uint8Array, offset: number, source: Uint8Array, start: number, length: number): void;

  // ---- texts: whatever these leave undefined is done in script

  /** The UTF-8 of a text that may stand between quotes; undefined where it has a double quote, a control character, or a surrogate. */
  encode?(text: string): ArrayBuffer | undefined;
  /** The text of `bytes`; undefined where these are no UTF-8, or have a NUL, or a character beyond U+FFFF. */
  decode?(bytes: Uint8Array): string | undefined;

  // ---- a modem's line in a ring: the byte at a position is `bytes[position & mask]`, positions wrap at 32 bits, `tail` is behind the last one

  /**
   * Looks up the name with which the line at `at` begins. `names` has, for each name, its length and its bytes.
   * @returns −1 while the name may go on; otherwise 256 times how long it is in the line, plus its index, or 255 where it is none of them
   */
  name?(names: Uint8Array, bytes: Uint8Array, mask: number, at: number, tail: number): number;
  /**
   * Reads the line's fields from `at` on, until there are `most` of them, or the line ends. Writes each into `table[offset … end)`, in bytes,
   * as four 32-bit numbers: kind, value, where its text begins, and where that ends. Fields that do not fit are only counted.
   * @returns −1 while a field has not come whole; otherwise 256 times the length of what was read, plus the number of fields, or 255 where there are more
   */
  fields?(table: ArrayBuffer, offset: number, end: number, bytes: Uint8Array, mask: number, at: number, tail: number, most: number): number;
  /** The position of the first `byte`, CR or LF from `at` on, or `tail`. */
  upTo?(byte: number, bytes: Uint8Array, mask: number, at: number, tail: number): number;
}

/** One byte stream to the modem. */
export interface Port {
  /**
   * Moves received bytes into `target[offset … offset + length)`. The port keeps no reference to `target`. It may overwrite the whole
   * range, also beyond the returned count.
   * @returns how many bytes were moved; fewer than `length` only when no more are waiting
   */
  read(target: Uint8Array, offset: number, length: number): number;
  /**
   * Takes as many bytes as it can now from `source[offset … offset + length)`. The bytes are copied or sent before the call returns:
   * `source` stays the caller's.
   * @returns how many bytes were taken; when fewer than `length`, `onWritable` follows
   */
  write(source: Uint8Array, offset: number, length: number): number;
  /** Changes the bit rate; bytes that are on the line or in the port's buffers are lost. A port that cannot do it leaves this out. */
  setRate?(baud: number): void;
  /** Releases the port; no callback comes afterwards. */
  close(): void;
}

/** A port's listener, which the port gets as its option `receiver`. One object rather than a closure for each callback, which would cost 33 slots on XS. The port calls every function on an empty stack, never from inside `read` or `write`. */
export interface PortReceiver {
  /** Bytes can be read. `count` is only a hint: the receiver reads until `read` returns fewer bytes than it asked for. */
  onReadable(count?: number): void;
  /** `write` can take bytes again. */
  onWritable(count?: number): void;
  /** The port has been unplugged, or has failed for good. */
  onError(error?: unknown): void;
}

/** ECMA-419's way to name a port: the class to construct, and beside it that class's own options. */
export interface PortOptions {
  io: new (options: any) => Port;
  [option: string]: unknown;
}

/** A timer that is made once and set again and again, so that setting it allocates nothing. */
export interface Alarm {
  /** Fires once, `milliseconds` from now; replaces an earlier setting. 0: as soon as the stack is empty. */
  set(milliseconds: number): void;
  clear(): void;
  /** Releases the timer; it never fires afterwards. */
  close(): void;
}

/** An alarm's listener. */
export interface AlarmListener {
  /** Called on an empty stack. */
  onAlarm(): void;
}

export interface Clock {
  /** Milliseconds since any moment, as a signed 32-bit integer that wraps around. The core uses only differences. */
  now(): number;
  alarm(listener: AlarmListener): Alarm;
}

/** The operations in script. `copy` allocates a view, four slots on XS; a host on XS has native ones, which allocate nothing. */
export const portableBytes: Bytes = frozen({
  copy(target, offset, source, start, length) {
    target.set(source.subarray(start, start + length), offset);
  },
  same(one, offset, other, start, length) {
    for (let i = 0; i < length; i++) if (one[offset + i] !== other[start + i]) return false;
    return true;
  },
  find(bytes, byte, start, end) {
    const index = bytes.indexOf(byte, start);
    return index < end ? index : -1;
  },
  hex(target, offset, source, start, length) {
    for (let i = 0; i < length; i++) {
      const high = source[start + i] >> 4,
        low = source[start + i] & 0x0f;
      target[offset++] = high < 10 ? DIGIT_0 + high : HEX_A + high;
      target[offset++] = low < 10 ? DIGIT_0 + low : HEX_A + low;
    }
  },
} satisfies Bytes);

const DIGIT_0 = 0x30;
/** Added to a digit's value from 10 to 15, this gives `A` to `F`. */
const HEX_A = 0x37;
