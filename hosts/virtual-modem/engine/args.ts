// The arguments of a set command, `AT+NAME=<arguments>`: split once, then read by position with the checks of the command's
// parameter table.

import { decode } from "./bytes";
import { CmeError, PlainError } from "./errors";

/** One argument as it was written; `none` for an omitted one, as between two commas. */
export interface Arg {
  readonly kind: "quoted" | "bare" | "none";
  /** One character a byte; without the quotes. */
  readonly text: string;
}

/** A text that is no list of arguments. */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
}

/**
 * Splits arguments, from `start` to the end of the line or to a `;` outside quotes (it separates commands on one
 * line: Quectel BC35-G&BC28&BC95 R2.0 AT manual, 1.2). Blanks around an argument are ignored (same place; the
 * MQTT guide's own example writes one before a topic, register of inconsistencies A-4).
 * @param escapes whether `\` in quotes takes the next character as it is, as one family's documents say
 * @returns the arguments, and where the list ended
 */
export function splitArgs(line: string, start: number, escapes: boolean): { args: Arg[]; end: number } {
  const args: Arg[] = [];
  let at = start;
  for (;;) {
    while (line[at] === " ") at++;
    if (line[at] === '"') {
      let text = "";
      for (at++; line[at] !== '"'; at++) {
        if (escapes && line[at] === "\\") at++;
        if (at >= line.length) throw new SyntaxFault("a quote is not closed");
        text += line[at];
      }
      at++;
      while (line[at] === " ") at++;
      args.push({ kind: "quoted", text });
    } else {
      const from = at;
      while (at < line.length && line[at] !== "," && line[at] !== ";") at++;
      const text = line.slice(from, at).trimEnd();
      args.push(text === "" ? { kind: "none", text } : { kind: "bare", text });
    }
    if (at >= line.length || line[at] === ";") return { args, end: at };
    if (line[at] !== ",") throw new SyntaxFault("something follows a closing quote");
    at++;
  }
}

/** The arguments of one command. A function that cannot read its argument ends the command with the family's parameter error. */
export class Args {
  readonly #args: readonly Arg[];
  readonly #parameterError: number | "plain";

  constructor(args: readonly Arg[], parameterError: number | "plain") {
    this.#args = args;
    this.#parameterError = parameterError;
  }

  get count(): number {
    return this.#args.length;
  }

  /** Ends the command with the parameter error. */
  refuse(): never {
    throw this.#parameterError === "plain" ? new PlainError() : new CmeError(this.#parameterError);
  }

  /** Checks how many arguments there are. */
  expect(least: number, most: number = least): this {
    if (this.count < least || this.count > most) this.refuse();
    return this;
  }

  omitted(index: number): boolean {
    return index >= this.count || this.#args[index].kind === "none";
  }

  /** A whole number within a range, both ends included; `fallback`, if there is one, when omitted. */
  integer(index: number, least: number, most: number, fallback?: number): number {
    if (this.omitted(index)) return fallback ?? this.refuse();
    const { kind, text } = this.#args[index];
    if (kind !== "bare" || !/^-?\d{1,10}$/.test(text)) this.refuse();
    const value = Number(text);
    if (value < least || value > most) this.refuse();
    return value;
  }

  /** Whether an argument is in quotes, for commands that take a text or a number. */
  quoted(index: number): boolean {
    return index < this.count && this.#args[index].kind === "quoted";
  }

  /** The bytes of a quoted string, which need not be UTF-8. */
  bytes(index: number, least: number, most: number): Uint8Array {
    this.string(index, least, most);
    return Uint8Array.from(this.#args[index].text, (character) => character.charCodeAt(0));
  }

  /** A quoted string within a range of byte lengths, both ends included. */
  string(index: number, least: number, most: number): string {
    if (index >= this.count) this.refuse();
    const { kind, text } = this.#args[index];
    if (kind !== "quoted" || text.length < least || text.length > most) this.refuse();
    return decode(text);
  }

  /** The argument as it was written, without quotes; for commands that take either. */
  text(index: number): string {
    return index < this.count ? decode(this.#args[index].text) : "";
  }
}
