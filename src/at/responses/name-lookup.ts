import type { Ring } from "../../bytes/ring";
import { Byte } from "./bytes";
import { NO_RESPONSE, type NameTree } from "./name-tree";

/** Looks up the name with which a line begins, byte by byte as they come. A report like the last one is compared as a whole. */
export class NameLookup {
  /** The response whose name it is: its index in the table, or {@link NO_RESPONSE}. */
  response: number = NO_RESPONSE;
  private node = 0;
  /** The response that the last report was. */
  private last = 0;
  private readonly names: NameTree;

  constructor(names: NameTree) {
    this.names = names;
  }

  /** A line begins. */
  begin(): void {
    this.node = 0;
  }

  /** Goes on at `at`, in the line that begins at the ring's head. Returns the position behind the name, or the ring's tail where the name may go on. */
  walk(ring: Ring, at: number): number {
    const names = this.names,
      labels = names.byte,
      below = names.below,
      beside = names.beside;
    const bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    let node = this.node;
    if (node === 0 && bytes[at & mask] === Byte.Plus) {
      const last = this.last,
        start = names.starts[last],
        length = names.starts[last + 1] - start;
      if (((tail - at) | 0) > length && ring.same(at, names.text, start, length)) {
        at = (at + length) | 0;
        node = names.ends[last];
      }
    }
    while (at !== tail) {
      const byte = bytes[at & mask];
      let next = below[node];
      while (next !== 0 && labels[next] !== byte) next = beside[next];
      if (next !== 0) node = next;
      // `+MQTT PUBREL` is `+MQTTPUBREL` (dialects.md 6.8).
      else if (byte !== Byte.Blank || bytes[ring.head & mask] !== Byte.Plus) {
        this.response = names.response[node];
        return at;
      }
      at = (at + 1) | 0;
    }
    this.node = node;
    return tail;
  }

  /** The line is a report, which is likely to come again. */
  remember(): void {
    this.last = this.response;
  }
}
