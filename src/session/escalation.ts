import { Level } from "../modem/recovery";

/**
 * How much is done anew at the next attempt. What failed says what the least is; where that does not help, there is more
 * after so many failures; after the most it begins again with the least, so that a broker that is away for a day does not
 * keep the modem restarting.
 */
export class Escalation {
  readonly #available: readonly Level[];
  readonly #patience: number;
  #failures = 0;
  level: Level = Level.Connect;

  /** @param available ascending, from `Level.Connect` */
  constructor(available: readonly Level[], patience: number) {
    this.#available = available;
    this.#patience = patience;
  }

  failed(least: Level): void {
    const raised = this.atLeast(least);
    if (raised > this.level) {
      this.level = raised;
      this.#failures = 0;
    } else if (++this.#failures >= this.#patience) {
      this.#failures = 0;
      const next = this.#available.indexOf(this.level) + 1;
      this.level = next < this.#available.length ? this.#available[next]! : Level.Connect;
    }
  }

  private atLeast(least: Level): Level {
    for (let i = 0; i < this.#available.length; i++) if (this.#available[i]! >= least) return this.#available[i]!;
    return Level.Connect; // nothing here would help
  }

  /** A connection has lasted. */
  lasted(): void {
    this.level = Level.Connect;
    this.#failures = 0;
  }
}
