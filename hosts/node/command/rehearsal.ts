import { loadDriver } from "modem-mqtt/node";
import { Session } from "modem-mqtt/session";
import { statusOf, UsageError, wordsOf } from "./exit";
import { VERSIONS, driverOptionsOf, type ConnectionFlags } from "./options";

/** What a command is to do once it is connected. */
export interface Work {
  /** Where to publish, and what. Without a payload it is not known yet. */
  publish?: { topic: string; payload?: Uint8Array };
  /** What to subscribe to. */
  subscribe?: readonly string[];
}

type Driver = Awaited<ReturnType<typeof loadDriver>>;

/** Stands for a payload that is not known yet: every modem can carry it. */
const ANY = new Uint8Array([0x30]);
/** Time stands still: nothing goes on behind the rehearsal's back. */
const STILL = { now: () => 0, alarm: () => ({ set() {}, clear() {}, close() {} }) };

/** Leads nowhere. */
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
 * Does all of it with the drivers themselves, but without a port: so they say what is wrong before a real one is opened.
 * Of several modems one must be able to.
 * @throws UsageError
 */
export async function rehearse(modems: readonly string[], flags: ConnectionFlags, work: Work): Promise<void> {
  let refusal: UsageError | undefined;
  for (const modem of modems) {
    try {
      return perform(modem, await loadDriver(modem), flags, work);
    } catch (error) {
      if (statusOf(error) === undefined) throw error; // a mistake in this program
      refusal ??= new UsageError(wordsOf(error as Error) + (modems.length > 1 ? " (nor can another modem)" : ""));
    }
  }
  throw refusal!;
}

function perform(modem: string, driver: Driver, flags: ConnectionFlags, { publish, subscribe }: Work): void {
  mustSuit(modem, driver, flags);
  const { willTopic, willPayload, willQos, willRetain } = flags;
  const session = new Session({
    host: flags.host, port: flags.port, id: flags.id, user: flags.username, password: flags.pw,
    keepAlive: flags.keepalive * 1000, protocolVersion: flags.protocolVersion, clean: !flags.disableCleanSession,
    will: willTopic === undefined ? undefined : { topic: willTopic, message: willPayload ?? "", QoS: willQos, retain: willRetain },
    subscriptions: 1000,
    modem: { ...driverOptionsOf(flags), io: driver, clock: STILL, serial: { io: NoPort } },
  });
  try {
    if (publish !== undefined) session.publish(publish.payload ?? ANY, { topic: publish.topic, QoS: flags.qos });
    if (subscribe !== undefined) session.subscribe(subscribe.map((topic) => ({ topic, QoS: flags.qos })));
  } finally {
    session.close(true);
  }
}

/** What the flags say otherwise than the library's options do: its errors would have other words and numbers. */
function mustSuit(modem: string, { limits }: Driver, { keepalive, protocolVersion }: ConnectionFlags): void {
  const { keepAlive: [least, most], protocolVersions } = limits;
  if (keepalive < least || keepalive > most) throw new UsageError(`-k must be from ${least} to ${most} seconds for ${modem}; got ${keepalive}`);
  if (!protocolVersions.includes(protocolVersion)) {
    const known = Object.keys(VERSIONS).filter((name) => name.startsWith("mqtt") && protocolVersions.includes(VERSIONS[name]!));
    throw new UsageError(`-V must be ${known.join(" or ")} for ${modem}`);
  }
}
