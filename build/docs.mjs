// The API reference, from the doc comments: dist/docs. A warning is a failure.
import { readFileSync } from "node:fs";
import { Application, Converter } from "typedoc";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));

/** Where a specifier's source is, for what the built file in package.json's `exports` is called. */
const source = (types) => {
  const name = /^\.\/dist\/(.*)\.d\.ts$/.exec(types)[1];
  return { index: "src/index.ts", session: "src/session/index.ts", node: "hosts/node/index.ts", "virtual-modem": "hosts/virtual-modem/index.ts", at: "src/at/index.ts" }[name] ?? `src/${name}.ts`;
};
const entries = Object.entries(exports)
  .filter(([specifier, { types }]) => types !== undefined && !specifier.includes("*"))
  .map(([specifier, { types }]) => [`modem-mqtt${specifier.slice(1)}`, source(types.default)]);

const app = await Application.bootstrapWithPlugins({
  entryPoints: entries.map(([, file]) => file),
  out: "dist/docs",
  name: "modem-mqtt",
  plugin: ["typedoc-plugin-missing-exports"],
  readme: "README.md",
  highlightLanguages: ["bash", "javascript", "json", "typescript", "mermaid"],
  projectDocuments: ["docs/*.md"],
  excludePrivate: true,
  excludeExternals: true,
  // Comments may speak of what is not exported; that is text then. A link to nothing at all is still told.
  externalSymbolLinkMappings: { "modem-mqtt": { "*": "#" } },
  githubPages: false,
  // A checkout need not have a remote; from dist/docs/classes and its like the sources are here.
  disableGit: true,
  sourceLinkTemplate: "../../../{path}#L{line}",
  sort: ["source-order"],
});
// An underscore tells the compiler that a parameter is not used there, and nobody else.
app.converter.on(Converter.EVENT_CREATE_PARAMETER, (_context, parameter) => { parameter.name = parameter.name.replace(/^_/, ""); });
const project = await app.convert();
if (project === undefined) process.exit(1);
// Modules are known by what a program imports, not by their files.
for (const module of project.children) {
  const entry = entries.find(([, file]) => module.sources?.[0]?.fileName.endsWith(file));
  if (entry !== undefined) module.name = entry[0];
}
app.validate(project);
await app.generateOutputs(project);
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;
