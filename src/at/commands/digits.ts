import { Byte } from "../responses/bytes";

/**
 * Changes the number `before`, whose digits end at `end` in `bytes`, and at `otherEnd` in `other` unless that is 0, to `number`.
 * Writes only the last digits that differ. Returns false where the two numbers differ in length; some digits may have been written then.
 */
export function renumber(bytes: Uint8Array, end: number, other: Uint8Array, otherEnd: number, before: number, number: number): boolean {
  while (number !== before) {
    if (number <= 0 || before <= 0) return false;
    const digit = Byte.Digit0 + (number % 10);
    bytes[--end] = digit;
    if (otherEnd > 0) other[--otherEnd] = digit;
    number = (number / 10) | 0;
    before = (before / 10) | 0;
  }
  return true;
}
