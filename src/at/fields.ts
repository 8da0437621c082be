import { Text } from "../bytes/text";
import { utf8Decode } from "../bytes/utf8";
import type { Ring } from "../bytes/ring";

export const enum FieldKind {
  /** Nothing stands between two commas. */
  Empty,
  Integer,
  Bare,
  Quoted,
}

// Kind, value, first position, last position + 1.
const STRIDE = 4;
/** Fields that are kept; further ones are counted only. The longest known line has 8 (`+QMTSUB` of five topics). */
const CAPACITY = 12;
/** No message has more up to its topic. */
const FEW = 6;

/**
 * The fields of the line that the scanner is at, read in place: numbers as numbers, strings as positions in the ring.
 * Valid until the scanner goes on, that is, until the function that was told of the line returns.
 */
export class Fields {
  /** How many fields the line has. */
  count = 0;
  /** Whether the last field began with a blank: firmware that prints them prints them everywhere (dialects.md A-2). */
  spaced = false;
  private readonly table: Int32Array;
  private readonly ring: Ring;

  /** @param beside fields of a line with few of them; the two have one buffer */
  constructor(ring: Ring, beside: Fields | null = null) {
    this.table = beside === null
      ? new Int32Array(new ArrayBuffer(4 * STRIDE * (CAPACITY + FEW)), 0, STRIDE * CAPACITY)
      : new Int32Array(beside.table.buffer, 4 * STRIDE * CAPACITY, STRIDE * FEW);
    this.ring = ring;
  }

  clear(): void {
    this.count = 0;
    this.spaced = false;
  }

  add(kind: FieldKind, value: number, start: number, end: number): void {
    const at = this.count++ * STRIDE;
    const table = this.table;
    if (at >= table.length) return;
    table[at] = kind;
    table[at + 1] = value;
    table[at + 2] = start;
    table[at + 3] = end;
  }

  /** The integer in field `index`, or `otherwise` when it holds none. */
  int(index: number, otherwise = -1): number {
    return index < this.count && this.table[index * STRIDE] === FieldKind.Integer ? this.table[index * STRIDE + 1]! : otherwise;
  }

  kind(index: number): FieldKind {
    return index < this.count && index * STRIDE < this.table.length ? this.table[index * STRIDE]! : FieldKind.Empty;
  }

  /** Where the field's text begins in the ring, after a quote. */
  start(index: number): number {
    return this.table[index * STRIDE + 2]!;
  }

  /** One past the field's text, before a quote. */
  end(index: number): number {
    return this.table[index * STRIDE + 3]!;
  }

  length(index: number): number {
    return index < this.count && index * STRIDE < this.table.length ? (this.end(index) - this.start(index)) | 0 : 0;
  }

  /** The field's text as a string: allocates, so for errors and answers, not for the running of messages. */
  string(index: number): string {
    const bytes = new Uint8Array(this.length(index));
    this.ring.copy(this.start(index), bytes, 0, bytes.length);
    return utf8Decode(bytes);
  }

  /** Whether field `index` is exactly `text`. */
  is(index: number, text: Text): boolean {
    return this.length(index) === text.bytes.length && this.ring.matches(this.start(index), text.bytes);
  }
}
