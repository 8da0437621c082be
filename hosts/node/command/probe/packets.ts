// MQTT packets, as far as a broker needs them that has one client (MQTT 3.1.1, chapter 2).

export const PacketType = {
  Connect: 1,
  Connack: 2,
  Publish: 3,
  Puback: 4,
  Pubrec: 5,
  Pubrel: 6,
  Pubcomp: 7,
  Subscribe: 8,
  Suback: 9,
  Unsubscribe: 10,
  Unsuback: 11,
  Pingreq: 12,
  Pingresp: 13,
  Disconnect: 14,
} as const;
export type PacketType = number;

export interface Packet {
  readonly type: PacketType;
  readonly flags: number;
  readonly body: Buffer;
  /** Bytes of the whole packet. */
  readonly length: number;
}

/** Makes a packet. */
export function packet(type: PacketType, body: readonly number[], flags = 0): Uint8Array {
  const length: number[] = [];
  let rest = body.length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? digit | 128 : digit);
  } while (rest > 0);
  return Uint8Array.from([(type << 4) | flags, ...length, ...body]);
}

/** The first packet of `bytes`, or undefined while it is not whole. */
export function readPacket(bytes: Buffer): Packet | undefined {
  let length = 0,
    at = 1;
  for (let shift = 1; ; shift *= 128) {
    if (at >= bytes.length) return undefined;
    const digit = bytes[at++];
    length += (digit & 127) * shift;
    if (digit < 128 || at > 4) break;
  }
  if (bytes.length < at + length) return undefined;
  return { type: bytes[0] >> 4, flags: bytes[0] & 15, body: bytes.subarray(at, at + length), length: at + length };
}

/** The bytes of a text that has one character for each byte. */
export const bytesOf = (text: string): number[] => [...Buffer.from(text, "latin1")];
/** The same with its length before it. */
export const text16 = (text: string): number[] => [text.length >> 8, text.length & 0xff, ...bytesOf(text)];

/** The client's id in CONNECT: behind the protocol's name, its level, the flags and the keep-alive time. @throws RangeError for a packet that is cut */
export function clientOf(connect: Buffer): string {
  const at = 2 + connect.readUInt16BE(0) + 4;
  return connect.toString("latin1", at + 2, at + 2 + connect.readUInt16BE(at));
}
