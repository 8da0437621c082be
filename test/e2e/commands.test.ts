import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { loadDriver } from "modem-mqtt/node";
import { createVirtualModem, loadFamily, type CommandSpec } from "modem-mqtt/virtual-modem";
import { families } from "./support/families";

const root = new URL("./", import.meta.resolve("modem-mqtt/package.json"));
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

/** The tables of docs/commands.md, by what their summary has in `<code>`; the first one is every family's. */
const tables = new Map([...read("docs/commands.md").matchAll(/<summary>(?:<code>(\w+)<\/code>)?.*<\/summary>([^]*?)<\/details>/g)]
  .map(([, name = "every", text]) => [name, text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| command"))]));

/** What the first columns of a family's table, and of every family's, name; blanks left out. */
const named = (name: string): string[] =>
  ["every", name].flatMap((table) => tables.get(table) ?? []).flatMap((row) => [...row.split(" | ")[0].matchAll(/`([^`]+)`/g)].map(([, code]) => code.replaceAll(" ", "")));

/** Whether something that is named begins with `text`, and does not go on as another name or another form would. */
const isNamed = (name: string, text: string) =>
  named(name).some((code) => code.startsWith(text) && !(text.startsWith("AT") ? /^[A-Z=?]/ : /^[A-Z]/).test(code.slice(text.length)));

/** `AT+X?`, `AT+X=?`, `AT+X="key"`, `AT+X=` or `AT+X` of a command line. */
const formOf = (line: string) => /^AT(?:[A-Z]\d|[+*]\w+(?:=\?|\?|="[^"]*"|=)?)?/.exec(line.replaceAll(/\$\{(\w+)\}/g, "<$1>"))![0];

/** The files of src/care that are of one family alone, or of two; all others are every family's. */
const CARE: Readonly<Record<string, readonly string[]>> = { bc35g: ["bc35g", "neul"], m531x: ["m531x", "neul"], ml302: ["ml302"], nm28: ["nm28"] };
const careFiles = (name: string): string[] =>
  readdirSync(new URL("src/care/", root)).filter((file) => {
    const families = Object.keys(CARE).filter((family) => CARE[family].includes(file.replace(".ts", "")));
    return families.length === 0 || families.includes(name);
  });

/** Every command line in a file of the core: a string that begins as one. */
const linesIn = (path: string) => [...read(path).matchAll(/(["'`])(AT(?![A-Z]).*?)\1/g)].map(([, , line]) => line);

/** The commands of the virtual modem, as it has them when it is on. */
async function commandsOf(name: string): Promise<readonly CommandSpec[]> {
  const family = await loadFamily(name);
  let commands: readonly CommandSpec[] = [];
  const modem = await createVirtualModem({
    modem: {
      ...family,
      powerOn(on) {
        const session = family.powerOn(on);
        commands = session.commands;
        return session;
      },
    },
  });
  await modem.close();
  return commands;
}

describe("the tables of commands and reports", () => {
  it("link every row to a test of the driver and one of the virtual modem, which are there", () => {
    assert.deepEqual([...tables.keys()].sort(), ["every", ...families.map(([name]) => name)].sort());
    for (const [name, rows] of tables) for (const row of rows) {
      const links = [...row.matchAll(/\[`?((?:[^`\]]|\](?!\())*?)`?\]\(([^)]+)\)/g)];
      assert.equal(links.length, 2, `${name}: ${row}`);
      for (const [, text, path] of links) assert.ok(read(`docs/${path}`).includes(text), `${path} has no ${text}`);
      assert.ok(!/partly/i.test(row), row);
    }
  });

  for (const [name] of families) {
    it(`have every command that the driver of ${name} can send, and every line that it knows`, async () => {
      const dialect = await loadDriver(name);
      const inDialect = [...dialect.connect, ...dialect.disconnect, ...dialect.close, dialect.subscribe, dialect.unsubscribe, ...dialect.inquiries].map(({ line }) => line.trimEnd());
      // A driver's publishes stand in its file alone.
      const inCare = careFiles(name).flatMap((file) => linesIn(`src/care/${file}`));
      const lines = [...inDialect, ...linesIn(`src/modems/${name}.ts`), ...linesIn("src/modem/common.ts"), ...inCare];
      assert.ok(lines.some((line) => /PUB/.test(line)) && inCare.some((line) => /CPINR/.test(line)), "publishes, and what care sends, found");
      const missing = [...new Set([...lines.map(formOf), ...dialect.responses.responses.map(({ text }) => text)])].filter((text) => !isNamed(name, text));
      assert.deepEqual(missing, []);
    });

    it(`have every command that the virtual ${name} knows, in all its forms`, async () => {
      const commands = await commandsOf(name);
      assert.ok(commands.length > 5);
      const forms = commands.flatMap(({ name, test, read, set, execute }) =>
        [test && `AT${name}=?`, read && `AT${name}?`, set && `AT${name}=`, execute && `AT${name}`]).filter((form) => form !== undefined);
      assert.deepEqual(forms.filter((form) => !isNamed(name, form)), []);
    });
  }
});
