import type { Ring } from "../../bytes/ring";
import { Byte } from "./bytes";

/**
 * Find where the parts of a line end: blanks, texts without quotes, and texts in quotes, in which anything may stand. Each function
 * returns a position; the ring's tail means that more has to come.
 */

/** The first byte from `at` on that is no blank. */
export function afterBlanks(ring: Ring, at: number): number {
  const bytes = ring.bytes,
    mask = ring.mask,
    tail = ring.tail;
  while (at !== tail && bytes[at & mask] === Byte.Blank) at = (at + 1) | 0;
  return at;
}

/** `end`, or where the blanks begin that stand before it, behind `start`. */
export function beforeBlanks(ring: Ring, start: number, end: number): number {
  const bytes = ring.bytes,
    mask = ring.mask;
  while (end !== start && bytes[(end - 1) & mask] === Byte.Blank) end = (end - 1) | 0;
  return end;
}

/** The first byte `end` from `at` on, or the end of the line. @param end a carriage return, or a byte above it */
export function upTo(ring: Ring, at: number, end: Byte): number {
  const native = ring.native;
  if (native.upTo !== undefined) return native.upTo(end, ring.bytes, ring.mask, at, ring.tail);
  const bytes = ring.bytes,
    mask = ring.mask,
    tail = ring.tail;
  let byte = 0;
  while (at !== tail && ((byte = bytes[at & mask]) > end || (byte !== end && byte !== Byte.CR && byte !== Byte.LF))) at = (at + 1) | 0;
  return at;
}

/**
 * The quote that ends a text in quotes: the one behind which, after blanks, a comma or the line's end follows, for any other quote
 * belongs to the text. While what follows has not come, the quote that may be it; where there is none, the line's end.
 * @param numbers a number behind a blank ends it as well: its comma is missing (dialects.md C-5)
 */
export function closingQuote(ring: Ring, at: number, numbers: boolean): number {
  const bytes = ring.bytes,
    mask = ring.mask,
    tail = ring.tail;
  for (;;) {
    at = upTo(ring, at, Byte.Quote);
    if (at === tail || bytes[at & mask] !== Byte.Quote) return at;
    let after = (at + 1) | 0,
      byte = 0;
    while (after !== tail && (byte = bytes[after & mask]) === Byte.Blank) after = (after + 1) | 0;
    if (after === tail) return at; // decided when more has come
    if (byte === Byte.Comma || byte === Byte.CR || byte === Byte.LF) return at;
    if (numbers && byte >= Byte.Digit0 && byte <= Byte.Digit9 && ((after - at) | 0) > 1) return at;
    at = after;
  }
}
