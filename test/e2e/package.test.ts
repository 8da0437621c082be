import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { modemNames } from "modem-mqtt/node";

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.resolve("modem-mqtt/package.json")), "utf8"));

describe("the package", () => {
  it("has every driver for Moddable, and keeps it in flash", async () => {
    const { preload } = read("manifest.json");
    const { exports } = read("package.json");
    for (const name of await modemNames()) {
      assert.ok(preload.includes(`modem-mqtt/modems/${name}`), `manifest.json: preload modem-mqtt/modems/${name}`);
      assert.equal(exports[`./modems/${name}`]?.moddable, `./dist/modems/${name}.js`, `package.json: exports ./modems/${name} for moddable`);
    }
  });
});
