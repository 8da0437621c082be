import { readdir } from "node:fs/promises";
import type { Family } from "../../src/modem/family";
import { ArgumentError } from "../../src/errors";

// A driver is found by its file name in the folder `modems` of the built package, and with care in `care`.
const plain = new URL("./modems/", import.meta.url);
const care = new URL("./care/", import.meta.url);

/** The names of all modems, sorted. */
export async function modemNames(): Promise<string[]> {
  const files = await readdir(plain);
  return files.flatMap((file) => /^([a-z0-9]+)\.js$/.exec(file)?.[1] ?? []).sort();
}

async function load(folder: URL, name: string): Promise<Family> {
  return ((await import(new URL(`${name}.js`, folder).href)) as { default: Family }).default;
}

/** Loads the driver of a modem, with care. @throws ArgumentError when `name` is none of {@link modemNames} */
export async function loadDriver(name: string): Promise<Family> {
  const names = await modemNames();
  if (!names.includes(name)) throw new ArgumentError("ARGUMENT_RANGE", "modem", name, `must be one of ${names.join(", ")}`);
  return load(care, name);
}

/** In place of a plain driver of this package the same one with care; any other driver as it is. */
export async function withCare(driver: Family): Promise<Family> {
  const name = driver.name.toLowerCase();
  return driver.care === undefined && (await modemNames()).includes(name) && (await load(plain, name)) === driver ? load(care, name) : driver;
}
