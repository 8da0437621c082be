/** From what the flags say to a client. */
import {
  connect, findBaud, findModem, loadDriver, ModemError, modemNames, TrafficTrace, type ConnectOptions, type FindOptions, type ModemMQTTClient,
  type StageName,
} from "modem-mqtt/node";
import { UsageError } from "./exit";
import { AUTO, driverOptionsOf, type ConnectionFlags, type PortFlags } from "./options";
import type { Progress } from "./progress";
import { rehearse, type Work } from "./rehearsal";

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

/** Finds out, before anything is opened, whether what the flags say can be meant. @throws UsageError */
export async function mustMakeSense(flags: ConnectionFlags, work: Work): Promise<void> {
  if (flags.disableCleanSession && !flags.id) throw new UsageError("-c keeps a session, so it needs the client id that the session belongs to: -i");
  if (flags.willTopic === undefined && (flags.willPayload !== undefined || flags.willQos !== undefined || flags.willRetain))
    throw new UsageError("a will needs a topic: --will-topic");
  if (flags.pw !== undefined && flags.username === undefined) throw new UsageError("a password needs a user name: -u, or MODEM_MQTT_USERNAME");
  await rehearse(flags.modem === AUTO ? await modemNames() : [flags.modem], flags, work);
}

/** How a command's connection differs from another's. */
export interface Manner {
  /** As for `connect`: 0 ends the client with the first loss. */
  reconnectPeriod: number;
  /** Sees the client before it is connected, and what modem it is on. */
  onClient(client: ModemMQTTClient, modem: string): void;
}

/**
 * Connects as the flags say, which make sense.
 * @param work what is to be done then: a modem that was found out may not be able to
 * @param signal ends the attempt
 */
export async function connectWith(flags: ConnectionFlags, work: Work, signal: AbortSignal, progress: Progress, manner: Manner): Promise<ModemMQTTClient> {
  const trace = tracing(flags, progress, [flags.pw]);
  try {
    const chosen = await chosenModem(flags, signal, progress, trace);
    if (flags.modem === AUTO) await rehearse([chosen.modem], flags, work);
    return await withRate(chosen.baud, () => connect({
      serial: flags.serial,
      ...chosen,
      modemOptions: driverOptionsOf(flags),
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
      reconnectPeriod: manner.reconnectPeriod,
      trace,
      signal,
      onClient: (client) => {
        client.on("stage", (stage) => {
          const what = STAGES[stage]?.(flags);
          if (what === undefined) progress.done();
          else progress.waitFor(what);
        });
        manner.onClient(client, chosen.modem);
      },
    } satisfies ConnectOptions));
  } finally {
    progress.done();
  }
}

const NEVER_ANSWERED = /^no modem answers/;

/** Says of a modem that has never answered at which rate it was called, where it was called at one alone. */
export async function withRate<T>(baud: number | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (baud === undefined || !(error instanceof ModemError) || !NEVER_ANSWERED.test(error.message)) throw error;
    throw new ModemError("MODEM_SILENT", `${error.message}; only ${baud} bit/s was tried: --baud auto tries others`, undefined, error);
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
    bootTimeout: flags.bootTimeout * 1000,
    onRate: (rate) => progress.waitFor(`looking for the modem on ${flags.serial} at ${rate} bit/s`),
    onFound: () => progress.waitFor("asking the modem what it is"),
  };
}

/** The modem and the rate, as they were named or as they are found. */
async function chosenModem(flags: PortFlags, signal: AbortSignal, progress: Progress, trace: ConnectOptions["trace"]): Promise<{ modem: string; baud: number }> {
  const options = finding(flags, signal, progress, trace);
  const baud = flags.baud === AUTO ? undefined : flags.baud;
  if (flags.modem === AUTO) return withRate(baud, () => findModem({ ...options, baud }));
  const driver = await loadDriver(flags.modem); // an unknown name is told of before the port is opened
  return { modem: flags.modem, baud: flags.baud === AUTO ? await findBaud(options) : baud ?? driver.baud };
}

/** The rate that `info` begins with: a modem that is named has one from the factory. */
export async function givenRate({ modem, baud }: PortFlags): Promise<number | undefined> {
  const driver = modem === AUTO ? undefined : await loadDriver(modem);
  return baud === AUTO ? undefined : baud ?? driver?.baud;
}
