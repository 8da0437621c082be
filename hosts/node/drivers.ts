import { readdir } from "node:fs/promises";
import type { Family } from "../../src/modem/family";
import { ArgumentError } from "../../src/errors";

// A driver is found by its file name in the folder `modems` of the built package, so that a new driver needs only one new file.
const folder = new URL("./modems/", import.meta.url);

/** The names of all modems, sorted. */
export async function modemNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => /^([a-z0-9]+)\.js$/.exec(file)?.[1] ?? []).sort();
}

/** Loads the driver of a modem. @throws ArgumentError when `name` is none of {@link modemNames} */
export async function loadDriver(name: string): Promise<Family> {
  const names = await modemNames();
  if (!names.includes(name)) throw new ArgumentError("ARGUMENT_RANGE", "modem", name, `must be one of ${names.join(", ")}`);
  return ((await import(new URL(`${name}.js`, folder).href)) as { default: Family }).default;
}
