import type { ReadableOptions } from "../../src/mqtt/options";
import type { Session } from "../../src/session/session";

export type QoS = 0 | 1 | 2;

/** A received message, in MQTT.js's form. */
export interface Packet {
  cmd: "publish";
  topic: string;
  payload: Buffer;
  /** Undefined when the modem does not report it; with a BC35-G 1 stands for both 1 and 2. */
  qos: QoS | undefined;
  /** Undefined when the modem does not report it. */
  retain: boolean | undefined;
  /** Undefined when the modem does not report it. */
  dup: boolean | undefined;
  /** Whether the payload is doubtful: bytes were lost, or the modem gave a length that does not fit. The message may have been cut or have bytes added. */
  suspect: boolean;
}

/** Joins the parts of a message. */
export class Assembly {
  #packet: Packet | null = null;
  #parts: Buffer[] = [];

  /** Reads the available bytes. @returns the message when it is complete, else null */
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
