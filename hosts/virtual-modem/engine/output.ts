// Frames the modem's lines.

import { concat } from "./bytes";
import type { Frame } from "./family";

/** The form of lines, as the variants choose it. */
export interface OutputForm {
  /** `\r\n`, or `\r\r\n`. */
  readonly lineEnd: string;
  /** Whether a blank follows `+NAME:`: `documented`, `space` or `none`. */
  readonly colon: string;
  /** The lines that are written instead of a line; as a rule, the line itself. */
  readonly altered: (line: string) => readonly string[];
}

/** Writes lines in the frame `\r\n…\r\n`, as every family's document has it. */
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

  /** Writes bytes as they are: the echo. */
  raw(bytes: Uint8Array): void {
    this.#send(bytes);
  }

  /** Writes a text, with its `\r\n` replaced by this form's line ends: a prompt, a banner. */
  text(text: string): void {
    this.#send(concat(text.replaceAll("\r\n", this.#form.lineEnd)));
  }

  #spaced(line: string): string {
    if (this.#form.colon === "documented") return line;
    return line.replace(/^(\+[A-Z0-9 ]+:) ?/, this.#form.colon === "space" ? "$1 " : "$1");
  }
}
