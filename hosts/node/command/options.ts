import { Command, InvalidArgumentError } from "commander";
import { connect, TrafficTrace, type ConnectOptions, type ModemMQTTClient, type QoS } from "modem-mqtt/node";
import { UsageError } from "./exit";

/** The flags that `pub` and `sub` share: the port and the modem, and mosquitto's for the connection. */
export interface ConnectionFlags {
  serial: string;
  baud?: number;
  modem: string;
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
  debug?: boolean;
}

const VERSIONS: Readonly<Record<string, 3 | 4>> = { mqttv31: 3, "31": 3, mqttv311: 4, "311": 4 };

export function addConnectionOptions(command: Command): Command {
  return command
    .requiredOption("--serial <path>", "the modem's serial port")
    .option("--baud <n>", "its rate in bit/s (default: the modem's from the factory)", integer(1, 20_000_000))
    .option("--modem <name>", "the modem", "bc35g")
    .requiredOption("-h, --host <host>", "the broker, as the modem reaches it")
    .option("-p, --port <n>", "the broker's port", integer(1, 65535), 1883)
    .option("-i, --id <id>", "client id (default: a random one)")
    .option("-u, --username <name>", "user name")
    .option("-P, --pw <password>", "password")
    .option("-k, --keepalive <seconds>", "keepalive", integer(0, 65535), 60)
    .option("-q, --qos <n>", "QoS", qos, 0)
    .option("-c, --disable-clean-session", "keep the session at the broker (needs -i)")
    .option("--will-topic <topic>", "where the broker publishes when this client is lost")
    .option("--will-payload <text>", "what it publishes then")
    .option("--will-qos <n>", "with which QoS", qos)
    .option("--will-retain", "and retained")
    .option("-V, --protocol-version <version>", "mqttv31 or mqttv311", version, 4)
    .option("-d, --debug", "show the AT traffic on stderr, secrets masked");
}

/** Connects as the flags say. `signal` ends the attempt. */
export async function connectWith(flags: ConnectionFlags, signal: AbortSignal): Promise<ModemMQTTClient> {
  if (flags.disableCleanSession && flags.id === undefined) throw new UsageError("-c keeps a session, so it needs the client id that the session belongs to: -i");
  if (flags.willTopic === undefined && (flags.willPayload !== undefined || flags.willQos !== undefined || flags.willRetain))
    throw new UsageError("a will needs a topic: --will-topic");
  if (flags.pw !== undefined && flags.username === undefined) throw new UsageError("a password needs a user name: -u");
  const traffic = flags.debug ? new TrafficTrace((line) => process.stderr.write(line), [flags.pw]) : undefined;
  return connect({
    serial: flags.serial,
    baud: flags.baud,
    modem: flags.modem,
    protocolVersion: flags.protocolVersion,
    host: flags.host,
    port: flags.port,
    clientId: flags.id,
    username: flags.username,
    password: flags.pw,
    keepalive: flags.keepalive,
    clean: !flags.disableCleanSession,
    will: flags.willTopic === undefined ? undefined
      : { topic: flags.willTopic, payload: flags.willPayload ?? "", qos: flags.willQos, retain: flags.willRetain },
    trace: traffic?.trace,
    signal,
  } satisfies ConnectOptions);
}

/** Aborted by the first Ctrl-C; a second one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new UsageInterrupted("interrupted"));
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  return controller.signal;
}

/** The user has had enough. */
export class UsageInterrupted extends Error {
  readonly code = "INTERRUPTED";
}

export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

function qos(text: string): QoS {
  return integer(0, 2)(text) as QoS;
}

function version(text: string): 3 | 4 {
  const number = VERSIONS[text];
  if (number === undefined) throw new InvalidArgumentError("It must be mqttv31 or mqttv311: the modems know no other.");
  return number;
}
