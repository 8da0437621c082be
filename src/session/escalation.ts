import { Level } from "../modem/recovery";

/**
 * How much is done anew at the next attempt. What failed says what the least is; where that does not help, there is more
 * after so many failures; after the most it begins again with the least. A broker that is away never raises it, however often.
 */
export class Escalation {
  readonly #available: readonly Level[];
  readonly #failuresPerLevel: number;
  #failures = 0;
  level: Level = Level.Connect;

  /**
   * @param available ascending, from `Level.Connect`
   * @param failuresPerLevel failures of a level before there is more; 0: there is never more than a new connection
   */
  constructor(available: readonly Level[], failuresPerLevel: number) {
    this.#available = available;
    this.#failuresPerLevel = failuresPerLevel;
  }

  /** @param least what may help, or null where it is not the modem, nor its network, that has failed */
  onFailure(least: Level | null): void {
    // An attempt that has got as far as the broker shows that the rest works.
    if (least === null || this.#failuresPerLevel === 0) return this.reset();
    const raised = this.atLeast(least);
    if (raised > this.level) {
      this.level = raised;
      this.#failures = 0;
    } else if (++this.#failures >= this.#failuresPerLevel) {
      this.#failures = 0;
      const next = this.#available.indexOf(this.level) + 1;
      this.level = next < this.#available.length ? this.#available[next]! : Level.Connect;
    }
  }

  private atLeast(least: Level): Level {
    for (let i = 0; i < this.#available.length; i++) if (this.#available[i]! >= least) return this.#available[i]!;
    return Level.Connect; // nothing here would help
  }

  /** A connection has lasted, or nothing but the broker has failed. */
  reset(): void {
    this.level = Level.Connect;
    this.#failures = 0;
  }
}
