import type { ReadableOptions } from "../../src/mqtt/options";
import type { Session } from "../../src/session/session";

export type QoS = 0 | 1 | 2;

/** What comes with a message, in MQTT.js's words. */
export interface Packet {
  cmd: "publish";
  topic: string;
  payload: Buffer;
  /** Undefined where the modem does not tell it; a BC35-G gives 1 for both 1 and 2. */
  qos: QoS | undefined;
  /** Undefined where the modem does not tell it. */
  retain: boolean | undefined;
  /** Undefined where the modem does not tell it. */
  dup: boolean | undefined;
  /** The modem gave a length that does not fit what came, or bytes were lost: the message may have been cut, or have something added. */
  suspect: boolean;
}

/** Puts the parts of a message together. */
export class Assembly {
  #packet: Packet | null = null;
  #parts: Buffer[] = [];

  /** Reads what can be read. @returns the message, once it is whole */
  receive(session: Session, count: number, { topic, QoS, retain, duplicate, more, suspect }: ReadableOptions): Packet | null {
    if (topic !== undefined) {
      this.#packet = { cmd: "publish", topic, payload: Buffer.alloc(0), qos: QoS as QoS | undefined, retain, dup: duplicate, suspect: false };
      this.#parts = [];
    }
    const part = Buffer.alloc(count);
    if (count > 0) session.read(part);
    this.#parts.push(part);
    this.#packet!.suspect ||= suspect;
    if (more) return null;
    const packet = this.#packet!;
    packet.payload = this.#parts.length === 1 ? part : Buffer.concat(this.#parts);
    this.#packet = null;
    return packet;
  }
}
