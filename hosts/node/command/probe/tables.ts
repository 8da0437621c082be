import { bc35g } from "./families/bc35g";
import { m531x } from "./families/m531x";
import { ml302 } from "./families/ml302";
import { nm28 } from "./families/nm28";
import type { Table } from "./question";

/** The tables by the modem's name. A family without one is asked the common questions, and those that its driver's tables lead to. */
export const TABLES: Readonly<Record<string, Table>> = { bc35g, m531x, ml302, nm28 };

export const NO_TABLE: Table = { kept: [], scenes: [], questions: [] };
