// Faults of the report that ends a publish: the modem writes it twice, or with a damaged field.

import type { Faults } from "./armed";

const publishReport = /^\+(?:QMTPUB|MQTTPUBEX|MQTTPUBACK|MQTTPUBCOMP):/;
/** A number after the colon or a comma; it may be empty. */
const field = /(?<=[:,] ?)-?\d*(?=,|$)/g;

/** Empties a field, or flips one bit of its first character. @param number the first field is 1 */
function damaged(line: string, how: string, number: number): string {
  let at = 0;
  return line.replace(field, (text) => {
    if (++at !== number) return text;
    return how === "empty" ? "" : String.fromCharCode(text.charCodeAt(0) ^ 0x40) + text.slice(1);
  });
}

/** The lines that are written instead of `line`: as a rule, `line` itself. */
export function withReportFaults(line: string, faults: Pick<Faults, "take">): readonly string[] {
  if (!publishReport.test(line)) return [line];
  const [how, number] = faults.take("damage-ack")?.split(" ") ?? [];
  const shown = how === undefined ? line : damaged(line, how, Number(number));
  return faults.take("repeat-ack") === undefined ? [shown] : [shown, shown];
}
