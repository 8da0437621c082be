import type { MQTTModemError } from "../errors";
import type { Progress } from "../modem/care";
import type { Family } from "../modem/family";
import type { ModemOptions } from "../modem/options";
import type { StageName } from "../modem/stage";

/** Bytes as ECMA-419 has them. */
export type ByteBuffer = ArrayBuffer | ArrayBufferView;

/** What `onReadable` gets beside the number of bytes. One object serves all messages, so copy what must outlive the callback. */
export interface ReadableOptions {
  /** With a message's first part; undefined with the others. */
  readonly topic: string | undefined;
  /**
   * With a message's first part. A BC35-G reports only whether there is a packet id, so it gives 1 for both QoS 1 and 2.
   * `undefined` when the modem does not report it.
   */
  readonly QoS: number | undefined;
  /** With a message's first part: its length in bytes. Undefined when the message is longer than the ring and the modem gave no length. */
  readonly byteLength: number | undefined;
  /** Whether further parts follow. */
  readonly more: boolean;
  /** Undefined when the modem does not report it. */
  readonly retain: boolean | undefined;
  /** Undefined when the modem does not report it. */
  readonly duplicate: boolean | undefined;
  /**
   * Whether the payload is doubtful. Either the modem gave a length that does not fit the received bytes, so the message may have been
   * cut or have bytes added. Or it came before the modem had answered this client's first commands, and may be the rest of a message
   * to an earlier client.
   */
  readonly suspect: boolean;
}

/** A control message that the modem has reported. */
export interface ControlMessage {
  /** One of the class's constants. */
  operation: number;
  /** The id of the `write` that this message answers. */
  id?: number;
  /** CONNACK: always 0. When the broker refuses, `onError` gets a BrokerError with the `returnCode`. */
  returnCode?: number;
  /**
   * SUBACK: for each topic the granted QoS, or 128 for a refusal. A second SUBACK comes when the modem has reconnected and the broker
   * then refuses topics that it had granted before.
   */
  payload?: number[];
  /** Only in a second SUBACK: its topics. */
  topics?: string[];
}

/** A client's options. The callbacks `on…` have the client as `this`. The class is a type parameter, because this file must not import it: the import would run in a circle. */
export interface ClientOptions<Client = any> {
  host: string;
  /** 1–65535, digits in a string too; default 1883. */
  port?: number | string;
  /** Client id; default empty. */
  id?: string | ByteBuffer;
  user?: string | ByteBuffer;
  password?: string | ByteBuffer;
  /** Milliseconds, rounded up to seconds; default 0: no keep-alive. The modem sends the pings by itself. */
  keepAlive?: number;
  /** Beyond ECMA-419: 3 for MQTT 3.1, 4 (default) for MQTT 3.1.1; only versions that the modem knows. */
  protocolVersion?: number;
  /** As `keepAlive`, in the spelling that Moddable's own client accepts too. */
  keepalive?: number;
  /** Default true. */
  clean?: boolean;
  will?: { topic: string | ByteBuffer; message?: string | ByteBuffer; QoS?: number; retain?: boolean | number } | null;
  /** Beyond ECMA-419: how many topic filters are subscribed again after the modem has reconnected, 1–1000; default 32. */
  subscriptions?: number;
  /** ECMA-419's: becomes the instance's property of this name. */
  target?: unknown;
  /** ECMA-419's: `"buffer"`. */
  format?: string;
  /** The driver, the serial port, and the driver's options. */
  modem: Partial<ModemOptions> & {
    io: Family;
    /**
     * Another client whose modem and serial port this client uses. Either the modem has several MQTT clients (NM28), or the other
     * client has ended, and this one takes over as soon as the modem has closed that connection. If the port has been released
     * meanwhile and `serial` is given, the port is opened again.
     */
    shared?: Client;
    /** The modem's own number for this connection; the first free one when left out. */
    link?: number;
    /** The options of one modem family. */
    [option: string]: any;
  };
  /** `count` bytes of a message can be read; 0 for an empty message. */
  onReadable?(this: Client, count: number, options: ReadableOptions): void;
  /**
   * A message with up to `count` bytes of payload can be written, or the next `count` bytes of a message that is written in parts. Topic
   * and packet header do not count.
   */
  onWritable?(this: Client, count: number): void;
  onControl?(this: Client, message: ControlMessage): void;
  /** The connection has ended after the application's DISCONNECT. */
  onClose?(this: Client): void;
  /** The connection has been lost, or could not be made; no callback follows. */
  onError?(this: Client, error: MQTTModemError): void;
  /** Beyond ECMA-419: a `write` has ended; `error` is null when it succeeded. At QoS 0 it ends when the modem has sent the message. */
  onDone?(this: Client, id: number, error: MQTTModemError | null): void;
  /**
   * Beyond ECMA-419: what the modem is doing. After `reconnecting`, `online` means that all filters are subscribed again. A driver with
   * care tells `attaching` again whenever there is something new in `progress`, which is null with all other stages and drivers.
   */
  onStage?(this: Client, stage: StageName, progress: Progress | null): void;
  /** Beyond ECMA-419: received bytes were lost, because a line did not fit into the ring or a message was not read. */
  onOverflow?(this: Client): void;
}

/** What `write` writes, beside the bytes. */
export interface WriteOptions {
  /** Default PUBLISH. */
  operation?: number;
  /** 1–65535; the client chooses one when it is left out. */
  id?: number;
  topic?: string | ByteBuffer;
  /** 0–2; default 0. */
  QoS?: number;
  retain?: boolean;
  /** Accepted and ignored: the modem sets the flag itself when it sends again. */
  duplicate?: boolean;
  /** The whole message's length in bytes, when `data` is only its first part. `onWritable` follows for the next part. */
  byteLength?: number;
  /** The topics of SUBSCRIBE and UNSUBSCRIBE; QoS 0–2, default 0. */
  items?: readonly { topic: string | ByteBuffer; QoS?: number }[];
}

/** Counted since the modem's port was opened. */
export interface Counters {
  /** Lines that the driver does not know: noise, a boot banner, or further lines of a message whose end the modem does not mark. */
  unknownLines: number;
  /** Final results (`OK`, `ERROR` and so on) that came too late for their command. */
  strayFinals: number;
  /** Lines that were longer than the ring, and messages that were not read in time. */
  overflows: number;
  /** Messages that were reported as suspect. */
  suspects: number;
}
