import { frozen } from "../bytes/frozen";
import { known } from "../checks";
import { ArgumentError } from "../errors";
import type { CareOptions } from "./care-options";
import type { Family } from "./family";
import type { DriverOptions } from "./options";

/** Options that need a driver with care. */
const CARE = frozen({ apn: 1, pin: 1, operator: 1, bands: 1, roaming: 1, radio: 1, psm: 1, edrx: 1 } satisfies Record<keyof CareOptions, 1>);

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
  setup: 1,
  ...CARE,
  limits: 1,
  payloadEncoding: 1,
  recover: 1,
  pollInterval: 1,
} satisfies Record<keyof DriverOptions | "io" | "shared" | "link", 1>);

/** @throws ArgumentError ARGUMENT_UNKNOWN for an option that this modem does not have */
export function knownToModem(options: object, { name, options: own, care }: Family): void {
  if (own === undefined) return;
  known("modem", options, COMMON, own);
  if (care !== undefined) return;
  for (const [option, value] of Object.entries(options))
    if (value !== undefined && Object.hasOwn(CARE, option))
      throw new ArgumentError(
        "ARGUMENT_UNKNOWN",
        `modem.${option}`,
        undefined,
        `needs the driver with care: import modem-mqtt/care/${name.toLowerCase()} in place of modem-mqtt/modems/${name.toLowerCase()}`,
      );
}
