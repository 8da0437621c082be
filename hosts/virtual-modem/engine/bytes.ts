// Text on the wire. A command line is kept with one character for each byte. So its length is in bytes, as the limits in the
// documents, and bytes that are not UTF-8 are kept until they are read as text.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The bytes as a text with one character for each byte. */
export function binary(bytes: ArrayLike<number>): string {
  let text = "";
  for (let index = 0; index < bytes.length; index++) text += String.fromCharCode(bytes[index]);
  return text;
}

/** Decodes a text with one character for each byte as UTF-8. */
export function decode(binaryText: string): string {
  const bytes = new Uint8Array(binaryText.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = binaryText.charCodeAt(index);
  return decoder.decode(bytes);
}

/** Texts (as UTF-8) and bytes, one after the other. */
export function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const arrays = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const result = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    result.set(array, offset);
    offset += array.length;
  }
  return result;
}

/** Reads `\r`, `\n`, `\\` and `\xHH` in a text; the rest stands for its UTF-8 bytes. */
export function unescape(text: string): Uint8Array {
  const parts: (string | Uint8Array)[] = [];
  for (const [, escape, hex, plain] of text.matchAll(/\\(?:([rn\\])|x([0-9a-fA-F]{2}))|([^\\]+|\\)/g)) {
    if (escape !== undefined) parts.push(escape === "r" ? "\r" : escape === "n" ? "\n" : "\\");
    else if (hex !== undefined) parts.push(Uint8Array.of(parseInt(hex, 16)));
    else parts.push(plain);
  }
  return concat(...parts);
}
