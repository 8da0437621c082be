// Makes a client from the flags.
import {
  connect,
  findBaud,
  findModem,
  loadDriver,
  ModemError,
  modemNames,
  TrafficTrace,
  type ConnectOptions,
  type FindOptions,
  type ModemMQTTClient,
  type StageName,
} from "modem-mqtt/node";
import { attachingWords } from "./attaching";
import { deviceOptionsOf } from "./device-flags";
import { UsageError } from "./exit";
import { AUTO, driverOptionsOf, type ConnectionFlags, type PortFlags } from "./options";
import type { Progress } from "./progress";
import { rehearse, type Work } from "./rehearsal";

/** The words for the stages on the terminal. */
const STAGES: Readonly<Partial<Record<StageName, (flags: ConnectionFlags) => string>>> = {
  waking: ({ serial }) => `waiting for the modem on ${serial} to answer`,
  preparing: () => "preparing the modem",
  recovering: () => "restarting the modem, or leaving the network",
  attaching: () => "attaching to the network",
  asleep: () => "waiting for the modem, which sleeps",
  connecting: ({ host, port }) => `connecting to ${host}:${port}`,
  reconnecting: ({ host, port }) => `the modem is connecting to ${host}:${port} again`,
  disconnecting: () => "disconnecting",
  closing: () => "closing the connection",
};

/** Checks the flags before anything is opened. @throws UsageError */
export async function mustMakeSense(flags: ConnectionFlags, work: Work): Promise<void> {
  if (flags.disableCleanSession && !flags.id) throw new UsageError("-c keeps a session, so it needs the client id that the session belongs to: -i");
  if (flags.willTopic === undefined && (flags.willPayload !== undefined || flags.willQos !== undefined || flags.willRetain))
    throw new UsageError("a will needs a topic: --will-topic");
  if (flags.pw !== undefined && flags.username === undefined) throw new UsageError("a password needs a user name: -u, or MODEM_MQTT_USERNAME");
  await rehearse(flags.modem === AUTO ? await modemNames() : [flags.modem], flags, work);
}

/** How the connection of one command differs from that of another. */
export interface Manner {
  /** As for `connect`: 0 ends the client at the first loss. */
  reconnectPeriod: number;
  /** Gets the client before it is connected, and its modem's name. */
  onClient(client: ModemMQTTClient, modem: string): void;
}

/**
 * Connects as the flags say, after {@link mustMakeSense}.
 * @param work what the command does then: checked again when the modem was found by asking it
 * @param signal aborts the attempt
 */
export async function connectWith(flags: ConnectionFlags, work: Work, signal: AbortSignal, progress: Progress, manner: Manner): Promise<ModemMQTTClient> {
  const trace = tracing(flags, progress, [flags.pw, flags.apnPassword]);
  try {
    const chosen = await chosenModem(flags, signal, progress, trace);
    if (flags.modem === AUTO) await rehearse([chosen.modem], flags, work);
    return await withRate(chosen.baud, () =>
      connect({
        serial: flags.serial,
        ...chosen,
        modemOptions: driverOptionsOf(flags),
        ...deviceOptionsOf(flags),
        protocolVersion: flags.protocolVersion,
        host: flags.host,
        port: flags.port,
        clientId: flags.id,
        username: flags.username,
        password: flags.pw,
        keepalive: flags.keepalive,
        clean: !flags.disableCleanSession,
        will:
          flags.willTopic === undefined
            ? undefined
            : { topic: flags.willTopic, payload: flags.willPayload ?? "", qos: flags.willQos, retain: flags.willRetain },
        reconnectPeriod: manner.reconnectPeriod,
        trace,
        signal,
        onClient: (client) => {
          client.on("stage", (stage, told) => {
            const what = STAGES[stage]?.(flags);
            if (what === undefined) progress.done();
            else progress.waitFor(what, told === null ? "" : attachingWords(told));
          });
          manner.onClient(client, chosen.modem);
        },
      } satisfies ConnectOptions),
    );
  } finally {
    progress.done();
  }
}

const NEVER_ANSWERED = /^no modem answers/;

/** Runs `work`. When the modem has never answered and only one rate was tried, adds the rate to the error. */
export async function withRate<T>(baud: number | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (baud === undefined || !(error instanceof ModemError) || !NEVER_ANSWERED.test(error.message)) throw error;
    throw new ModemError("MODEM_SILENT", `${error.message}; only ${baud} bit/s was tried: --baud auto tries others`, undefined, error);
  }
}

/** The trace for `-d`, or undefined. */
export function tracing({ debug }: PortFlags, progress: Progress, secrets: readonly (string | undefined)[]): ConnectOptions["trace"] {
  return debug ? new TrafficTrace((line) => progress.above(() => process.stderr.write(line)), secrets).trace : undefined;
}

/** Options for finding the modem, with progress on the terminal. */
export function finding(flags: PortFlags, signal: AbortSignal, progress: Progress, trace: ConnectOptions["trace"]): FindOptions {
  return {
    serial: flags.serial,
    trace,
    signal,
    bootTimeout: flags.bootTimeout * 1000,
    onRate: (rate) => progress.waitFor(`looking for the modem on ${flags.serial} at ${rate} bit/s`),
    onFound: () => progress.waitFor("asking the modem what it is"),
  };
}

/** The modem and the rate, as the flags name them or as they are found. */
async function chosenModem(
  flags: PortFlags,
  signal: AbortSignal,
  progress: Progress,
  trace: ConnectOptions["trace"],
): Promise<{ modem: string; baud: number }> {
  const options = finding(flags, signal, progress, trace);
  const baud = flags.baud === AUTO ? undefined : flags.baud;
  if (flags.modem === AUTO) return withRate(baud, () => findModem({ ...options, baud }));
  const driver = await loadDriver(flags.modem); // reports an unknown name before the port is opened
  return { modem: flags.modem, baud: flags.baud === AUTO ? await findBaud(options) : (baud ?? driver.baud) };
}

/** The rate for `info`: the flag's, or the factory setting of a named modem; undefined to find it out. */
export async function givenRate({ modem, baud }: PortFlags): Promise<number | undefined> {
  const driver = modem === AUTO ? undefined : await loadDriver(modem);
  return baud === AUTO ? undefined : (baud ?? driver?.baud);
}
