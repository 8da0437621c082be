import type { Text } from "../../bytes/text";
import type { Bytes } from "../../platform";
import { Byte } from "../responses/bytes";

/** Of a buffer, in bytes. */
const enum Size {
  /** Bytes that there are from the beginning: most lines, and most payloads, are shorter. */
  First = 256,
}

/** A buffer for `length` bytes, of twice the size where one is too short for them, with all that this one has. */
export function roomier(buffer: Uint8Array | null, length: number, most: number): Uint8Array {
  let size: number = Size.First;
  while (size < length) size *= 2;
  const larger = new Uint8Array(size < most ? size : most);
  if (buffer !== null) larger.set(buffer);
  return larger;
}

/** Where in the buffer. */
export const enum Start {
  /** A line begins: the {@link Exchange} has the bytes before it. */
  Line = 64,
}

/** The command line that is written, straight from numbers and bytes. */
export class Writer {
  buffer: Uint8Array;
  /** Where the line ends that has been written since {@link begin}. */
  length: number = Start.Line;
  private readonly most: number;
  private readonly native: Bytes;
  /** Where the last id ends that was written. */
  protected idEnd = 0;

  /** @param most bytes that a line may have */
  constructor(most: number, native: Bytes) {
    this.most = Start.Line + most;
    this.buffer = roomier(null, 0, this.most);
    this.native = native;
  }

  /** Whether the line did not fit. It must not be sent then. */
  get overflow(): boolean {
    return this.length > this.most;
  }

  /** A line begins. */
  begin(): void {
    this.length = Start.Line;
  }

  /** The id that a result will carry. */
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
    return true;
  }

  byte(byte: number): void {
    if (this.length < this.buffer.length || this.grow(1)) this.buffer[this.length++] = byte;
  }

  /** Literal parts of a command: they come from a driver's table, never from an application. */
  literal(bytes: Uint8Array): void {
    const length = bytes.length;
    if (this.length + length > this.buffer.length && !this.grow(length)) return;
    this.native.copy(this.buffer, this.length, bytes, 0, length);
    this.length += length;
  }

  /** A quoted string. Nothing but a checked {@link Text} is ever quoted. */
  quoted(text: Text): void {
    const bytes = text.bytes, length = bytes.length;
    const at = this.length;
    if (at + length + 2 > this.buffer.length && !this.grow(length + 2)) return;
    this.buffer[at] = Byte.Quote;
    this.native.copy(this.buffer, at + 1, bytes, 0, length);
    this.buffer[at + 1 + length] = Byte.Quote;
    this.length = at + length + 2;
  }

  /** A number that is not negative. */
  int(value: number): void {
    if (value < 10) return this.byte(Byte.Digit0 + value);
    let divisor = 1;
    while (value >= divisor * 10) divisor *= 10;
    for (; divisor > 1; divisor = (divisor / 10) | 0) this.byte(Byte.Digit0 + (((value / divisor) | 0) % 10));
    this.byte(Byte.Digit0 + (value % 10));
  }

  /** `length` bytes of `source[offset…]` as upper-case hex digits. */
  hex(source: Uint8Array, offset: number, length: number): void {
    if (this.length + length * 2 > this.buffer.length && !this.grow(length * 2)) return;
    this.native.hex(this.buffer, this.length, source, offset, length);
    this.length += length * 2;
  }
}
