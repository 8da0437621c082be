import { frozen } from "./bytes/frozen";

/**
 * What the core is given by whoever runs it. The core reads no clock, timer, randomness or port by itself.
 */

/** What a host can do with bytes in native code. {@link portableBytes} does the same in script. */
export interface Bytes {
  /** Moves `length` bytes from `source[start…]` to `target[offset…]`. */
  copy(target: Uint8Array, offset: number, source: Uint8Array, start: number, length: number): void;
  /** Whether `length` bytes of `one[offset…]` are those of `other[start…]`. */
  same(one: Uint8Array, offset: number, other: Uint8Array, start: number, length: number): boolean;
  /** The index of the first `byte` in `bytes[start … end)`, or −1. */
  find(bytes: Uint8Array, byte: number, start: number, end: number): number;
  /** Writes `length` bytes of `source[start…]` to `target[offset…]` as upper-case hexadecimal digits, two a byte; the two do not overlap. */
  hex(target: Uint8Array, offset: number, source: Uint8Array, start: number, length: number): void;
}

/** One byte stream to the modem. */
export interface Port {
  /**
   * Moves bytes that have arrived into `target[offset … offset + length)`.
   * The port keeps no reference to `target`. Bytes of the offered range beyond the returned count may be overwritten.
   * @returns how many bytes were moved: fewer than `length` only when no more are waiting
   */
  read(target: Uint8Array, offset: number, length: number): number;
  /**
   * Takes bytes from `source[offset … offset + length)`, as many as it can at this moment.
   * The bytes are copied or sent before the call returns: `source` stays the caller's.
   * @returns how many bytes were taken; when fewer than `length`, `onWritable` follows
   */
  write(source: Uint8Array, offset: number, length: number): number;
  /** Goes on at another bit rate; what is on its way is lost. Left out where the port cannot. */
  setRate?(baud: number): void;
  /** Releases the port. No callback comes afterwards. */
  close(): void;
}

/** Whom a port tells: its option `receiver`. One object, for a closure a callback would cost 33 slots. Every function is called on an empty stack, never from inside `read` or `write`. */
export interface PortReceiver {
  /** Bytes can be read. The argument is a hint; the receiver reads until `read` gives less than it has room for. */
  onReadable(count?: number): void;
  /** `write` takes bytes again. */
  onWritable(count?: number): void;
  /** The port is gone: unplugged, or failed beyond repair. */
  onError(error?: unknown): void;
}

/** ECMA-419's nesting: the class to construct, and that class's own options beside it. */
export interface PortOptions {
  io: new (options: any) => Port;
  [option: string]: unknown;
}

/** A timer that is made once and set again and again, so that running costs no allocation. */
export interface Alarm {
  /** Fires once, `milliseconds` from now, in place of whatever was set before. 0 means as soon as the stack is empty. */
  set(milliseconds: number): void;
  clear(): void;
  /** Releases it. It never fires afterwards. */
  close(): void;
}

/** Whom an alarm wakes. */
export interface AlarmListener {
  /** Called on an empty stack. */
  onAlarm(): void;
}

export interface Clock {
  /** Milliseconds since any moment, as a signed 32-bit integer that wraps; only differences are used. */
  now(): number;
  alarm(ringer: AlarmListener): Alarm;
}

/** `copy` costs four slots on XS, for a view; a device has native ones that cost none. */
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
      const high = source[start + i]! >> 4, low = source[start + i]! & 0x0f;
      target[offset++] = high < 10 ? DIGIT_0 + high : HEX_A + high;
      target[offset++] = low < 10 ? DIGIT_0 + low : HEX_A + low;
    }
  },
} satisfies Bytes);

const DIGIT_0 = 0x30;
/** What makes ten an `A`. */
const HEX_A = 0x37;
