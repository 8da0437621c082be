import { ascii } from "../../bytes/ascii";
import { frozen } from "../../bytes/frozen";

/** What must follow the name of a line for it to be that line. */
export const enum Follow {
  /** A colon, then fields: `+QMTSTAT: 0,1`. Blanks inside the name are skipped, `+CME ERROR` being `+CMEERROR`. */
  Fields,
  /** The end of the line: `OK`. Blanks before the end are skipped. */
  End,
  /** Anything: `REBOOT_CAUSE_…`. The line is told before that has come. */
  Anything,
  /** The same, and the line is told when it is whole. */
  Line,
}

/** In place of the index of a response. */
export const NO_RESPONSE = 255;

/**
 * The names with which a modem's lines begin, as a tree of bytes that is built when the module is loaded; on a device when it is
 * linked, so that the tree is in flash. Node 0 is the root; 0 also means "none", for nothing leads back to the root.
 */
export interface NameTree {
  /** The byte that leads to a node. */
  readonly byte: Uint8Array;
  /** The first node below a node. */
  readonly below: Uint16Array;
  /** The next node beside a node. */
  readonly beside: Uint16Array;
  /** The response whose name ends at a node: its index in the table, or {@link NO_RESPONSE}. */
  readonly response: Uint8Array;
  /** What must follow a response's name, by the response's index. */
  readonly follow: Uint8Array;
  /** How many responses, at the beginning of the table, are final result codes. */
  readonly finals: number;
  /** For a host that looks up names in native code: the length of each name, then its bytes. */
  readonly list: Uint8Array;
}

/** Builds the tree of these names, of which the first `finals` are final result codes. What comes often should stand first. */
export function nameTree(rows: readonly { readonly text: string; readonly follow: Follow }[], finals: number): NameTree {
  const list = rows.map(({ text }) => String.fromCharCode(text.length) + text).join(""),
    size = list.length - rows.length + 1;
  const byte = new Uint8Array(size),
    below = new Uint16Array(size),
    beside = new Uint16Array(size);
  const response = new Uint8Array(size).fill(NO_RESPONSE),
    follow = new Uint8Array(rows.length);
  let used = 1;
  rows.forEach((row, index) => {
    let node = 0;
    for (let i = 0; i < row.text.length; i++) {
      const code = row.text.charCodeAt(i);
      let next = below[node],
        last = 0;
      while (next !== 0 && byte[next] !== code) {
        last = next;
        next = beside[next];
      }
      if (next === 0) {
        next = used++;
        byte[next] = code;
        if (last === 0) below[node] = next;
        else beside[last] = next;
      }
      node = next;
    }
    response[node] = index;
    follow[index] = row.follow;
  });
  return frozen({ byte, below, beside, response, follow, finals, list: ascii(list) });
}
