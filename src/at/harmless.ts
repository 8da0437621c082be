import { Byte } from "./bytes";

/**
 * Whether these bytes are no command where a modem reads them as command lines, after a command of which nothing is known but
 * that it was sent: no line of them begins with AT or A/, whatever else may stand before that which is not printable, and no
 * text goes on with what AT is followed by; nothing ends the command before (`;`), edits a line, or leaves a data phase.
 */
export function isHarmless(bytes: Uint8Array, offset: number, length: number): boolean {
  let place = Place.Begin, before = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[offset + i]!;
    const lower = byte | 0x20;
    if (byte === BACKSPACE || byte === DELETE || byte === SEMICOLON || byte === Byte.Escape) return false;
    if (byte === Byte.CtrlZ && i < length - 1) return false; // the last one ends a data phase as it does behind a prompt
    if (byte === Byte.Plus && (before === Byte.Plus || before === LETTER_T)) return false;
    if (byte <= Byte.Blank) {
      if (place === Place.A) return false;
      if (byte !== Byte.Blank) place = Place.Begin;
    } else if (place === Place.A && (lower === LETTER_T || byte === SLASH)) return false;
    else if (place !== Place.Begin || byte < DELETE) place = place === Place.Begin && lower === LETTER_A ? Place.A : Place.Line;
    before = byte === Byte.Plus ? byte : lower;
  }
  return true;
}

const BACKSPACE = 0x08, SLASH = 0x2f, SEMICOLON = 0x3b, LETTER_A = 0x61, LETTER_T = 0x74, DELETE = 0x7f;

/** Where in a line a byte stands. */
const enum Place {
  /** Nothing printable is before it. */
  Begin,
  /** An A is. */
  A,
  Line,
}
