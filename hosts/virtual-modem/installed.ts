// Packages that only a virtual modem needs. They are not installed with this package, so that a gateway does not have them.

import { createRequire } from "node:module";
import { VirtualModemError } from "./engine/errors";

const find = createRequire(import.meta.url);

/** For MQTT's packets, and for pseudo-terminals. */
const PACKAGES = ["mqtt-packet", "@lydell/node-pty"] as const;

function isInstalled(name: string): boolean {
  try {
    find.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks that the packages are installed, before anything is started.
 * @param what what needs them, for the message
 * @param more further packages that the caller needs
 * @throws VirtualModemError `NOT_INSTALLED`, which names all that are missing
 */
export function checkInstalled(what: string, more: readonly string[] = []): void {
  const missing = [...PACKAGES, ...more].filter((name) => !isInstalled(name));
  if (missing.length > 0)
    throw new VirtualModemError(
      "NOT_INSTALLED",
      `${what} needs packages that are not installed with modem-mqtt; install them with: npm install ${missing.join(" ")}`,
    );
}

/** Loads one of the packages. */
export function load<T>(name: (typeof PACKAGES)[number]): T {
  return find(name) as T;
}
