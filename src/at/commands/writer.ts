import type { Text } from "../../bytes/text";
import type { Bytes } from "../../platform";
import { Byte } from "../responses/bytes";

/** Of a buffer, in bytes. */
const enum Size {
  /** A new buffer's: most lines, and most payloads, are shorter. */
  First = 128,
}

/** Returns a buffer for `length` bytes, at most `most`, that begins with what `buffer` has. Its size is doubled until they fit. */
export function roomier(buffer: Uint8Array | null, length: number, most: number): Uint8Array {
  let size: number = Size.First;
  while (size < length) size *= 2;
  const larger = new Uint8Array(size < most ? size : most);
  if (buffer !== null) larger.set(buffer);
  return larger;
}

/** Writes one command line into its buffer, straight from numbers and bytes. */
export class Writer {
  buffer: Uint8Array;
  /** Bytes of the line that have been written since {@link begin}. Where they are more than {@link most}, the line did not fit, and must not be sent. */
  length = 0;
  /** Where the last id that was written ends. */
  idEnd = 0;
  /** Bytes that a line may have. */
  readonly most: number;
  /** The buffer's length, which a typed array computes anew each time. */
  private size: number;
  private readonly native: Bytes;

  constructor(most: number, native: Bytes) {
    this.most = most;
    this.buffer = roomier(null, 0, most);
    this.size = this.buffer.length;
    this.native = native;
  }

  /** Begins a new line. */
  begin(): void {
    this.length = 0;
  }

  /** Writes the id that the result will carry. */
  id(id: number): void {
    this.int(id);
    this.idEnd = this.length;
  }

  /** Makes room for `length` bytes more; false where the line would be too long. */
  private grow(length: number): boolean {
    const end = this.length + length;
    if (end > this.most) {
      this.length = this.most + 1;
      return false;
    }
    this.buffer = roomier(this.buffer, end, this.most);
    this.size = this.buffer.length;
    return true;
  }

  byte(byte: number): void {
    if (this.length < this.size || this.grow(1)) this.buffer[this.length++] = byte;
  }

  /** Writes `length` bytes of `bytes[from…]`. They come from a family's table, never from an application. */
  copy(bytes: Uint8Array, from: number, length: number): void {
    const at = this.length;
    if (at + length > this.size && !this.grow(length)) return;
    this.native.copy(this.buffer, at, bytes, from, length);
    this.length = at + length;
  }

  /** Writes a string in quotes. Only a checked {@link Text} is ever quoted. */
  quoted(text: Text): void {
    const bytes = text.bytes,
      length = bytes.length;
    const at = this.length;
    if (at + length + 2 > this.size && !this.grow(length + 2)) return;
    this.buffer[at] = Byte.Quote;
    this.native.copy(this.buffer, at + 1, bytes, 0, length);
    this.buffer[at + 1 + length] = Byte.Quote;
    this.length = at + length + 2;
  }

  /** Writes a number that is not negative. */
  int(value: number): void {
    if (value < 10) return this.byte(Byte.Digit0 + value);
    let digits = 1;
    for (let rest = value; rest > 9; rest = (rest / 10) | 0) digits++;
    let at = this.length + digits;
    if (at > this.size && !this.grow(digits)) return;
    this.length = at;
    const buffer = this.buffer;
    for (; digits > 0; digits--) {
      buffer[--at] = Byte.Digit0 + (value % 10);
      value = (value / 10) | 0;
    }
  }

  /** Writes `length` bytes of `source[offset…]` as upper-case hex digits. */
  hex(source: Uint8Array, offset: number, length: number): void {
    if (this.length + length * 2 > this.size && !this.grow(length * 2)) return;
    this.native.hex(this.buffer, this.length, source, offset, length);
    this.length += length * 2;
  }
}
