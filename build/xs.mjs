/**
 * XS, the engine of Moddable devices, on this machine: builds a host for it (test/xs/host) and runs things there.
 *
 *   node build/xs.mjs check                 what `npm test` asks for: `preload`, then `test`
 *   node build/xs.mjs test [PART]…          the tests of the core; PART selects files by a part of their name
 *           [--thorough]                      with every position at which they cut what comes, of which others try each seventh
 *   node build/xs.mjs preload               whether all modules of the core can be kept in flash
 *   node build/xs.mjs bench                 what the core allocates and works; fails where that is more than it was
 *           [--json] [--update] [--where]     as JSON; takes today's figures as the ceilings; names who allocates instead
 *           [--moddable DIR]                  beside Moddable's own MQTT client, of the SDK checkout there
 *   node build/xs.mjs host                  how to start what is built, as JSON: for tests that start it themselves
 *           [--quiet]                         only builds it, modules anew
 *   node build/xs.mjs run NAME [ARGUMENT]…  one module of dist/xs/modules, with the core preloaded
 *
 * `--64` builds for 64 bits even where 32 can be had; `--loose` runs the tests without preloading; `--optional` ends with
 * 0 where there is no C compiler, after having said so.
 *
 * The engine's C sources come from the npm registry when this first runs, pinned and checked; nothing else of that
 * package is used. Exit status: 0; 1, something failed; 2, wrong usage; 3, no C compiler.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bench, PEER } from "./xs-bench.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const cache = join(root, "node_modules", ".cache", "modem-mqtt-xs");
export const modules = join(root, "dist", "xs", "modules");
export const hostSources = join(root, "test", "xs", "host");
/** C that is part of the package. */
export const nativeSources = join(root, "hosts", "moddable");

export const ENGINE = {
  name: "@agoric/xsnap@0.15.0",
  integrity: "sha512-ZBm4DZxbtfacxMHVVdJjZi0Y8zOxN77vpu1WwI5RWfPkaRh0aHkz/dVdTGKXalDNzWfz183lljKxlxl3/h0n+A==",
};
const FLAGS = [
  "-O2", "-w", "-fno-common", "-fno-pie", "-DINCLUDE_XSPLATFORM", '-DXSPLATFORM="platform.h"',
  "-DmxMetering=1", "-DmxParse=1", "-DmxRun=1", "-DmxSloppy=1", "-DmxBoundsCheck=1", "-DmxRegExpUnicodePropertyEscapes=1",
  "-DmxStringNormalize=1", "-DmxMinusZero=1", "-DmxNoConsole=1",
];
/** Functions of the engine that the host puts its own before (test/xs/host/engine.c). */
const WRAPPED = ["fxNewSlot", "fxNewChunk", "fxCStackLimit"];
/** Not needed, and not compiled: they want a platform of their own. */
export const LEFT_OUT = new Set(["xsSnapshot.c", "xsLockdown.c"]);

export class NoCompiler extends Error {}

/** Runs a program to its end; resolves with its status and what it printed. One that takes too long is ended. */
export function run(command, args, { show = false, cwd = root, timeout = 1_800_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, timeout, killSignal: "SIGKILL", stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [stream, out] of [[child.stdout, process.stdout], [child.stderr, process.stderr]])
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (show) out.write(text);
      });
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status: status ?? signal, output }));
  });
}

