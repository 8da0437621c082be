import { ModemError } from "../../src/errors";
import { equal } from "./support/check";

describe("preloading", () => {
  it("an error can be made although its prototypes are frozen, as they are in flash", () => {
    // What XS does to a preloaded class, done to a class of the same making.
    class Preloaded extends ModemError {}
    Object.freeze(Object.defineProperty(Preloaded.prototype, "name", { value: "Error", writable: false }));
    const error = new Preloaded("MODEM_SILENT", "why");
    equal(error.name, "Preloaded");
    equal(error.message, "why");
  });
});
