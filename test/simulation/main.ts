// `npm run simulate -- [--seeds N] [--from N] [--modem NAME] [--seed N] [--several N]`: thousands of runs, or one again.

import { parseArgs } from "node:util";
import { familyNames, type FamilyName } from "./families";
import { draw as drawIn, type Plan, type World } from "./plan";
import { addUp, report } from "./report";
import { shrink } from "./shrink";
import { runSeveral } from "./several-report";
import { simulate, type Figures, type Violation } from "./simulation";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    modem: { type: "string" },
    seed: { type: "string" },
    /** Goes on after a failing seed, and only counts. */
    all: { type: "boolean", default: false },
    /** Worlds to draw from, such as strangers; all, when left out. */
    worlds: { type: "string" },
    /** Every run has a driver with care. */
    care: { type: "boolean", default: false },
    /** One run of several clients on an NM28. */
    several: { type: "string" },
  },
});
if (values.modem !== undefined && !familyNames.includes(values.modem as FamilyName)) {
  console.error(`--modem must be one of ${familyNames.join(", ")}, not ${values.modem}`);
  process.exit(2);
}
const modems = values.modem === undefined ? familyNames : [values.modem as FamilyName];

const worlds = values.worlds === undefined ? undefined : new Set(values.worlds.split(",")) as ReadonlySet<World>;
const draw = (modem: FamilyName, seed: number): Plan => drawIn(modem, seed, worlds, values.care ? 1 : undefined);

function show(plan: Plan, violation: Violation): void {
  console.log(`\n${plan.modem}, seed ${plan.seed}: promise ${violation.promise} is broken at ${(violation.at / 1000).toFixed(3)} s: ${violation.what}`);
  console.log(`again: npm run simulate -- --modem ${plan.modem} --seed ${plan.seed}`);
  const short = shrink(plan, violation.promise);
  const { trace, violation: shortest } = simulate(short, true);
  console.log(`\nwith ${short.events.length} of ${plan.events.length} events: ${shortest?.what}`);
  const { events, ...rest } = short;
  console.log(JSON.stringify(rest));
  for (const event of events) console.log(`  ${JSON.stringify(event)}`);
  console.log(`\n${trace.length > 300 ? `… ${trace.length - 300} lines before\n` : ""}${trace.slice(-900).join("\n")}`);
}

let failing = 0;
if (values.several !== undefined) {
  failing += runSeveral(Number(values.several), 1);
} else if (values.seed !== undefined) {
  for (const modem of modems) {
    const plan = draw(modem, Number(values.seed));
    const { violation, figures } = simulate(plan);
    if (violation === null) report(modem, 1, figures);
    else {
      failing++;
      show(plan, violation);
    }
  }
} else {
  for (const modem of modems) {
    const began = performance.now();
    const total: Figures[] = [];
    const from = Number(values.from), to = from + Number(values.seeds);
    for (let seed = from; seed < to; seed++) {
      const plan = draw(modem, seed);
      const { violation, figures } = simulate(plan);
      total.push(figures);
      if (violation === null) continue;
      failing++;
      if (!values.all) {
        show(plan, violation);
        break;
      }
      console.log(`${modem}, seed ${seed}: ${JSON.stringify(plan.variants)} promise ${violation.promise}: ${violation.what.split("\n")[0].slice(0, 300)}`);
    }
    report(modem, total.length, addUp(total));
    if (modem === "nm28" && (failing === 0 || values.all)) failing += runSeveral(from, Math.ceil(Number(values.seeds) / 4));
    console.log(`  ${((performance.now() - began) / 1000).toFixed(1)} s of computing`);
  }
}
if (failing > 0) console.log(`\n${failing} failing`);
process.exitCode = failing > 0 ? 1 : 0;
