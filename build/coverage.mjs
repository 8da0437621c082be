// `npm run coverage`: which branches of src the tests of the core and the simulation take, on Node, counted by V8. Prints a
// table; exit status 1 when a test fails or fewer than 95 % are taken.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { build } from "esbuild";
import { common, filesIn } from "./esbuild.mjs";

const LEAST = 95;
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
  "--temp-directory", `${FOLDER}/raw`, "--reports-dir", `${FOLDER}/report`, "--reporter", "text", "--reporter", "html",
  "--check-coverage", "--branches", String(LEAST), "--lines", "0", "--functions", "0", "--statements", "0",
  "mocha", "--no-config", "--parallel", "--jobs", "2", "--timeout", "300000", "--reporter", "dot", `${FOLDER}/test/**/*.test.mjs`,
], { stdio: "inherit" });
process.exit(status ?? 1);
