import { loadDriver } from "modem-mqtt/node";
import { Session } from "modem-mqtt/session";
import { deviceOptionsOf } from "./device-flags";
import { statusOf, UsageError, wordsOf } from "./exit";
import { VERSIONS, driverOptionsOf, type ConnectionFlags } from "./options";

/** What a command does when it is connected. */
export interface Work {
  /** The topic to publish to, and the payload if it is known. */
  publish?: { topic: string; payload?: Uint8Array };
  /** The filters to subscribe to. */
  subscribe?: readonly string[];
}

type Driver = Awaited<ReturnType<typeof loadDriver>>;

/** Stands for an unknown payload; every modem can carry it. */
const ANY = new Uint8Array([0x30]);
/** A clock that stands still, so that nothing happens during the rehearsal. */
const STILL = { now: () => 0, alarm: () => ({ set() {}, clear() {}, close() {} }) };

/** A port without a modem. */
class NoPort {
  read(): number {
    return 0;
  }

  write(_source: Uint8Array, _offset: number, length: number): number {
    return length;
  }

  close(): void {}
}

/**
 * Lets the drivers check everything: does the work with a session on a port without a modem, before the real port is opened. Of several
 * modems at least one must accept it.
 * @throws UsageError
 */
export async function rehearse(modems: readonly string[], flags: ConnectionFlags, work: Work): Promise<void> {
  let refusal: UsageError | undefined;
  for (const modem of modems) {
    try {
      return perform(modem, await loadDriver(modem), flags, work);
    } catch (error) {
      if (statusOf(error) === undefined) throw error; // a bug of this program
      refusal ??= new UsageError(wordsOf(error as Error) + (modems.length > 1 ? " (nor can another modem)" : ""));
    }
  }
  throw refusal!;
}

function perform(modem: string, driver: Driver, flags: ConnectionFlags, { publish, subscribe }: Work): void {
  mustSuit(modem, driver, flags);
  const { willTopic, willPayload, willQos, willRetain } = flags;
  const session = new Session({
    host: flags.host,
    port: flags.port,
    id: flags.id,
    user: flags.username,
    password: flags.pw,
    keepAlive: flags.keepalive * 1000,
    protocolVersion: flags.protocolVersion,
    clean: !flags.disableCleanSession,
    will: willTopic === undefined ? undefined : { topic: willTopic, message: willPayload ?? "", QoS: willQos, retain: willRetain },
    subscriptions: 1000,
    modem: { ...driverOptionsOf(flags), ...deviceOptionsOf(flags), io: driver, clock: STILL, serial: { io: NoPort } },
  });
  try {
    if (publish !== undefined) session.publish(publish.payload ?? ANY, { topic: publish.topic, QoS: flags.qos });
    if (subscribe !== undefined) session.subscribe(subscribe.map((topic) => ({ topic, QoS: flags.qos })));
  } finally {
    session.close(true);
  }
}

/** Checks the flags whose units or names differ from the library's options, so that the errors show them as they were given. */
function mustSuit(modem: string, { limits }: Driver, { keepalive, protocolVersion }: ConnectionFlags): void {
  const {
    keepAlive: [least, most],
    protocolVersions,
  } = limits;
  if (keepalive < least || keepalive > most) throw new UsageError(`-k must be from ${least} to ${most} seconds for ${modem}; got ${keepalive}`);
  if (!protocolVersions.includes(protocolVersion)) {
    const known = Object.keys(VERSIONS).filter((name) => name.startsWith("mqtt") && protocolVersions.includes(VERSIONS[name]));
    throw new UsageError(`-V must be ${known.join(" or ")} for ${modem}`);
  }
}
