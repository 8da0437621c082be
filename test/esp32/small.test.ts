// What modems/NAME/small/manifest.json brings: the same client, but for the words of its errors.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as whole from "modem-mqtt";
import { modemNames } from "modem-mqtt/node";

for (const name of await modemNames())
  describe(`The small client of ${name}`, () => {
    let small: typeof whole;
    let driver: object;

    before(async () => {
      small = await import(pathToFileURL(join("dist", "small", name, "modem-mqtt", "index.js")).href);
      driver = await import(`modem-mqtt/modems/${name}`);
    });

    it("has all names of the whole one, and its driver's", () => {
      const names = [...Object.keys(whole), ...Object.keys(driver)].filter((each) => each !== "default");
      assert.deepEqual(Object.keys(small).filter((each) => each !== "default").sort(), [...new Set(names)].sort());
    });

    it("says what was refused by class, code, argument and value", () => {
      const { dialect } = Object.values(driver).find((each) => typeof each === "function" && "dialect" in each);
      assert.throws(() => new small.MQTTClient({ host: "", modem: { io: { dialect } } } as any), (error: whole.ArgumentError) => {
        assert(error instanceof small.ArgumentError && error instanceof small.MQTTModemError);
        assert.equal(error.name, "ArgumentError");
        assert.match(error.code, /^ARGUMENT_/);
        assert.equal(error.message.startsWith(`${error.argument} ${error.code}; got `), true, error.message);
        return true;
      });
    });

    it("has the code in place of an error's words", () => {
      const { message, name: called, modemCode } = new small.NetworkError("LINK_LOST", undefined as unknown as string, 2);
      assert.deepEqual([message, called, modemCode], ["LINK_LOST", "NetworkError", 2]);
    });
  });
