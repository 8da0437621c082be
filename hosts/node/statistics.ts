import type { StatisticsView } from "../../src/modem/told";

/** Where one port's counts come from: the core counts anew with each port. */
export interface Counted {
  readonly statistics: StatisticsView;
}

/** Adds what was counted on one port after the other. */
export class Totals {
  /** Of ports that are closed. */
  #before: StatisticsView | null = null;
  #source: Counted | null = null;
  #view: StatisticsView | null = null;

  /** The counts of `source` are those of the present port. @throws StateError where the driver counts nothing */
  follow(source: Counted): void {
    if (source === this.#source) return;
    const view = source.statistics; // one object for each port
    if (this.#view !== null && view !== this.#view) this.#before = sum(this.#before, this.#source!.statistics);
    this.#source = source;
    this.#view = view;
  }

  /** Everything since the first port, as a new object. */
  get all(): StatisticsView {
    return sum(this.#before, this.#source!.statistics);
  }
}

function sum(before: StatisticsView | null, now: StatisticsView): StatisticsView {
  if (before === null) return { ...now, failures: { ...now.failures }, seconds: { ...now.seconds } };
  const all = {} as Record<string, unknown>;
  for (const [name, value] of Object.entries(now) as [keyof StatisticsView, number | Record<string, number>][])
    all[name] = typeof value === "number" ? value + (before[name] as number) : added(before[name] as Record<string, number>, value);
  return all as unknown as StatisticsView;
}

function added(before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): Record<string, number> {
  const all = { ...before };
  for (const [name, value] of Object.entries(now)) all[name] = (all[name] ?? 0) + value;
  return all;
}
