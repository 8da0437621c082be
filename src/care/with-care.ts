import { frozen } from "../bytes/frozen";
import { COMMON_RESPONSES, responses, responseTable, type Line } from "../at/responses/response-table";
import { ModemError } from "../errors";
import type { Family } from "../modem/family";
import type { ModemStep } from "./steps";
import { ModemCare, type CareAbout } from "./care";
import { CARE_OPTIONS } from "./options";
import type { CareRows } from "./rows";
import type { CareState } from "./state";

/** Which rows are those of a module: the first whose word stands in what `ATI` says. */
export type Variants = readonly (readonly [word: string, rows: CareRows])[];

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

/** What a family needs to have its modems cared for. */
export interface CareOfFamily {
  /** What it does otherwise than others. */
  readonly rows: CareRows;
  /** How the names of its MQTT commands begin, behind AT. */
  readonly mqtt: string;
  /** Lines that its modems print by themselves, beyond those of MQTT. */
  readonly reports: readonly string[];
  /** Where it has modules of several kinds. */
  readonly variants?: Variants;
}

/** The same family with care: what its modems are told beside MQTT, and how they are. */
export function withCare(family: Family, { rows, mqtt, reports, variants }: CareOfFamily): Family {
  const table = responseTable([...ownLines(family), ...responses(...reports.flatMap((text, index) => [FIRST_REPORT + index, text]))]);
  const about = frozen({
    rows,
    mqtt: `AT${mqtt}`,
    table: table.responses,
    variant: variants === undefined ? NO_STEPS : variantSteps(variants),
    takesBands: rows.bands !== undefined || variants?.some(([, each]) => each.bands !== undefined) === true,
  } satisfies CareAbout);
  return frozen({
    ...family,
    responses: table,
    care: { about, names: { ...family.options, ...CARE_OPTIONS }, make: (host, options) => new ModemCare(host, options, about) },
  } satisfies Family);
}

/** The ids of the lines that care knows, and that mean nothing to MQTT: above those of every family. */
const FIRST_REPORT = 64;

/** The family's lines, without those that all have. */
function ownLines({ responses: { responses: all } }: Family): readonly Line[] {
  return all.slice(COMMON_RESPONSES.length);
}
