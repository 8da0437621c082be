import { frozen } from "../bytes/frozen";
import { Follow } from "../at/responses/name-tree";
import { CommonResponse, responses, responseTable, type Line } from "../at/responses/response-table";
import { ModemError } from "../errors";
import type { CareOptions } from "../modem/care-options";
import type { Family } from "../modem/family";
import { Level, type Recovery } from "../modem/recovery";
import type { ModemStep } from "./steps";
import { ModemCare, type CareAbout } from "./care";
import { CARE_OPTIONS } from "./options";
import type { Pulses } from "./power";
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
        if (state.rates?.change !== 0 && state.rates !== null && state.rows.rate === undefined)
          return new ModemError(
            "COMMAND_REFUSED",
            `no document says how this modem is told its bit rate; leave modem.changeBaud out (ATI says ${lines.join(", ")})`,
          );
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
  const table = responseTable([...ownLines(family), ...reports.flatMap(reportLine)]);
  // Parameters could be assigned, and XS would not keep in flash what refers to them.
  const { recovery } = family,
    { pulses } = rows;
  const about = frozen({
    rows,
    mqtt: `AT${mqtt}`,
    table: table.responses,
    variants: variants ?? [],
    variant: variants === undefined ? NO_STEPS : variantSteps(variants),
    takesBands: rows.bands !== undefined || variants?.some(([, each]) => each.bands !== undefined) === true,
    takesRate: rows.rate !== undefined || variants?.some(([, each]) => each.rate !== undefined) === true,
    baud: family.baud,
    levels: (options, resets) => levelsOf(recovery, pulses, options, resets),
  } satisfies CareAbout);
  return frozen({
    ...family,
    responses: table,
    care: { about, names: { ...family.options, ...CARE_OPTIONS }, make: (host, options) => new ModemCare(host, options, about), levels: about.levels },
  } satisfies Family);
}

/** See `CareFamily.levels`. */
function levelsOf({ attach, restart }: Recovery, { off }: Pulses, { power }: CareOptions, resets: boolean): readonly Level[] {
  const levels = [Level.Connect];
  if (attach.length > 0) levels.push(Level.Attach);
  levels.push(Level.Radio);
  if (restart.length > 0) levels.push(Level.Restart);
  if (resets || power?.reset !== undefined) levels.push(Level.Reset);
  if (power?.key !== undefined && (power.key.off ?? off) !== undefined) levels.push(Level.Power);
  return levels;
}

/** Of the reports of an M5311 that begin with a star most have nothing behind their name, and one has fields. */
function reportLine(text: string, index: number): readonly Line[] {
  return responses(CommonResponse.Care + index, text, text.startsWith("*") ? { follow: Follow.Anything } : {});
}

/** The family's lines, without those that all have. Of those that a start prints the cause is wanted, which may be a wake-up. */
function ownLines({ responses: { responses: all }, restart }: Family): readonly Line[] {
  return all
    .filter(({ id }) => id >= CommonResponse.Family || id === CommonResponse.Prompt)
    .map((line) => (line.id === restart && line.follow === Follow.Anything ? { ...line, follow: Follow.Line } : line));
}
