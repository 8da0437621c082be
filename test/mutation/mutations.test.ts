// Whether `npm run mutate` can still break what it says; that everything is caught is for that script to find out.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { broken, mutations } from "./mutations";

describe("the mutations of npm run mutate", () => {
  it("are twenty at the least, and each has a name of its own", () => {
    assert.ok(mutations.length >= 20);
    assert.equal(new Set(mutations.map(({ name }) => name)).size, mutations.length);
  });

  for (const mutation of mutations)
    it(`${mutation.file}: ${mutation.name}`, () => {
      const source = readFileSync(mutation.file, "utf8");
      assert.notEqual(broken(mutation, source), source);
    });
});
