import { Byte } from "../responses/bytes";
import { COMMA, type Command, type Sendable } from "./command";
import type { ResponseCache } from "./response-cache";
import type { Writer } from "./writer";

/** Writes the whole line. */
export function write<D>(command: Command<D>, writer: ResponseCache, request: Sendable, driver: D): void {
  const steady = command.steady, all = command.literals.length;
  if (steady === 0 || !writer.again(command, request)) {
    writer.begin();
    writeParts(command, writer, request, driver, 0, steady);
    if (steady > 0) writer.keep(command, request);
  }
  if (steady < all) writeParts(command, writer, request, driver, steady, all);
}

/** A part is a literal and the argument behind it, which the last one has not. */
function writeParts<D>(command: Command<D>, writer: Writer, request: Sendable, driver: D, from: number, to: number): void {
  const { literals, arguments: argumentsOf } = command;
  for (let i = from; i < to; i++) {
    const literal = literals[i]!;
    if (literal === COMMA) writer.byte(Byte.Comma);
    else writer.literal(literal);
    if (i < argumentsOf.length) argumentsOf[i]!(writer, request, driver);
  }
}
