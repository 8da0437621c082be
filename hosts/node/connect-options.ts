import { ArgumentError } from "../../src/errors";
import type { DriverClass } from "../../src/modem/driver";
import { COMMON } from "../../src/modem/names";
import type { RetryOptions } from "../../src/session/retry";
import { ModemMQTTClient } from "./client";
import type { ConnectOptions } from "./connect";
import { atLeast, boolean, bytes, callable, check, elsewhere, filled, having, integer, number, object, oneOf, required, shaped, signal, text, type Check, type Shape } from "./options";

/** The longest time of any option, in milliseconds. */
const DAY = 86_400_000;
/** An operation's id is a packet id of MQTT: there are no more. */
const MOST_OPERATIONS = 65_534;
/** Of TLS, for those who look for it: the password must not go out in clear text where somebody believes otherwise. */
const TLS = "TLS is made by the modem, where it can, and told in modemOptions: { encrypt: true } for m531x, { encrypt: true, version } for ml302, " +
  "{ sslContext: 0 to 5 } for nm28, with certificates that are in the modem already; a bc35g has none";

const host: Check = (name, value) => {
  filled(name, value);
  const refuse = (expected: string): never => { throw new ArgumentError("ARGUMENT_CHARACTER", name, value, expected); };
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
  if (value !== 3 && value !== 4) throw new ArgumentError(typeof value === "number" ? "ARGUMENT_RANGE" : "ARGUMENT_TYPE", name, value, "must be 3 (MQTT 3.1) or 4 (MQTT 3.1.1): the modems know no other");
};

const keepalive: Check = (name, value) => {
  number(name, value);
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 65_535) throw new ArgumentError("ARGUMENT_RANGE", name, value, "must be whole seconds from 0 to 65535");
};

const modem: Check = (name, value) => {
  if (typeof value === "string" || value instanceof ModemMQTTClient || (typeof value === "function" && typeof (value as Partial<DriverClass>).dialect?.limits === "object")) return;
  throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be the name of a modem, such as bc35g, a driver class, or a client of connect()");
};

// The numbers of these are checked by the core, under the same names.
const RETRY: Shape<RetryOptions> = {
  first: number, longest: number, jitter: number, burst: number, every: number, refused: number, initially: boolean, timeout: number, escalate: () => {}, lasting: number,
};

const WILL: Shape<NonNullable<ConnectOptions["will"]>> = { topic: filled, payload: bytes(), qos: integer(0, 2), retain: boolean };
const WILL_ELSEWHERE = { ...elsewhere("properties", "it belongs to MQTT 5, which no modem's client speaks"), message: "it is payload here", QoS: "it is qos here" };

const CONNECT: Shape<ConnectOptions> = {
  serial: filled, baud: integer(50, 20_000_000), modem, modemOptions: object,
  host, port: integer(1, 65_535), clientId: text, username: text, password: bytes("a secret"), protocol, protocolVersion,
  keepalive, clean: boolean, will: shaped(WILL, WILL_ELSEWHERE),
  reconnectPeriod: atLeast(0, DAY), retryFirst: boolean, refusedPeriod: atLeast(0, 7 * DAY), retry: shaped(RETRY), reset: callable,
  connectTimeout: atLeast(0, DAY), resubscribe: boolean, queueQoSZero: boolean, highWaterMark: integer(1, MOST_OPERATIONS), queueBytes: integer(1, 0x7fffffff),
  queuePolicy: oneOf("refuse", "drop oldest", "drop newest"), heldMessages: integer(1, Number.MAX_SAFE_INTEGER),
  store: having("must have the functions load, put and remove: see openStore()", "load", "put", "remove"),
  subscriptions: integer(1, 1000), trace: callable, signal, onClient: callable,
};

const CONNECT_ELSEWHERE = {
  ...elsewhere("ca, cert, key, tls, ssl, secure, rejectUnauthorized, pfx, passphrase, servername, checkServerIdentity, secureProtocol, ALPNProtocols", TLS),
  ...elsewhere("properties, topicAliasMaximum, autoAssignTopicAlias, autoUseTopicAlias", "it belongs to MQTT 5, which no modem's client speaks"),
  ...elsewhere("hostname, servers, url, uri, href, brokerUrl, broker", "the broker's name or address is host, and its port is port"),
  ...elsewhere("path, wsOptions, transformWsUrl, createWebsocket, stream, socket", "the modem makes the connection itself, over TCP; its own serial port is serial"),
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

/** What every modem can be told here: the rest is this host's. */
const { io: _io, shared: _shared, serial: _serial, clock: _clock, bytes: _bytes, ...MODEM } = COMMON;
const MODEM_ELSEWHERE = {
  ...elsewhere("ca, cert, key, tls, ssl, secure, encrypt, encryption, sslContext", TLS),
  ...elsewhere("io, shared", "it is the option modem, beside modemOptions"),
  ...elsewhere("serial, baud", "it belongs beside modemOptions"),
  ...elsewhere("clock, bytes", "it is this host's"),
};

/** @throws ArgumentError for what can be seen without the driver */
export function checkOptions(options: unknown): asserts options is ConnectOptions {
  const given = options as ConnectOptions;
  if (typeof options === "object" && options !== null)
    for (const name of Object.keys(options))
      if (!Object.hasOwn(CONNECT, name) && Object.hasOwn(MODEM, name)) throw new ArgumentError("ARGUMENT_UNKNOWN", name, undefined, `belongs to the modem: modemOptions: { ${name} }`);
  check("", withoutNull(options), CONNECT, CONNECT_ELSEWHERE);
  required("modem", given.modem, "must be the name of a modem, such as bc35g");
  required("host", given.host, "must be the broker's name or address");
  if (given.modem instanceof ModemMQTTClient) {
    for (const name of ["serial", "baud", "trace"] as const)
      if (given[name] !== undefined) throw new ArgumentError("ARGUMENT_RANGE", name, given[name], "must be left out where modem is a client: its serial port is used");
  } else required("serial", given.serial, "must be the path of a serial port, such as /dev/ttyUSB0");
  if (given.will) required("will.topic", given.will.topic, "must be given");
  // MQTT 3.1.1, 3.1.2.9: without a user name there is no password.
  if (given.password != null && given.password.length > 0) required("username", given.username, "must be given where there is a password: MQTT has no password without a user name");
  if (given.clean === false) required("clientId", given.clientId, "must be given where clean is false: the session belongs to it");
}

/** MQTT.js has null for no will and no user. */
function withoutNull(options: unknown): unknown {
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  return Object.fromEntries(Object.entries(options).filter(([name, value]) => value !== null || !["will", "username", "password"].includes(name)));
}

/** @throws ArgumentError for what the driver cannot be told, and for a keepalive that the modem has not, in seconds as it was given */
export function checkWith(driver: DriverClass, { modemOptions = {}, keepalive }: ConnectOptions): void {
  const { options: own, limits } = driver.dialect;
  const known = { ...MODEM, ...own };
  if (own !== undefined) check("modemOptions", modemOptions, Object.fromEntries(Object.keys(known).map((name) => [name, () => {}])), MODEM_ELSEWHERE);
  const told = (modemOptions["limits"] as { keepAlive?: unknown } | null | undefined)?.keepAlive;
  const [least, most] = Array.isArray(told) ? told as [number, number] : limits.keepAlive;
  if (keepalive !== undefined && !(keepalive >= least && keepalive <= most)) throw new ArgumentError("ARGUMENT_RANGE", "keepalive", keepalive, `must be from ${least} to ${most} seconds`);
}
