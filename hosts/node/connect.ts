import { ArgumentError, ModemError, type MQTTModemError } from "../../src/errors";
import type { DriverClass } from "../../src/modem/dialect";
import type { MQTTClientOptions } from "../../src/mqtt/client";
import { ModemMQTTClient, type PortUse, type QoS } from "./client";
import { hostClock } from "./clock";
import { loadDriver } from "./drivers";
import { SerialPort, type Direction } from "./serial-port";

export interface ConnectOptions {
  /** The serial port: `/dev/ttyUSB0`, `COM3`, a pseudo-terminal. Left out where `modem` is a client. */
  serial?: string;
  /** Bit/s; the modem family's own from the factory when left out. */
  baud?: number;
  /**
   * A name (`"bc35g"`), or a driver class of your own; or another client, whose modem and serial port this one uses too,
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
  /** 3 for MQTT 3.1, 4 for MQTT 3.1.1, the default; where the modem knows it. */
  protocolVersion?: 3 | 4;
  /** Seconds; default 60. */
  keepalive?: number;
  /** Default true. */
  clean?: boolean;
  will?: { topic: string; payload: string | Uint8Array; qos?: QoS; retain?: boolean };
  /** Sees all traffic on the serial port, secrets included. */
  trace?(direction: Direction, bytes: Uint8Array): void;
  /** Ends the attempt to connect. Once connected, it has no effect any more: see `end`. */
  signal?: AbortSignal;
  /** Sees the client before it is connected, for its `stage` events. */
  onClient?(client: ModemMQTTClient): void;
}

/**
 * Brings the modem up, opens the connection and settles when the broker has accepted it.
 * @throws ArgumentError before a byte is sent; ModemError, NetworkError or BrokerError; each as a rejection, with the
 * port released
 */
export async function connect(options: ConnectOptions): Promise<ModemMQTTClient> {
  options.signal?.throwIfAborted();
  const { modem, use } = options.modem instanceof ModemMQTTClient ? options.modem.shared : await ownModem(options);
  const client = new ModemMQTTClient({
    host: options.host,
    port: options.port,
    id: options.clientId ?? `modem-mqtt_${Math.floor(Math.random() * 1e8).toString().padStart(8, "0")}`,
    user: options.username,
    password: options.password,
    keepAlive: (options.keepalive ?? 60) * 1000,
    protocolVersion: options.protocolVersion,
    clean: options.clean,
    will: options.will && { topic: options.will.topic, message: options.will.payload, QoS: options.will.qos, retain: options.will.retain },
    modem: {
      ...options.modemOptions,
      ...modem,
    },
  }, use);
  options.onClient?.(client);
  const abort = (): void => void client.end(true);
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    await opened(client, options.signal);
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
  return client;
}

/** A modem on a serial port of its own. */
async function ownModem(options: ConnectOptions): Promise<{ modem: MQTTClientOptions["modem"]; use: PortUse }> {
  if (options.serial === undefined) throw new ArgumentError("ARGUMENT_TYPE", "serial", options.serial, "must be the path of a serial port");
  const io = typeof options.modem === "string" ? await loadDriver(options.modem) : options.modem as DriverClass;
  let release!: () => void;
  const released = new Promise<void>((resolve) => { release = resolve; });
  const serial = { io: SerialPort, path: options.serial, baudRate: options.baud ?? io.baud, trace: options.trace, onClosed: release };
  return { modem: { io, clock: hostClock, serial }, use: { clients: 0, released } };
}

function opened(client: ModemMQTTClient, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason: MQTTModemError | undefined;
    const onError = (error: MQTTModemError): void => { reason = error; };
    const onClose = (): void => {
      client.off("error", onError);
      void client.released().then(() => reject(signal?.aborted ? signal.reason : reason ?? new ModemError("PORT_FAILED", "the client was ended before it was connected")));
    };
    client.once("error", onError);
    client.once("close", onClose);
    client.once("connect", () => {
      client.off("error", onError);
      client.off("close", onClose);
      resolve();
    });
  });
}
