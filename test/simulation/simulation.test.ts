// A few hundred seeds of each family; `npm run simulate` runs thousands, and shrinks one that fails.

import assert from "node:assert/strict";
import { familyNames } from "./families";
import { draw } from "./plan";
import { simulate } from "./simulation";

const SEEDS = 200;

describe("simulation: client, modem, network and broker in virtual time", function () {
  for (const modem of familyNames)
    it(`${modem}: ${SEEDS} seeds keep all promises`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violation } = simulate(draw(modem, seed));
        assert.equal(violation, null, violation === null ? "" : `promise ${violation.promise}: ${violation.what}\nnpm run simulate -- --modem ${modem} --seed ${seed}`);
      }
    });

  it("repeats a run from its seed, to the last byte", () => {
    for (const modem of familyNames) {
      const runs = [1, 2].map(() => simulate(draw(modem, 7), true).trace);
      assert.ok(runs[0].length > 100);
      assert.deepEqual(runs[0], runs[1]);
    }
  });
});
