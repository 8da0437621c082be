// The settings of AT+MQTTCFG and AT+MQTTOPEN of China Mobile's modems, and the arguments that all of these modems read alike
// (S2 1.1 and 1.2, S3 2.3.1 and 2.3.2, dialects 3.2 and 4.3).

import type { Args } from "../engine/args";
import type { QoS } from "../mqtt-types";

/** The settings of AT+MQTTCFG. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  /** Seconds. */
  readonly keepalive: number;
  readonly username: string;
  readonly password: string;
  readonly clean: boolean;
  /** ML302 only. */
  readonly version?: string;
  /** Undefined when it was left out. */
  readonly encrypt?: boolean;
}

/** The arguments of AT+MQTTOPEN. */
export interface OpenFlags {
  readonly user: boolean;
  readonly password: boolean;
  readonly will?: { readonly retain: boolean; readonly qos: QoS; readonly topic: string; readonly payload: string };
}

/** The longest strings, in bytes. */
export interface Limits {
  /** Host, client id, user and password each. */
  readonly setting: number;
  readonly will: number;
  readonly topic: number;
}

/** MQTT has 16 bits for the keep-alive time; neither document gives a range. */
const maximumKeepalive = 65_535;

/** Reads arguments 0 to 6 of AT+MQTTCFG. */
export function readSettings(args: Args, { setting }: Limits): Settings {
  const host = args.string(0, 1, setting);
  const port = args.integer(1, 1, 65_535);
  const id = args.string(2, 0, setting);
  const keepalive = args.integer(3, 0, maximumKeepalive);
  const username = args.string(4, 0, setting);
  const password = args.string(5, 0, setting);
  const clean = args.integer(6, 0, 1) === 1;
  // MQTT 3.1.1, 3.1.3.1: an empty client id needs a clean session.
  if (id === "" && !clean) args.refuse();
  return { host, port, clientId: id, keepalive, username, password, clean };
}

/** Reads the arguments of AT+MQTTOPEN: retain before QoS. @param short whether the will may be left out when its flag is 0 */
export function readOpen(args: Args, { will }: Limits, short: boolean): OpenFlags {
  const flag = (index: number): boolean => args.integer(index, 0, 1) === 1;
  if (short && args.count === 3 && !flag(2)) {
    if (flag(1) && !flag(0)) args.refuse();
    return { user: flag(0), password: flag(1) };
  }
  args.expect(7);
  const flags = { user: flag(0), password: flag(1) };
  // MQTT 3.1.1, 3.1.2.9: no password without a user name.
  if (flags.password && !flags.user) args.refuse();
  const willed = flag(2);
  const retain = flag(3);
  const qos = args.integer(4, 0, 2) as QoS;
  const topic = args.string(5, willed ? 1 : 0, will);
  const payload = args.string(6, 0, will);
  return willed ? { ...flags, will: { retain, qos, topic, payload } } : flags;
}
