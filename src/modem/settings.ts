import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { integer, flag } from "../checks";
import { ArgumentError } from "../errors";
import type { Bytes } from "../platform";
import type { Limits } from "./limits";
import { topicName } from "./topic";

/** What a connection is made with, in the words that all families share. */
export interface ConnectionOptions {
  host: string;
  /** 1–65535, default 1883. */
  port?: number;
  id?: string;
  user?: string;
  password?: string;
  /** MQTT 3.1 or 3.1.1; default 4. Most modems have one only. */
  protocolVersion?: number;
  /** Milliseconds, rounded up to seconds. The modem sends the PINGREQs. */
  keepAlive: number;
  clean?: boolean;
  will?: { topic: string; message: string; QoS?: number; retain?: boolean | number } | null;
}

/** The will, checked and encoded. */
export interface Will {
  readonly topic: Text;
  readonly message: Text;
  readonly QoS: number;
  readonly retain: number;
}

/** The same, checked against the modem's limits and encoded, so that nothing can be refused later. */
export interface Settings {
  readonly host: Text;
  readonly port: number;
  readonly id: Text;
  readonly user: Text | null;
  readonly password: Text | null;
  readonly protocolVersion: number;
  readonly keepAlive: number;
  readonly clean: number;
  readonly will: Will | null;
  // Whether the application has asked for what a modem does not have anyhow.
  readonly wantsVersion: boolean;
  readonly wantsKeepAlive: boolean;
  readonly wantsSession: boolean;
  readonly wantsWill: boolean;
}

const USUAL_VERSION = 4;
/** Seconds that nobody has to have asked for: ECMA-419's default, that of `connect()`, and the modems' own. */
const USUAL_KEEP_ALIVE: readonly number[] = frozen([0, 60, 120]);

/** @param native the host's operations, where they are at hand @throws ArgumentError naming the argument, the limit and the value */
export function settings(options: ConnectionOptions, limits: Limits, native?: Bytes): Settings {
  const { will } = options,
    { escapes } = limits;
  const id = new Text("id", options.id ?? "", limits.credential, false, escapes, native),
    clean = flag("clean", options.clean ?? true);
  // A broker refuses it (MQTT 3.1.1, 3.1.3.1): it could not find the session again.
  if (clean === 0 && id.bytes.length === 0)
    throw new ArgumentError("ARGUMENT_LENGTH", "id", id.string, "must be given where clean is false: the session belongs to it");
  const user = options.user === undefined ? null : new Text("user", options.user, limits.credential, false, escapes, native);
  const host = nonEmpty(new Text("host", options.host, limits.host, false, escapes, native), "host"),
    port = integer("port", options.port ?? 1883, 1, 65535);
  const password = options.password === undefined ? null : new Text("password", options.password, limits.credential, true, escapes, native);
  const version = protocolVersion(options.protocolVersion ?? USUAL_VERSION, limits),
    keepAlive = seconds(options.keepAlive, limits);
  const hasWill = will !== undefined && will !== null;
  return {
    host,
    port,
    id,
    user,
    password,
    protocolVersion: version,
    keepAlive,
    clean,
    wantsVersion: version !== USUAL_VERSION,
    wantsKeepAlive: !USUAL_KEEP_ALIVE.includes(keepAlive),
    wantsSession: clean === 0,
    wantsWill: hasWill,
    will: !hasWill
      ? null
      : {
          topic: topicName("will.topic", will.topic, limits.willTopic, escapes, native),
          message: new Text("will.message", will.message, limits.willMessage, false, escapes, native),
          QoS: integer("will.QoS", will.QoS ?? 0, 0, 2),
          retain: flag("will.retain", will.retain ?? false),
        },
  };
}

function protocolVersion(version: number, { protocolVersions }: Limits): number {
  if (protocolVersions.includes(version)) return version;
  throw new ArgumentError("ARGUMENT_RANGE", "protocolVersion", version, `must be ${protocolVersions.join(" or ")} for this modem`);
}

/** Limits are seconds; what the caller gave, and sees in the error, is milliseconds. */
function seconds(keepAlive: number, limits: Limits): number {
  const least = limits.keepAlive[0],
    most = limits.keepAlive[1];
  if (typeof keepAlive !== "number") throw new ArgumentError("ARGUMENT_TYPE", "keepAlive", keepAlive, "must be a number");
  const rounded = Math.ceil(keepAlive / 1000);
  if (!(keepAlive >= 0 && rounded >= least && rounded <= most))
    throw new ArgumentError("ARGUMENT_RANGE", "keepAlive", keepAlive, `must be from ${least * 1000} to ${most * 1000} milliseconds`);
  return rounded;
}

function nonEmpty(text: Text, name: string): Text {
  if (text.bytes.length > 0) return text;
  throw new ArgumentError("ARGUMENT_LENGTH", name, text.string, "must not be empty");
}
