import { ArgumentError } from "../errors";
import type { Bytes } from "../platform";
import { NOT_ENCODABLE, utf8Encode, utf8Length } from "./utf8";

const BACKSLASH = 0x5c;

/**
 * A string that may stand between the quotes of an AT command, checked and encoded once. The writer puts nothing else between
 * quotes, so no argument can end its quotes and begin a command of its own.
 */
export class Text {
  readonly string: string;
  readonly bytes: Uint8Array;

  /**
   * @param name the argument's name, for the error
   * @param limit bytes of UTF-8 at the most
   * @param secret keeps the value out of the error
   * @param escapes the modem takes a backslash for the beginning of an escape, and no document says how to write one
   * @param native the host's operations, where they are at hand
   * @throws ArgumentError naming the argument, the limit and the value
   */
  constructor(name: string, string: unknown, limit: number, secret = false, escapes = false, native?: Bytes) {
    const shown = secret ? "a secret" : string;
    if (typeof string !== "string") throw new ArgumentError("ARGUMENT_TYPE", name, shown, "must be a string");
    const encoded = native?.encode?.(string);
    const length = encoded === undefined ? utf8Length(string) : encoded.byteLength;
    if (length === NOT_ENCODABLE) throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, "must not hold half of a surrogate pair");
    if (length > limit) throw new ArgumentError("ARGUMENT_LENGTH", name, shown, `must be at most ${limit} bytes of UTF-8, this is ${length}`);
    const bytes = encoded === undefined ? utf8Encode(string) : new Uint8Array(encoded);
    // The host has looked at each of its own bytes, but for a backslash.
    const isChecked = encoded !== undefined && !(escapes && native!.find(bytes, BACKSLASH, 0, length) >= 0);
    for (let i = isChecked ? length : 0; i < length; i++) {
      const byte = bytes[i];
      if (escapes && byte === BACKSLASH)
        throw new ArgumentError(
          "ARGUMENT_CHARACTER",
          name,
          shown,
          `must not hold a backslash (at byte ${i}): this modem takes it for an escape of the character behind it`,
        );
      // No vendor's document defines an escape for these inside quotes (dialects.md 1, rule 8).
      if (byte === 0x22 || byte < 0x20 || byte === 0x7f)
        throw new ArgumentError(
          "ARGUMENT_CHARACTER",
          name,
          shown,
          `must not hold ${byte === 0x22 ? "a double quote" : `the control character 0x${byte.toString(16).padStart(2, "0")}`} ` +
            `(at byte ${i}): the modem's quoted strings cannot carry it`,
        );
    }
    this.string = string;
    this.bytes = bytes;
  }
}
