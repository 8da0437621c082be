import type { TopicItem } from "../at/commands/command";
import { Match } from "../at/framing/subscribed";
import type { Ring } from "../bytes/ring";
import { Text } from "../bytes/text";
import { ArgumentError } from "../errors";
import type { Bytes } from "../platform";

/** MQTT's rules for topic names and topic filters (MQTT 3.1.1, 4.7). */

const enum Byte {
  Hash = 0x23,
  Dollar = 0x24,
  Plus = 0x2b,
  Slash = 0x2f,
}

/** A topic to publish to. @throws ArgumentError when it is empty, too long, not quotable, or has wildcards */
export function topicName(name: string, value: unknown, limit: number, escapes = false, native?: Bytes): Text {
  const text = present(name, value, limit, escapes, native);
  if (text.string.includes("#") || text.string.includes("+"))
    throw new ArgumentError("ARGUMENT_WILDCARD", name, value, "must not hold the wildcards # and +: a message is published to one topic");
  return text;
}

/** A topic filter to subscribe to. @throws ArgumentError also when a wildcard stands where MQTT 3.1.1 4.7.1 forbids it */
export function topicFilter(name: string, value: unknown, limit: number, escapes = false, native?: Bytes): Text {
  const text = present(name, value, limit, escapes, native);
  const levels = text.string.split("/");
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i];
    if (level.includes("#") && (level !== "#" || i !== levels.length - 1))
      throw new ArgumentError("ARGUMENT_WILDCARD", name, value, "may hold # only as its whole last level");
    if (level.includes("+") && level !== "+") throw new ArgumentError("ARGUMENT_WILDCARD", name, value, "may hold + only as a whole level");
  }
  return text;
}

function present(name: string, value: unknown, limit: number, escapes: boolean, native: Bytes | undefined): Text {
  const text = new Text(name, value, limit, false, escapes, native);
  if (text.bytes.length === 0) throw new ArgumentError("ARGUMENT_LENGTH", name, value, `must have 1 to ${limit} bytes`);
  return text;
}

/** How the topic in the ring from `start` to `end` matches one of these filters, by its name if by any. */
export function matchesAny(filters: readonly TopicItem[], ring: Ring, start: number, end: number): Match {
  let best: Match = Match.None;
  for (let i = 0; i < filters.length && best !== Match.Name; i++) {
    const match = matches(filters[i].text.bytes, ring, start, end);
    if (match > best) best = match;
  }
  return best;
}

function matches(filter: Uint8Array, ring: Ring, start: number, end: number): Match {
  const { bytes, mask, native } = ring,
    { length } = filter;
  if (native.find(filter, Byte.Plus, 0, length) < 0 && native.find(filter, Byte.Hash, 0, length) < 0)
    return ((end - start) | 0) === length && ring.matches(start, filter) ? Match.Name : Match.None;
  // The server's own topics match no wildcard at the beginning (MQTT 3.1.1 4.7.2).
  if (bytes[start & mask] === Byte.Dollar && filter[0] !== Byte.Dollar) return Match.None;
  let at = start;
  for (let i = 0; i < filter.length; i++) {
    const byte = filter[i];
    if (byte === Byte.Hash) return Match.Wildcard;
    if (byte === Byte.Plus) {
      while (at !== end && bytes[at & mask] !== Byte.Slash) at = (at + 1) | 0;
    } else if (at !== end && bytes[at & mask] === byte) at = (at + 1) | 0;
    else return at === end && byte === Byte.Slash && filter[i + 1] === Byte.Hash ? Match.Wildcard : Match.None; // `a/#` matches `a` (4.7.1.2)
  }
  return at === end ? Match.Wildcard : Match.None;
}
