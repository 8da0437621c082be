/** SHA-256 (FIPS 180-4). All values stay 32-bit integers, which XS computes without floating point. */

/** The block size in bytes of SHA-1 and SHA-256, to which HMAC pads its key. */
export const BLOCK = 64;

// FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
  0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
  0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
  0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
  0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** @returns the 32 bytes of the digest */
export function sha256(message: Uint8Array): Uint8Array {
  // 5.3.3: the first 32 bits of the fractional parts of the square roots of the first eight primes.
  const hash = new Int32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
  const schedule = new Int32Array(64);
  const blocks = padded(message);
  for (let at = 0; at < blocks.byteLength; at += BLOCK) mix(hash, schedule, blocks, at);
  return bigEndian(hash);
}

/** 6.2.2: one block. */
function mix(hash: Int32Array, w: Int32Array, blocks: DataView, at: number): void {
  for (let t = 0; t < 16; t++) w[t] = blocks.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let a = hash[0],
    b = hash[1],
    c = hash[2],
    d = hash[3];
  let e = hash[4],
    f = hash[5],
    g = hash[6],
    h = hash[7];
  for (let t = 0; t < 64; t++) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  // An Int32Array takes each sum modulo 2³².
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}

/** `word` rotated right by `count` bits, 1–31. */
function rotated(word: number, count: number): number {
  return (word >>> count) | (word << (32 - count));
}

/** The message, padded to whole blocks (5.1.1, for SHA-1 too): a one bit, zeros, and the message's length in bits as the last 64 bits. */
export function padded(message: Uint8Array): DataView {
  const length = message.length;
  const bytes = new Uint8Array((((length + 8) >>> 6) + 1) * BLOCK);
  bytes.set(message);
  bytes[length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setInt32(bytes.length - 8, Math.floor(length / 0x2000_0000));
  view.setInt32(bytes.length - 4, length << 3);
  return view;
}

/** The words of a hash as the bytes of the digest. */
export function bigEndian(words: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  for (let i = 0; i < words.length; i++) view.setInt32(4 * i, words[i]);
  return new Uint8Array(view.buffer);
}