/** `work` on each of `items`, as many at a time as there are processors. */
export async function each(items, work) {
  const waiting = [...items];
  const worker = async () => {
    while (waiting.length > 0) await work(waiting.shift());
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

// ---- the engine's sources

export async function engineSources() {
  const folder = join(cache, ENGINE.name.replace(/\W+/g, "-"));
  const sources = join(folder, "package", "moddable", "xs");
  if (existsSync(sources)) return sources;
  mkdirSync(cache, { recursive: true });
  const unpacked = mkdtempSync(join(cache, "unpack-"));
  try {
    // `npm pack` fetches a package's archive and runs none of its scripts.
    const packed = await run("npm", ["pack", ENGINE.name, "--json", "--ignore-scripts", "--pack-destination", unpacked]);
    const archive = readdirSync(unpacked).find((name) => name.endsWith(".tgz"));
    if (packed.status !== 0 || archive === undefined) throw new Error(`npm pack ${ENGINE.name} failed:\n${packed.output}`);
    const integrity = `sha512-${createHash("sha512").update(readFileSync(join(unpacked, archive))).digest("base64")}`;
    if (integrity !== ENGINE.integrity) throw new Error(`${ENGINE.name} is not what it was: ${integrity}, expected ${ENGINE.integrity}`);
    const untarred = await run("tar", ["xzf", archive, "package/moddable/xs", "package/LICENSE"], { cwd: unpacked });
    if (untarred.status !== 0) throw new Error(`tar failed:\n${untarred.output}`);
    rmSync(join(unpacked, archive));
    if (!existsSync(sources)) renameSync(unpacked, folder); // whole or not at all
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
  return sources;
}

// ---- the host

const compiler = () => process.env.CC ?? "cc";

/** Whether `cc` makes programs with these flags. */
function compiles(...flags) {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `try-${process.pid}`);
  writeFileSync(`${file}.c`, "#include <stdlib.h>\n#include <math.h>\nint main(int c, char** v) { return sin(c) > 2 || !malloc(c); }\n");
  const { status } = spawnSync(compiler(), [...flags, `${file}.c`, "-o", file, "-lm"], { stdio: "ignore" });
  for (const name of [file, `${file}.c`]) rmSync(name, { force: true });
  return status === 0;
}

/**
 * The host's path, built if it must be.
 * @throws NoCompiler
 */
export async function host({ wide = false } = {}) {
  if (!compiles())
    throw new NoCompiler(`there is no C compiler (${compiler()}), which XS is built with; on Debian: apt-get install gcc libc6-dev`);
  const bits = !wide && compiles("-m32") ? 32 : 64;
  const sources = await engineSources();
  const flags = [...FLAGS, `-m${bits}`, ...["includes", "platforms", "sources"].map((name) => `-I${join(sources, name)}`), `-I${hostSources}`];
  const key = createHash("sha256").update(JSON.stringify([compiler(), flags, ENGINE])).digest("hex").slice(0, 12);
  const objects = join(cache, `${bits}-${key}`);
  const program = join(objects, "xs-host");
  mkdirSync(objects, { recursive: true });
  const engine = readdirSync(join(sources, "sources")).filter((name) => name.endsWith(".c") && !LEFT_OUT.has(name)).map((name) => join(sources, "sources", name));
  const own = [hostSources, nativeSources].flatMap((folder) => readdirSync(folder).filter((name) => /\.[ch]$/.test(name)).map((name) => join(folder, name)));
  const changed = Math.max(...own.map((name) => statSync(name).mtimeMs));
  const age = (name) => (existsSync(name) ? statSync(name).mtimeMs : 0);
  const objectOf = (name) => join(objects, basename(name).replace(/\.c$/, ".o"));
  const platform = age(join(hostSources, "platform.h"));
  const old = [
    ...engine.filter((name) => age(objectOf(name)) < platform || age(objectOf(name)) === 0),
    ...own.filter((name) => name.endsWith(".c") && age(objectOf(name)) < changed),
  ];
  if (old.length === 0 && existsSync(program)) return { program, bits };
  if (old.length > 5) console.error(`building XS (${bits}-bit) from ${ENGINE.name} …`);
  await each(old, async (name) => {
    const object = objectOf(name), unfinished = `${object}.${process.pid}`;
    const made = await run(compiler(), [...flags, "-c", name, "-o", unfinished]);
    if (made.status !== 0) throw new Error(`${relative(root, name)} does not compile:\n${made.output}`);
    renameSync(unfinished, object);
  });
  const all = [...engine, ...own.filter((name) => name.endsWith(".c"))].map(objectOf);
  const linked = await run(compiler(), [`-m${bits}`, "-no-pie", "-o", `${program}.${process.pid}`, ...all, `-Wl,${WRAPPED.map((name) => `--wrap=${name}`).join()}`, "-lm", "-lpthread"]);
  if (linked.status !== 0) throw new Error(`the host does not link:\n${linked.output}`);
  renameSync(`${program}.${process.pid}`, program);
  return { program, bits };
}

// ---- the modules

const filesIn = (folder, wanted) =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile() && wanted(file.name))
    .map((file) => join(relative(root, file.parentPath), file.name));

export const coreFiles = () => filesIn("src", (name) => name.endsWith(".ts"));
/** What is in the device's flash beside the core: the host for it, and in place of the SDK's modules those of test/xs/modules. */
const hostFiles = () => ["modem-mqtt", "session/session", "at/at", "bytes", "board-port", "clock", "serial-port"].map((name) => join("hosts", "moddable", `${name}.ts`));
const sdkFiles = () => filesIn("test/xs/modules", (name) => name.endsWith(".ts"));
/** The core's tests, and those of what only XS has. */
export const testFiles = () => ["test/core", "test/xs"].flatMap((folder) => filesIn(folder, (name) => name.endsWith(".test.ts") && !name.endsWith(".node.test.ts")));
/** The specifiers of the files in hosts/moddable that an app imports; the others there are `modem-mqtt/host/…`. */
const HOST_NAMES = {
  "modem-mqtt": "modem-mqtt",
  "session/session": "modem-mqtt/session",
  "at/at": "modem-mqtt/at",
  "preference/preference": "modem-mqtt/preference",
  "provider/provider": "modem-mqtt/provider",
  "provider/setup": "setup/modem-mqtt",
  "mqtt/mqtt": "mqtt",
};
/** The name that the manifest gives to a file, without `.ts`. */
const nameOf = (file) => file.replace(/\.ts$/, "").replace(/^src\//, "modem-mqtt/").replace(/^test\/xs\/modules\//, "")
  .replace(/^hosts\/moddable\/(.+)$/, (_, name) => HOST_NAMES[name] ?? `modem-mqtt/host/${name}`);

/** Other processes may be reading it: it is there whole at every moment. */
function writeIfChanged(file, text) {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * Compiles with TypeScript, as mcconfig does: one module a file, constant enumerations gone. The modules have the names
 * that manifest.json gives them, those of the tests the names of their files.
 */
export async function compileModules({ anew = false } = {}) {
  // Several tests and scripts ask for them at the same time; they are compiled again only when a source has changed.
  const sources = ["src", "hosts/moddable", "test/core", "test/xs"].flatMap((folder) => filesIn(folder, (name) => name.endsWith(".ts"))).concat("build/xs.mjs").sort();
  const state = createHash("sha256").update(JSON.stringify(sources.map((name) => [name, statSync(join(root, name)).mtimeMs, statSync(join(root, name)).size]))).digest("hex");
  const stamp = `${modules}.state`;
  if (existsSync(stamp) && existsSync(modules) && readFileSync(stamp, "utf8") === state) return;
  if (anew) rmSync(modules, { recursive: true, force: true });
  const { default: ts } = await import("typescript");
  const files = [
    ...coreFiles(),
    ...hostFiles(),
    ...["example/main", "provider/provider", "provider/setup", "mqtt/mqtt", "preference/preference"].map((name) => join("hosts", "moddable", `${name}.ts`)),
    ...filesIn("test/xs", (name) => name.endsWith(".ts") && !name.endsWith(".d.ts")),
    ...testFiles(),
  ];
  const program = ts.createProgram(files.map((name) => join(root, name)), {
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2024.d.ts"], types: [], useDefineForClassFields: false, noCheck: true, skipLibCheck: true, rootDir: root,
  });
  program.emit(undefined, (path, text, _, __, [source] = []) => {
    if (source === undefined) return;
    const file = join(modules, `${nameOf(relative(root, source.fileName))}.js`);
    writeIfChanged(file, text.replace(/(from |import\()"(?:\.\.?\/)+(src|hosts\/moddable)\/([^"]+)"/g, (_, word, folder, name) => `${word}"${nameOf(`${folder}/${name}`)}"`));
  });
  writeIfChanged(stamp, state);
}

/** All that is in flash; a module that holds nothing but types has no code. */
export const preloaded = () => preloads([...coreFiles(), ...hostFiles(), ...sdkFiles()]);
/** Of that what is in place of the SDK's. */
export const sdkPreloaded = () => preloads(sdkFiles());
const preloads = (files) => files.map(nameOf).filter((name) => existsSync(join(modules, `${name}.js`))).flatMap((name) => ["--preload", name.replace(/^embedded\//, "embedded:")]);

// ---- what can be asked for

async function test({ program, bits }, parts, { loose = false, thorough = false } = {}) {
  const wanted = testFiles().filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (wanted.length === 0) throw new Error(`no test's name has ${parts.join(" or ")}`);
  const sum = { passed: 0, failed: 0, skipped: 0 };
  await each(wanted, async (file) => {
    const { status, output } = await run(program, ["--modules", modules, "--heap", "262144,65536", "--chunk", "8388608,1048576", ...(loose ? [] : preloaded()), "test/xs/run", nameOf(file), ...(thorough ? ["thorough"] : [])]);
    const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output);
    if (counts !== null) ["passed", "failed", "skipped"].forEach((name, index) => (sum[name] += Number(counts[index + 1])));
    if (status === 0 && counts !== null) return;
    if (counts === null) sum.failed++;
    process.stdout.write(`${file}: ${counts === null ? `ended with ${status}` : counts[0]}\n${output}\n`);
  });
  console.log(`XS, ${bits}-bit${loose ? "" : ", the core preloaded"}: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped (${wanted.length} files)`);
  return sum.failed === 0 ? 0 : 1;
}

/** Module-level variables that are no constants. */
async function staticFindings() {
  const { default: ts } = await import("typescript");
  const findings = [];
  for (const file of coreFiles()) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022, true);
    for (const statement of source.statements) {
      const at = () => `${file}:${source.getLineAndCharacterOfPosition(statement.getStart()).line + 1}`;
      if (ts.isVariableStatement(statement) && !(statement.declarationList.flags & ts.NodeFlags.Const)) findings.push(`${at()}: a module-level variable that is no const`);
      // Any statement that runs when the module is loaded and is no declaration.
      if (ts.isExpressionStatement(statement)) findings.push(`${at()}: a statement at module level`);
      if (ts.isClassDeclaration(statement))
        for (const member of statement.members)
          if (ts.isPropertyDeclaration(member) && ts.getModifiers(member)?.some((each) => each.kind === ts.SyntaxKind.StaticKeyword) && !ts.getModifiers(member).some((each) => each.kind === ts.SyntaxKind.ReadonlyKeyword))
            findings.push(`${at()}: a static that is not readonly: ${member.name.getText()}`);
    }
  }
  return findings;
}

/** The linker's own complaints, on the engine itself; then a session of each family over the frozen modules. */
async function preload({ program, bits }) {
  const findings = await staticFindings();
  const { status, output } = await run(program, ["--modules", modules, "--check", ...preloaded(), "test/xs/scenario"]);
  findings.push(...output.split("\n").filter((line) => line.startsWith("preload: ")));
  for (const finding of findings) console.log(finding);
  const played = status === 0 || status === 3;
  if (!played) console.log(output);
  console.log(`XS, ${bits}-bit: ${preloaded().length / 2} modules preloaded, ${findings.length} of their values can be written, ` +
    `sessions of all families over them ${played && /^4 families$/m.test(output) ? "worked" : "failed"}`);
  return findings.length === 0 && played ? 0 : 1;
}

const commands = {
  check: async (built) => Math.max(await preload(built), await test(built, [])),
  test: (built, words, flags) => test(built, words, { loose: flags.has("--loose"), thorough: flags.has("--thorough") }),
  preload: (built) => preload(built),
  bench: (built, words, flags, values) => bench({ ...built, root, run, each, modules, preloaded }, flags, values),
  host: ({ program, bits }, _words, flags) => (flags.has("--quiet") || console.log(JSON.stringify({ program, bits, modules, args: ["--modules", modules, ...preloaded()] })), 0),
  run: async ({ program }, [name, ...rest]) => (await run(program, ["--modules", modules, ...preloaded(), name, ...rest], { show: true })).status,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, ...rest] = process.argv.slice(2);
  const values = {};
  for (const name of ["moddable"]) {
    const at = rest.indexOf(`--${name}`);
    if (at >= 0) [, values[name]] = rest.splice(at, 2);
  }
  const flags = new Set(rest.filter((word) => word.startsWith("--")));
  const wrong = !(command in commands) ? `node build/xs.mjs ${Object.keys(commands).join("|")}`
    : "moddable" in values && !existsSync(join(values.moddable ?? "", PEER)) ? `--moddable ${values.moddable ?? ""}: no checkout of the Moddable SDK, which has ${PEER}`
    : null;
  if (wrong !== null) {
    console.error(wrong);
    process.exitCode = 2;
  } else try {
    const [built] = await Promise.all([host({ wide: flags.has("--64") }), compileModules({ anew: command === "check" || flags.has("--quiet") })]);
    process.exitCode = await commands[command](built, rest.filter((word) => !word.startsWith("--")), flags, values);
  } catch (error) {
    const missing = error instanceof NoCompiler;
    console.error(missing ? `XS, skipped: ${error.message}` : error);
    process.exitCode = !missing ? 1 : flags.has("--optional") ? 0 : 3;
  }
}
