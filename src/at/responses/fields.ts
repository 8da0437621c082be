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

/** Of the table of fields, in numbers; and of a number in a line, in digits. */
const enum Size {
  /** A field: its kind, its value, where its text begins and where it ends. */
  FIELD = 4,
  /** A line's fields; further ones are only counted. The longest known line has 8 (`+QMTSUB` of five topics). */
  LINE = 12 * FIELD,
  /** A message's fields: none has more up to its topic. */
  MESSAGE = 6 * FIELD,
  /** A number, with its sign and the blanks behind it: more digits would not fit into 31 bits. */
  NUMBER = 9,
}

/**
 * The fields of the line that the decoder is at, read in place: numbers as numbers, texts as positions in the ring. They are valid
 * until the decoder goes on, which is when the listener's function returns.
 */
export class Fields {
  /** How many fields the line has. */
  count = 0;
  /** Where the next field begins; when the line is over, its end. */
  at = 0;
  /** A text that has not come whole has been looked through up to here; at the beginning of a field this is {@link at}. */
  private seen = 0;
  private readonly table: Int32Array;
  private readonly ring: Ring;

  /** @param beside the fields of other lines: a message's fields, of which there are few, are kept behind them in the same buffer */
  constructor(ring: Ring, beside: Fields | null = null) {
    this.table =
      beside === null
        ? new Int32Array(new ArrayBuffer(4 * (Size.LINE + Size.MESSAGE)), 0, Size.LINE)
        : new Int32Array(beside.table.buffer, 4 * Size.LINE, Size.MESSAGE);
    this.ring = ring;
  }

  /** The fields of a line begin at `at`, if it has any. */
  begin(at: number): void {
    this.count = 0;
    this.at = this.seen = at;
  }

  /**
   * Reads on, until there are `most` fields, or the line ends (−1: only there).
   * @returns the byte behind the last field: a comma, or the one that ends the line; 0 while that has not come
   */
  read(most: number): number {
    const ring = this.ring,
      native = ring.native,
      bytes = ring.bytes,
      mask = ring.mask;
    if (native.fields === undefined) return this.readOn(most);
    // All of them anew in each call, for a line is short.
    const table = this.table,
      offset = table.byteOffset,
      begin = this.at;
    const read = native.fields(table.buffer as ArrayBuffer, offset, offset + table.byteLength, bytes, mask, begin, ring.tail, most);
    if (read < 0) return 0;
    const end = (begin + (read >> 8)) | 0,
      byte = bytes[end & mask];
    this.count = read & 0xff;
    this.at = byte === Byte.Comma ? (end + 1) | 0 : end;
    return byte;
  }

  /** The same in script. Where a field has not come whole, the next call reads a number again from its beginning, and goes on with a text. */
  private readOn(most: number): number {
    const ring = this.ring,
      bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    for (;;) {
      let at = this.at,
        byte = 0,
        value = 0;
      while (at !== tail && (byte = bytes[at & mask]) === Byte.Blank) at = (at + 1) | 0;
      if (at === tail) return 0;
      const start = at,
        negative = byte === Byte.Minus;
      if (negative) at = (at + 1) | 0;
      while (at !== tail && (byte = bytes[at & mask]) >= Byte.Digit0 && byte <= Byte.Digit9) {
        value = value * 10 + byte - Byte.Digit0;
        at = (at + 1) | 0;
      }
      while (at !== tail && (byte = bytes[at & mask]) === Byte.Blank) at = (at + 1) | 0;
      if (at === tail) return 0;
      if ((byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF) || ((at - start) | 0) > Size.NUMBER || (negative && value === 0)) {
        at = this.readText(start);
        if (at === tail) return 0;
        byte = bytes[at & mask];
      } else if (at !== start) this.add(FieldKind.Integer, negative ? -value : value, start, at);
      else if (byte === Byte.Comma || this.count !== 0) this.add(FieldKind.Empty, 0, at, at);
      if (byte === Byte.Comma) at = (at + 1) | 0;
      this.at = this.seen = at;
      if (byte !== Byte.Comma || this.count === most) return byte;
    }
  }

  /** Adds the field that begins at `start` and is no number. Returns where the comma or the line's end behind it is. */
  private readText(start: number): number {
    const ring = this.ring;
    const quoted = ring.bytes[start & ring.mask] === Byte.Quote;
    if (quoted) start = (start + 1) | 0;
    if (this.seen === this.at) this.seen = start;
    const end = (this.seen = quoted ? closingQuote(ring, this.seen, false) : upTo(ring, this.seen, Byte.Comma));
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

  /** Adds a field. One too many is only counted: behind its end a typed array keeps nothing, and gives undefined. @param start where its text begins in the ring, up to `end` */
  add(kind: FieldKind, value: number, start: number, end: number): void {
    const at = this.count++ * Size.FIELD;
    const table = this.table;
    table[at] = kind;
    table[at + 1] = value;
    table[at + 2] = start;
    table[at + 3] = end;
  }

  /** The number in field `index`, or `otherwise` where that is no number. */
  int(index: number, otherwise = -1): number {
    return index < this.count && this.table[index * Size.FIELD] === FieldKind.Integer ? this.table[index * Size.FIELD + 1] : otherwise;
  }

  /** Whether there are at least `least` fields, and each of the first `most`, as far as there are so many, is a whole number. */
  areNumbers(least: number, most: number): boolean {
    const count = this.count;
    if (count < least) return false;
    for (let i = 0; i < most && i < count; i++) if (this.table[i * Size.FIELD] !== FieldKind.Integer) return false;
    return true;
  }

  /** What field `index` is; `Empty` where there is none. */
  kind(index: number): FieldKind {
    return index < this.count ? (this.table[index * Size.FIELD] ?? FieldKind.Empty) : FieldKind.Empty;
  }

  /** Where the field's text begins in the ring, after a quote. */
  start(index: number): number {
    return this.table[index * Size.FIELD + 2];
  }

  /** Where the field's text ends, before a quote. */
  end(index: number): number {
    return this.table[index * Size.FIELD + 3];
  }

  /** Whether a blank stands before the field: firmware that prints them prints them everywhere (dialects.md A-2). */
  isSpaced(index: number): boolean {
    const ring = this.ring,
      start = this.start(index) - (this.kind(index) === FieldKind.Quoted ? 2 : 1);
    return ring.bytes[start & ring.mask] === Byte.Blank;
  }

  /** Bytes of the field's text; 0 where there is none. */
  length(index: number): number {
    return index < this.count ? (this.end(index) - this.start(index)) | 0 : 0;
  }

  /** The field's text as a string: allocates, so for errors and answers, not for the running of messages. */
  string(index: number): string {
    const bytes = new Uint8Array(this.length(index));
    this.ring.copy(this.start(index), bytes, 0, bytes.length);
    return utf8Decode(bytes, this.ring.native);
  }

  /** Whether field `index` is exactly `text`. */
  is(index: number, text: Text): boolean {
    return this.length(index) === text.bytes.length && this.ring.matches(this.start(index), text.bytes);
  }
}
