import type { Ring } from "../../bytes/ring";
import type { Text } from "../../bytes/text";
import { utf8Decode } from "../../bytes/utf8";
import { Byte } from "./bytes";
import { afterBlanks, beforeBlanks, closingQuote, upTo } from "./delimiters";

/** What a field holds. */
export const enum FieldKind {
  /** Nothing stands between two commas. */
  Empty,
  Integer,
  Bare,
  Quoted,
}

/** Of the table of fields, in numbers; and of what stands in a field. */
const enum Size {
  /** Kind, value, first position, last position + 1. */
  FIELD = 4,
  /** Fields that are kept; further ones are counted only. The longest known line has 8 (`+QMTSUB` of five topics). */
  LINE = 12 * FIELD,
  /** No message has more up to its topic. */
  MESSAGE = 6 * FIELD,
  /** Of a number, in digits: more would not fit into 31 bits. Also its sign and the blanks behind it count. */
  NUMBER = 9,
}

/**
 * The fields of the line that the decoder is at, read in place: numbers as numbers, strings as positions in the ring.
 * Valid until the decoder goes on, that is, until the function that was told of the line returns.
 */
export class Fields {
  /** How many fields the line has. */
  count = 0;
  /** Whether the last field began with a blank: firmware that prints them prints them everywhere (dialects.md A-2). */
  spaced = false;
  /** Where the next field begins; when the line is over, its end. */
  at = 0;
  /** Up to here a text that is not whole yet has been looked through; at the beginning of a field, nothing has. */
  private seen = 0;
  private readonly table: Int32Array;
  private readonly ring: Ring;

  /** @param beside those of other lines: these, of which there are few, stand behind them in one buffer */
  constructor(ring: Ring, beside: Fields | null = null) {
    this.table = beside === null
      ? new Int32Array(new ArrayBuffer(4 * (Size.LINE + Size.MESSAGE)), 0, Size.LINE)
      : new Int32Array(beside.table.buffer, 4 * Size.LINE, Size.MESSAGE);
    this.ring = ring;
  }

  /** Those of a line begin at `at`, if it has any. */
  begin(at: number): void {
    this.count = 0;
    this.spaced = false;
    this.at = this.seen = at;
  }

  /**
   * Reads on, until there are `most` of them, or the line ends. A field that has not come whole is begun again when there is
   * more of it, a text where it was left.
   * @returns the byte behind the last one: a comma, or that which ends the line; 0 while it has not come
   */
  read(most: number): number {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    for (;;) {
      let at = this.at, byte = 0, value = 0;
      while (at !== tail && (byte = bytes[at & mask]!) === Byte.Blank) at = (at + 1) | 0;
      if (at === tail) return 0;
      this.spaced = at !== this.at;
      const start = at, negative = byte === Byte.Minus;
      if (negative) at = (at + 1) | 0;
      while (at !== tail && (byte = bytes[at & mask]!) >= Byte.Digit0 && byte <= Byte.Digit9) {
        value = value * 10 + byte - Byte.Digit0;
        at = (at + 1) | 0;
      }
      while (at !== tail && (byte = bytes[at & mask]!) === Byte.Blank) at = (at + 1) | 0;
      if (at === tail) return 0;
      if ((byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF) || ((at - start) | 0) > Size.NUMBER || (negative && value === 0)) {
        at = this.readText(start);
        if (at === tail) return 0;
        byte = bytes[at & mask]!;
      } else if (at !== start) this.add(FieldKind.Integer, negative ? -value : value, start, at);
      else if (byte === Byte.Comma || this.count !== 0) this.add(FieldKind.Empty, 0, at, at);
      if (byte === Byte.Comma) at = (at + 1) | 0;
      this.at = this.seen = at;
      if (byte !== Byte.Comma || this.count === most) return byte;
    }
  }

  /** Adds the field that begins at `start` and is no number. Returns where the comma or the end of the line is behind it. */
  private readText(start: number): number {
    const ring = this.ring;
    const quoted = ring.bytes[start & ring.mask] === Byte.Quote;
    if (quoted) start = (start + 1) | 0;
    if (this.seen === this.at) this.seen = start;
    const end = this.seen = quoted ? closingQuote(ring, this.seen, false) : upTo(ring, this.seen, Byte.Comma);
    if (end === ring.tail) return end;
    if (ring.bytes[end & ring.mask] === Byte.Quote) {
      const after = afterBlanks(ring, (end + 1) | 0);
      if (after !== ring.tail) this.add(FieldKind.Quoted, 0, start, end);
      return after;
    }
    // A quote that nothing closes is no quote.
    this.add(FieldKind.Bare, 0, start, beforeBlanks(ring, start, end));
    return end;
  }

  /** Adds a field; one too many is counted only. @param start its text in the ring, up to `end` */
  add(kind: FieldKind, value: number, start: number, end: number): void {
    const at = this.count++ * Size.FIELD;
    const table = this.table;
    if (at >= table.length) return;
    table[at] = kind;
    table[at + 1] = value;
    table[at + 2] = start;
    table[at + 3] = end;
  }

  /** The integer in field `index`, or `otherwise` when it holds none. */
  int(index: number, otherwise = -1): number {
    return index < this.count && this.table[index * Size.FIELD] === FieldKind.Integer ? this.table[index * Size.FIELD + 1]! : otherwise;
  }

  /** Whether there are `least` fields or more, and the first `most` of them are whole numbers, as far as they are there. */
  areNumbers(least: number, most: number): boolean {
    const count = this.count;
    if (count < least) return false;
    for (let i = 0; i < most && i < count; i++) if (this.table[i * Size.FIELD] !== FieldKind.Integer) return false;
    return true;
  }

  /** What field `index` holds; `Empty` where there is none. */
  kind(index: number): FieldKind {
    return index < this.count && index * Size.FIELD < this.table.length ? this.table[index * Size.FIELD]! : FieldKind.Empty;
  }

  /** Where the field's text begins in the ring, after a quote. */
  start(index: number): number {
    return this.table[index * Size.FIELD + 2]!;
  }

  /** One past the field's text, before a quote. */
  end(index: number): number {
    return this.table[index * Size.FIELD + 3]!;
  }

  /** Bytes of the field's text; 0 where there is none. */
  length(index: number): number {
    return index < this.count && index * Size.FIELD < this.table.length ? (this.end(index) - this.start(index)) | 0 : 0;
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
