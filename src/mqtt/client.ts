import { ArgumentError } from "../errors";
import type { InquiryCallback } from "../modem/inquiries";
import type { Limits } from "../modem/limits";
import { Connection } from "./connection";
import type { ByteBuffer, ClientOptions, Counters, WriteOptions } from "./options";
import { Packet } from "./packets";

/** What a client is made with; `on…` are called with the client as `this`. */
export interface MQTTClientOptions extends ClientOptions<MQTTClient> {}

/**
 * ECMA-419's MQTT client class pattern over a modem's own MQTT client.
 *
 * Buffers: what is given to `write` is copied before it returns; what `read` fills is the caller's. Received bytes that
 * are not read keep everything behind them waiting, and are dropped when the ring is full of them.
 */
export class MQTTClient {
  /** What the option of this name was. */
  declare target?: unknown;
  // Private to the engine, because it leads to the password: who inspects a client does not come upon it.
  #connection: Connection;

  /**
   * Opens the port and begins to connect; `onWritable` follows, or `onError`.
   * @throws ArgumentError before anything is sent; what the port's class throws
   */
  constructor(options: MQTTClientOptions) {
    const { modem, format, target } = options;
    if (typeof modem?.io !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.io", modem?.io, "must be a driver: BC35G, M531X, ML302 or NM28");
    const { shared, io: { family } } = modem;
    if (shared !== undefined && shared.#connection.link.family !== family)
      throw new ArgumentError("ARGUMENT_RANGE", "modem.shared", shared, `must be a client of a ${family.name}`);
    const connection = this.#connection = new Connection(this, options, shared === undefined ? undefined : shared.#connection);
    if (format !== undefined) this.format = format;
    if (target !== undefined) this.target = target;
    connection.start(options);
  }

  /**
   * Without an argument, or with a number: the bytes of the present message, as many as there are or as asked for, in a
   * new ArrayBuffer. With a buffer: fills as much of it as there is, and returns how many bytes that was.
   * @returns undefined when there is nothing to read
   */
  read(count?: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(wanted?: number | ByteBuffer): ArrayBuffer | number | undefined {
    return this.#connection.read(wanted);
  }

  /**
   * Sends a message or a control message.
   * PUBLISH, SUBSCRIBE and UNSUBSCRIBE are done by the modem; DISCONNECT ends the connection in good order, then
   * `onClose`. The acknowledgements (PUBACK, PUBREC, PUBREL, PUBCOMP) and PINGREQ are the modem's own affair: writing
   * them does nothing.
   * @param data the payload, or the next part of one; copied before this returns
   * @returns how many bytes can be written now, as `onWritable` counts them
   * @throws ArgumentError when the modem cannot carry it; StateError NOT_CONNECTED, CLOSED, or BUSY until `onWritable`
   */
  write(data: ByteBuffer | null | undefined, options?: WriteOptions): number {
    return this.#connection.write(data, options);
  }

  /**
   * Beyond ECMA-419: asks the modem something that changes nothing, and gives the lines of its answer.
   * @param line a read form or test form of the modem's own, as its manual prints it: `AT+QMTCONN?`
   * @throws ArgumentError when it is not one; StateError
   */
  inquire(line: string, done: InquiryCallback): void {
    this.#connection.inquire(line, done);
  }

  /**
   * Ends everything at once and without a DISCONNECT, so that the broker publishes the will; no callback comes
   * afterwards. The modem is still told to close its connection. After a DISCONNECT has been written, what was written
   * until then is still sent. A second call does nothing.
   */
  close(): void {
    this.#connection.close();
  }

  /** What this modem can carry. */
  get limits(): Limits {
    return this.#connection.link.limits;
  }

  /** What went by on this modem's port and was nobody's, or could not be told for certain, since it was opened. */
  get counters(): Counters {
    const { unknownLines, lateFinals: strayFinals, overflows, suspects } = this.#connection.link.chat;
    return { unknownLines, strayFinals, overflows, suspects };
  }

  /** @internal Bytes of payload that the next publish may have, or that the present one still lacks; 0 when anything that can be written could not be taken. */
  get writable(): number {
    return this.#connection.writable;
  }

  /** @internal Refuses a length that the modem cannot carry. @throws ArgumentError */
  checkMessage(argument: string, length: number): void {
    this.#connection.publisher.checkLength(argument, length);
  }

  /** Always `"buffer"`. */
  get format(): string {
    return "buffer";
  }

  set format(value: string) {
    if (value !== this.format) throw new RangeError(`the only format is "buffer"; got ${JSON.stringify(value)}`);
  }

  static readonly CONNECT: 1 = Packet.CONNECT;
  static readonly CONNACK: 2 = Packet.CONNACK;
  static readonly PUBLISH: 3 = Packet.PUBLISH;
  static readonly PUBACK: 4 = Packet.PUBACK;
  static readonly PUBREC: 5 = Packet.PUBREC;
  static readonly PUBREL: 6 = Packet.PUBREL;
  static readonly PUBCOMP: 7 = Packet.PUBCOMP;
  static readonly SUBSCRIBE: 8 = Packet.SUBSCRIBE;
  static readonly SUBACK: 9 = Packet.SUBACK;
  static readonly UNSUBSCRIBE: 10 = Packet.UNSUBSCRIBE;
  static readonly UNSUBACK: 11 = Packet.UNSUBACK;
  static readonly PINGREQ: 12 = Packet.PINGREQ;
  static readonly PINGRESP: 13 = Packet.PINGRESP;
  static readonly DISCONNECT: 14 = Packet.DISCONNECT;
}
