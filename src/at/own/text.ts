import type { Ring } from "../../bytes/ring";
import { utf8Decode } from "../../bytes/utf8";

/** What stands in the ring from `start` to `end`, as a string: allocates, so for answers, not for the running of messages. */
export function textBetween(ring: Ring, start: number, end: number): string {
  const bytes = new Uint8Array((end - start) | 0);
  ring.copy(start, bytes, 0, bytes.length);
  return utf8Decode(bytes);
}
