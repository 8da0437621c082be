// What esbuild makes: the command, and the tests. Both use the built library by its public names.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  // Not tsconfig.json: its `paths` are for the type checker, and would put the library's sources into the bundles.
  tsconfigRaw: {},
  logLevel: "warning",
};

/** Those in test/xs run on XS alone: see build/xs.mjs. */
const testFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile() && file.name.endsWith(".test.ts") && file.parentPath !== join("test", "xs"))
    .map((file) => join(file.parentPath, file.name));

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
  tests: () => build({
    ...common,
    entryPoints: testFiles("test"),
    outdir: "dist/test",
    outbase: "test",
    outExtension: { ".js": ".mjs" },
    sourcemap: "inline",
  }),
};

for (const target of process.argv.slice(2)) await targets[target]();
