/// <reference path="host.d.ts" />
import PreferenceStore from "../../hosts/moddable/preference/preference";
import Preference from "preference";
import { equal, sameLines, thrown } from "../core/support/check";
import { nm28 } from "../core/support/answering";
import { Life } from "../core/support/life";

describe("messages in the SDK's preferences", () => {
  it("are sent after a power cut, in their order, and are gone then", () => {
    const before = new Life(nm28, { queue: { store: new PreferenceStore("meter") } });
    for (let i = 0; i < 12; i++) before.publish(`message ${i}`, { QoS: 1 });
    Preference.set("meter", "11", (Preference.get("meter", "11") as ArrayBuffer).slice(0, 20)); // as flash that failed might leave it
    Preference.set("other", "1", "not ours");
    const after = new Life(nm28, { queue: { store: new PreferenceStore("meter") } });
    after.pass(100);
    sameLines(after.modem.published, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11].map((i) => `message ${i}`));
    equal(after.events.includes("error STORE_FAILED"), true, "told of the one that is not whole");
    sameLines(Preference.keys("meter"), []);
    sameLines(Preference.keys("other"), ["1"]);
  });

  it("have a domain that NVS can name", () => {
    for (const domain of ["", "sixteen letters."]) equal(thrown(() => new PreferenceStore(domain)).argument, "domain");
  });
});
