import { Level } from "../modem/recovery";

/**
 * Chooses how much of the way to the broker is set up again at the next attempt. Each error gives the least level that may help.
 * After some failures at one level the next higher one follows, and after the highest that may help the lowest again. A broker that
 * cannot be reached never raises the level.
 */
export class Escalation {
  readonly #available: readonly Level[];
  readonly #failuresPerLevel: number;
  #failures = 0;
  level: Level = Level.Connect;

  /**
   * @param available the levels that this modem and this application have, ascending from `Level.Connect`
   * @param failuresPerLevel failures before the next higher level; 0: always `Level.Connect`
   */
  constructor(available: readonly Level[], failuresPerLevel: number) {
    this.#available = available;
    this.#failuresPerLevel = failuresPerLevel;
  }

  /**
   * An attempt has failed.
   * @param least the least level that may help; null when neither the modem nor its network has failed
   * @param most the highest one that may
   */
  onFailure(least: Level | null, most: Level): void {
    // An attempt that reached the broker shows that the modem and its network work.
    if (least === null || this.#failuresPerLevel === 0) return this.reset();
    const raised = this.within(least, most);
    if (raised > this.level || this.level > most) {
      this.level = raised;
      this.#failures = 0;
    } else if (++this.#failures >= this.#failuresPerLevel) {
      this.#failures = 0;
      this.level = this.within(this.level + 1, most);
    }
  }

  /** The lowest level that there is from `least` to `most`. */
  private within(least: Level, most: Level): Level {
    for (let i = 0; i < this.#available.length; i++) if (this.#available[i] >= least && this.#available[i] <= most) return this.#available[i];
    return Level.Connect; // no available level can help
  }

  /** Begins with the lowest level again: a connection has lasted, or only the broker has failed. */
  reset(): void {
    this.level = Level.Connect;
    this.#failures = 0;
  }
}
