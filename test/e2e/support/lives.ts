const SIDE_BY_SIDE = Symbol.for("modem-mqtt: tests side by side");

/** Runs that take their time and not the machine's: so many of them at once, whatever test waits for which. */
export class Lives {
  readonly #atOnce: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param atOnce modems at work at the same time */
  constructor(atOnce = 12) {
    this.#atOnce = atOnce;
  }

  /** Runs it in its turn; the test that is returned waits for the end. */
  add(run: () => Promise<void>): () => Promise<void> {
    let start!: () => void;
    const started = new Promise<void>((resolve) => { start = resolve; });
    this.#waiting.push(start);
    const over = started.then(run).finally(() => {
      this.#running--;
      this.start();
    });
    over.catch(() => {}); // until its test is there to be told
    return () => over;
  }

  start(): void {
    // What a failed test has left cannot be told from what the others are working with (test/support/leftovers.mjs).
    Reflect.set(globalThis, SIDE_BY_SIDE, true);
    while (this.#running < this.#atOnce && this.#waiting.length > 0) {
      this.#running++;
      this.#waiting.shift()!();
    }
  }
}
