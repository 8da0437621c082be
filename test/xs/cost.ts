/// <reference path="host.d.ts" />
/** What a piece of work allocates and takes, on average over many times. */

const counts = new ArrayBuffer(16);
const now = new Int32Array(counts);
const start = new Int32Array(4);
const sum = new Float64Array(4);
const empty = new Float64Array(4);

/** How often it is done, and how often before that is counted. */
export const TIMES = 200;
export const FIRST = 5;

export function nothing(): void {}

/** Slots, chunk bytes, units and collections of one `work`; `prepare` is not counted. */
export function cost(work: () => void, prepare: () => void = nothing): Float64Array {
  for (let i = 0; i < FIRST; i++) {
    prepare();
    work();
  }
  sum.fill(0);
  for (let i = 0; i < TIMES; i++) {
    prepare();
    host.count(counts);
    for (let k = 0; k < 4; k++) start[k] = now[k]!;
    work();
    host.count(counts);
    for (let k = 0; k < 4; k++) sum[k]! += now[k]! - start[k]!;
  }
  return sum.map((value, index) => value / TIMES - empty[index]!);
}

empty.set(cost(nothing));

/** Slots and chunk bytes that live, garbage being collected first; collections so far. What it returns is among them. */
export function living(): Int32Array {
  const living = new Int32Array(4);
  host.collect();
  host.count(counts);
  for (let i = 0; i < 4; i++) living[i] = now[i]!;
  return living;
}

export function collections(): number {
  host.count(counts);
  return now[3]!;
}

export function tell(name: string, ...values: number[]): void {
  trace(`${name} ${values.join(" ")}\n`);
}
