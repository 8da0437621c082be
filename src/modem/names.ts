import { frozen } from "../bytes/frozen";
import { known } from "../checks";
import type { CareOptions } from "./care-options";
import type { Family } from "./family";
import type { DriverOptions } from "./options";

/** The options of every modem, whatever its family. The compiler knows when one is missing. */
export const COMMON = frozen({
  io: 1,
  shared: 1,
  link: 1,
  serial: 1,
  clock: 1,
  bytes: 1,
  receiveBuffer: 1,
  bootTimeout: 1,
  attachTimeout: 1,
  limits: 1,
  payloadEncoding: 1,
  recover: 1,
  pollInterval: 1,
} satisfies Record<Exclude<keyof DriverOptions, keyof CareOptions> | "io" | "shared" | "link", 1>);

/** Options that need the driver with care, which has them in a table: here one text takes less of a device's flash. */
const OF_CARE = "apn pin operator bands roaming radio psm edrx wake setup power changeBaud watchdog systemClock pinMemory";

/** Says what to import in place of a plain driver. */
export function needsCare({ name }: Family): string {
  const driver = name.toLowerCase();
  return `needs the driver with care: import modem-mqtt/care/${driver} in place of modem-mqtt/modems/${driver}`;
}

/** @throws ArgumentError ARGUMENT_UNKNOWN for an option that this modem does not have */
export function knownToModem(options: object, family: Family): void {
  const { options: own, care } = family;
  if (own === undefined) return;
  known("modem", options, COMMON, care === undefined ? own : care.names, (name) => (OF_CARE.split(" ").includes(name) ? needsCare(family) : undefined));
}
