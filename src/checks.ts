import { ArgumentError } from "./errors";

/** What an application gives, checked before a byte is sent. */

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const NUMBER = "number";

/** @throws ArgumentError when `value` is no integer from `least` to `most` */
export function integer(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== NUMBER) throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be a number");
  const number = value as number;
  if (!(number >= least && number <= most) || number !== Math.floor(number))
    throw new ArgumentError("ARGUMENT_RANGE", name, value, `must be an integer from ${least} to ${most}`);
  return number;
}

/** @throws ArgumentError when `value` is none of `choices` */
export function choice(name: string, value: unknown, choices: readonly string[]): string {
  if (choices.includes(value as string)) return value as string;
  throw new ArgumentError("ARGUMENT_RANGE", name, value, `must be one of ${choices.join(", ")}`);
}

/** A boolean as the 0 or 1 that goes on the wire; 0 and 1 themselves are taken too. */
export function flag(name: string, value: unknown): number {
  if (value === true || value === 1) return 1;
  if (value === false || value === 0) return 0;
  throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be true or false");
}
