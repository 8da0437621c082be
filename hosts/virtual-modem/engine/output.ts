// How the modem's lines look on the wire.

import { concat } from "./bytes";
import type { Frame } from "./family";

/** The forms that variants choose between. */
export interface OutputForm {
  /** `\r\n`, or `\r\r\n`. */
  readonly lineEnd: string;
  /** `documented`, `space` or `none`: the blank after `+NAME:`. */
  readonly colon: string;
  /** What a line becomes: itself as a rule, or several. */
  readonly altered: (line: string) => readonly string[];
}

/** Writes lines, framed `\r\n…\r\n` as every family's document has it. */
export class Output {
  readonly #form: OutputForm;
  readonly #send: (bytes: Uint8Array) => void;

  constructor(form: OutputForm, send: (bytes: Uint8Array) => void) {
    this.#form = form;
    this.#send = send;
  }

  /** One response of one or more lines. */
  lines(lines: readonly string[]): void {
    const { altered, lineEnd } = this.#form;
    const [first, ...more] = lines.length === 1 ? altered(lines[0]) : [];
    this.#send(concat(lineEnd, (first === undefined ? lines : [first]).map((line) => this.#spaced(line) + lineEnd).join("")));
    for (const line of more) this.lines([line]);
  }

  /** One line of texts and raw bytes. */
  line(parts: readonly (string | Uint8Array)[], { before = true, after = true }: Frame = {}): void {
    const { altered, lineEnd } = this.#form;
    if (parts.length === 1 && typeof parts[0] === "string") {
      const lines = altered(parts[0]);
      if (lines.length > 1 || lines[0] !== parts[0]) return lines.forEach((line) => this.#line([line], lineEnd, before, after));
    }
    this.#line(parts, lineEnd, before, after);
  }

  #line(parts: readonly (string | Uint8Array)[], lineEnd: string, before: boolean, after: boolean): void {
    const [first, ...rest] = parts;
    const start = typeof first === "string" ? this.#spaced(first) : first;
    this.#send(concat(before ? lineEnd : "", start, ...rest, after ? lineEnd : ""));
  }

  /** Bytes as they are: echo, prompts. */
  raw(bytes: Uint8Array): void {
    this.#send(bytes);
  }

  /** A text whose `\r\n` are this form's line ends: a prompt, a banner. */
  text(text: string): void {
    this.#send(concat(text.replaceAll("\r\n", this.#form.lineEnd)));
  }

  #spaced(line: string): string {
    if (this.#form.colon === "documented") return line;
    return line.replace(/^(\+[A-Z0-9 ]+:) ?/, this.#form.colon === "space" ? "$1 " : "$1");
  }
}
