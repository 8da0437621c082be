import { BLOCK } from "./sha256";

/** A hash that works on blocks of 64 bytes: {@link sha256} or {@link sha1}. */
export type Hash = (message: Uint8Array) => Uint8Array;

const INNER = 0x36;
const OUTER = 0x5c;

/** HMAC (RFC 2104). @returns as many bytes as `hash` gives */
export function hmac(hash: Hash, key: Uint8Array, message: Uint8Array): Uint8Array {
  const secret = key.length > BLOCK ? hash(key) : key;
  return hash(keyed(secret, OUTER, hash(keyed(secret, INNER, message))));
}

/** The key, padded with zeros to a block, every byte XORed with `pad`, followed by `message`. */
function keyed(key: Uint8Array, pad: number, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(BLOCK + message.length);
  bytes.fill(pad, 0, BLOCK);
  for (let i = 0; i < key.length; i++) bytes[i] ^= key[i];
  bytes.set(message, BLOCK);
  return bytes;
}
