import { ArgumentError } from "./errors";

// Checks of what an application gives, done before a byte is sent.

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const NUMBER = "number";

/** @returns `value` @throws ArgumentError when it is no integer from `least` to `most` */
export function integer(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== NUMBER) throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be a number");
  const number = value as number;
  if (!(number >= least && number <= most) || number !== Math.floor(number))
    throw new ArgumentError("ARGUMENT_RANGE", name, value, `must be an integer from ${least} to ${most}`);
  return number;
}

/** @returns `value` @throws ArgumentError when it is none of `choices` */
export function choice(name: string, value: unknown, choices: readonly string[]): string {
  if (choices.includes(value as string)) return value as string;
  throw new ArgumentError("ARGUMENT_RANGE", name, value, `must be one of ${choices.join(", ")}`);
}

/** A boolean, or 0 or 1, as the 0 or 1 that goes on the wire. @throws ArgumentError */
export function flag(name: string, value: unknown): number {
  if (value === true || value === 1) return 1;
  if (value === false || value === 0) return 0;
  throw new ArgumentError("ARGUMENT_TYPE", name, value, "must be true or false");
}

/** A table whose keys are the names that options may have. */
export type Names = Readonly<Record<string, unknown>>;

const NO_NAMES: Names = Object.freeze({});

/**
 * Checks that all options are known. An option that is undefined counts as left out.
 * @param where the name of the object that holds the options; empty for the options of a call
 * @param instead what to say of a name that is known elsewhere
 * @throws ArgumentError when `options` is no object, or has an option that is in neither table; with the nearest known name
 */
export function known(where: string, options: unknown, names: Names, more: Names = NO_NAMES, instead?: (name: string) => string | undefined): void {
  if (typeof options !== "object" || options === null)
    throw new ArgumentError("ARGUMENT_TYPE", where === "" ? "options" : where, options, "must be an object of options");
  const prefix = where === "" ? where : `${where}.`;
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(names, name) || Object.hasOwn(more, name)) continue;
    const all = Object.keys(names).concat(Object.keys(more)),
      near = nearest(name, all);
    throw new ArgumentError(
      "ARGUMENT_UNKNOWN",
      prefix + name,
      undefined,
      instead?.(name) ?? (near === null ? `is not known; there are ${all.join(", ")}` : `is not known; did you mean ${prefix}${near}?`),
    );
  }
}

/** The known name that is most similar to `name`, or null when none is similar. */
export function nearest(name: string, names: readonly string[]): string | null {
  let best: string | null = null,
    least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const each of names) {
    const distance = distanceBetween(name.toLowerCase(), each.toLowerCase());
    if (distance >= least || distance >= each.length) continue;
    best = each;
    least = distance;
  }
  return best;
}

/** The edit distance: how many characters have to be added, removed or changed to turn one text into the other. */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[other.length];
}
