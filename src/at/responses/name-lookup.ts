import type { Ring } from "../../bytes/ring";
import { Byte } from "./bytes";
import { NO_RESPONSE, type NameTree } from "./name-tree";

/** Looks up the name with which a line begins. */
export class NameLookup {
  /** The response whose name it is: its index in the table, or {@link NO_RESPONSE}. */
  response: number = NO_RESPONSE;
  /** How far the name has been followed, while it has not come whole. */
  private node = 0;
  private readonly names: NameTree;

  constructor(names: NameTree) {
    this.names = names;
  }

  /** A line begins. */
  begin(): void {
    this.node = 0;
  }

  /**
   * Goes on at `at`, in the line that begins at the ring's head. Returns the position behind the name, or the ring's tail where the name
   * may go on. In native code the name is read again from its beginning, for it is short.
   */
  walk(ring: Ring, at: number): number {
    const native = ring.native;
    if (native.name === undefined) return this.follow(ring, at);
    const head = ring.head,
      found = native.name(this.names.list, ring.bytes, ring.mask, head, ring.tail);
    if (found < 0) return ring.tail;
    this.response = found & 0xff;
    return (head + (found >> 8)) | 0;
  }

  /** The same in script. It looks at each byte once. */
  private follow(ring: Ring, at: number): number {
    const names = this.names,
      labels = names.byte,
      below = names.below,
      beside = names.beside;
    const bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    let node = this.node;
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
}
