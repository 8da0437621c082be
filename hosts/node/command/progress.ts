import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";

/** What is done at once needs no explanation: milliseconds. */
const DELAY = 1000;
const TICK = 1000;

/**
 * Tells people what they are waiting for, and for how long, on one line of the terminal that is written again and again
 * and is gone in the end. Where stderr is no terminal it writes nothing.
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

  /** From now on it is this that is waited for. */
  readonly waitFor = (what: string): void => {
    if (this.#terminal === undefined || what === this.#what) return;
    this.done();
    this.#what = what;
    this.#since = performance.now();
    this.#wait(DELAY);
  };

  /** Nothing is waited for. */
  readonly done = (): void => {
    clearTimeout(this.#timer);
    this.#clear();
    this.#what = "";
  };

  /** Runs `write`, which writes whole lines to the terminal, above the line. */
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
    // A line that is wrapped could not be cleared.
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
