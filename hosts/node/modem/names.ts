import { StateError } from "../../../src/errors";
import type { ModemInfo } from "./inquiries";

/**
 * For each driver, how its modules answer `AT+CGMM` or `ATI`. The Quectel manual prints `BC35GJB-02-STD` and `BC35-G` (P3 2.1 and 2.4).
 * No document prints the answers of the others, so the patterns look for the names on the data sheets.
 */
const MODULES: readonly (readonly [pattern: RegExp, modem: string])[] = [
  [/\bBC(35|28)/i, "bc35g"],
  [/\bM531(0-?A|[123])/i, "m531x"],
  [/\bML302/i, "ml302"],
  [/\bNM28/i, "nm28"],
];

/** The modem name for a module, or null when no driver knows it. */
export function modemOf({ model, product }: Pick<ModemInfo, "model" | "product">): string | null {
  const said = `${model ?? ""}\n${product ?? ""}`;
  return MODULES.find(([pattern]) => pattern.test(said))?.[1] ?? null;
}

/** The modem name for a module. @throws StateError NOT_SUPPORTED with the modem's answers */
export function requireModemOf(info: Pick<ModemInfo, "model" | "product">, names: readonly string[]): string {
  const modem = modemOf(info);
  if (modem !== null) return modem;
  throw new StateError(
    "NOT_SUPPORTED",
    `no driver knows this modem: it answers AT+CGMM with ${quoted(info.model)} and ATI with ${quoted(info.product)}; ` +
      `if it is one of these all the same, name it: ${names.join(", ")}`,
  );
}

const quoted = (text: string | null): string => (text === null ? "nothing of use" : JSON.stringify(text));
