// The library: one file for each specifier of package.json's `exports`, and what they share in chunks beside them; and the
// modules for Moddable.
import { existsSync, readdirSync, rmSync } from "node:fs";
import typescript from "@rollup/plugin-typescript";
import dts from "rollup-plugin-dts";
import { appModules, moddableModules } from "./moddable-modules.mjs";

/** Drivers and virtual modems are found by name at run time, so each is a file of its own. */
const modules = (folder, output) =>
  Object.fromEntries(readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3))
    .map((name) => [`${output}/${name}`, `${folder}/${name}.ts`]));

const drivers = modules("src/modems", "modems");
/** Of src/care the families; the rest is what they share. */
const care = Object.fromEntries(Object.entries(drivers).map(([name, file]) => [name.replace("modems", "care"), file.replace("modems", "care")]));
const core = { index: "src/index.ts", at: "src/at/index.ts", clouds: "src/clouds.ts", session: "src/session/index.ts", ...drivers, ...care };
const input = {
  ...core,
  node: "hosts/node/index.ts",
  "virtual-modem": "hosts/virtual-modem/index.ts",
  ...modules("hosts/virtual-modem/families", "families"),
};

const external = [/^node:/, "serialport"];
const options = { outDir: "dist", declaration: false, noEmit: false, exclude: ["test/**", "hosts/moddable/**"], include: ["src/**", "hosts/**"] };
const output = { dir: "dist", format: "es" };

// Chunks have their contents' hash in their name: those of the last build would be packed too.
for (const folder of ["dist/types", "dist/moddable"]) rmSync(folder, { recursive: true, force: true });
if (existsSync("dist")) for (const file of readdirSync("dist")) if (/-[\w-]{8}\.js$/.test(file)) rmSync(`dist/${file}`);

export default [
  // `import.meta.url` must stay beside the folders of drivers and families: those modules are not put into chunks.
  { input, external, plugins: [typescript(options)], output: { ...output, chunkFileNames: "[name]-[hash].js" } },
  // The types twice: to TypeScript a `.d.ts` of this package is that of an ES module, which CommonJS may not `require`. Node may.
  {
    input: { ...core, node: input.node, "virtual-modem": input["virtual-modem"] }, external, plugins: [dts()],
    output: [
      { ...output, chunkFileNames: "types/[name]-[hash].d.ts" },
      { ...output, format: "cjs", entryFileNames: "[name].d.cts", chunkFileNames: "types/[name]-[hash].d.cts" },
    ],
  },
  {
    input: appModules, external: [/^embedded:/, /^(timer|time|preference|modules|mc\/config)$/], plugins: [dts({ tsconfig: "hosts/moddable/tsconfig.json" })],
    output: { dir: "dist/moddable", format: "es", chunkFileNames: "types/[name].d.ts" },
  },
  moddableModules,
];
