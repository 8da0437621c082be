// `npm run coverage`: which branches of src the tests of the core and the simulation take, on Node, counted by V8. Prints a
// table; exit status 1 when a test fails, when fewer than 95 % of all are taken, or fewer than 85 % of one file's.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { build } from "esbuild";
import { common, filesIn } from "./esbuild.mjs";

const LEAST = 95;
const LEAST_EACH = 85;
/** Files of which fewer may be taken: how many, and why. */
const EXCEPTIONS = {};
const FOLDER = "dist/coverage";

rmSync(FOLDER, { recursive: true, force: true });
const { metafile } = await build({
  ...common,
  // Each source is a script of its own, and there once, however many tests use it: V8's counts of copies cannot be added up.
  entryPoints: [...filesIn("src", ".ts"), ...filesIn("test/core", ".test.ts"), ...filesIn("test/simulation", ".test.ts")],
  outdir: FOLDER,
  outbase: ".",
  outExtension: { ".js": ".mjs" },
  splitting: true,
  sourcemap: true,
  metafile: true,
});

/** Sources that are types, or hand on what others export: there is no code to be counted. */
const withoutCode = Object.keys(metafile.inputs).filter((source) => source.startsWith("src/") && !hasCode(source));

function hasCode(source) {
  return Object.values(metafile.outputs).some(({ inputs }) => (inputs[source]?.bytesInOutput ?? 0) > 0);
}

const { status } = spawnSync("npx", [
  "c8", "--all", "--src", "src", "--include", "src/**", ...withoutCode.flatMap((source) => ["--exclude", source]), "--exclude-after-remap",
  "--temp-directory", `${FOLDER}/raw`, "--reports-dir", `${FOLDER}/report`, "--reporter", "text", "--reporter", "html", "--reporter", "json-summary",
  "mocha", "--no-config", "--parallel", "--jobs", "2", "--timeout", "300000", "--reporter", "dot", `${FOLDER}/test/**/*.test.mjs`,
], { stdio: "inherit", env: { ...process.env, SIMULATION_SEEDS: "200" } });
if (status !== 0) process.exit(status ?? 1);

const { total, ...files } = JSON.parse(readFileSync(`${FOLDER}/report/coverage-summary.json`, "utf8"));
const wanting = [["all files", total.branches.pct, LEAST, ""]];
for (const [path, { branches: { pct } }] of Object.entries(files)) {
  const file = relative(".", path);
  const { least, why } = EXCEPTIONS[file] ?? { least: LEAST_EACH, why: "" };
  wanting.push([file, pct, least, why]);
}
for (const file of Object.keys(EXCEPTIONS)) if (!wanting.some(([each]) => each === file)) wanting.push([`${file}, which is an exception and not there`, 0, 1, ""]);
const found = wanting.filter(([, pct, least]) => pct < least);
for (const [file, pct, least, why] of found) console.error(`${file}: ${pct} % of branches, and ${least} % at least are wanted${why === "" ? "" : ` (${why})`}`);
process.exit(found.length === 0 ? 0 : 1);
