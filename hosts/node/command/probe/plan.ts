// What a modem is asked, and in which order.
import { COMMON_ROWS } from "../../../../src/care/rows";
import type { CareAbout } from "../../../../src/care/care";
import type { Family } from "../../../../src/modem/family";
import { careQuestions } from "./care-questions";
import { careScenes, rowsOf } from "./care-scenes";
import { driverQuestions, driverScenes } from "./driver-questions";
import { common } from "./families/common";
import { deviceTable } from "./families/device";
import type { Kept, Need, Question, Scene, Table } from "./question";

export interface Plan {
  readonly questions: readonly Question[];
  readonly scenes: readonly Scene[];
  /** Beside the common ones. */
  readonly kept: readonly Kept[];
}

/** Exchanges with these come late, in this order: first what needs nothing. */
const ORDER: readonly Need[] = ["sim", "waited", "network", "broker", "own-broker", "sleep", "hands", "restart"];

const rank = ({ needs = [] }: Scene): number => Math.max(-1, ...needs.map((need) => ORDER.indexOf(need)));

/** @param product what the modem says to ATI: it decides which rows of care are its own */
export function planOf({ family, table, only }: { family: Family; table: Table; only?: readonly string[] }, product: string): Plan {
  const tables = family.care?.about as CareAbout | undefined;
  const { rows } = tables === undefined ? { rows: COMMON_ROWS } : rowsOf(tables, product);
  const device = deviceTable(rows);
  const all = [
    ...common.questions,
    ...device.questions,
    ...driverQuestions(family),
    ...(tables === undefined ? [] : careQuestions(tables, rows)),
    ...table.questions,
  ];
  const questions = only === undefined ? all : all.filter(({ id }) => only.includes(id));
  const wanted = new Set(questions.map(({ scene }) => scene));
  const scenes = [...common.scenes, ...device.scenes, ...driverScenes(family), ...careScenes(rows), ...table.scenes]
    .filter(({ id }) => wanted.has(id))
    .sort((one, other) => rank(one) - rank(other));
  return { questions, scenes, kept: [...device.kept, ...table.kept] };
}

/** The names of all questions of this driver, whichever of its modems it is. */
export function questionIds(family: Family, table: Table): string[] {
  const { variants = [] } = (family.care?.about ?? {}) as Partial<CareAbout>;
  const ids = ["", ...variants.map(([word]) => word)].flatMap((word) => planOf({ family, table }, word).questions.map(({ id }) => id));
  return [...new Set(ids)];
}
