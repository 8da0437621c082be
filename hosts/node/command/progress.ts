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
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown = false;

  constructor(stream: WriteStream = process.stderr) {
    this.#terminal = stream.isTTY ? stream : undefined;
  }

  /** The command now waits for `what`. */
  readonly waitFor = (what: string): void => {
    if (this.#terminal === undefined || what === this.#what) return;
    this.done();
    this.#what = what;
    this.#since = performance.now();
    this.#wait(DELAY);
  };

  /** The command waits for nothing. */
  readonly done = (): void => {
    clearTimeout(this.#timer);
    this.#clear();
    this.#what = "";
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
    terminal.write(`${this.#what} … ${seconds} s`.slice(0, terminal.columns - 1));
    this.#shown = true;
  }

  #clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    cursorTo(this.#terminal!, 0);
    clearLine(this.#terminal!, 0);
  }
}
