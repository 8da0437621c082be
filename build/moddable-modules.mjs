// The package as JavaScript for Moddable: one module for client and core, one for each driver, one for each part that is
// optional. mcconfig starts a TypeScript compiler for every `.ts` module that a manifest names; for these it starts none.
import { readdirSync, readFileSync } from "node:fs";
import { posix, resolve } from "node:path";
import { transform } from "esbuild";
import ts from "typescript";

const host = "hosts/moddable";
const drivers = readdirSync("src/modems").filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -".ts".length));

/** What an app imports: the module's file in dist/moddable, and its source. */
export const appModules = {
  "modem-mqtt": `${host}/modem-mqtt.ts`,
  at: `${host}/at/at.ts`,
  session: `${host}/session/session.ts`,
  clouds: "src/clouds.ts",
  provider: `${host}/provider/provider.ts`,
  mqtt: `${host}/mqtt/mqtt.ts`,
  preference: `${host}/preference/preference.ts`,
  ...Object.fromEntries(["modems", "care"].flatMap((folder) => drivers.map((name) => [`${folder}/${name}`, `src/${folder}/${name}.ts`]))),
};

/** Beside them, what only the manifests name. */
const modules = {
  ...appModules,
  bytes: `${host}/bytes.ts`,
  "serial-port": `${host}/serial-port.ts`,
  "simulator-port": `${host}/simulator-port.ts`,
  setup: `${host}/provider/setup.ts`,
};

/**
 * How the modules name each other. A relative name would not do: a module's name in flash is not its place in the package.
 * Those of the host are `moddable:…`, because mcpack looks for these in manifests, and not in package.json.
 */
const SPECIFIERS = { "modem-mqtt.js": "modem-mqtt", "bytes.js": "moddable:modem-mqtt/host/bytes", "provider.js": "modem-mqtt/provider" };
const SERIAL_PORT = "modem-mqtt/host/serial-port";
const EXTERNAL = /^(embedded:io\/serial|timer|time|mc\/config|modules|preference|modem-mqtt\/host\/serial-port)$/;

const { config } = ts.readConfigFile(`${host}/tsconfig.json`, (path) => readFileSync(path, "utf8"));
const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, resolve(host));

/** A driver, with care or without; or what sends AT commands without MQTT. */
const DRIVER = new RegExp(`/src/((?:modems|care)/(?:${drivers.join("|")}))\\.ts$|/${host}/(at)/at\\.ts$`);
const isDrivers = (path) => /\/src\/(modems|care|at\/own)\//.test(path) || /\/src\/at\/framing\/(?!message|header-cache|subscribed)/.test(path);
/** Small modules that need not be the core's own: a name that the core exports takes seven slots, in the flash of apps that do not use it too. */
const isRepeated = (path) => /\/src\/(at\/responses\/answers|at\/failure|modem\/stage)\.ts$/.test(path) || path === resolve(host, "board-port.ts");

/**
 * The sources, compiled without being checked: `npm run typecheck` does that. Constant enumerations are gone then, which
 * `verbatimModuleSyntax` would keep. What drivers share is bundled into each of them: a device has one driver. So are the framing of
 * messages that a driver names, for the core knows none, and the application's own commands, which plain drivers have not.
 */
function sources() {
  const emitted = new Map();
  return {
    name: "sources",
    buildStart() {
      const program = ts.createProgram(Object.values(modules).map((file) => resolve(file)), {
        ...options, target: ts.ScriptTarget.ES2022, noEmit: false, noCheck: true, verbatimModuleSyntax: false, rootDir: resolve("."),
      });
      program.emit(undefined, (_path, text, _mark, _error, [source] = []) => void (source && emitted.set(resolve(source.fileName), text)));
    },
    resolveId(specifier, importer) {
      if (importer === undefined) return resolve(specifier);
      const [, withCare, withoutMQTT] = DRIVER.exec(importer) ?? [];
      const [file, driver = withCare ?? withoutMQTT] = importer.split("?");
      const path = ts.resolveModuleName(specifier, file, options, ts.sys).resolvedModule?.resolvedFileName;
      return driver !== undefined && path !== undefined && (isDrivers(path) || (isRepeated(path) && !driver.startsWith("modems/"))) ? `${path}?${driver}` : path;
    },
    load: (id) => emitted.get(id.split("?")[0]),
  };
}

/** Calls `see` with each node of a TypeScript or JavaScript file. */
function walk(path, text, see) {
  const visit = (node) => {
    see(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false));
}

const isMember = (node) => ts.isPropertySignature(node) || ts.isMethodSignature(node) || ts.isPropertyDeclaration(node) || ts.isMethodDeclaration(node)
  || ts.isGetAccessor(node) || ts.isSetAccessor(node) || ts.isParameterPropertyDeclaration(node, node.parent);
