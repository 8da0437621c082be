import type { Ring } from "./ring";

/**
 * How both ends have agreed to write payloads: as text for modems that do not frame what they receive (dialects.md 6.2). A payload is
 * encoded and decoded in place, so nothing is allocated.
 */
export const enum Encoding {
  Raw,
  /** Two upper-case digits a byte; lower-case ones are read too. */
  Hex,
  /** RFC 4648, chapter 4, with padding. */
  Base64,
}

export const ENCODINGS = Object.freeze(["raw", "hex", "base64"] as const);

/** How many bytes of text `length` bytes take. */
export function encodedLength(encoding: Encoding, length: number): number {
  return encoding === Encoding.Hex ? length * 2 : encoding === Encoding.Base64 ? (((length + 2) / 3) | 0) * 4 : length;
}

/** How many bytes can be written as at most `length` bytes of text. */
export function decodableLength(encoding: Encoding, length: number): number {
  return encoding === Encoding.Hex ? length >> 1 : encoding === Encoding.Base64 ? (length >> 2) * 3 : length;
}

/**
 * Writes `length` bytes as text from `offset` on. They stand at the end of the room that the text takes, so that no byte is
 * overwritten before it has been read.
 */
export function encodeInPlace(encoding: Encoding, buffer: Uint8Array, offset: number, length: number): void {
  if (encoding === Encoding.Raw) return;
  let from = offset + encodedLength(encoding, length) - length;
  const end = from + length;
  let to = offset;
  if (encoding === Encoding.Hex) {
    while (from < end) {
      const byte = buffer[from++];
      buffer[to++] = hexDigit(byte >> 4);
      buffer[to++] = hexDigit(byte & 0x0f);
    }
    return;
  }
  while (from < end) {
    const left = end - from;
    const first = buffer[from];
    const second = left > 1 ? buffer[from + 1] : 0;
    const third = left > 2 ? buffer[from + 2] : 0;
    from += 3;
    buffer[to++] = base64Digit(first >> 2);
    buffer[to++] = base64Digit(((first & 0x03) << 4) | (second >> 4));
    buffer[to++] = left > 1 ? base64Digit(((second & 0x0f) << 2) | (third >> 6)) : PAD;
    buffer[to++] = left > 2 ? base64Digit(third & 0x3f) : PAD;
  }
}

/**
 * Reads `length` bytes of text in the ring, from `position` on, and writes what they mean in their place.
 * @returns how many bytes they mean; or −1 when they are no such text, and then they stand as they were
 */
export function decodeInPlace(encoding: Encoding, ring: Ring, position: number, length: number): number {
  if (encoding === Encoding.Raw) return length;
  const bytes = ring.bytes,
    mask = ring.mask;
  const group = encoding === Encoding.Hex ? 2 : 4;
  if (length % group !== 0) return -1;
  let padding = 0;
  if (encoding === Encoding.Base64 && length > 0) {
    if (bytes[(position + length - 1) & mask] === PAD) padding++;
    if (padding === 1 && bytes[(position + length - 2) & mask] === PAD) padding++;
  }
  for (let i = 0; i < length - padding; i++) {
    const value = encoding === Encoding.Hex ? hexValue(bytes[(position + i) & mask]) : base64Value(bytes[(position + i) & mask]);
    if (value < 0) return -1;
  }
  let to = position;
  if (encoding === Encoding.Hex) {
    for (let i = 0; i < length; i += 2) {
      bytes[to & mask] = (hexValue(bytes[(position + i) & mask]) << 4) | hexValue(bytes[(position + i + 1) & mask]);
      to = (to + 1) | 0;
    }
    return length >> 1;
  }
  for (let i = 0; i < length; i += 4) {
    let bits = 0;
    for (let j = 0; j < 4; j++) {
      const value = base64Value(bytes[(position + i + j) & mask]);
      bits = (bits << 6) | (value < 0 ? 0 : value);
    }
    bytes[to & mask] = bits >> 16;
    bytes[(to + 1) & mask] = bits >> 8;
    bytes[(to + 2) & mask] = bits;
    to = (to + 3) | 0;
  }
  return (length >> 2) * 3 - padding;
}

const PAD = 0x3d;

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x37 + value;
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}

function base64Digit(value: number): number {
  return value < 26 ? 0x41 + value : value < 52 ? 0x61 + value - 26 : value < 62 ? 0x30 + value - 52 : value === 62 ? 0x2b : 0x2f;
}

function base64Value(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 26;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 52;
  return byte === 0x2b ? 62 : byte === 0x2f ? 63 : -1;
}
