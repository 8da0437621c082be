import { Byte } from "../responses/bytes";

/**
 * Whether a modem that reads these bytes as command lines finds no command in them. Of the command that was sent before nothing is
 * known but that it was sent.
 * - No line begins with AT or A/, whatever may stand before that which is not printable.
 * - Nothing ends the command before (`;`), edits a line, or leaves a data phase.
 * - The first line may stand behind the rest of a command that has lost its end. So it does not begin with what follows A or AT, and
 *   not with a name that asks or sets something (V.250 5.3 and 5.4: what follows AT or AT+).
 */
export function isSafeInCommandMode(bytes: Uint8Array, offset: number, length: number): boolean {
  if (length > 0 && (bytes[offset] === Char.Slash || bytes[offset] === Char.Ampersand)) return false;
  let place = Place.Begin,
    before: number = Char.T,
    named = true;
  for (let i = 0; i < length; i++) {
    const byte = bytes[offset + i];
    const lower = byte | 0x20;
    if (byte === Char.Backspace || byte === Char.Delete || byte === Char.Semicolon || byte === Byte.Escape) return false;
    // At the end it ends a data phase as it does behind a prompt; another one behind it is nothing.
    if (byte === Byte.CtrlZ && i < length - 1 && bytes[offset + i + 1] !== byte) return false;
    if (byte === Byte.Plus && (named || before === Byte.Plus || before === Char.T)) return false;
    if (named && (byte === Char.Equals || byte === Char.Question)) return false;
    if (i === Name.Longest || (i > 0 && byte !== Byte.Blank && !isInName(byte))) named = false;
    if (byte <= Byte.Blank) {
      if (place === Place.A) return false;
      if (byte !== Byte.Blank) place = Place.Begin;
    } else if (place === Place.A && (lower === Char.T || byte === Char.Slash)) return false;
    else if (place !== Place.Begin || byte < Char.Delete) place = place === Place.Begin && lower === Char.A ? Place.A : Place.Line;
    before = byte === Byte.Plus ? byte : lower;
  }
  return true;
}

/** Makes the payload a line that no modem knows, and a message that no application sends. A Ctrl-Z behind the message stays. */
export function fill(payload: Uint8Array, offset: number, length: number, cancel: number): void {
  const end = offset + length;
  payload.fill(Char.Tilde, offset, payload[end - 1] === Byte.CtrlZ ? end - 1 : end);
  if (cancel !== 0) payload[offset] = cancel; // firmware may take it (dialects.md 6.7)
}

function isInName(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= Char.A && lower <= Char.Z) || (byte >= Byte.Digit0 && byte <= Byte.Digit9);
}

/** Beside those of {@link Byte}. */
const enum Char {
  Backspace = 0x08,
  Ampersand = 0x26,
  Slash = 0x2f,
  Semicolon = 0x3b,
  Equals = 0x3d,
  Question = 0x3f,
  A = 0x61,
  T = 0x74,
  Z = 0x7a,
  Tilde = 0x7e,
  Delete = 0x7f,
}

/** A command's. */
const enum Name {
  /** Characters (V.250 5.4.1). */
  Longest = 16,
}

/** Where in a line a byte stands. */
const enum Place {
  /** Nothing printable is before it. */
  Begin,
  /** An A is. */
  A,
  Line,
}
