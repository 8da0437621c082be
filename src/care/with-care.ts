import { frozen } from "../bytes/frozen";
import { COMMON_RESPONSES, responses, responseTable, type Line } from "../at/responses/response-table";
import { ModemError } from "../errors";
import type { Family } from "../modem/family";
import type { ModemStep } from "../modem/steps";
import { ModemCare } from "./care";
import type { CareRows } from "./rows";
import type { CareState } from "./state";
import { Statistics } from "./statistics";

/** Which rows are those of a module: the first whose word stands in what `ATI` says. */
export type Variants = readonly (readonly [word: string, rows: CareRows])[];

/** What the care of a family goes by. */
export interface CareAbout {
  readonly rows: CareRows;
  /** Finds out which rows are those of this very modem. */
  readonly variant: readonly ModemStep<CareState>[];
  /** Any of its modems can be told its bands. */
  readonly takesBands: boolean;
}

const NO_STEPS: readonly ModemStep<CareState>[] = frozen([]);

/** The step that asks a module of a family with several platforms which one it is. */
function variantSteps(variants: Variants): readonly ModemStep<CareState>[] {
  const words = frozen(variants);
  return frozen([
    {
      ask: () => "ATI",
      then(state: CareState, lines: readonly string[]) {
        const said = lines.join(" ");
        const found = words.find(([word]) => said.includes(word));
        if (found !== undefined) state.rows = found[1];
        if (state.wanted.bands !== null && state.rows.bands === undefined)
          return new ModemError(
            "COMMAND_REFUSED",
            `no document says how this modem is told its bands; leave the option bands out (ATI says ${lines.join(", ")})`,
          );
      },
    },
  ]);
}

/**
 * The same family with care: what its modems are told beside MQTT, and how they are.
 * @param rows what this family does otherwise than others
 * @param reports lines that its modems print by themselves, beyond those of MQTT
 * @param variants where the family has modules of several kinds
 */
export function withCare(family: Family, rows: CareRows, reports: readonly string[], variants?: Variants): Family {
  const own = rows, // a parameter could be assigned, and XS would not keep in flash what refers to it
    steps = variants === undefined ? NO_STEPS : variantSteps(variants),
    takesBands = rows.bands !== undefined || variants?.some(([, each]) => each.bands !== undefined) === true;
  return frozen({
    ...family,
    responses: responseTable([...ownLines(family), ...responses(...reports.flatMap((text, index) => [FIRST_REPORT + index, text]))]),
    care: {
      about: { rows: own, variant: steps, takesBands } satisfies CareAbout,
      make: (host, options, setup) => new ModemCare(host, options, setup, own, steps, takesBands),
      counts: (clock) => new Statistics(clock),
    },
  } satisfies Family);
}

/** The ids of the lines that care knows, and that mean nothing to MQTT: above those of every family. */
const FIRST_REPORT = 64;

/** The family's lines, without those that all have. */
function ownLines({ responses: { responses: all } }: Family): readonly Line[] {
  return all.slice(COMMON_RESPONSES.length);
}
