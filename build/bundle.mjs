// What esbuild makes: the command, and the tests. Both use the built library by its public names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { common, filesIn } from "./esbuild.mjs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
/** Those in test/xs run on XS alone: see build/xs.mjs. */
const testFiles = () => filesIn("test", ".test.ts").filter((file) => !file.startsWith(join("test", "xs")));

const targets = {
  command: () => build({
    ...common,
    entryPoints: ["hosts/node/command/main.ts"],
    outfile: "dist/command.js",
    banner: { js: "#!/usr/bin/env node" },
    define: { VERSION: JSON.stringify(version) },
  }),
  bench: () => build({
    ...common,
    entryPoints: ["test/bench/main.ts", "test/bench/far-end.ts"],
    outdir: "dist/bench",
    outExtension: { ".js": ".mjs" },
  }),
  simulate: () => build({
    ...common,
    entryPoints: ["test/simulation/main.ts"],
    outdir: "dist/simulation",
    outExtension: { ".js": ".mjs" },
    sourcemap: "inline",
  }),
  soak: () => build({
    ...common,
    entryPoints: ["test/soak/main.ts"],
    outdir: "dist/soak",
    outExtension: { ".js": ".mjs" },
    sourcemap: "inline",
  }),
  mutate: () => build({
    ...common,
    entryPoints: ["test/mutation/main.ts"],
    outdir: "dist/mutation",
    outExtension: { ".js": ".mjs" },
  }),
  tests: () => build({
    ...common,
    entryPoints: testFiles(),
    outdir: "dist/test",
    outbase: "test",
    outExtension: { ".js": ".mjs" },
    sourcemap: "inline",
  }),
};

for (const target of process.argv.slice(2)) await targets[target]();