const isHidden = (node) => (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
const textOf = (path) => readFileSync(path, "utf8");
const filesOf = (folder, wanted) => readdirSync(folder, { recursive: true }).filter((name) => wanted.test(name)).map((name) => posix.join(folder, name));

/** What is exported for those who write a driver. They build from the sources, and so do not meet the short names. */
const FOR_DRIVERS = new Set(["Dialect", "Driver", "DriverClass", "Family", "Fields", "Hook", "HookedLink", "Line", "Modem", "ModemClient", "Operation", "Settings", "Text"]);

/** Names of members that an app can meet: of what the modules export, and of all types that these lead to. */
function publicNames() {
  const names = new Set(), seen = new Set();
  const program = ts.createProgram(Object.keys(appModules).map((name) => resolve(`dist/moddable/${name}.d.ts`)), { ...options, noCheck: true });
  const checker = program.getTypeChecker();
  const meant = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const visit = (symbol) => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) if (declaration.getSourceFile().fileName.includes("/dist/moddable/")) look(declaration);
  };
  const look = (node) => {
    if (isMember(node)) {
      if (isHidden(node)) return;
      if (ts.isIdentifier(node.name)) names.add(node.name.text);
    } else if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol !== undefined) visit(meant(symbol));
    }
    ts.forEachChild(node, look);
  };
  const exported = program.getRootFileNames().flatMap((file) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file))));
  for (const symbol of exported) if (FOR_DRIVERS.has(symbol.name)) seen.add(meant(symbol));
  for (const symbol of exported) visit(meant(symbol));
  return names;
}

/**
 * Names of members that only the core itself uses, and that may be short in its bundles: a property's name takes a slot and its
 * text in flash. A name that an app can meet, or that stands in the language's own declarations or the SDK's, in a source of the host, or
 * anywhere as a string, keeps its length.
 */
function internalNames(code) {
  const internal = new Set();
  for (const path of filesOf("src", /\.ts$/))
    walk(path, textOf(path), (node) => {
      if (isMember(node) && ts.isIdentifier(node.name)) internal.add(node.name.text);
    });
  const keep = (name) => internal.delete(name);
  for (const name of publicNames()) keep(name);
  const language = filesOf("node_modules/typescript/lib", /^lib\.es.*\.d\.ts$/);
  for (const path of [...language, ...fileNames.filter((file) => file.endsWith(".d.ts")), ...filesOf(host, /\.ts$/)])
    walk(path, textOf(path), (node) => {
      if (ts.isIdentifier(node)) keep(node.text);
    });
  for (const text of code)
    walk("bundle.js", text, (node) => {
      if (ts.isStringLiteralLike(node)) for (const word of node.text.split(/\W+/)) keep(word);
    });
  return internal;
}

/**
 * Shorter names, no comments, no white space. Expressions stay as they were written: what is shorter as text is longer as XS's
 * bytecode. An error's name is that of its class, which would be short as well.
 */
function minified() {
  return {
    name: "minified",
    async generateBundle(_options, bundle) {
      // The core comes first: short names of its members are those of its variables then, and each name that is new takes a slot.
      const rank = ({ fileName }) => `${fileName === "modem-mqtt.js" ? 0 : 1}${fileName}`;
      const chunks = Object.values(bundle).sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
      const names = internalNames(chunks.map(({ code }) => code));
      const mangleProps = new RegExp(`^(${[...names].join("|")})$`);
      let mangleCache = {};
      for (const chunk of chunks) {
        const named = chunk.code.replace(/\bclass (\w+Error) extends \w+ \{/g, (start, name) => `${start} static name = "${name}";`);
        const result = await transform(named, { format: "esm", target: "es2022", minifyWhitespace: true, minifyIdentifiers: true, legalComments: "none", mangleProps, mangleCache });
        mangleCache = result.mangleCache;
        chunk.code = result.code.replace(/\b(from|import)"([^"]+)"/g, (_, word, specifier) => {
          const name = specifier.startsWith(".") ? SPECIFIERS[posix.basename(specifier)] : specifier === SERIAL_PORT ? `moddable:${specifier}` : specifier;
          if (name === undefined) throw new Error(`${chunk.fileName} imports ${specifier}, which has no name on Moddable`);
          return `${word}"${name}"`;
        });
      }
    },
  };
}

/** Client and core are one module, from which all others import what they share. */
const isCore = (id) => !id.includes("?") && (/\/src\/(at|bytes|modem|mqtt)\/|\/src\/[\w-]+\.ts$/.test(id) && !/\/src\/(clouds\.ts$|at\/index\.ts$|at\/own\/)/.test(id)
  || ["modem-mqtt", "clock", "board-port"].some((name) => id === resolve(host, `${name}.ts`)));

/** For rollup's configuration; the declarations in dist/moddable are there already. */
export const moddableModules = {
  input: modules,
  external: EXTERNAL,
  preserveEntrySignatures: "allow-extension",
  plugins: [sources(), minified()],
  output: {
    dir: "dist/moddable", format: "es", hoistTransitiveImports: false,
    manualChunks: (id) => (isCore(id) ? "modem-mqtt" : id === resolve(host, "bytes.ts") ? "bytes" : undefined),
  },
};
