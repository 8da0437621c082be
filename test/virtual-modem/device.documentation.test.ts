// docs/virtual-modem.md has every setting and every command of the device, and no other.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { settingsTable } from "../../hosts/virtual-modem/device/settings";
import { basicCommands } from "../../hosts/virtual-modem/engine/basics";
import type { Family } from "../../hosts/virtual-modem/engine/family";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import { DeviceBench } from "./device-bench";

const page = readFileSync("docs/virtual-modem.md", "utf8");

/** The commands of the device, as a running modem has them. */
function commandsOf(family: Family, model: string): Set<string> {
  const names = new Set<string>();
  const spy: Family = {
    ...family,
    powerOn(modem) {
      const session = family.powerOn(modem);
      const { device, identity, rows } = modem;
      const dialect = { ...family.dialect, ...family.models?.[model]?.dialect };
      const common = basicCommands({
        dialect, identity, rows, device, variant: (name) => modem.variant(name), errorMode: 0, echo: false, now: () => 0, restart: () => undefined,
      });
      for (const { name } of [...common, ...(session.device ?? [])]) names.add(`AT${name}`);
      return session;
    },
  };
  new DeviceBench(spy, model === "" ? {} : { model }).modem.close();
  return names;
}

const modems: [row: string, family: Family, model: string][] = [
  ["BC35-G", bc35g, ""],
  ["BC28", bc35g, "bc28"],
  ["M5310-A", m531x, "m5310a"],
  ["M5311", m531x, "m5311"],
  ["M5313", m531x, "m5313"],
  ["ML302", ml302, ""],
  ["NM28", nm28, ""],
];

describe("virtual modem: its page", () => {
  it("has every setting, as the table has it", () => {
    const rows = Object.entries(settingsTable).flatMap(([group, names]) =>
      Object.entries(names).map(([name, { about, fallback, takes }]) => `| \`${group}.${name}\` | ${takes} | ${fallback === "" ? "none" : String(fallback)} | ${about} |`));
    for (const row of rows) assert.ok(page.includes(`\n${row}\n`), row);
    assert.equal([...page.matchAll(/^\| `[a-z]+\.[a-zA-Z]+` \|/gm)].length, rows.length, "a setting that is not there");
  });

  const rows = page.slice(page.indexOf("## Commands of the device"), page.indexOf("## Where the families differ")).split("\n").filter((line) => line.startsWith("| "));
  for (const [name, family, model] of modems)
    it(`has every command of ${name}, and no other`, () => {
      const named = rows
        .filter((row) => /^\| every family /.test(row) || row.split(" | ")[0].includes(name))
        .flatMap((row) => [...row.matchAll(/`(AT[^`]+)`/g)].map(([, command]) => command));
      assert.deepEqual(named.toSorted(), [...commandsOf(family, model)].toSorted());
    });
});
