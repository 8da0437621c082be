// Runs of the simulation, the families in turn, until a promise is broken: prints which, and ends with 1.

import { familyNames } from "../simulation/families";
import { draw } from "../simulation/plan";
import { simulate } from "../simulation/simulation";

const seeds = Number(process.argv[2]);
for (let seed = 1; seed <= seeds; seed++)
  for (const modem of familyNames) {
    const { violation } = simulate(draw(modem, seed));
    if (violation === null) continue;
    console.log(`simulation, ${modem}, seed ${seed}: promise ${violation.promise}`);
    process.exit(1);
  }
