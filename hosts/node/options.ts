import { choice, integer as integerOf, known } from "../../src/checks";
import { ArgumentError } from "../../src/errors";

// Tables of options: first the names are checked, then each value, before anything is done with them.

/** Checks one option's value. @throws ArgumentError */
export type Check = (name: string, value: unknown) => void;

/** A check for each option; the compiler reports a missing one. */
export type Shape<T> = { readonly [name in keyof T]-?: Check };

/** Names of options that other libraries have, each with what to use here instead. */
export type Elsewhere = Readonly<Record<string, string>>;

/** {@link Elsewhere} for several names with the same answer. */
export function elsewhere(names: string, instead: string): Elsewhere {
  return Object.fromEntries(names.split(", ").map((name) => [name, instead]));
}

/**
 * Checks options against their table. An option that is undefined counts as left out.
 * @param where the name of the object that holds the options; empty for the options of a call
 * @throws ArgumentError
 */
export function check<T>(where: string, options: unknown, shape: Shape<T>, others: Elsewhere = {}): void {
  const prefix = where === "" ? where : `${where}.`;
  if (typeof options === "object" && options !== null)
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined && !Object.hasOwn(shape, name) && Object.hasOwn(others, name))
        throw new ArgumentError("ARGUMENT_UNKNOWN", prefix + name, undefined, `is not known: ${others[name]}`);
    }
  if (Array.isArray(options)) throw new ArgumentError("ARGUMENT_TYPE", where === "" ? "options" : where, options, "must be an object of options");
  known(where, options, shape);
  for (const [name, value] of Object.entries(options as object)) if (value !== undefined) (shape as Record<string, Check>)[name](prefix + name, value);
}

/** Checks that an option is given. @throws ArgumentError */
export function required(name: string, value: unknown, expected: string): void {
  if (value === undefined || value === null || value === "") throw new ArgumentError(value === "" ? "ARGUMENT_LENGTH" : "ARGUMENT_TYPE", name, value, expected);
}

function is(type: string, expected: string): Check {
  return (name, value) => {
    if (typeof value !== type) throw new ArgumentError("ARGUMENT_TYPE", name, value, expected);
  };
}

export const text = is("string", "must be a string");
export const boolean = is("boolean", "must be true or false");
export const callable = is("function", "must be a function");
export const object: Check = (name, value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be an object");
};

export const texts: Check = (name, value) => {
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string"))
    throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be an array of strings");
};

/** Any number; its range is checked later. */
export const number = is("number", "must be a number");

export const filled: Check = (name, value) => {
  text(name, value);
  if (value === "") throw new ArgumentError("ARGUMENT_LENGTH", name, value, "must not be empty");
};

/** A string or bytes. @param shown what errors show instead of a secret's value */
export function bytes(shown?: string): Check {
  return (name, value) => {
    if (typeof value !== "string" && !(value instanceof Uint8Array))
      throw new ArgumentError("ARGUMENT_TYPE", name, shown ?? value, "must be a string, or bytes (a Uint8Array)");
  };
}

export function integer(least: number, most: number): Check {
  return (name, value) => void integerOf(name, value, least, most);
}

export function atLeast(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return (name, value) => {
    number(name, value);
    if (!((value as number) >= least && (value as number) <= most))
      throw new ArgumentError(
        "ARGUMENT_RANGE",
        name,
        value,
        most === Number.MAX_SAFE_INTEGER ? `must be at least ${least}` : `must be from ${least} to ${most}`,
      );
  };
}

export function oneOf(...choices: readonly string[]): Check {
  return (name, value) => void choice(name, value, choices);
}

export function shaped<T>(shape: Shape<T>, others?: Elsewhere): Check {
  return (name, value) => check(name, value, shape, others);
}

/** An object that has these functions. */
export function having(expected: string, ...functions: readonly string[]): Check {
  return (name, value) => {
    for (const each of functions)
      if (typeof value !== "object" || value === null || typeof (value as Record<string, unknown>)[each] !== "function")
        throw new ArgumentError("ARGUMENT_TYPE", name, value, expected);
  };
}

export const signal = having("must be an AbortSignal", "addEventListener", "removeEventListener", "throwIfAborted");

/** An option of another library that has no effect here: only false and null are accepted. */
export function never(why: string): Check {
  return (name, value) => {
    if (value !== false && value !== null) throw new ArgumentError("ARGUMENT_RANGE", name, value, `must be left out: ${why}`);
  };
}

/** Before the names of options that stand beside `serial` here. */
const DEVICE = /\bmodem\.(?=(?:apn|pin|operator|bands|roaming|radio|psm|edrx|wake|changeBaud|watchdog|setup)\b)/g;
/** The core's names of arguments, and their names here. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^id$/, "clientId"],
  [/^user$/, "username"],
  [/^keepAlive$/, "keepalive"],
  [/^will\.message$/, "will.payload"],
  [/^will\.QoS$/, "will.qos"],
  [/^QoS$/, "qos"],
  [/^data$/, "payload"],
  [/^items$/, "topics"],
  [/^items\[(\d+)\]\.QoS$/, "qos"],
  [/^queue\.count$/, "highWaterMark"],
  [/^queue\.bytes$/, "queueBytes"],
  [/^queue\.policy$/, "queuePolicy"],
  [DEVICE, ""],
  [/^modem\.(?!io$|serial|clock)/, "modemOptions."],
];

/** An error with the names and units of this interface rather than ECMA-419's. @param topics how many topics the application gave */
export function inWords(error: unknown, topics = 0): unknown {
  if (!(error instanceof ArgumentError)) return error;
  let { argument, expected, value } = error;
  argument = argument.replace(/^items\[(\d+)\]\.topic$/, topics > 1 ? "topics[$1]" : "topic");
  for (const [word, own] of WORDS) argument = argument.replace(word, own);
  expected = expected.replace(DEVICE, "").replaceAll("modem.", "modemOptions.");
  if (error.argument === "keepAlive" && typeof value === "number") {
    value /= 1000;
    expected = expected.replace(/(\d+)000 to (\d+)000 milliseconds/, "$1 to $2 seconds").replace(/from 0 to (\d+)000 milliseconds/, "from 0 to $1 seconds");
  }
  return argument === error.argument && expected === error.expected ? error : new ArgumentError(error.code as "ARGUMENT_TYPE", argument, value, expected);
}
