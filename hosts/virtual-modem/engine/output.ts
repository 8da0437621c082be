// How the modem's lines look on the wire.

import { concat } from "./bytes";
import type { Frame } from "./family";

/** The forms that variants choose between. */
export interface OutputForm {
  /** `\r\n`, or `\r\r\n`. */
  readonly lineEnd: string;
  /** `documented`, `space` or `none`: the blank after `+NAME:`. */
  readonly colon: string;
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
    const { lineEnd } = this.#form;
    this.#send(concat(lineEnd, lines.map((line) => this.#spaced(line) + lineEnd).join("")));
  }

  /** One line of texts and raw bytes. */
  line(parts: readonly (string | Uint8Array)[], { before = true, after = true }: Frame = {}): void {
    const { lineEnd } = this.#form;
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
