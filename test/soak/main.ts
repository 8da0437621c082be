// `npm run soak -- [--minutes N] [--modem NAME] [--seed N]`: the real time, mosquitto and pseudo-terminals, for an hour; all
// four families side by side where none is named. Exit status 1 when a promise was broken or something grew.

import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { FamilyName } from "../simulation/families";
import { Bench, families } from "./bench";
import { fillCaches, median, sample, type Sample } from "./resources";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, modem: { type: "string" }, seed: { type: "string", default: "1" } },
});
const names = (values.modem === undefined ? Object.keys(families) : [values.modem]) as FamilyName[];
const duration = Number(values.minutes) * 60_000;
if (names.some((name) => families[name] === undefined) || !(duration >= 60_000)) {
  console.error(`usage: npm run soak -- [--minutes N, at least 1] [--modem ${Object.keys(families).join("|")}] [--seed N]`);
  process.exit(2);
}

/** Milliseconds between two looks at the process, and bytes that the heap may swing by. */
const LOOK = 30_000;
const SWING = 3_000_000;
/** Open files that may be more for each family: a connection of the modem's, and one of the other side's, are down after a fault. */
const CONNECTIONS = 2;

fillCaches();

const benches = names.map((name, index) => new Bench(name, Number(values.seed) * 4 + index));
const samples: Sample[] = [];
const began = performance.now();
const end = began + duration;
for (const bench of benches) await bench.start();

let over = false;
async function watch(): Promise<void> {
  while (!over && performance.now() < end) {
    samples.push(sample());
    await pause(LOOK);
  }
}
const watching = watch();
await Promise.all(benches.map((bench) => bench.run(end)));
over = true;
for (const bench of benches) await bench.stop();
await watching;

console.log(`${new Date().toISOString().slice(0, 10)}, ${((performance.now() - began) / 60_000).toFixed(0)} minutes, seed ${values.seed}`);
const violations: string[] = [];
for (const { modem, counts, faults, longestPublish, longestRecovery, remembered, violations: broken } of benches) {
  console.log(`\n${modem}:`);
  for (const what of Object.keys(counts).sort()) console.log(`  ${what}: ${counts[what]}`);
  console.log(`  longest publish: ${(longestPublish / 1000).toFixed(1)} s; well again after at most ${(longestRecovery / 1000).toFixed(1)} s; ${remembered} messages remembered`);
  console.log(`  faults ${Object.values(faults).reduce((sum, count) => sum + count, 0)}: ${Object.entries(faults).map(([fault, count]) => `${fault} ${count}`).join(", ")}`);
  violations.push(...broken.map((what) => `${modem}: ${what}`));
}

// The beginning is warming up; after it, the first third is compared with the last.
const warm = samples.slice(Math.ceil(samples.length / 6));
const third = Math.floor(warm.length / 3);
if (third > 0) {
  const early = warm.slice(0, third), late = warm.slice(-third);
  const heap = [early, late].map((some) => median(some.map((each) => each.heap))) as [number, number];
  const files = [early, late].map((some) => median(some.map((each) => each.files ?? 0))) as [number, number];
  console.log(`\nheap ${heap.map((bytes) => (bytes / 1e6).toFixed(2)).join(" → ")} MB, open files ${files.join(" → ")} (medians of the first and the last third, ${samples.length} looks)`);
  if (heap[1] > heap[0] + SWING) violations.push(`the heap has grown from ${heap[0]} to ${heap[1]} bytes`);
  if (files[1] > files[0] + CONNECTIONS * names.length) violations.push(`the open files have grown from ${files[0]} to ${files[1]}`);
}
for (const violation of violations) console.log(`VIOLATED ${violation}`);
console.log(violations.length === 0 ? "\nno violation" : `\n${violations.length} violations`);
process.exit(violations.length === 0 ? 0 : 1);
