import { ModemError, StateError, type MQTTModemError } from "../../src/errors";
import type { DriverClass } from "../../src/modem/driver";
import { apart } from "./callback";
import { Carrier } from "./carrier";
import { ModemMQTTClient, type ClientSettings } from "./client";
import { checkOptions, checkWith } from "./connect-options";
import { loadDriver } from "./drivers";
import { findModem } from "./modem/ask";
import { inWords } from "./options";
import type { QoS } from "./packet";
import type { Direction } from "./serial-port";
import type { QueueOptions } from "../../src/session/options";
import type { RetryOptions } from "../../src/session/retry";
import type { Store } from "../../src/session/store";

export interface ConnectOptions {
  /** The serial port: `/dev/ttyUSB0`, `COM3`, a pseudo-terminal. Left out where `modem` is a client. */
  serial?: string;
  /** Bit/s; the modem family's own from the factory when left out. */
  baud?: number;
  /**
   * A name (`"bc35g"`); `"auto"`, which asks the modem first, as `findModem` does; a driver class of your own; or another client, whose modem and serial port this one uses too,
   * where the modem has several MQTT clients (NM28). The port is released when the last of them has ended.
   */
  modem: string | DriverClass | ModemMQTTClient;
  /** Further options of the driver: `version`, `packetTimeout`, `attachTimeout`, … */
  modemOptions?: Record<string, unknown>;
  host: string;
  /** 1–65535; default 1883. */
  port?: number;
  /** Default: `modem-mqtt_` and eight random digits. */
  clientId?: string;
  username?: string;
  password?: string | Uint8Array;
  /** MQTT.js's: `mqtt` (or `tcp`) is all that there is, for TLS is the modem's affair, see `modemOptions`. */
  protocol?: "mqtt" | "tcp";
  /** 3 for MQTT 3.1, 4 for MQTT 3.1.1, the default; where the modem knows it. */
  protocolVersion?: 3 | 4;
  /** Seconds; default 60. */
  keepalive?: number;
  /** Default true. */
  clean?: boolean;
  will?: { topic: string; payload: string | Uint8Array; qos?: QoS; retain?: boolean };
  /**
   * Milliseconds before the first try to connect again when the connection was lost; doubled after every failure, up to a
   * minute, and longer by up to a half at random. 0: none, and the client ends with the error. Default 1000.
   */
  reconnectPeriod?: number;
  /** Whether a first connection that fails for a reason that may pass is tried again too. Default false: `connect` rejects. */
  retryFirst?: boolean;
  /** Milliseconds before the next try when the broker has refused the credentials. Default 0: none, the client ends with the error. */
  refusedPeriod?: number;
  /** When to try again, in more detail; what is set here goes before the three above. */
  retry?: RetryOptions;
  /** Pulls the modem's reset pin, where this machine can: the last that is tried when nothing else brings the modem back. */
  reset?(): void;
  /**
   * Milliseconds for one attempt, from opening the port to the broker's acceptance. Default 0: the driver's own limits for
   * each step, for attaching to a cellular network may take minutes.
   */
  connectTimeout?: number;
  /** Whether to subscribe again, after a loss, to all that was subscribed. Default true. */
  resubscribe?: boolean;
  /** Whether publishes at QoS 0 wait while there is no connection, rather than being rejected. Default true. */
  queueQoSZero?: boolean;
  /** How many operations may wait, 65534 at the most; further ones are rejected with BUSY, see `drained`. Default 1000. */
  highWaterMark?: number;
  /** Bytes of all payloads that may wait. Default 2048 for each of `highWaterMark`, 16 MiB at the most. */
  queueBytes?: number;
  /** What happens to a message when the queue is full; what was dropped is rejected with DROPPED. Default "refuse": BUSY. */
  queuePolicy?: QueueOptions["policy"];
  /**
   * How many received messages are held while there is neither a listener for them nor an iteration, and how many wait in one
   * iteration; at least 1, default 10000. Each further one is dropped, which an `error` with the code DROPPED tells.
   */
  heldMessages?: number;
  /** Keeps messages at QoS 1 and 2 until they are acknowledged, over the end of this process too: see `openStore`. */
  store?: Store;
  /** Topic filters that may be subscribed, 1–1000. Default 1000. */
  subscriptions?: number;
  /** Sees all traffic on the serial port, secrets included. */
  trace?(direction: Direction, bytes: Uint8Array): void;
  /** Ends the attempt to connect. Once connected, it has no effect any more: see `end`. */
  signal?: AbortSignal;
  /** Sees the client before it is connected, for its `stage` events. */
  onClient?(client: ModemMQTTClient): void;
}

