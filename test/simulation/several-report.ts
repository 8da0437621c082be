// Runs of several clients on an NM28, and what they amounted to.

import { simulateSeveral, type SeveralFigures } from "./several";

/** @returns how many failed: none, or one, for it stops there */
export function runSeveral(from: number, seeds: number): number {
  const total: SeveralFigures = { clients: 0, published: 0, done: 0, failed: 0, delivered: 0, faults: 0, commands: 0, simulated: 0 };
  let failing = 0;
  let runs = 0;
  for (let seed = from; seed < from + seeds && failing === 0; seed++, runs++) {
    const { wrong, figures } = simulateSeveral(seed);
    for (const name of Object.keys(total) as (keyof SeveralFigures)[]) total[name] += figures[name];
    if (wrong === null) continue;
    failing++;
    console.log(`\nseveral clients on one NM28, seed ${seed}: ${wrong}\nagain: npm run simulate -- --several ${seed}`);
  }
  const { clients, commands, delivered, done, failed, faults, published, simulated } = total;
  console.log(`\nnm28, 2 to 6 clients on it, each of another cloud: ${runs} runs, ${(simulated / 3_600_000).toFixed(1)} simulated hours, ${clients} clients made`);
  console.log(`  published ${published}: done ${done}, reported failed ${failed}; delivered ${delivered}; faults ${faults}; ${commands} command lines read`);
  return failing;
}
