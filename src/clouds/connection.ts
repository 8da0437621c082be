/** Shared by the clouds: what their functions return, and how they check their options. */
import { Text } from "../bytes/text";
import { integer } from "../checks";
import { ArgumentError } from "../errors";

/** A cloud's settings for CONNECT, with ECMA-419's names: spread them into the options of `MQTTClient`. */
export interface CloudConnection {
  host: string;
  port: number;
  /** Client id. */
  id: string;
  user: string;
  password: string;
  /** Milliseconds. */
  keepAlive: number;
}

/** Options of every cloud. */
export interface CloudOptions {
  /** The address of the cloud's broker; default the cloud's usual one. */
  host?: string;
  /** 1–65535; default 1883, or with `tls` the cloud's port for TLS. */
  port?: number;
  /** Whether the modem uses TLS, which an option of its driver switches on. Chooses the cloud's address and port for TLS. Default false. */
  tls?: boolean;
  /** Milliseconds, within the cloud's limits; default 240 000, which every modem and cloud here accepts. */
  keepAlive?: number;
}

/** The longest string that any modem takes, in bytes. Each driver checks its own limit later. */
const MOST = 256;
const KEEP_ALIVE = 240_000;
const LABEL_CHARACTERS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export interface Restrictions {
  /** The most bytes of UTF-8; default 256, the longest that any modem takes. */
  most?: number;
  /** Characters that separate fields in the text that is sent to the cloud. */
  separators?: string;
  /** Keeps the value out of the errors. */
  secret?: boolean;
}

/**
 * Checks a string that becomes part of a text for the cloud: it is not empty and holds no separator.
 * @throws ArgumentError naming the argument, the limit and, unless it is secret, the value
 */
export function field(name: string, value: unknown, { most = MOST, separators = "", secret = false }: Restrictions = {}): string {
  const { string } = new Text(name, value, most, secret);
  const shown = secret ? "a secret" : string;
  if (string.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", name, shown, "must not be empty");
  for (let i = 0; i < separators.length; i++)
    if (string.includes(separators[i]))
      throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, `must not hold ${separators[i]}, which separates it from what follows`);
  return string;
}

/**
 * Checks a string that becomes one label of a host's name.
 * @throws ArgumentError
 */
export function label(name: string, value: unknown): string {
  const string = field(name, value, { most: 63 });
  for (let i = 0; i < string.length; i++)
    if (!LABEL_CHARACTERS.includes(string[i]))
      throw new ArgumentError("ARGUMENT_CHARACTER", name, string, "must be letters, digits and hyphens alone: it becomes part of the host's name");
  return string;
}

/**
 * Checks the keep-alive time against the cloud's limits.
 * @param value milliseconds
 * @param least seconds
 * @param most seconds
 * @returns milliseconds
 * @throws ArgumentError
 */
export function keepAlive(value: number | undefined, least: number, most: number): number {
  return integer("keepAlive", value ?? KEEP_ALIVE, least * 1000, most * 1000);
}

/** Checks the end of a token's validity, in seconds since 1970. @throws ArgumentError */
export function expirySeconds(value: unknown): number {
  return integer("expiry", value, 1, Number.MAX_SAFE_INTEGER);
}
