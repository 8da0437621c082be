import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadDriver } from "modem-mqtt/node";
import { families } from "./support/families";

const root = new URL("./", import.meta.resolve("modem-mqtt/package.json"));
const page = readFileSync(new URL("docs/commands.md", root), "utf8");
const rows = page.split("\n").filter((line) => /^\| [^-]/.test(line) && !line.startsWith("| command"));

/** Of `COMMON_LINES` and what no row needs to repeat. */
const COMMON = /^(OK|ERROR|\+CME|\+CMS|\+CGATT|CONNECT)/;

describe("docs/commands.md", () => {
  it("links every row to a test of the driver and one of the virtual modem, which are there", () => {
    const read = new Map<string, string>();
    for (const row of rows) {
      const links = [...row.matchAll(/\[`?((?:[^`\]]|\](?!\())*?)`?\]\(([^)]+)\)/g)];
      assert.equal(links.length, 2, row);
      for (const [, text, path] of links) {
        const source = read.get(path) ?? readFileSync(new URL(path, new URL("docs/", root)), "utf8");
        read.set(path, source);
        assert.ok(source.includes(text), `${path} has no ${text}`);
      }
    }
    assert.ok(!/partly/i.test(page));
  });

  it("has every report that a driver knows, and every inquiry", async () => {
    for (const [name] of families) {
      const { dialect } = await loadDriver(name);
      for (const { text } of dialect.lexicon.lines) if (!COMMON.test(text)) assert.ok(page.includes(text), `${name}: ${text}`);
      for (const { line } of dialect.inquiries) {
        const form = /^AT\+\w+(=\?|\?)?/.exec(line!)![0];
        assert.ok(page.includes(form), `${name}: ${line}`);
      }
    }
  });
});
