/** Base64 with the standard alphabet and with padding (RFC 4648, chapter 4). */
import { ArgumentError } from "../errors";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = "=";

export function base64Encode(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[group >> 18] + ALPHABET[(group >> 12) & 63];
    text += i + 1 < bytes.length ? ALPHABET[(group >> 6) & 63] : PADDING;
    text += i + 2 < bytes.length ? ALPHABET[group & 63] : PADDING;
  }
  return text;
}

/**
 * Unused bits before the padding are ignored, as the clouds' own tools do.
 * @param name the argument's name, for the error
 * @param secret keeps the text out of the error
 * @throws ArgumentError when the length is no multiple of four, or a character is not of the alphabet
 */
export function base64Decode(text: string, name = "text", secret = false): Uint8Array {
  const shown = secret ? "a secret" : text;
  const length = text.length;
  if (length % 4 !== 0)
    throw new ArgumentError(
      "ARGUMENT_LENGTH",
      name,
      shown,
      `must be Base64, whose length is a multiple of 4 characters with the = at its end, this is ${length}`,
    );
  const padding = text.endsWith("==") ? 2 : text.endsWith(PADDING) ? 1 : 0;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  let group = 0;
  let bits = 0;
  for (let i = 0, at = 0; i < length - padding; i++) {
    const value = ALPHABET.indexOf(text[i]);
    if (value < 0)
      throw new ArgumentError(
        "ARGUMENT_CHARACTER",
        name,
        shown,
        `must be Base64: the letters A to Z and a to z, digits, + and /, and = at the end alone; character ${i + 1} is something else`,
      );
    group = ((group << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = group >> bits;
  }
  return bytes;
}
