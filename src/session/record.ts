import { utf8Decode, utf8Encode } from "../bytes/utf8";

/**
 * A message as a store keeps it: `M`, the form's version, QoS and retain flag, a byte that is 0, the id, the topic's length
 * (two bytes each), the payload's length (four), the topic, the payload, and a CRC-32 of all that. The low byte comes first.
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
 * Whether a later version of this package has written it: this one can neither read it nor tell whether it is whole. A record of this
 * version in which one bit of the version has changed is none.
 */
export function isLater(bytes: Uint8Array): boolean {
  if (bytes.length < 2 || bytes[0] !== MAGIC || bytes[1]! <= VERSION) return false;
  const bits = bytes[1]! ^ VERSION;
  if ((bits & (bits - 1)) !== 0) return true;
  const mended = bytes.slice();
  mended[1] = VERSION;
  return decode(mended) === null;
}

/** @returns null for what is not whole, not ours, or of a later version */
export function decode(bytes: Uint8Array): StoredMessage | null {
  if (bytes.length < HEAD + CHECK || bytes[0] !== MAGIC || bytes[1] !== VERSION) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names = view.getUint16(6, true);
  const end = HEAD + names + view.getUint32(8, true);
  const id = view.getUint16(4, true), QoS = bytes[2]! & 3;
  if (end + CHECK !== bytes.length || view.getInt32(end, true) !== crc32(bytes, end) || id === 0 || QoS === 3) return null;
  return {
    id, QoS, retain: (bytes[2]! & RETAIN) !== 0,
    topic: utf8Decode(bytes.slice(HEAD, HEAD + names)),
    payload: bytes.slice(HEAD + names, end),
  };
}

/** CRC-32 as in ISO-HDLC, a byte at a time in two steps of four bits: a table of 16 in place of 256. */
function crc32(bytes: Uint8Array, length: number): number {
  let crc = -1;
  for (let i = 0; i < length; i++) {
    crc ^= bytes[i]!;
    crc = (crc >>> 4) ^ NIBBLES[crc & 15]!;
    crc = (crc >>> 4) ^ NIBBLES[crc & 15]!;
  }
  return ~crc;
}

const NIBBLES = new Int32Array([
  0, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]);
