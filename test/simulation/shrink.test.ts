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
  const plan = Array.from({ length: 50 }, (_, index) => broken(index + 1)).find((each) => each.events.length > 20 && simulate(each).violation !== null)!;
  const { violation } = simulate(plan);

  it("is found, and breaks it again at the same moment", () => {
    assert.ok(violation !== null);
    assert.deepEqual(simulate(plan).violation, violation);
  });

  it("is shrunk to what is needed for the same promise to be broken", function () {
    const short = shrink(plan, violation!.promise);
    assert.equal(simulate(short).violation?.promise, violation!.promise);
    assert.ok(short.events.length <= plan.events.length / 4, `${short.events.length} of ${plan.events.length} events`);
    const rest = short.events.filter((event) => event.do !== "noise");
    assert.ok(rest.length < short.events.length);
    assert.notEqual(simulate({ ...short, events: rest }).violation?.promise, violation!.promise, "without what breaks it");
  });
});
