import { Byte } from "../responses/bytes";

/**
 * Makes the number `before`, whose digits end at `end` and at `other`, into `number`: writes those of its last digits that
 * are others. False where the two do not have as many digits; some may have been written then.
 */
export function renumber(bytes: Uint8Array, end: number, other: number, before: number, number: number): boolean {
  while (number !== before) {
    if (number <= 0 || before <= 0) return false;
    bytes[--end] = bytes[--other] = Byte.Digit0 + (number % 10);
    number = (number / 10) | 0;
    before = (before / 10) | 0;
  }
  return true;
}
