// What the modem is told as a device. On Node these options stand beside `serial`, and not in `modemOptions`.
import type { CareOptions } from "../../src/modem/care-options";
import { elsewhere, type Check, type Elsewhere, type Shape } from "./options";

/** @see CareOptions; a computer has no pins that lead to the modem, and a clock of its own. */
export interface CareOfModem extends Omit<CareOptions, "power" | "systemClock" | "pinMemory"> {}

/** The core checks these values: see {@link mustAccept}. */
const core: Check = () => {};

export const CARE: Shape<CareOfModem> = {
  apn: core,
  pin: core,
  operator: core,
  bands: core,
  roaming: core,
  radio: core,
  psm: core,
  edrx: core,
  changeBaud: core,
  watchdog: core,
  wake: core,
  setup: core,
};

/** The names of other libraries, and of the parts of `apn`. */
export const CARE_ELSEWHERE: Elsewhere = {
  ...elsewhere("apnUser, apnPassword, apnName", "it is part of apn: { name, user, password }"),
  ...elsewhere("PIN, simPin, simPIN, pinCode", "it is pin here"),
  ...elsewhere("power", "no pin of this computer leads to the modem"),
  ...elsewhere("systemClock", "this computer has its own time"),
};

/** These options, where they are given, for a modem that this client has for itself. */
export function careOf(options: CareOfModem): CareOfModem {
  const care: Record<string, unknown> = {};
  for (const name of Object.keys(CARE) as (keyof CareOfModem)[]) if (options[name] !== undefined) care[name] = options[name];
  return care;
}
