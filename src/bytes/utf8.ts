import type { Bytes } from "../platform";

/** UTF-8 in the core's own code: XS has no TextEncoder unless an app brings one. Used while setting up, not while running. */

/** A lone surrogate: there is no UTF-8 for it. */
export const NOT_ENCODABLE = -1;

/** How many bytes `text` takes in UTF-8, or {@link NOT_ENCODABLE}. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if (code > 0xffff)
      length += 4; // XS counts code points, not UTF-16 units
    else if (code < 0xd800 || code > 0xdfff) length += 3;
    else {
      const low = code < 0xdc00 ? text.charCodeAt(i + 1) : NaN;
      if (!(low >= 0xdc00 && low <= 0xdfff)) return NOT_ENCODABLE;
      length += 4;
      i++;
    }
  }
  return length;
}

/** The UTF-8 bytes of `text`, which {@link utf8Length} has found encodable. */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code < 0x80) bytes[at++] = code;
    else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (code >> 18);
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
      if (text.charCodeAt(i) < 0x10000) i++; // two UTF-16 units, or one code point on XS
    }
  }
  return bytes;
}

// Smallest code point that may take n continuation bytes; anything below is an overlong form.
const SMALLEST = Object.freeze([0, 0x80, 0x800, 0x10000]);
const REPLACEMENT = 0xfffd;

/** The text of `bytes`; what is not UTF-8 becomes U+FFFD, byte by byte. @param native the host's operations, where they are at hand */
export function utf8Decode(bytes: Uint8Array, native?: Bytes): string {
  const decoded = native?.decode?.(bytes);
  if (decoded !== undefined) return decoded;
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i];
    const more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
    let code = more < 0 ? REPLACEMENT : more === 0 ? lead : lead & (0x3f >> more);
    let used = 1;
    for (; used <= more; used++) {
      const byte = bytes[i + used];
      if (byte === undefined || (byte & 0xc0) !== 0x80) break;
      code = (code << 6) | (byte & 0x3f);
    }
    if (more > 0 && (used <= more || code < SMALLEST[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))) {
      code = REPLACEMENT;
      used = 1;
    }
    text += String.fromCodePoint(code);
    i += used;
  }
  return text;
}
