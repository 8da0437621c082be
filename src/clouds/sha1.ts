/**
 * SHA-1 (FIPS 180-4), for clouds that still accept HMAC-SHA1. The bare hash is broken; HMAC-SHA1 is not known to be.
 * SHA-256 is the default everywhere.
 */
import { BLOCK, bigEndian, padded } from "./sha256";

/** @returns the 20 bytes of the digest */
export function sha1(message: Uint8Array): Uint8Array {
  const hash = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const schedule = new Int32Array(80);
  const blocks = padded(message);
  for (let at = 0; at < blocks.byteLength; at += BLOCK) mix(hash, schedule, blocks, at);
  return bigEndian(hash);
}

/** 6.1.2: one block. */
function mix(hash: Int32Array, w: Int32Array, blocks: DataView, at: number): void {
  for (let t = 0; t < 16; t++) w[t] = blocks.getInt32(at + 4 * t);
  for (let t = 16; t < 80; t++) w[t] = rotated(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  let a = hash[0],
    b = hash[1],
    c = hash[2],
    d = hash[3],
    e = hash[4];
  for (let t = 0; t < 80; t++) {
    const next = (rotated(a, 5) + chosen(t, b, c, d) + e + w[t]) | 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = next;
  }
  // An Int32Array takes each sum modulo 2³².
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
}

/** 4.1.1 and 4.2.1: the function and the constant of round `t`. */
function chosen(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) ^ (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

/** `word` rotated left by `count` bits, 1–31. */
function rotated(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count));
}
