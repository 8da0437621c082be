import { frozen } from "../../bytes/frozen";
import type { Framing } from "../framing/message";
import { Follow, nameTree, type NameTree } from "./name-tree";

/** What a modem can print, as data: each family lists its lines beside the manual. */

/** One line that a modem can print, as its family lists it. */
export interface Line {
  /** What the family and the chat call it. Below 16: common to all modems, see {@link CommonResponse}. */
  readonly id: number;
  /** How the line begins, without the colon and, after a `+`, without blanks. */
  readonly text: string;
  readonly follow: Follow;
  /** For a message from the broker: what tells where it ends. */
  readonly framing?: Framing;
  /** For a message: the number of the topic's field. Behind it come the length, if there is one, and the payload. */
  readonly topic?: number;
  /**
   * How many fields the line has at the least, and how many of those at its beginning are whole numbers. A line that has fewer, or
   * another field there, is damaged, and nobody's. A line that answers a command may differ from the report of that name, and is not checked.
   */
  readonly numbers?: readonly [least: number, most: number];
}

/**
 * Makes a list of lines from a number, then the texts of the lines that have it as their id, each with what else there is to say of
 * the line. Where nothing else is said, fields follow the text.
 */
export function responses(...table: readonly (number | string | Partial<Line>)[]): readonly Line[] {
  const list: Line[] = [];
  let id = 0;
  table.forEach((entry) => {
    if (typeof entry === "number") id = entry;
    else if (typeof entry === "string") list.push({ id, text: entry, follow: Follow.Fields });
    else Object.assign(list.at(-1)!, entry);
  });
  return frozen(list);
}

/** The lines that every modem has (27.007; S1 3.1). */
export const enum CommonResponse {
  Ok = 1,
  Error = 2,
  CmeError = 3,
  CmsError = 4,
  Cmee = 5,
  Attach = 6,
  /** A prompt that is a whole line, as `CONNECT`. */
  Prompt = 7,
  /** What functions the radio has. */
  Functions = 8,
  /** The registration with the network. */
  Registration = 9,
  /** The state of the SIM. */
  Sim = 10,
  /** The first number that a family may use. */
  Family = 16,
  /** From here on what care knows, and MQTT does not. */
  Care = 64,
}

/** The finals stand first. */
// biome-ignore format: the table reads like the manual
export const COMMON_RESPONSES = responses(
  CommonResponse.Ok, "OK", { follow: Follow.End },
  CommonResponse.Error, "ERROR", { follow: Follow.End },
  CommonResponse.CmeError, "+CMEERROR",
  CommonResponse.CmsError, "+CMSERROR",
  CommonResponse.Cmee, "+CMEE",
  CommonResponse.Attach, "+CGATT",
  CommonResponse.Functions, "+CFUN",
  CommonResponse.Registration, "+CEREG",
  CommonResponse.Sim, "+CPIN",
);

/** All that a family's modems can print. */
export interface ResponseTable {
  readonly responses: readonly Line[];
  /** How they begin. A node of the tree leads to an index of `responses`. */
  readonly names: NameTree;
  /** The prompt is one of the lines, and not `>`. */
  readonly promptIsLine: boolean;
}

/** Makes the table of the common lines and a family's own. */
export function responseTable(family: readonly Line[]): ResponseTable {
  const all = COMMON_RESPONSES.concat(family);
  return frozen({
    responses: all,
    names: nameTree(all, CommonResponse.CmsError),
    promptIsLine: family.some(({ id }) => id === CommonResponse.Prompt),
  });
}