/** In place of a modem's name: it is asked for. */
const AUTO = "auto";
/** Seconds. */
const KEEPALIVE = 60;
/** Milliseconds. */
const LONGEST_PAUSE = 60_000;
/** Bytes of the longest message of any modem, and of all that wait at the most. */
const MESSAGE = 2048;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Brings the modem up, opens the connection and settles when the broker has accepted it.
 * @throws ArgumentError before a byte is sent; ModemError, NetworkError or BrokerError; each as a rejection, with the
 * port released
 */
export async function connect(options: ConnectOptions): Promise<ModemMQTTClient> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  return connectTo(options.modem === AUTO ? await withFound(options) : options);
}

/** The same options with the modem and the rate that are found on the serial port. */
async function withFound(options: ConnectOptions): Promise<ConnectOptions> {
  const { serial, baud, trace, signal } = options;
  return { ...options, ...await findModem({ serial: serial!, baud, trace, signal }) };
}

async function connectTo(options: ConnectOptions): Promise<ModemMQTTClient> {
  const { signal } = options;
  const driver = await driverOf(options.modem);
  checkWith(driver, options);
  const carrier = await carrierOf(options, driver);
  signal?.throwIfAborted();
  let client: ModemMQTTClient;
  try {
    client = new ModemMQTTClient(carrier, settingsOf(options));
  } catch (error) {
    throw inWords(error);
  }
  const abort = (): void => void client.end(true);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const opening = opened(client, signal);
    opening.catch(() => {}); // what onClient throws goes before it
    try {
      options.onClient?.(client);
    } catch (error) {
      await client.end(true);
      throw error;
    }
    await opening;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  return client;
}

function settingsOf(options: ConnectOptions): ClientSettings {
  const reconnectPeriod = Math.ceil(options.reconnectPeriod ?? 1000);
  const highWaterMark = options.highWaterMark ?? 1000;
  return {
    session: {
      host: options.host,
      port: options.port,
      id: options.clientId ?? `modem-mqtt_${Math.floor(Math.random() * 1e8).toString().padStart(8, "0")}`,
      user: options.username ?? undefined,
      password: options.password ?? undefined,
      keepAlive: (options.keepalive ?? KEEPALIVE) * 1000,
      protocolVersion: options.protocolVersion,
      clean: options.clean,
      will: options.will && { topic: options.will.topic, message: options.will.payload, QoS: options.will.qos, retain: options.will.retain },
      retry: {
        first: reconnectPeriod,
        longest: Math.max(LONGEST_PAUSE, reconnectPeriod),
        timeout: Math.ceil(options.connectTimeout ?? 0),
        initially: options.retryFirst ?? false,
        refused: Math.ceil(options.refusedPeriod ?? 0),
        ...options.retry,
      },
      subscriptions: options.subscriptions ?? 1000,
      resubscribe: options.resubscribe,
      random: Math.random,
      reset: options.reset && (() => apart(() => options.reset!(), undefined)),
    },
    queue: {
      count: highWaterMark,
      bytes: options.queueBytes ?? Math.min(highWaterMark * MESSAGE, MOST_BYTES),
      policy: options.queuePolicy,
      QoSZero: options.queueQoSZero,
      store: options.store,
    },
    driverOptions: options.modemOptions,
    highWaterMark,
    heldMessages: options.heldMessages ?? 10_000,
  };
}

async function driverOf(modem: ConnectOptions["modem"]): Promise<DriverClass> {
  if (modem instanceof ModemMQTTClient) return modem.carrier.driver;
  return typeof modem === "string" ? await loadDriver(modem) : modem;
}

/** The other client's modem, or one on a serial port of its own. */
async function carrierOf({ modem, serial, baud, trace }: ConnectOptions, driver: DriverClass): Promise<Carrier> {
  if (modem instanceof ModemMQTTClient) {
    if (modem.ended) throw new StateError("CLOSED", "the client whose modem is to be used has ended; give the serial port instead");
    await modem.carrier.settled();
    return modem.carrier;
  }
  return new Carrier(driver, { path: serial!, baudRate: baud ?? driver.baud, trace });
}

function opened(client: ModemMQTTClient, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason: MQTTModemError | undefined;
    const onError = (error: MQTTModemError): void => { reason = error; };
    const onEnd = (): void => {
      client.off("error", onError);
      void client.released().then(() => reject(signal?.aborted ? signal.reason : reason ?? new ModemError("PORT_FAILED", "the client was ended before it was connected")));
    };
    client.once("error", onError);
    client.once("end", onEnd);
    client.once("connect", () => {
      client.off("error", onError);
      client.off("end", onEnd);
      resolve();
    });
  });
}
