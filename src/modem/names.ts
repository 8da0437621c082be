import { frozen } from "../bytes/frozen";
import { known } from "../checks";
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
} satisfies Record<keyof DriverOptions | "io" | "shared" | "link", 1>);

/** @throws ArgumentError ARGUMENT_UNKNOWN for an option that this modem does not have */
export function knownToModem(options: object, { options: own }: Family): void {
  if (own !== undefined) known("modem", options, COMMON, own);
}
