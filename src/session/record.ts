import { utf8Decode, utf8Encode } from "../bytes/utf8";

/**
 * A message in a store. The record's bytes, little-endian: `M`; the format's version (1 byte); QoS in bits 0–1 and retain in bit 2;
 * a 0; the id (2 bytes); the topic's length (2); the payload's length (4); the topic; the payload; the CRC-32 of all before it (4).
 */
export interface StoredMessage {
  readonly id: number;
  readonly QoS: number;
  readonly retain: boolean;
  readonly topic: string;
  readonly payload: Uint8Array;
}

const MAGIC = 0x4d;
const VERSION = 1;
const HEAD = 12;
const CHECK = 4;
const RETAIN = 4;

export function encode({ id, QoS, retain, topic, payload }: StoredMessage): Uint8Array {
  const name = utf8Encode(topic);
  const bytes = new Uint8Array(HEAD + name.length + payload.length + CHECK);
  const view = new DataView(bytes.buffer);
  bytes[0] = MAGIC;
  bytes[1] = VERSION;
  bytes[2] = retain ? QoS | RETAIN : QoS;
  view.setUint16(4, id, true);
  view.setUint16(6, name.length, true);
  view.setUint32(8, payload.length, true);
  bytes.set(name, HEAD);
  bytes.set(payload, HEAD + name.length);
  view.setInt32(bytes.length - CHECK, crc32(bytes, bytes.length - CHECK), true);
  return bytes;
}

/**
 * Whether a later version of this package wrote the record. This version can neither read such a record nor check whether it is whole.
 * A record of this version with one flipped bit in the version byte is damaged, not later: with the bit flipped back its CRC fits.
 */
export function isLater(bytes: Uint8Array): boolean {
  if (bytes.length < 2 || bytes[0] !== MAGIC || bytes[1] <= VERSION) return false;
  const bits = bytes[1] ^ VERSION;
  if ((bits & (bits - 1)) !== 0) return true;
  const repaired = bytes.slice();
  repaired[1] = VERSION;
  return decode(repaired) === null;
}

/** @returns null when the record is damaged, is no record of this package, or is of a later version */
export function decode(bytes: Uint8Array): StoredMessage | null {
  if (bytes.length < HEAD + CHECK || bytes[0] !== MAGIC || bytes[1] !== VERSION) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names = view.getUint16(6, true);
  const end = HEAD + names + view.getUint32(8, true);
  const id = view.getUint16(4, true),
    QoS = bytes[2] & 3;
  if (end + CHECK !== bytes.length || view.getInt32(end, true) !== crc32(bytes, end) || id === 0 || QoS === 3) return null;
  return {
    id,
    QoS,
    retain: (bytes[2] & RETAIN) !== 0,
    topic: utf8Decode(bytes.slice(HEAD, HEAD + names)),
    payload: bytes.slice(HEAD + names, end),
  };
}

/** CRC-32 (ISO-HDLC), four bits at a step: the table has 16 entries rather than 256. */
function crc32(bytes: Uint8Array, length: number): number {
  let crc = -1;
  for (let i = 0; i < length; i++) {
    crc ^= bytes[i];
    crc = (crc >>> 4) ^ NIBBLES[crc & 15];
    crc = (crc >>> 4) ^ NIBBLES[crc & 15];
  }
  return ~crc;
}

const NIBBLES = new Int32Array([
  0, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4,
  0xa00ae278, 0xbdbdf21c,
]);
