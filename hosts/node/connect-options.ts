import { ArgumentError } from "../../src/errors";
import { isFamily, type Family } from "../../src/modem/family";
import { COMMON } from "../../src/modem/names";
import type { QueueOptions } from "../../src/session/options";
import type { RetryOptions } from "../../src/session/retry";
import type { Store } from "../../src/session/store";
import { CARE, CARE_ELSEWHERE, type CareOfModem } from "./care-options";
import { ModemMQTTClient } from "./client";
import {
  atLeast,
  boolean,
  bytes,
  callable,
  check,
  elsewhere,
  filled,
  having,
  integer,
  number,
  object,
  oneOf,
  required,
  shaped,
  signal,
  text,
  type Check,
  type Shape,
} from "./options";
import type { QoS } from "./packet";
import type { Direction } from "./serial-port";

export interface ConnectOptions extends CareOfModem {
  /** The serial port: `/dev/ttyUSB0`, `COM3`, a pseudo-terminal. Left out where `modem` is a client. */
  serial?: string;
  /** Bit/s; default the modem family's factory setting. */
  baud?: number;
  /**
   * A name (`"bc35g"`); `"auto"`, which asks the modem first, as `findModem` does; a driver of your own; or another client, whose
   * modem and serial port this client shares, when the modem has several MQTT clients (NM28). A shared port is released when its last
   * client has ended.
   */
  modem: string | Family | ModemMQTTClient;
  /** Further options of the driver: `version`, `packetTimeout`, `attachTimeout`, … */
  modemOptions?: Record<string, unknown>;
  host: string;
  /** 1–65535; default 1883. */
  port?: number;
  /** Default: `modem-mqtt_` and eight random digits. */
  clientId?: string;
  username?: string;
  password?: string | Uint8Array;
  /** Accepted for MQTT.js's sake: only `mqtt` and `tcp`. The modem makes TLS connections: see `modemOptions`. */
  protocol?: "mqtt" | "tcp";
  /** 3 for MQTT 3.1, 4 (default) for MQTT 3.1.1; only versions that the modem knows. */
  protocolVersion?: 3 | 4;
  /** Seconds; default 60. */
  keepalive?: number;
  /** Default true. */
  clean?: boolean;
  will?: { topic: string; payload: string | Uint8Array; qos?: QoS; retain?: boolean };
  /**
   * Milliseconds from a loss to the first attempt to connect again, 0–86400000; default 1000. The pause doubles after every failure, up
   * to a minute, and up to a half of it is added at random. 0: no attempt, the client ends with the error.
   */
  reconnectPeriod?: number;
  /** Whether to try again when the first connection fails for a reason that may pass. Default false: `connect` rejects. */
  retryFirst?: boolean;
  /** Milliseconds until the next attempt after the broker has refused the credentials, 0–604800000. Default 0: no attempt, the client ends with the error. */
  refusedPeriod?: number;
  /** When to try again, in more detail. These options override the three above. */
  retry?: RetryOptions;
  /** Pulls the modem's reset pin, if this machine can; called when nothing else brings the modem back. */
  reset?(): void;
  /**
   * The most milliseconds for one attempt, from opening the port to the broker's acceptance, 0–86400000. Default 0: only the driver's
   * limits for each step apply, because attaching to a cellular network may take minutes.
   */
  connectTimeout?: number;
  /** Whether the client subscribes again to all filters after a loss. Default true. */
  resubscribe?: boolean;
  /** Whether messages at QoS 0 wait while there is no connection. Default true. With false they are rejected with NOT_CONNECTED. */
  queueQoSZero?: boolean;
  /** The most operations that may wait or be in flight, 1–65534; default 1000. Further ones are rejected with BUSY: see `drained`. */
  highWaterMark?: number;
  /** Bytes for the payloads of all operations together. Default 2048 for each of `highWaterMark`, at most 16 MiB. */
  queueBytes?: number;
  /** What happens when the queue is full: "refuse" (default) rejects the new message with BUSY; "drop oldest" and "drop newest" reject the dropped message with DROPPED. */
  queuePolicy?: QueueOptions["policy"];
  /**
   * How many received messages are held while there is neither a listener nor an iteration, and how many wait in one iteration; at least
   * 1, default 10000. Each further message is dropped, and `error` reports it with the code DROPPED.
   */
  heldMessages?: number;
  /** Keeps messages at QoS 1 and 2 until the broker has acknowledged them, also after the end of this process: see `openStore`. */
  store?: Store;
  /** The most topic filters, 1–1000; default 1000. */
  subscriptions?: number;
  /** Gets all traffic on the serial port, secrets included. */
  trace?(direction: Direction, bytes: Uint8Array): void;
  /** Aborts the attempt to connect. After the client is connected it has no effect: see `end`. */
  signal?: AbortSignal;
  /** Gets the client before it is connected, for its `stage` events. */
  onClient?(client: ModemMQTTClient): void;
}

