import type { Ring } from "../../bytes/ring";
import { Byte } from "./bytes";
import { afterBlanks } from "./delimiters";
import { Follow, NO_RESPONSE, type NameTree } from "./name-tree";

/** What stands at a place. */
export const enum Next {
  Unknown,
  Known,
  Other,
}

/**
 * Whether a line of the response table begins at `position`, line endings before it left out: a message may have ended there.
 * @param finals whether a final, or a name and a colon, is enough
 */
export function lookAhead(ring: Ring, names: NameTree, position: number, finals: boolean): Next {
  const { byte: labels, below, beside, response: responses } = names;
  const { bytes, mask, tail } = ring;
  let node = 0;
  for (let at = position; at !== tail; at = (at + 1) | 0) {
    const byte = bytes[at & mask];
    if (node === 0 && (byte === Byte.CR || byte === Byte.LF)) continue;
    let next = below[node];
    while (next !== 0 && labels[next] !== byte) next = beside[next];
    if (next !== 0) {
      node = next;
      continue;
    }
    const response = responses[node];
    if (response === NO_RESPONSE) return byte === Byte.Blank && node !== 0 ? afterBlank(ring, names, at, node, finals) : Next.Other;
    const follow = names.follow[response];
    if (follow >= Follow.Anything) return Next.Known;
    if (!finals && response < names.finals) return Next.Other;
    if (follow === Follow.End) return byte === Byte.CR || byte === Byte.LF ? Next.Known : Next.Other;
    return byte !== Byte.Colon ? Next.Other : finals ? Next.Known : fieldsAt(ring, (at + 1) | 0);
  }
  return Next.Unknown;
}

/** Whether plausible fields begin at `position`: a number or a quoted string (dialects.md 6.2, c). */
function fieldsAt(ring: Ring, position: number): Next {
  const at = afterBlanks(ring, position);
  if (at === ring.tail) return Next.Unknown;
  const byte = ring.bytes[at & ring.mask];
  return (byte >= Byte.Digit0 && byte <= Byte.Digit9) || byte === Byte.Quote || byte === Byte.Minus ? Next.Known : Next.Other;
}

/** `+CME ERROR` has a blank in its name, which the response table leaves out. */
function afterBlank({ bytes, mask, tail }: Ring, { byte: labels, below, beside }: NameTree, at: number, node: number, finals: boolean): Next {
  const next = (at + 1) | 0;
  if (next === tail) return Next.Unknown;
  const byte = bytes[next & mask];
  let child = below[node];
  while (child !== 0 && labels[child] !== byte) child = beside[child];
  return child !== 0 && finals ? Next.Known : Next.Other;
}
