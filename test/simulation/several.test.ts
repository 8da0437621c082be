import assert from "node:assert/strict";
import { simulateSeveral } from "./several";

const SEEDS = 40;

describe("simulation: several clients on one NM28, each of another cloud", () => {
  it(`${SEEDS} seeds keep the promises, and nothing of one becomes another's`, () => {
    let published = 0, delivered = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { wrong, figures } = simulateSeveral(seed);
      assert.equal(wrong, null, `seed ${seed}: ${wrong}`);
      published += figures.published;
      delivered += figures.delivered;
    }
    assert.ok(published > 1000 && delivered > 1000, `${published} published, ${delivered} delivered`);
  });
});