/** The longest time of any option, in milliseconds. */
const DAY = 86_400_000;
/** The number of ids: an operation's id is an MQTT packet id. */
const MOST_OPERATIONS = 65_534;
/** Answers options for TLS. They are refused, so that nobody sends a password in clear text and believes that it is encrypted. */
const TLS =
  "TLS is made by the modem, where it can, and told in modemOptions: { encrypt: true } for m531x, { encrypt: true, version } for ml302, " +
  "{ sslContext: 0 to 5 } for nm28, with certificates that are in the modem already; a bc35g has none";

const host: Check = (name, value) => {
  filled(name, value);
  const refuse = (expected: string): never => {
    throw new ArgumentError("ARGUMENT_CHARACTER", name, value, expected);
  };
  const text = value as string;
  if (text.includes("/")) refuse("must be the broker's name or address alone, and not a URL; the port has an option of its own");
  if (/^[^:]*:\d*$/.test(text)) refuse("must be the broker's name or address alone; the port has an option of its own");
  if (/\s/.test(text)) refuse("must be the broker's name or address, without blanks");
};

const protocol: Check = (name, value) => {
  if (value === "mqtt" || value === "tcp") return;
  throw new ArgumentError("ARGUMENT_RANGE", name, value, `must be mqtt: a modem's client speaks MQTT over TCP; ${TLS}`);
};

const protocolVersion: Check = (name, value) => {
  if (value !== 3 && value !== 4)
    throw new ArgumentError(
      typeof value === "number" ? "ARGUMENT_RANGE" : "ARGUMENT_TYPE",
      name,
      value,
      "must be 3 (MQTT 3.1) or 4 (MQTT 3.1.1): the modems know no other",
    );
};

const keepalive: Check = (name, value) => {
  number(name, value);
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 65_535)
    throw new ArgumentError("ARGUMENT_RANGE", name, value, "must be whole seconds from 0 to 65535");
};

const modem: Check = (name, value) => {
  if (typeof value === "string" || value instanceof ModemMQTTClient || isFamily(value)) return;
  throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be the name of a modem, such as bc35g, a driver class, or a client of connect()");
};

// The core checks the ranges of these numbers.
const RETRY: Shape<RetryOptions> = {
  first: number,
  longest: number,
  jitter: number,
  burst: number,
  every: number,
  refused: number,
  initially: boolean,
  timeout: number,
  escalate: () => {},
  lasting: number,
};

const WILL: Shape<NonNullable<ConnectOptions["will"]>> = { topic: filled, payload: bytes(), qos: integer(0, 2), retain: boolean };
const WILL_ELSEWHERE = {
  ...elsewhere("properties", "it belongs to MQTT 5, which no modem's client speaks"),
  message: "it is payload here",
  QoS: "it is qos here",
};

const CONNECT: Shape<ConnectOptions> = {
  ...CARE,
  serial: filled,
  baud: integer(50, 20_000_000),
  modem,
  modemOptions: object,
  host,
  port: integer(1, 65_535),
  clientId: text,
  username: text,
  password: bytes("a secret"),
  protocol,
  protocolVersion,
  keepalive,
  clean: boolean,
  will: shaped(WILL, WILL_ELSEWHERE),
  reconnectPeriod: atLeast(0, DAY),
  retryFirst: boolean,
  refusedPeriod: atLeast(0, 7 * DAY),
  retry: shaped(RETRY),
  reset: callable,
  connectTimeout: atLeast(0, DAY),
  resubscribe: boolean,
  queueQoSZero: boolean,
  highWaterMark: integer(1, MOST_OPERATIONS),
  queueBytes: integer(1, 0x7fffffff),
  queuePolicy: oneOf("refuse", "drop oldest", "drop newest"),
  heldMessages: integer(1, Number.MAX_SAFE_INTEGER),
  store: having("must have the functions load, put and remove: see openStore()", "load", "put", "remove"),
  subscriptions: integer(1, 1000),
  trace: callable,
  signal,
  onClient: callable,
};

