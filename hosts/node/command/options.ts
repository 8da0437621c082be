import { type Command, InvalidArgumentError, Option, type OptionValueSource } from "commander";
import type { QoS } from "modem-mqtt/node";
import { addTLSFlags, addURL, host } from "./broker";
import { addDeviceOptions, type DeviceFlags } from "./device-flags";

/** The flags that choose the port and the modem. */
export interface PortFlags {
  serial: string;
  baud?: number | typeof AUTO;
  modem: string;
  /** Seconds. */
  bootTimeout: number;
  debug?: boolean;
}

/** The flags that `pub` and `sub` share: the port and the modem, and mosquitto's for the connection. */
export interface ConnectionFlags extends PortFlags, DeviceFlags {
  /** Seconds. */
  attachTimeout?: number;
  host: string;
  port: number;
  id?: string;
  username?: string;
  pw?: string;
  keepalive: number;
  qos: QoS;
  disableCleanSession?: boolean;
  willTopic?: string;
  willPayload?: string;
  willQos?: QoS;
  willRetain?: boolean;
  protocolVersion: 3 | 4;
  receiving?: string;
  payloadEncoding?: string;
}

export const AUTO = "auto";
/** mosquitto's names of MQTT's versions, and their protocol levels, which `connect()` and MQTT.js use. */
export const VERSIONS: Readonly<Record<string, 3 | 4>> = { mqttv31: 3, "31": 3, "3": 3, mqttv311: 4, "311": 4, "4": 4 };
/** mosquitto's names of MQTT 5, which no modem knows. */
const MQTT5: readonly string[] = ["mqttv5", "5", "50"];

/** @param names of the modems */
export function addPortOptions(command: Command, names: readonly string[]): Command {
  return command
    .requiredOption("--serial <path>", "the modem's serial port", nonEmpty)
    .option("--baud <n>", "its rate in bit/s; auto: found out (default: the modem's from the factory)", rate)
    .option("--modem <name>", `the modem: ${names.join(", ")}; auto: asked`, nonEmpty, AUTO)
    .option("--boot-timeout <seconds>", "how long the modem may take until it answers", integer(1, 3600), 30)
    .option("-d, --debug", "show the AT traffic on stderr, secrets masked");
}

/** @param topic is called with the topic of a URL */
export function addConnectionOptions(command: Command, names: readonly string[], topic: (text: string, source: OptionValueSource) => void): Command {
  addDeviceOptions(addPortOptions(command, names))
    .option("--attach-timeout <seconds>", "how long the modem may take until it has a network (default: 600)", integer(1, 86_400))
    .requiredOption("-h, --host <host>", "the broker, as the modem reaches it", host)
    .option("-p, --port <n>", "the broker's port", integer(1, 65535), 1883);
  return addTLSFlags(addURL(command, topic))
    .option("-i, --id <id>", "client id (default: a random one)")
    .addOption(new Option("-u, --username <name>", "user name").env("MODEM_MQTT_USERNAME"))
    .addOption(new Option("-P, --pw <password>", "password; others on this machine can see it here").env("MODEM_MQTT_PASSWORD"))
    .option("-k, --keepalive <seconds>", "keepalive", integer(0, 65535), 60)
    .option("-q, --qos <n>", "QoS", qos, 0)
    .option("-c, --disable-clean-session", "keep the session at the broker (needs -i)")
    .option("--will-topic <topic>", "where the broker publishes when this client is lost")
    .option("--will-payload <text>", "what it publishes then")
    .option("--will-qos <n>", "with which QoS", qos)
    .option("--will-retain", "and retained")
    .addOption(new Option("-V, --protocol-version <version>", "MQTT's version: mqttv31 (31, 3) or mqttv311 (311, 4)").argParser(version).default(4, "mqttv311"))
    .addOption(
      new Option("--receiving <how>", "where a message ends that a BC35-G receives: at the first line end, or where silence follows").choices(["line", "idle"]),
    )
    .addOption(new Option("--payload-encoding <name>", "as what payloads go over the air, where both ends agree").choices(["raw", "hex", "base64"]));
}

/** The driver's options. */
export function driverOptionsOf({ receiving, payloadEncoding, bootTimeout, attachTimeout }: ConnectionFlags): Record<string, unknown> {
  return {
    bootTimeout: bootTimeout * 1000,
    ...(attachTimeout !== undefined && { attachTimeout: attachTimeout * 1000 }),
    ...(receiving !== undefined && { receiving }),
    ...(payloadEncoding !== undefined && { payloadEncoding }),
  };
}

/** A signal that the first Ctrl-C aborts; the second Ctrl-C ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new Interrupted("interrupted"));
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  return controller.signal;
}

/** The user pressed Ctrl-C. */
export class Interrupted extends Error {
  readonly code = "INTERRUPTED";
}

export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

function rate(text: string): number | typeof AUTO {
  return text === AUTO ? AUTO : integer(1, 20_000_000)(text);
}

function qos(text: string): QoS {
  return integer(0, 2)(text) as QoS;
}

function version(text: string): 3 | 4 {
  const number = VERSIONS[text];
  if (number !== undefined) return number;
  const why = MQTT5.includes(text) ? "No modem here speaks MQTT 5" : "The modems know no other";
  throw new InvalidArgumentError(`It must be mqttv31 or mqttv311. ${why}.`);
}

function nonEmpty(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}
