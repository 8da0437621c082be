import { Application } from "../../src/mqtt/application";
import { Thrown } from "../../src/thrown";
import { equal } from "./support/check";

/** Whether a value can be found from another one on, in properties of any depth. */
function leadsTo(from: unknown, value: unknown, seen: unknown[] = []): boolean {
  if (from === value) return true;
  if (from === null || (typeof from !== "object" && typeof from !== "function") || seen.includes(from)) return false;
  seen.push(from);
  return Object.getOwnPropertyNames(from).some((name) => leadsTo((from as Record<string, unknown>)[name], value, seen));
}

describe("the callbacks", () => {
  it("the options that have them are not kept, and the password with them neither", () => {
    const options = { password: "s3cret", onError() {}, onDone() {} };
    const application = new Application({}, new Thrown());
    application.open(options);
    equal(leadsTo(application, options.onDone), true, "keeps the callback");
    equal(leadsTo(application, "s3cret"), false, "keeps the password");
  });

  it("none is kept of a client that has been closed", () => {
    const options = { onError() {} };
    const application = new Application({}, new Thrown());
    application.open(options);
    application.close();
    application.open(options);
    equal(leadsTo(application, options.onError), false, "keeps the callback");
  });
});
