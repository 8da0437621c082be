// A run in which a promise is broken: it is found, repeated, and shrunk.

import assert from "node:assert/strict";
import { draw, type Plan } from "./plan";
import { shrink } from "./shrink";
import { simulate } from "./simulation";

/** A line that changes bytes, in a run that is said to have none of that: what is promised of such runs cannot hold. */
function broken(seed: number): Plan {
  const plan = draw("m531x", seed);
  const noise = { at: 10_000, do: "noise", kind: "change", way: "both", probability: 0.05, duration: plan.calm - 10_000 } as const;
  return { ...plan, exact: true, events: [...plan.events, noise].sort((a, b) => a.at - b.at) };
}

describe("a run that breaks a promise", () => {
  const plan = broken(3);
  const { violation } = simulate(plan);

  it("is found, and breaks it again at the same moment", () => {
    assert.ok(violation !== null);
    assert.deepEqual(simulate(plan).violation, violation);
  });

  it("is shrunk to what is needed for the same promise to be broken", function () {
    this.timeout(60_000);
    const short = shrink(plan, violation!.promise);
    assert.equal(simulate(short).violation?.promise, violation!.promise);
    assert.ok(plan.events.length > 20 && short.events.length <= 4, `${short.events.length} of ${plan.events.length} events`);
    assert.ok(short.events.some((event) => event.do === "noise"));
    for (const left of short.events) {
      const without = simulate({ ...short, events: short.events.filter((event) => event !== left) });
      assert.notEqual(without.violation?.promise, violation!.promise, `without ${JSON.stringify(left)}`);
    }
  });
});
