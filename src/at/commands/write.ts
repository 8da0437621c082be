import { Byte } from "../responses/bytes";
import { COMMA, type Command, type Sendable } from "./command";
import type { ResponseCache } from "./response-cache";
import type { Writer } from "./writer";

/** Writes the command's whole line. The cache knows whether the writer still has the beginning of it from the last publish. */
export function write<D>(command: Command<D>, writer: Writer, cache: ResponseCache, request: Sendable, settings: D): void {
  const steady = command.steady, all = command.literals.length;
  if (steady === 0 || !cache.recall(command, request)) {
    cache.clear();
    writer.begin();
    writeParts(command, writer, request, settings, 0, steady);
    if (steady > 0) cache.keep(command, request);
  }
  if (steady < all) writeParts(command, writer, request, settings, steady, all);
}

/** A part is a literal and the argument behind it; the last part has no argument. */
function writeParts<D>(command: Command<D>, writer: Writer, request: Sendable, settings: D, from: number, to: number): void {
  const { literals, arguments: argumentsOf } = command;
  for (let i = from; i < to; i++) {
    const literal = literals[i]!;
    if (literal === COMMA) writer.byte(Byte.Comma);
    else writer.literal(literal);
    if (i < argumentsOf.length) argumentsOf[i]!(writer, request, settings);
  }
}
