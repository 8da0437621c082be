import { frozen } from "../bytes/frozen";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";

/** What a line tells of a modem's sleep. */
export const enum Told {
  Nothing,
  /** It goes to sleep. */
  Leaves,
  /** It is awake again. */
  Returns,
}

/** Whole lines, of an M5311: its AT specification v2.4. Its examples have `*MATWAKEUP`, its table of reports `*WAKEUP` (B-2). */
const WORDS: Readonly<Record<string, Told>> = frozen({ "*GOTOSLEEP": Told.Leaves, "*MATWAKEUP": Told.Returns, "*WAKEUP": Told.Returns });

/** What the line tells. `+NPSMR:<mode>` is a report, `+NPSMR:<n>,<mode>` the answer to a question (BC35-G AT manual V1.0). */
export function toldBy({ text }: Line, fields: Fields): Told {
  if (text !== "+NPSMR") return WORDS[text] ?? Told.Nothing;
  const mode = fields.count === 1 ? fields.int(0) : -1;
  return mode === 1 ? Told.Leaves : mode === 0 ? Told.Returns : Told.Nothing;
}
