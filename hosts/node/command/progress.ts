import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";

/** Milliseconds until a step is shown: a quick one needs no explanation. */
const DELAY = 1000;
/** Milliseconds between two updates. */
const TICK = 1000;

/**
 * Shows what the command is waiting for, and since how many seconds, on one line of the terminal. The line is overwritten at each update
 * and cleared at the end. When stderr is no terminal, nothing is written.
 */
export class Progress {
  readonly #terminal: WriteStream | undefined;
  #what = "";
  #detail = "";
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown = false;

  constructor(stream: WriteStream = process.stderr) {
    this.#terminal = stream.isTTY ? stream : undefined;
  }

  /** The command now waits for `what`. @param detail what is known of it so far; shown at the next update */
  readonly waitFor = (what: string, detail = ""): void => {
    if (this.#terminal === undefined) return;
    this.#detail = detail;
    if (what === this.#what) return;
    this.done();
    this.#what = what;
    this.#detail = detail;
    this.#since = performance.now();
    this.#wait(DELAY);
  };

  /** The command waits for nothing. */
  readonly done = (): void => {
    clearTimeout(this.#timer);
    this.#clear();
    this.#what = this.#detail = "";
  };

  /** Runs `write`, whose whole lines appear above the progress line. */
  above(write: () => void): void {
    const shown = this.#shown;
    this.#clear();
    write();
    if (shown) this.#show();
  }

  #tick(): void {
    this.#clear();
    this.#show();
    this.#wait(TICK);
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#tick(), milliseconds);
    this.#timer.unref();
  }

  #show(): void {
    const terminal = this.#terminal!;
    const seconds = Math.round((performance.now() - this.#since) / 1000);
    // Cut to the terminal's width: a wrapped line could not be cleared.
    terminal.write(fitting(`${this.#what} … ${seconds} s${this.#detail === "" ? "" : `: ${this.#detail}`}`, terminal.columns - 1));
    this.#shown = true;
  }

  #clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    cursorTo(this.#terminal!, 0);
    clearLine(this.#terminal!, 0);
  }
}

/** Characters that take two columns of a terminal: an operator's name may be Chinese. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** As much of the text as fits into so many columns, without control characters: part of it is what a modem has said. */
function fitting(text: string, columns: number): string {
  let width = 0,
    fits = "";
  for (const character of text.replace(/[\x00-\x1f\x7f-\x9f]/g, "")) {
    width += WIDE.test(character) ? 2 : 1;
    if (width > columns) break;
    fits += character;
  }
  return fits;
}