const CONNECT_ELSEWHERE = {
  ...elsewhere("ca, cert, key, tls, ssl, secure, rejectUnauthorized, pfx, passphrase, servername, checkServerIdentity, secureProtocol, ALPNProtocols", TLS),
  ...elsewhere("properties, topicAliasMaximum, autoAssignTopicAlias, autoUseTopicAlias", "it belongs to MQTT 5, which no modem's client speaks"),
  ...elsewhere("hostname, servers, url, uri, href, brokerUrl, broker", "the broker's name or address is host, and its port is port"),
  ...elsewhere(
    "path, wsOptions, transformWsUrl, createWebsocket, stream, socket",
    "the modem makes the connection itself, over TCP; its own serial port is serial",
  ),
  ...CARE_ELSEWHERE,
  ...elsewhere("incomingStore, outgoingStore", "what is to outlive this process is kept by store: see openStore()"),
  ...elsewhere("protocolId", "protocolVersion says it: 3 is MQTT 3.1, 4 is MQTT 3.1.1"),
  ...elsewhere("reschedulePings, timerVariant", "the modem sends the pings"),
  ...elsewhere("autoReconnect, reconnect", "reconnectPeriod: 0 switches it off"),
  ...elsewhere("baudRate, baudrate, rate", "it is baud here"),
  ...elsewhere("id", "it is clientId here"),
  ...elsewhere("user, userName", "it is username here"),
  ...elsewhere("pass, passwd, pw", "it is password here"),
  ...elsewhere("keepAlive", "it is keepalive here, in seconds"),
  ...elsewhere("family, driver", "it is modem here"),
};

/** The options of every modem, without those that this host sets itself. */
const MODEM: Readonly<Record<string, 1>> = Object.fromEntries(
  Object.entries(COMMON).filter(([name]) => !["io", "shared", "serial", "clock", "bytes", ...Object.keys(CARE)].includes(name)),
);
const MODEM_ELSEWHERE = {
  ...elsewhere("ca, cert, key, tls, ssl, secure, encrypt, encryption, sslContext", TLS),
  ...elsewhere("io, shared", "it is the option modem, beside modemOptions"),
  ...elsewhere(`serial, baud, ${Object.keys(CARE).join(", ")}`, "it belongs beside modemOptions"),
  ...elsewhere("clock, bytes", "it is this host's"),
};

/** Checks what can be checked without the driver. @throws ArgumentError */
export function checkOptions(options: unknown): asserts options is ConnectOptions {
  const given = options as ConnectOptions;
  if (typeof options === "object" && options !== null)
    for (const name of Object.keys(options))
      if (!Object.hasOwn(CONNECT, name) && Object.hasOwn(MODEM, name))
        throw new ArgumentError("ARGUMENT_UNKNOWN", name, undefined, `belongs to the modem: modemOptions: { ${name} }`);
  check("", withoutNull(options), CONNECT, CONNECT_ELSEWHERE);
  required("modem", given.modem, "must be the name of a modem, such as bc35g");
  required("host", given.host, "must be the broker's name or address");
  if (given.modem instanceof ModemMQTTClient) {
    for (const name of ["serial", "baud", "trace"] as const)
      if (given[name] !== undefined)
        throw new ArgumentError("ARGUMENT_RANGE", name, given[name], "must be left out where modem is a client: its serial port is used");
    for (const name of Object.keys(CARE) as (keyof CareOfModem)[])
      if (given[name] !== undefined)
        throw new ArgumentError(
          "ARGUMENT_RANGE",
          name,
          name === "pin" || name === "apn" ? "a secret" : given[name],
          "must be left out where modem is a client: its modem has been told already",
        );
  } else required("serial", given.serial, "must be the path of a serial port, such as /dev/ttyUSB0");
  if (given.will) required("will.topic", given.will.topic, "must be given");
  // MQTT 3.1.1, 3.1.2.9: without a user name there is no password.
  if (given.password != null && given.password.length > 0)
    required("username", given.username, "must be given where there is a password: MQTT has no password without a user name");
  if (given.clean === false) required("clientId", given.clientId, "must be given where clean is false: the session belongs to it");
}

/** The options without those that are null, where MQTT.js has null for "none": the will, the user name and the password. */
function withoutNull(options: unknown): unknown {
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => value !== null || !["will", "username", "password"].includes(name)));
}

/** Checks the driver's options, and the keepalive against the modem's limits. @throws ArgumentError, with the keepalive in seconds */
export function checkWith(driver: Family, { modemOptions = {}, keepalive }: ConnectOptions): void {
  const { options: own, limits } = driver;
  const known = { ...MODEM, ...own };
  if (own !== undefined) check("modemOptions", modemOptions, Object.fromEntries(Object.keys(known).map((name) => [name, () => {}])), MODEM_ELSEWHERE);
  const given = (modemOptions["limits"] as { keepAlive?: unknown } | null | undefined)?.keepAlive;
  const [least, most] = Array.isArray(given) ? (given as [number, number]) : limits.keepAlive;
  if (keepalive !== undefined && !(keepalive >= least && keepalive <= most))
    throw new ArgumentError("ARGUMENT_RANGE", "keepalive", keepalive, `must be from ${least} to ${most} seconds`);
}
