import { ascii } from "../../bytes/ascii";
import { frozen } from "../../bytes/frozen";

/**
 * What a modem can say at the beginning of a line, as data: each driver lists its lines beside the manual, and the
 * list becomes a tree of bytes when the module is loaded (on a device: when it is linked, so the tree is in flash).
 * The decoder walks the tree one byte at a time and never looks at a byte twice.
 */

/** What must follow the text of a line for it to be that line. */
export const enum Follow {
  /** A colon, then fields: `+QMTSTAT: 0,1`. Blanks inside the name are skipped, `+CME ERROR` being `+CMEERROR`. */
  Fields,
  /** The end of the line: `OK`. Blanks before the end are skipped. */
  End,
  /** Anything: `REBOOT_CAUSE_…`. */
  Anything,
}

/** How the end of a message is known. */
export const enum Framing {
  /** Only by the end of the line (dialects.md 6.2). */
  Response,
  /** By a length after the topic (dialects.md 6.1). */
  Counted,
}

/** One line that a modem can say, as its driver lists it. */
export interface Line {
  /** What the driver and the chat call it. Below 16: common to all modems, see {@link CommonResponse}. */
  readonly id: number;
  /** How the line begins, without the colon and, after a `+`, without blanks. */
  readonly text: string;
  readonly follow: Follow;
  /** The line is a message from the broker, framed like this. */
  readonly framing?: Framing;
  /** For a message: the field that holds the topic; what follows it is the length, if there is one, and the payload. */
  readonly topic?: number;
  /**
   * How many fields it has at the least, and how many of those at its beginning are whole numbers. A line of which one is none is
   * damaged, and nobody's. An answer that was asked for may be another one than the report, and is not looked at.
   */
  readonly numbers?: readonly [least: number, most: number];
}

/**
 * A table of lines: a number, then the texts of the lines that have it as their id. Fields follow where what stands behind the
 * text does not say otherwise.
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
}

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

/** The tree. Node 0 is the root; 0 also means "none", for nothing leads back to the root. */
export interface ResponseTable {
  /** The byte that leads to a node. */
  readonly byte: Uint8Array;
  /** The first node below a node. */
  readonly below: Uint16Array;
  /** The next node beside a node. */
  readonly beside: Uint16Array;
  /** The line that ends at a node: an index into `lines`, or 255. */
  readonly line: Uint8Array;
  readonly responses: readonly Line[];
  /** The texts of `lines`, and the nodes that they lead to. */
  readonly texts: readonly Uint8Array[];
  readonly ends: Uint16Array;
  /** The prompt is one of the lines, and not `>`. */
  readonly promptIsLine: boolean;
}

export const NO_RESPONSE = 255;

/** Builds the tree for the common lines and a family's own. */
export function responseTable(family: readonly Line[]): ResponseTable {
  const lines = COMMON_RESPONSES.concat(family);
  const size = lines.reduce((sum, line) => sum + line.text.length, 1);
  const tree = {
    byte: new Uint8Array(size),
    below: new Uint16Array(size),
    beside: new Uint16Array(size),
    line: new Uint8Array(size).fill(NO_RESPONSE),
    responses: lines,
    texts: lines.map((line) => ascii(line.text)),
    ends: new Uint16Array(lines.length),
    promptIsLine: family.some(({ id }) => id === CommonResponse.Prompt),
  };
  let used = 1;
  lines.forEach((line, index) => {
    let node = 0;
    for (let i = 0; i < line.text.length; i++) {
      const byte = line.text.charCodeAt(i);
      let next = tree.below[node]!, last = 0;
      while (next !== 0 && tree.byte[next] !== byte) {
        last = next;
        next = tree.beside[next]!;
      }
      if (next === 0) {
        next = used++;
        tree.byte[next] = byte;
        // In the order of the list: what comes often stands first there.
        if (last === 0) tree.below[node] = next;
        else tree.beside[last] = next;
      }
      node = next;
    }
    tree.line[node] = index;
    tree.ends[index] = node;
  });
  return frozen(tree);
}
