import { Byte } from "./bytes";

/**
 * Whether these bytes are no command where a modem reads them as command lines, after a command of which nothing is known but
 * that it was sent: no line of them begins with AT or A/, whatever else may stand before that which is not printable, and no
 * text goes on with what AT is followed by; nothing ends the command before (`;`), edits a line, or leaves a data phase. The
 * first line may have before it what is left of a command that has lost its end: it is no `A/`, and no name of one that asks
 * or sets something (V.250 5.3 and 5.4: what follows AT or AT+).
 */
export function isHarmless(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length > 0 && (bytes[offset] === SLASH || bytes[offset] === AMPERSAND)) return false;
  let place = Place.Begin, before = LETTER_T, named = true;
  for (let i = 0; i < length; i++) {
    const byte = bytes[offset + i]!;
    const lower = byte | 0x20;
    if (byte === BACKSPACE || byte === DELETE || byte === SEMICOLON || byte === Byte.Escape) return false;
    // At the end it ends a data phase as it does behind a prompt; another one behind it is nothing.
    if (byte === Byte.CtrlZ && i < length - 1 && bytes[offset + i + 1] !== byte) return false;
    if (byte === Byte.Plus && (named || before === Byte.Plus || before === LETTER_T)) return false;
    if (named && (byte === EQUALS || byte === QUESTION)) return false;
    if (i === LONGEST_NAME || (i > 0 && byte !== Byte.Blank && !isInName(byte))) named = false;
    if (byte <= Byte.Blank) {
      if (place === Place.A) return false;
      if (byte !== Byte.Blank) place = Place.Begin;
    } else if (place === Place.A && (lower === LETTER_T || byte === SLASH)) return false;
    else if (place !== Place.Begin || byte < DELETE) place = place === Place.Begin && lower === LETTER_A ? Place.A : Place.Line;
    before = byte === Byte.Plus ? byte : lower;
  }
  return true;
}

/** The line of a modem's that it does not know, a message that no application sends. A Ctrl-Z behind a message is no part of it. */
export function blot(payload: Uint8Array, offset: number, length: number, cancel: number): void {
  const end = offset + length;
  payload.fill(TILDE, offset, payload[end - 1] === Byte.CtrlZ ? end - 1 : end);
  if (cancel !== 0) payload[offset] = cancel; // firmware may take it (dialects.md 6.7)
}

function isInName(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= LETTER_A && lower <= LETTER_Z) || (byte >= Byte.Digit0 && byte <= Byte.Digit9);
}

const BACKSPACE = 0x08, AMPERSAND = 0x26, SLASH = 0x2f, SEMICOLON = 0x3b, EQUALS = 0x3d, QUESTION = 0x3f;
const LETTER_A = 0x61, LETTER_T = 0x74, LETTER_Z = 0x7a, TILDE = 0x7e, DELETE = 0x7f;
/** Characters (V.250 5.4.1). */
const LONGEST_NAME = 16;

/** Where in a line a byte stands. */
const enum Place {
  /** Nothing printable is before it. */
  Begin,
  /** An A is. */
  A,
  Line,
}
