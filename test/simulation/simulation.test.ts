// Some seeds of each family; `.ci/run` has thousands, and `npm run simulate` as many as are asked for, and shrinks one that fails.

import assert from "node:assert/strict";
import { familyNames } from "./families";
import { draw } from "./plan";
import { simulate } from "./simulation";

const STRANGERS = 25;
const COLD = 6;
const SLEEPY = 4;
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 20);

describe("simulation: client, modem, network and broker in virtual time", function () {
  for (const modem of familyNames)
    it(`${modem}: ${SEEDS} seeds keep all promises`, () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violation } = simulate(draw(modem, seed));
        assert.equal(violation, null, violation === null ? "" : `promise ${violation.promise}: ${violation.what}\nnpm run simulate -- --modem ${modem} --seed ${seed}`);
      }
    });

  for (const modem of ["bc35g", "m531x"] as const)
    it(`${modem}: ${STRANGERS} seeds in which strangers publish hostile topics cost nothing`, () => {
      for (let seed = 1; seed <= STRANGERS; seed++) {
        const { violation } = simulate(draw(modem, seed, new Set(["strangers"] as const)));
        assert.equal(violation, null, violation === null ? "" : `promise ${violation.promise}: ${violation.what}\nnpm run simulate -- --worlds strangers --modem ${modem} --seed ${seed}`);
      }
    });

  for (const modem of familyNames)
    it(`${modem}: ${COLD} seeds of a modem as it comes out of its box end connected, or say why not`, () => {
      for (let seed = 1; seed <= COLD; seed++) {
        const { violation } = simulate(draw(modem, seed, new Set(["cold"] as const)));
        assert.equal(violation, null, violation === null ? "" : `promise ${violation.promise}: ${violation.what}\nnpm run simulate -- --worlds cold --modem ${modem} --seed ${seed}`);
      }
    });

  for (const modem of ["bc35g", "m531x", "nm28"] as const)
    it(`${modem}: ${SLEEPY} seeds of a modem that sleeps`, () => {
      for (let seed = 1; seed <= SLEEPY; seed++) {
        const { violation } = simulate(draw(modem, seed, new Set(["sleep"] as const)));
        assert.equal(violation, null, violation === null ? "" : `promise ${violation.promise}: ${violation.what}\nnpm run simulate -- --worlds sleep --modem ${modem} --seed ${seed}`);
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
