/**
 * The client and one driver for devices whose flash is short: the same but for the words of its errors, which have their
 * code and numbers alone. One module, minified.
 *
 *   node build/small.mjs      writes dist/small, which modems/NAME/small/manifest.json brings
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Which argument of an error's constructor is said to people. */
const WORDS = { ArgumentError: 3, StateError: 1, ModemError: 1, NetworkError: 1, BrokerError: 1 };

/** A module's text, without what errors say to people. */
function wordless(text) {
  const source = ts.createSourceFile("", text, ts.ScriptTarget.ES2022, true);
  const cuts = [];
  const look = (node) => {
    const place = ts.isNewExpression(node) ? WORDS[node.expression.getText(source)] : undefined;
    const words = node.arguments?.[place];
    if (words === undefined) return ts.forEachChild(node, look);
    const last = place === node.arguments.length - 1;
    cuts.push(last ? [node.arguments[place - 1].end, words.end, ""] : [words.getStart(source), words.end, "undefined"]);
    node.arguments.forEach((argument) => argument === words || look(argument));
  };
  look(source);
  // From behind, so that the places of the others stay.
  return cuts.reverse().reduce((rest, [from, to, instead]) => rest.slice(0, from) + instead + rest.slice(to), text);
}

const withoutWords = {
  name: "without words",
  setup: ({ onLoad }) => onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({ contents: wordless(readFileSync(path, "utf8")), loader: "ts" })),
};

/**
 * esbuild makes `var` of what modules declare, which cannot be kept in flash. And a string in a function allocates at each
 * call, so what is declared for that reason has to stay.
 */
const constants = (text) => text.replace(/^var (?=\w+ = )/gm, "const ").replace(/^(const \w+ = )("[^"]*");$/gm, "$1String($2);");

/** JavaScript of the client and these drivers. */
async function bundle(names) {
  const entry = ["index", ...names.map((name) => `modems/${name}`)].map((name) => `export * from "./src/${name}";\n`).join("");
  const { outputFiles: [{ text }] } = await build({
    stdin: { contents: entry, resolveDir: root, loader: "ts" },
    bundle: true, format: "esm", target: "es2022", write: false, plugins: [withoutWords], tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } }, logLevel: "warning",
  });
  const { code } = await minify(constants(text), {
    module: true, ecma: 2020,
    compress: {
      ecma: 2020, passes: 2, toplevel: true, pure_getters: true, pure_funcs: ["codes"],
      // What makes the text shorter makes the bytecode longer, and the work.
      sequences: false, conditionals: false, if_return: false, booleans: false, comparisons: false, collapse_vars: false,
      // A function that was made part of another one would be made anew at each call.
      reduce_funcs: false, inline: 1,
    },
    mangle: { reserved: ["MQTTModemError", ...Object.keys(WORDS)] }, // an error's name is its class's
  });
  return code;
}

/** The class that a driver's module exports. */
const classOf = (name) => /^export default (\w+);$/m.exec(readFileSync(join(root, "src", "modems", `${name}.ts`), "utf8"))[1];

/** Writes the client and these drivers into a folder, by the names of their modules. */
export async function small(folder, names) {
  const write = (file, text) => writeFileSync(join(folder, "modem-mqtt", file), text);
  mkdirSync(join(folder, "modem-mqtt", "modems"), { recursive: true });
  write("index.js", await bundle(names));
  for (const name of names) write(`modems/${name}.js`, `export { ${classOf(name)}, ${classOf(name)} as default } from "modem-mqtt/index";\n`);
}

/** For the type checker: what is left out is no type. */
function types(folder, name) {
  writeFileSync(join(folder, "modem-mqtt", "index.d.ts"), 'export * from "../../../index";\n');
  writeFileSync(join(folder, "modem-mqtt", "modems", `${name}.d.ts`), `export { default } from "../../../../modems/${name}";\nexport * from "../../../../modems/${name}";\n`);
}

const drivers = () => readdirSync(join(root, "src", "modems")).filter((file) => file.endsWith(".ts")).map((file) => basename(file, ".ts"));

/** All drivers, each with a client of its own. */
export async function writeSmall() {
  for (const name of drivers()) {
    const folder = join(root, "dist", "small", name);
    await small(folder, [name]);
    types(folder, name);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeSmall();
