import { choice, flag, integer } from "../checks";

/** An integer from one number to another. Without `otherwise` it may be left out, and is null then. */
interface IntegerRow {
  readonly from: number;
  readonly to: number;
  readonly otherwise?: number;
}

/** One of several texts, and the place of the one that is meant where none is given; its place is the value. */
interface ChoiceRow {
  readonly choices: readonly string[];
  readonly otherwise: number;
}

/** How an option of a family is checked. A boolean is the default of a flag, whose value is 0 or 1; null is left to the family's `settle`. */
export type OptionRow = IntegerRow | ChoiceRow | boolean | null;

/** A family's options, by name. */
export type OptionRows = Readonly<Record<string, OptionRow>>;

/** What every link needs of its family's options. */
export interface LinkOptions {
  /** Milliseconds until the broker's acknowledgement, with all that the modem may send again. */
  readonly resultTimeout: number;
  /** The same for a publish at QoS 2, where it is another one: it has two acknowledgements. */
  readonly resultTimeoutQoS2?: number;
  /** Bytes that stand behind a payload. Default 0. */
  readonly tail?: number;
  /** Other values, by the names that commands and scripts use. */
  readonly [name: string]: unknown;
}

/** The options' values. @throws ArgumentError */
export function checkedOptions(rows: OptionRows, given: Readonly<Record<string, unknown>>): Record<string, number | null> {
  const values: Record<string, number | null> = {};
  for (const [name, row] of Object.entries(rows)) if (row !== null) values[name] = checked(`modem.${name}`, row, given[name]);
  return values;
}

function checked(name: string, row: IntegerRow | ChoiceRow | boolean, value: unknown): number | null {
  if (typeof row === "boolean") return flag(name, value ?? row);
  if ("choices" in row) return row.choices.indexOf(choice(name, value ?? row.choices[row.otherwise], row.choices));
  return value === undefined && row.otherwise === undefined ? null : integer(name, value ?? row.otherwise, row.from, row.to);
}
