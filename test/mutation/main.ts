// `npm run mutate -- [--jobs N] [--only PART]`: breaks the core in one way after the other, and runs its tests and some
// seeds of the simulation until one fails. Prints a table; exit status 1 when a mutation survives, or does not apply.

import { build, type Plugin } from "esbuild";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { broken, mutations, type Mutation } from "./mutations";

const { values } = parseArgs({ options: { jobs: { type: "string", default: "2" }, only: { type: "string", default: "" } } });
const FOLDER = "dist/mutation/work";
/** Each family has so many. */
const SEEDS = 60;
/** Milliseconds; a mutation that keeps the tests from ending is caught. */
const PATIENCE = 180_000;

const testsIn = (folder: string): string[] => readdirSync(`test/${folder}`).filter((name) => name.endsWith(".test.ts")).map((name) => `${folder}/${name}`);
/** The quick ones first. The seeds of simulation.test.ts come at last, by themselves. */
const tests = [...testsIn("core"), ...testsIn("simulation")].filter((name) => !name.endsWith("/simulation.test.ts"))
  .sort((a, b) => Number(isSlow(a)) - Number(isSlow(b)) || a.localeCompare(b));

function isSlow(name: string): boolean {
  return name.includes("property") || name.startsWith("simulation/");
}

async function bundle(folder: string, mutation: Mutation | null): Promise<void> {
  const plugin: Plugin = {
    name: "mutation",
    setup: ({ onLoad }) => onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      if (mutation === null || relative(".", path) !== join(...mutation.file.split("/"))) return undefined;
      return { contents: broken(mutation, readFileSync(path, "utf8")), loader: "ts" };
    }),
  };
  await build({
    bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", tsconfigRaw: {}, logLevel: "error", splitting: true,
    entryPoints: [...tests.map((name) => `test/${name}`), "test/mutation/seeds.ts"], outbase: "test", outdir: folder, outExtension: { ".js": ".mjs" },
    plugins: [plugin],
  });
}

interface End {
  readonly status: number | null;
  readonly output: string;
}

function run(args: readonly string[]): Promise<End> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"], timeout: PATIENCE, killSignal: "SIGKILL" });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => { output += text; });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}

/** What fails, or null. */
async function failing(folder: string): Promise<string | null> {
  const files = tests.map((name) => join(folder, name.replace(/ts$/, "mjs")));
  const mocha = await run(["node_modules/mocha/bin/mocha.js", "--no-config", "--bail", "--reporter", "json", "--timeout", "60000", ...files]);
  if (mocha.status === null) return "the tests do not end";
  if (mocha.status !== 0) return failedTest(mocha.output);
  const simulation = await run([join(folder, "mutation", "seeds.mjs"), String(SEEDS)]);
  if (simulation.status === null) return "the simulation does not end";
  return simulation.status === 0 ? null : simulation.output.trim() || "the simulation itself throws";
}

function failedTest(output: string): string {
  const start = output.indexOf("{");
  if (start < 0) return "the tests do not begin";
  const { failures } = JSON.parse(output.slice(start)) as { failures: { fullTitle: string }[] };
  return failures[0]?.fullTitle ?? "the tests do not begin";
}

async function tryOut(mutation: Mutation | null, index: number): Promise<string | null> {
  const folder = join(FOLDER, String(index));
  await bundle(folder, mutation);
  const caught = await failing(folder);
  rmSync(folder, { recursive: true });
  return caught;
}

rmSync(FOLDER, { recursive: true, force: true });
const chosen = mutations.filter(({ name, file }) => `${file} ${name}`.includes(values.only));
for (const mutation of chosen) broken(mutation, readFileSync(mutation.file, "utf8"));
const sound = await tryOut(null, -1);
if (sound !== null) {
  console.error(`nothing is broken, and this fails: ${sound}`);
  process.exit(1);
}

const began = performance.now();
const rows: { mutation: Mutation; caught: string | null; seconds: number }[] = [];
const waiting = [...chosen.entries()];
await Promise.all(Array.from({ length: Number(values.jobs) }, async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [index, mutation] = next;
    const start = performance.now();
    const caught = await tryOut(mutation, index);
    rows[index] = { mutation, caught, seconds: (performance.now() - start) / 1000 };
    if (process.stderr.isTTY) process.stderr.write(`\r${waiting.length} left `);
  }
}));

console.log("| file | what is wrong | caught by | s |\n|---|---|---|---|");
for (const { mutation, caught, seconds } of rows)
  console.log(`| \`${mutation.file.slice(4)}\` | ${mutation.name} | ${caught === null ? "**nothing**" : caught.replaceAll("|", "\\|")} | ${seconds.toFixed(1)} |`);
const survivors = rows.filter(({ caught }) => caught === null);
console.log(`\n${rows.length} mutations, ${rows.length - survivors.length} caught, in ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
for (const { mutation } of survivors) console.log(`SURVIVED ${mutation.file}: ${mutation.name}`);
process.exit(survivors.length === 0 ? 0 : 1);
