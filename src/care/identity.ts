import { unquoted } from "./fields";

/** What stands in the line behind a name, if there is one, without quotes. */
function bare(line: string): string {
  return unquoted(line.replace(/^[+*]?[A-Z]+ ?:/, "").trim());
}

/** The first of the lines' texts that looks as is wanted. */
function first(lines: readonly string[], looks: RegExp): string | undefined {
  return lines.map(bare).find((text) => looks.test(text));
}

/** The IMEI in what a modem says, with a name before it or without one: 15 digits. A serial number is none. */
export function imeiOf(lines: readonly string[]): string | undefined {
  return first(lines, /^\d{15}$/);
}

/** The IMSI in what a modem says: 14 or 15 digits. */
export function imsiOf(lines: readonly string[]): string | undefined {
  return first(lines, /^\d{14,15}$/);
}

/** The SIM's number (ICCID) in what a modem says: 18 to 22 digits, of which some operators use A to F as well; F may fill it up. */
export function iccidOf(lines: readonly string[]): string | undefined {
  return first(lines, /^\d\d[\dA-Fa-f]{16,20}$/)?.replace(/[Ff]$/, "");
}
