import { readdir } from "node:fs/promises";
import type { Family } from "../../src/modem/family";
import { ArgumentError } from "../../src/errors";

// Drivers are found by name in the folder beside the built package's modules, so that a new one is one new file.
const folder = new URL("./modems/", import.meta.url);

/** The modem names that there are, sorted. */
export async function modemNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => /^([a-z0-9]+)\.js$/.exec(file)?.[1] ?? []).sort();
}

/** @throws ArgumentError for a name that is not one of {@link modemNames} */
export async function loadDriver(name: string): Promise<Family> {
  const names = await modemNames();
  if (!names.includes(name)) throw new ArgumentError("ARGUMENT_RANGE", "modem", name, `must be one of ${names.join(", ")}`);
  return ((await import(new URL(`${name}.js`, folder).href)) as { default: Family }).default;
}
