/** Chance, in the words that drawing needs. */
export class Dice {
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  from(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  happens(chance: number): boolean {
    return this.random() < chance;
  }

  /** Short ones often, long ones seldom. */
  duration(most: number): number {
    return Math.round(most * this.random() ** 3) + 1;
  }
}
