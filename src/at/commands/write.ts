import { Byte } from "../responses/bytes";
import { NOTHING, PartEnd, type Argument, type Command, type Sendable } from "./command";
import type { ResponseCache } from "./response-cache";
import type { Writer } from "./writer";

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const NUMBER = "number";

/** Writes the command's whole line. Of a publish, the cache keeps what is likely to be the same in the next one. @param alone no older request is under way */
export function write<D>(command: Command<D>, writer: Writer, cache: ResponseCache, request: Sendable, settings: D, alone: boolean): void {
  const steady = command.steady,
    all = command.arguments.length + 1;
  cache.clear();
  writer.begin();
  const at = writeParts(command, writer, request, settings, 0, 0, steady);
  if (steady > 0) cache.keep(command, request, steady < all ? at : 0, alone);
  if (steady < all) writeParts(command, writer, request, settings, at, steady, all);
}

/** Writes what stands behind the steady parts of a publish's line, which the cache has recalled. */
export function writeRest<D>(command: Command<D>, writer: Writer, cache: ResponseCache, request: Sendable, settings: D): void {
  writer.length = cache.length;
  writeParts(command, writer, request, settings, cache.partsAt, command.steady, command.arguments.length + 1);
}

/** Writes the parts `from` to `to`, the first of which begins at `at`. Returns where the next one begins. */
function writeParts<D>(command: Command<D>, writer: Writer, request: Sendable, settings: D, at: number, from: number, to: number): number {
  const parts = command.parts,
    all = command.arguments;
  for (let i = from; i < to; i++) {
    const length = parts[at],
      end = at + 1 + length;
    writer.copy(parts, at + 1, length);
    const kind: PartEnd = parts[end];
    if (kind === PartEnd.Argument) (all[i] as Argument<D>)(writer, request, settings);
    else if (kind !== PartEnd.Nothing) writeSetting(writer, settings, all[i] as readonly string[], kind);
    at = end + 1;
  }
  return at;
}

/** Writes the setting to which these names lead. */
function writeSetting(writer: Writer, settings: any, names: readonly string[], kind: PartEnd): void {
  let value = settings;
  for (let i = 0; i < names.length && value !== null; i++) value = value[names[i]];
  if (kind === PartEnd.Optional) {
    if (value === null) return;
    writer.byte(Byte.Comma);
  }
  if (typeof value === NUMBER) writer.int(value);
  else if (kind === PartEnd.Count) writer.int(value === null ? 0 : 1);
  else writer.quoted(value ?? NOTHING);
}
