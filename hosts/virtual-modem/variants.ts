// Variants: the modem can behave in either way where documents contradict themselves, or where firmware is known to differ from its
// document. By default it does what the document says. Every choice is a row of a table.

import { VirtualModemError } from "./engine/errors";

/** One choice. */
export interface VariantSpec {
  /** The first is the default. */
  readonly values: readonly string[];
  /** What the values mean, and where the fact comes from. */
  readonly about: string;
}

/** Choices by name. */
export type VariantTable = Readonly<Record<string, VariantSpec>>;

/** The values that a table allows, as a type. */
export type VariantChoices<Table extends VariantTable> = {
  readonly [Name in keyof Table]?: Table[Name]["values"][number];
};

/** Variants of every family. */
export const commonVariants = {
  prompt: {
    values: ["spaced", "unspaced", "bare"],
    about: "prompt of the data phase: `\\r\\n> `, `\\r\\n>` or `>`",
  },
  lineEnd: {
    values: ["crlf", "crcrlf"],
    about: "end of every line that the modem writes: `\\r\\n`, or `\\r\\r\\n` as users have seen of some firmware",
  },
  colon: {
    values: ["documented", "space", "none"],
    about: "blank after the colon of `+NAME:`: as documented for each command, always one, or never",
  },
  echo: {
    values: ["switchable", "stuck"],
    about: "whether ATE0 works; `stuck`: echo is on and stays on, as users have seen",
  },
  garbage: {
    values: ["ignored", "error"],
    about: "a line without `AT` is ignored, as V.250 5.2.1 has it, or answered with ERROR",
  },
  unknown: {
    values: ["error", "cme"],
    about: "a command that does not exist is answered with ERROR (Quectel AT manual 1.2), or as an error with code 4",
  },
  cmee: {
    values: ["known", "unknown", "error", "cme", "ok"],
    about: "AT+CMEE: as documented; not there at all; or its query alone is answered with ERROR, with an error with code 4, or with a bare OK (field reports)",
  },
  registration: {
    values: ["known", "unknown"],
    about: "AT+CEREG: as documented, or answered with ERROR, as older firmware does that knows AT+CGATT alone",
  },
  simErrors: {
    values: ["300", "10", "words"],
    about: "a SIM that is missing or locked: `+CME ERROR: 310` and its neighbours (27.005), 10 and its neighbours (27.007), or words whatever AT+CMEE says",
  },
  simReports: {
    values: ["absent", "present"],
    about: "`+CPIN: SIM REMOVED` or `+CPIN: NOT READY` when the SIM goes, and `+CPIN: READY` when it is back, or no report",
  },
  urcInData: {
    values: ["at-once", "held"],
    about: "a URC during the data phase is written at once, or held until the command has ended (not documented)",
  },
} as const satisfies VariantTable;

/** Variants of every family, as an option. */
export type CommonVariants = VariantChoices<typeof commonVariants>;

/**
 * Completes the chosen values with the defaults.
 * @throws VirtualModemError `UNKNOWN_VARIANT` for a name or value that is not in the table
 */
export function chooseVariants(chosen: Readonly<Record<string, string | undefined>>, table: VariantTable): ReadonlyMap<string, string> {
  const result = new Map(Object.entries(table).map(([name, { values }]) => [name, values[0]]));
  for (const [name, value] of Object.entries(chosen)) {
    if (value === undefined) continue;
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!spec) {
      throw new VirtualModemError("UNKNOWN_VARIANT", `no variant "${name}"; there are: ${Object.keys(table).join(", ")}`);
    }
    if (!spec.values.includes(value)) {
      throw new VirtualModemError("UNKNOWN_VARIANT", `variant ${name} is one of ${spec.values.join(", ")}, not "${value}"`);
    }
    result.set(name, value);
  }
  return result;
}
