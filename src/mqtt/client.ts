import { ArgumentError } from "../errors";
import type { ClientModem } from "../modem/client-modem";
import { checkFamily } from "../modem/family";
import type { InquiryCallback } from "../modem/inquiry";
import type { Limits } from "../modem/limits";
import { Connection } from "./connection";
import type { ByteBuffer, ClientOptions, Counters, WriteOptions } from "./options";
import { Packet } from "./packets";

/** A client's options. The callbacks `on…` have the client as `this`. */
export interface MQTTClientOptions extends ClientOptions<MQTTClient> {}

/**
 * ECMA-419's MQTT client class pattern over a modem's own MQTT client.
 *
 * Buffers: `write` copies its bytes before it returns; a buffer that `read` fills stays the caller's. While received bytes are not read,
 * everything after them waits; when they fill the receive ring, they are dropped.
 */
export class MQTTClient {
  /** The value of the option `target`. */
  declare target?: unknown;
  // Private, because it leads to the password, which must not show when a client is inspected or logged.
  #connection: Connection;

  /**
   * Opens the port and begins to connect; `onWritable` or `onError` follows.
   * @throws ArgumentError before anything is sent; StateError; what the port's class throws
   */
  constructor(options: MQTTClientOptions) {
    const { modem, format, target } = options;
    checkFamily(modem?.io);
    const { shared, io: family } = modem;
    if (shared !== undefined && shared.#connection.link.family !== family)
      throw new ArgumentError("ARGUMENT_RANGE", "modem.shared", shared, `must be a client of a ${family.title}`);
    const connection = (this.#connection = new Connection(this, options, shared === undefined ? undefined : shared.#connection));
    if (format !== undefined) this.format = format;
    if (target !== undefined) this.target = target;
    connection.start(options);
  }

  /**
   * Reads bytes of the present message. Without an argument: all available bytes; with a number: at most so many; both in a new
   * ArrayBuffer. With a buffer: fills it as far as bytes are available.
   * @returns the ArrayBuffer, or the number of bytes that were written to the buffer; undefined when there is nothing to read
   */
  read(count?: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(wanted?: number | ByteBuffer): ArrayBuffer | number | undefined {
    return this.#connection.read(wanted);
  }

  /**
   * Sends a message or a control message.
   * The modem carries out PUBLISH, SUBSCRIBE and UNSUBSCRIBE. DISCONNECT ends the connection in order, and `onClose` follows. Writing
   * PUBACK, PUBREC, PUBREL, PUBCOMP or PINGREQ does nothing, because the modem sends them by itself.
   * @param data the payload, or its next part; copied before this returns
   * @returns how many bytes of payload can be written now, as `onWritable` counts them
   * @throws ArgumentError when the modem cannot carry the message; StateError NOT_CONNECTED, CLOSED, or BUSY until the next `onWritable`
   */
  write(data: ByteBuffer | null | undefined, options?: WriteOptions): number {
    return this.#connection.write(data, options);
  }

  /**
   * Beyond ECMA-419: sends the modem a query and gives the lines of its answer.
   * @param line a read or test form, which changes nothing, as the modem's manual prints it: `AT+QMTCONN?`
   * @param done called once with the result
   * @throws ArgumentError when `line` has another form; StateError CLOSED or BUSY
   */
  inquire(line: string, done: InquiryCallback): void {
    this.#connection.inquire(line, done);
  }

  /**
   * Ends the client at once and without a DISCONNECT, so that the broker publishes the will. No callback comes afterwards. The modem is
   * still told to close its connection. After a written DISCONNECT, everything that was written before it is still sent. A second call
   * does nothing.
   */
  close(): void {
    this.#connection.close();
  }

  /** The modem as a device, beside MQTT: commands of the application's own, and how the modem is. @throws StateError NOT_SUPPORTED by a driver without care */
  get modem(): ClientModem {
    return this.#connection.modem;
  }

  /** The limits of this modem's MQTT client. */
  get limits(): Limits {
    return this.#connection.link.limits;
  }

  /** Counts of unknown, late, lost and doubtful input since this modem's port was opened. */
  get counters(): Counters {
    const { unknownLines, lateFinals: strayFinals, overflows, suspects } = this.#connection.link.chat;
    return { unknownLines, strayFinals, overflows, suspects };
  }

  /** @internal Bytes of payload that the next publish may have, or that the present one still lacks; 0 while nothing can be written. */
  get writable(): number {
    return this.#connection.writable;
  }

  /** @internal Checks a payload's length against the modem's limits. @throws ArgumentError */
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
