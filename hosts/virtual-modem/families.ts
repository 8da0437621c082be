// A family is found by its file name in the folder `families`, so that a new family needs only one new file there.

import { access, readdir } from "node:fs/promises";
import { VirtualModemError } from "./engine/errors";
import type { Family } from "./engine/family";

// Beside this module. The files are `.ts` in the sources and `.js` in the package.
const folder = new URL("./families/", import.meta.url);

/** The names that `loadFamily` takes, sorted. */
export async function familyNames(): Promise<string[]> {
  const files = await readdir(folder);
  const names = files.flatMap((file) => /^([a-z0-9]+)\.(?:js|ts)$/.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/**
 * Loads a family.
 * @throws VirtualModemError `UNKNOWN_MODEM`
 */
export async function loadFamily(name: string): Promise<Family> {
  const names = await familyNames();
  if (!names.includes(name)) {
    throw new VirtualModemError("UNKNOWN_MODEM", `no modem "${name}"; there are: ${names.join(", ")}`);
  }
  const built = new URL(`${name}.js`, folder);
  const module = (await access(built).then(
    () => import(built.href),
    () => import(new URL(`${name}.ts`, folder).href),
  )) as { default: Family };
  return module.default;
}
