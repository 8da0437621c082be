import { frozen } from "../bytes/frozen";
import { integer, known } from "../checks";
import { ArgumentError } from "../errors";

/** What a family can carry (dialects.md 8), in bytes of UTF-8 where it is about strings. */
export interface Limits {
  readonly host: number;
  /** Client id, user name and password, each. */
  readonly credential: number;
  readonly topic: number;
  /** Topics in one subscribe or unsubscribe. */
  readonly topics: number;
  /** Whether the modem tells what was granted for each topic of a subscribe, and not for one of them. */
  readonly grantsEach: boolean;
  /** Whether the modem takes a backslash in a quoted text for an escape, so that no text may have one. Default false. */
  readonly escapes?: boolean;
  readonly willTopic: number;
  readonly willMessage: number;
  /** Payload of one publish. */
  readonly payload: number;
  /** Seconds, from and to. */
  readonly keepAlive: readonly [number, number];
  /** MQTT protocol levels: 3 is MQTT 3.1, 4 is MQTT 3.1.1. */
  readonly protocolVersions: readonly number[];
  /** Publishes that may be unacknowledged at once. */
  readonly window: number;
}

/** Those that an application may know better than the family's documents. */
export type OwnLimits = Partial<Omit<Limits, "topics" | "grantsEach" | "escapes" | "window" | "protocolVersions">>;

/** Of each, the most: MQTT's own for texts, and a megabyte for a payload, for it is allocated. */
const MOST = frozen({
  host: 0xffff,
  credential: 0xffff,
  topic: 0xffff,
  willTopic: 0xffff,
  willMessage: 0xffff,
  payload: 0xfffff,
  keepAlive: 0xffff,
} satisfies Record<keyof OwnLimits, number>);

/** The family's limits with the application's in their place. @throws ArgumentError */
export function limitsOf(limits: Limits, own: OwnLimits | undefined): Limits {
  if (own === undefined) return limits;
  known("modem.limits", own, MOST);
  const result: { -readonly [name in keyof Limits]: Limits[name] } = { ...limits };
  for (const [name, value] of Object.entries(own)) {
    const most = MOST[name as keyof OwnLimits];
    if (value === undefined) continue;
    if (name !== "keepAlive") integer(`modem.limits.${name}`, value, 1, most);
    else if (!Array.isArray(value) || value.length !== 2)
      throw new ArgumentError("ARGUMENT_TYPE", "modem.limits.keepAlive", value, "must be two numbers of seconds, from and to");
    else integer("modem.limits.keepAlive[1]", value[1], integer("modem.limits.keepAlive[0]", value[0], 0, most), most);
    Object.assign(result, { [name]: value });
  }
  return result;
}

/** Bytes more that a command line may have with larger limits; a payload may stand in it in hex. */
export function extraBytes(before: Limits, after: Limits): number {
  const more = (from: number, to: number): number => (to > from ? to - from : 0);
  return (
    2 * more(before.payload, after.payload) +
    more(before.topic, after.topic) +
    3 * more(before.credential, after.credential) +
    more(before.host, after.host) +
    more(before.willTopic, after.willTopic) +
    more(before.willMessage, after.willMessage)
  );
}
