import type { OptionRow } from "../../modem/family-options";
import type { DriverOptions } from "../../modem/options";

/** A row for each option that a family has beyond what all have: the compiler knows when one is missing. */
export type OwnOptions<O> = Record<Exclude<keyof O, keyof DriverOptions>, OptionRow>;
