import type { MQTTModemError } from "../errors";
import type { DriverClass } from "../modem/link";
import type { ModemOptions } from "../modem/options";
import type { StageName } from "./stages";

/** Bytes as ECMA-419 has them. */
export type ByteBuffer = ArrayBuffer | ArrayBufferView;

/** Beside the message's bytes. One object serves all messages: copy what is to outlive the callback. */
export interface ReadableOptions {
  /** At a message's first part; undefined at the others. */
  readonly topic: string | undefined;
  /**
   * At a message's first part. A modem that tells only whether there is a packet id (BC35-G) gives 1 for both 1 and 2;
   * `undefined` where it tells nothing.
   */
  readonly QoS: number | undefined;
  /** At a message's first part: its length, or undefined when it is longer than the ring and the modem gave no length. */
  readonly byteLength: number | undefined;
  /** Whether further parts follow. */
  readonly more: boolean;
  /** Where the modem tells it. */
  readonly retain: boolean | undefined;
  /** Where the modem tells it. */
  readonly duplicate: boolean | undefined;
  /**
   * The modem gave a length that does not fit what came: the message may have been cut, or have something added. Or it came
   * before the modem had answered this client's first commands, and may be the rest of an earlier client's message.
   */
  readonly suspect: boolean;
}

/** A control message that the modem has told of. */
export interface ControlMessage {
  /** One of the class's constants. */
  operation: number;
  /** The id of the `write` that it answers. */
  id?: number;
  /** CONNACK: 0. A broker that refuses is told of by `onError`: a BrokerError with its `returnCode`. */
  returnCode?: number;
  /**
   * SUBACK: for each topic the granted QoS, or 128 for a refusal. Where the modem has had a connection back, and the broker
   * refuses then what it had granted before, the SUBACK comes a second time.
   */
  payload?: number[];
  /** Of a SUBACK that comes a second time: what it is about. */
  topics?: string[];
}

/** What a client is made with; `on…` are called with the client as `this`. `Client` is the class, which this file must not import. */
export interface ClientOptions<Client = any> {
  host: string;
  /** 1–65535, digits in a string too; default 1883. */
  port?: number | string;
  /** Client id; default empty. */
  id?: string | ByteBuffer;
  user?: string | ByteBuffer;
  password?: string | ByteBuffer;
  /** Milliseconds, rounded up to seconds; default 0, no keep-alive. The modem does it by itself. */
  keepAlive?: number;
  /** Beyond ECMA-419: 3 for MQTT 3.1, 4 for MQTT 3.1.1, the default; where the modem knows it. */
  protocolVersion?: number;
  /** The spelling that Moddable's own client takes as well. */
  keepalive?: number;
  /** Default true. */
  clean?: boolean;
  will?: { topic: string | ByteBuffer; message?: string | ByteBuffer; QoS?: number; retain?: boolean | number } | null;
  /** Beyond ECMA-419: topic filters that are subscribed again when the modem has had the connection back; default 32. */
  subscriptions?: number;
  /** ECMA-419's: becomes the instance's property of this name. */
  target?: unknown;
  /** ECMA-419's: `"buffer"`. */
  format?: string;
  /** The driver, the serial port, and whatever the driver can be told. */
  modem: Partial<ModemOptions> & {
    io: DriverClass;
    /**
     * Another client whose modem and serial port this one uses too, where the modem has several MQTT clients (NM28), or
     * takes over from one that has ended, as soon as that has closed its connection. Where the port has been released
     * meanwhile, it is opened anew if `serial` is there too.
     */
    shared?: Client;
    /** The modem's own number for this connection; the first free one when left out. */
    link?: number;
    /** What the family can be told beyond what all can. */
    [option: string]: any;
  };
  /** Bytes of a message can be read. An empty message comes with 0. */
  onReadable?(this: Client, count: number, options: ReadableOptions): void;
  /**
   * A message of up to `count` bytes of payload can be written, or so much more of the one that is being written in parts.
   * The modem adds what MQTT needs, so topic and packet header take nothing of it.
   */
  onWritable?(this: Client, count: number): void;
  onControl?(this: Client, message: ControlMessage): void;
  /** The connection has ended as it was asked to, with DISCONNECT. */
  onClose?(this: Client): void;
  /** The connection has ended, or never came to be; nothing follows. */
  onError?(this: Client, error: MQTTModemError): void;
  /** Beyond ECMA-419: a `write` has ended, with `error` null when it ended well. QoS 0: when the modem has sent it. */
  onDone?(this: Client, id: number, error: MQTTModemError | null): void;
  /** Beyond ECMA-419: what is being done. Behind `reconnecting`, `online` means that all is subscribed again. */
  onStage?(this: Client, stage: StageName): void;
  /** Beyond ECMA-419: received bytes were lost, because a line did not fit into the ring or a message was not read. */
  onOverflow?(this: Client): void;
}

/** Beside the bytes: what is written. */
export interface WriteOptions {
  /** Default PUBLISH. */
  operation?: number;
  /** 1–65535; one is chosen when it is left out. */
  id?: number;
  topic?: string | ByteBuffer;
  /** 0–2; default 0. */
  QoS?: number;
  retain?: boolean;
  /** Taken and not used: the modem sets the flag where it is true. */
  duplicate?: boolean;
  /** The whole message's length, when this is only its first part. `onWritable` follows for the next one. */
  byteLength?: number;
  /** SUBSCRIBE and UNSUBSCRIBE. */
  items?: readonly { topic: string | ByteBuffer; QoS?: number }[];
}

/** Counted since the modem's port was opened. */
export interface Counters {
  /** Lines that the driver does not know: noise, a boot banner, the further lines of a message that cannot be framed. */
  unknownLines: number;
  /** `OK`, `ERROR` and their like that belonged to no command any more. */
  strayFinals: number;
  /** Lines that did not fit into the ring, and messages that were not read in time. */
  overflows: number;
  /** Messages that were handed over as suspect. */
  suspects: number;
}
