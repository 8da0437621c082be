import { ModemError, StateError, type MQTTModemError } from "../../src/errors";
import type { Family } from "../../src/modem/family";
import { mustBeAccepted } from "./acceptance";
import { apart } from "./callback";
import { careOf } from "./care-options";
import { SharedModem } from "./shared-modem";
import { ModemMQTTClient } from "./client";
import type { ClientSettings } from "./client-types";
import { checkOptions, checkWith, type ConnectOptions } from "./connect-options";
import { loadDriver, withCare } from "./drivers";
import { findModem } from "./modem/ask";
import { inWords } from "./options";

/** Stands for a modem's name: the modem is asked for it. */
const AUTO = "auto";
/** Seconds. */
const KEEPALIVE = 60;
/** Milliseconds. */
const LONGEST_PAUSE = 60_000;
/** Bytes of the longest message of any modem. */
const MESSAGE = 2048;
/** The most bytes of the queue, by default. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Brings the modem up and connects. Settles when the broker has accepted the connection.
 * @throws ArgumentError before a byte is sent; ModemError, NetworkError or BrokerError; each as a rejection, with the
 * port released
 */
export async function connect(options: ConnectOptions): Promise<ModemMQTTClient> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  return connectTo(options.modem === AUTO ? await withFound(options) : options);
}

/** The options with the modem and the rate that were found on the serial port. They are checked before. */
async function withFound(options: ConnectOptions): Promise<ConnectOptions> {
  const { serial, baud, trace, signal } = options;
  await mustBeAccepted(options, settingsOf(options));
  return { ...options, ...(await findModem({ serial: serial!, baud, trace, signal })) };
}

async function connectTo(options: ConnectOptions): Promise<ModemMQTTClient> {
  const { signal } = options;
  const driver = await driverOf(options.modem);
  checkWith(driver, options);
  const sharedModem = await sharedModemOf(options, driver);
  signal?.throwIfAborted();
  let client: ModemMQTTClient;
  try {
    client = new ModemMQTTClient(sharedModem, settingsOf(options));
  } catch (error) {
    throw inWords(error);
  }
  const abort = (): void => void client.end(true);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const opening = opened(client, signal);
    opening.catch(() => {}); // when onClient throws, its exception is thrown instead
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
      id:
        options.clientId ??
        `modem-mqtt_${Math.floor(Math.random() * 1e8)
          .toString()
          .padStart(8, "0")}`,
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

async function driverOf(modem: ConnectOptions["modem"]): Promise<Family> {
  if (modem instanceof ModemMQTTClient) return modem.carrier.driver;
  return typeof modem === "string" ? await loadDriver(modem) : await withCare(modem);
}

/** The modem of the other client, or of an own serial port. */
async function sharedModemOf(options: ConnectOptions, driver: Family): Promise<SharedModem> {
  const { modem, serial, baud, trace } = options;
  if (modem instanceof ModemMQTTClient) {
    if (modem.ended) throw new StateError("CLOSED", "the client whose modem is to be used has ended; give the serial port instead");
    await modem.carrier.settled();
    return modem.carrier;
  }
  return new SharedModem(driver, { path: serial!, baudRate: baud ?? driver.baud, trace }, careOf(options));
}

/** Settles when the client is connected; rejects when it has ended before. */
function opened(client: ModemMQTTClient, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason: MQTTModemError | undefined;
    const onError = (error: MQTTModemError): void => {
      reason = error;
    };
    const onEnd = (): void => {
      client.off("error", onError);
      void client
        .released()
        .then(() => reject(signal?.aborted ? signal.reason : (reason ?? new ModemError("PORT_FAILED", "the client was ended before it was connected"))));
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
