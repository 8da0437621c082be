/** What the clouds' helpers share: what they return, and how they check what they are given. */
import { Text } from "../bytes/text";
import { integer } from "../checks";
import { ArgumentError } from "../errors";

/** What a cloud wants to see in CONNECT, in ECMA-419's words: spread it into the options of `MQTTClient`. */
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

/** What can be told to all helpers. */
export interface CloudOptions {
  /** The address of the cloud's broker, where it is not the usual one. */
  host?: string;
  /** 1–65535; default 1883, or with `tls` the port that the cloud has for it. */
  port?: number;
  /** The modem is told to encrypt, by its driver's option: gives what the cloud has for that. Default false. */
  tls?: boolean;
  /** Milliseconds, within what the cloud takes; default 240 000, which is within every limit that a modem or a cloud documents. */
  keepAlive?: number;
}

/** What the most capable modem takes, in bytes. Each driver checks its own limit when it is given the result. */
const MOST = 256;
const KEEP_ALIVE = 240_000;
const LABEL_CHARACTERS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export interface Restrictions {
  /** Bytes of UTF-8 at the most; default what any modem takes. */
  most?: number;
  /** Characters that mean something else in what the cloud is sent. */
  separators?: string;
  /** Keeps the value out of the errors. */
  secret?: boolean;
}

/**
 * A string that goes into what the cloud is sent: not empty, and nothing in it that ends it early.
 * @throws ArgumentError naming the argument, the limit and, unless it is secret, the value
 */
export function field(name: string, value: unknown, { most = MOST, separators = "", secret = false }: Restrictions = {}): string {
  const { string } = new Text(name, value, most, secret);
  const shown = secret ? "a secret" : string;
  if (string.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", name, shown, "must not be empty");
  for (let i = 0; i < separators.length; i++)
    if (string.includes(separators[i]!))
      throw new ArgumentError("ARGUMENT_CHARACTER", name, shown, `must not hold ${separators[i]}, which separates it from what follows`);
  return string;
}

/**
 * A string that becomes one label of a host's name.
 * @throws ArgumentError
 */
export function label(name: string, value: unknown): string {
  const string = field(name, value, { most: 63 });
  for (let i = 0; i < string.length; i++)
    if (!LABEL_CHARACTERS.includes(string[i]!))
      throw new ArgumentError("ARGUMENT_CHARACTER", name, string, "must be letters, digits and hyphens alone: it becomes part of the host's name");
  return string;
}

/**
 * @param least seconds that the cloud takes
 * @param most seconds
 * @returns milliseconds
 * @throws ArgumentError
 */
export function keepAlive(value: number | undefined, least: number, most: number): number {
  return integer("keepAlive", value ?? KEEP_ALIVE, least * 1000, most * 1000);
}

/** Seconds since 1970. @throws ArgumentError */
export function expirySeconds(value: unknown): number {
  return integer("expiry", value, 1, Number.MAX_SAFE_INTEGER);
}
