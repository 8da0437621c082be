// A command line, taken apart: `AT` and one or more commands, separated by `;` outside quotes (Quectel
// BC35-G&BC28&BC95 R2.0 AT manual, 1.2, and 3GPP TS 27.007, 4.2).

import { type Arg, splitArgs } from "./args";

/** The forms of ITU-T V.250 5.4; `set` is also a basic command with a number, such as `ATE0`. */
export type Form = "test" | "read" | "set" | "execute";

/** One command of a line. */
export interface ParsedCommand {
  /** Upper case, with its `+`; a letter for a basic command. */
  readonly name: string;
  readonly form: Form;
  readonly args: readonly Arg[];
}

/**
 * Finds the commands of a line.
 * @param line without its end, one character for each byte
 * @returns the text after `AT`, or undefined when the line has no `AT`
 */
export function afterPrefix(line: string): string | undefined {
  // V.250 5.2.1: noise before the prefix, from a wrong baud rate or a stray Ctrl-Z or ESC, does not hide it.
  const found = /^[^\x21-\x7e]*at/i.exec(line);
  return found ? line.slice(found[0].length).trim() : undefined;
}

/** The name at the beginning of a command, if there is one: upper case, with its `+`; a letter for a basic command. */
export function commandName(text: string): string | undefined {
  return /^ *([+*#^$][A-Z][A-Z0-9]*|[A-Z])/i.exec(text)?.[1].toUpperCase();
}

/**
 * Reads one command.
 * @param text the text after `AT`, or after another command's `;`
 * @param escapes whether `\` escapes inside quotes in the command of this name
 * @returns the command and the text after its `;`, or undefined when it is no command
 * @throws SyntaxFault when its arguments cannot be split
 */
export function parseCommand(text: string, escapes: (name: string) => boolean): { command: ParsedCommand; rest: string } | undefined {
  const name = commandName(text);
  if (name === undefined) return undefined;
  const tail = text.trimStart().slice(name.length).trimStart();
  const form = /^(=\?|\?|=|\d*)/.exec(tail)![0];
  const from = form.length;
  if (form === "=") {
    const { args, end } = splitArgs(tail, from, escapes(name));
    return { command: { name, form: "set", args }, rest: tail.slice(end + 1) };
  }
  const next = tail.slice(from).trimStart();
  if (next !== "" && !next.startsWith(";")) return undefined;
  const rest = next.slice(1);
  if (form === "=?") return { command: { name, form: "test", args: [] }, rest };
  if (form === "?") return { command: { name, form: "read", args: [] }, rest };
  if (form === "") return { command: { name, form: "execute", args: [] }, rest };
  return { command: { name, form: "set", args: [{ kind: "bare", text: form }] }, rest };
}
