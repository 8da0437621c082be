import { Command, InvalidArgumentError } from "commander";
import {
  connect, findBaud, findModem, loadDriver, TrafficTrace, type ConnectOptions, type FindOptions, type ModemMQTTClient, type QoS, type StageName,
} from "modem-mqtt/node";
import { UsageError } from "./exit";
import type { Progress } from "./progress";

/** The flags that choose the port and the modem. */
export interface PortFlags {
  serial: string;
  baud?: number | typeof AUTO;
  modem: string;
  debug?: boolean;
}

/** The flags that `pub` and `sub` share: the port and the modem, and mosquitto's for the connection. */
export interface ConnectionFlags extends PortFlags {
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
}

const AUTO = "auto";
const VERSIONS: Readonly<Record<string, 3 | 4>> = { mqttv31: 3, "31": 3, mqttv311: 4, "311": 4 };

export function addPortOptions(command: Command): Command {
  return command
    .requiredOption("--serial <path>", "the modem's serial port")
    .option("--baud <n>", "its rate in bit/s; auto: found out (default: the modem's from the factory)", rate)
    .option("--modem <name>", "the modem; auto: asked", AUTO)
    .option("-d, --debug", "show the AT traffic on stderr, secrets masked");
}

export function addConnectionOptions(command: Command): Command {
  return addPortOptions(command)
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
    .option("-V, --protocol-version <version>", "mqttv31 or mqttv311", version, 4);
}

/** What the stages of connecting are called on the terminal. */
const STAGES: Readonly<Partial<Record<StageName, (flags: ConnectionFlags) => string>>> = {
  waking: ({ serial }) => `waiting for the modem on ${serial} to answer`,
  preparing: () => "preparing the modem",
  recovering: () => "restarting the modem, or leaving the network",
  attaching: () => "waiting for the modem to attach to the network",
  connecting: ({ host, port }) => `connecting to ${host}:${port}`,
  reconnecting: ({ host, port }) => `the modem is connecting to ${host}:${port} again`,
  disconnecting: () => "disconnecting",
  closing: () => "closing the connection",
};

/** Connects as the flags say. `signal` ends the attempt. */
export async function connectWith(flags: ConnectionFlags, signal: AbortSignal, progress: Progress): Promise<ModemMQTTClient> {
  if (flags.disableCleanSession && flags.id === undefined) throw new UsageError("-c keeps a session, so it needs the client id that the session belongs to: -i");
  if (flags.willTopic === undefined && (flags.willPayload !== undefined || flags.willQos !== undefined || flags.willRetain))
    throw new UsageError("a will needs a topic: --will-topic");
  if (flags.pw !== undefined && flags.username === undefined) throw new UsageError("a password needs a user name: -u");
  const trace = tracing(flags, progress, [flags.pw]);
  try {
    const chosen = await chosenModem(flags, signal, progress, trace);
    await mustSuit(chosen.modem, flags);
    return await connect({
      serial: flags.serial,
      ...chosen,
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
      // As it is, a loss ends the command with status 1.
      reconnectPeriod: 0,
      trace,
      signal,
      onClient: (client) => client.on("stage", (stage) => {
        const what = STAGES[stage]?.(flags);
        if (what === undefined) progress.done();
        else progress.waitFor(what);
      }),
    } satisfies ConnectOptions);
  } finally {
    progress.done();
  }
}

/** What the flags say otherwise than the client's options do: its errors would have other words and numbers. */
async function mustSuit(modem: string, { keepalive, protocolVersion }: ConnectionFlags): Promise<void> {
  const { keepAlive: [least, most], protocolVersions } = (await loadDriver(modem)).dialect.limits;
  if (keepalive < least || keepalive > most) throw new UsageError(`-k must be from ${least} to ${most} seconds for ${modem}; got ${keepalive}`);
  if (!protocolVersions.includes(protocolVersion)) {
    const known = Object.keys(VERSIONS).filter((name) => name.startsWith("mqtt") && protocolVersions.includes(VERSIONS[name]!));
    throw new UsageError(`-V must be ${known.join(" or ")} for ${modem}`);
  }
}

/** What is shown of the traffic, if it is asked for. */
export function tracing({ debug }: PortFlags, progress: Progress, secrets: readonly (string | undefined)[]): ConnectOptions["trace"] {
  return debug ? new TrafficTrace((line) => progress.above(() => process.stderr.write(line)), secrets).trace : undefined;
}

/** How the modem is looked for, and what of it the terminal shows. */
export function finding(flags: PortFlags, signal: AbortSignal, progress: Progress, trace: ConnectOptions["trace"]): FindOptions {
  return {
    serial: flags.serial,
    trace,
    signal,
    onRate: (rate) => progress.waitFor(`looking for the modem on ${flags.serial} at ${rate} bit/s`),
    onFound: () => progress.waitFor("asking the modem what it is"),
  };
}

/** The modem and the rate, as they were named or as they are found. */
async function chosenModem(flags: PortFlags, signal: AbortSignal, progress: Progress, trace: ConnectOptions["trace"]): Promise<{ modem: string; baud: number }> {
  const options = finding(flags, signal, progress, trace);
  const baud = flags.baud === AUTO ? undefined : flags.baud;
  if (flags.modem === AUTO) return findModem({ ...options, baud });
  const driver = await loadDriver(flags.modem); // an unknown name is told of before the port is opened
  return { modem: flags.modem, baud: flags.baud === AUTO ? await findBaud(options) : baud ?? driver.baud };
}

/** The rate that `info` begins with: a modem that is named has one from the factory. */
export async function givenRate({ modem, baud }: PortFlags): Promise<number | undefined> {
  const driver = modem === AUTO ? undefined : await loadDriver(modem);
  return baud === AUTO ? undefined : baud ?? driver?.baud;
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

function rate(text: string): number | typeof AUTO {
  return text === AUTO ? AUTO : integer(1, 20_000_000)(text);
}

function qos(text: string): QoS {
  return integer(0, 2)(text) as QoS;
}

function version(text: string): 3 | 4 {
  const number = VERSIONS[text];
  if (number === undefined) throw new InvalidArgumentError("It must be mqttv31 or mqttv311: the modems know no other.");
  return number;
}
