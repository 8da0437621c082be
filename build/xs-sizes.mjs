// What the client takes of a device's flash: bytecode, the names and strings that go with it, and the slots of what exists when its
// modules have been preloaded. Counted as the SDK's linker counts (`npm run build:moddable` prints its own figures): a module's body has
// run by then, and is not kept.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const MANIFESTS = join("hosts", "moddable");
/** What stands for the SDK's own modules (test/xs/modules), which the client's import. */
const SDK = ["embedded:io/serial", "time", "timer"];
/** The folder with the package's modules as apps get them, beneath the names that the manifests give them. */
const shipped = join(root, "dist", "xs", "shipped");

const manifest = (...path) => JSON.parse(readFileSync(join(root, MANIFESTS, ...path, "manifest.json"), "utf8"));
const newest = (folder) => Math.max(...readdirSync(join(root, folder), { recursive: true }).filter((name) => /\.(ts|mjs)$/.test(name)).map((name) => statSync(join(root, folder, name)).mtimeMs));

/** Builds the package where a source is newer than what was built. */
function build() {
  const built = statSync(join(root, "dist", "moddable", "modem-mqtt.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (["src", MANIFESTS].every((folder) => newest(folder) < built) && statSync(join(root, "build", "moddable-modules.mjs")).mtimeMs < built) return;
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "build"], { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`npm run build ended with ${status}:\n${stdout}${stderr}`);
}

/** Other processes may be reading it: it is there whole at every moment. */
function put(name, text) {
  const file = join(shipped, name);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

/** The modules that an app with these drivers includes. @returns the folder where they are, and their names */
export function shippedModules(drivers) {
  build();
  const names = [];
  for (const path of [[], ...drivers.map((driver) => ["modems", driver])]) {
    const { modules: own, platforms } = manifest(...path);
    for (const [name, files] of Object.entries({ ...own, ...platforms?.["..."].modules })) {
      put(`${name}.js`, readFileSync(join(root, MANIFESTS, ...path, `${[files].flat()[0]}.js`), "utf8"));
      names.push(name);
    }
  }
  return { folder: shipped, names };
}

/** What each of the modules adds, beneath its name: slots, bytes of code, and bytes of names, strings and buffers. They are preloaded in this order. */
export async function keptOf({ program, run }, folders, names) {
  const flags = [...folders.flatMap((folder) => ["--modules", folder]), "--sizes", ...[...SDK, ...names].flatMap((name) => ["--preload", name])];
  const { status, output } = await run(program, flags);
  if (status !== 0) throw new Error(`the modules cannot be preloaded:\n${output}`);
  const kept = new Map([...output.matchAll(/^kept (\S+) (-?\d+) (-?\d+) (-?\d+)$/gm)].map(([, name, slots, code, texts]) => [name, { slots: Number(slots), bytes: Number(code) + Number(texts) }]));
  return new Map(names.map((name) => [name, kept.get(name)]));
}

/** Of an app with this driver, in all. @param host how XS is run here, and the folder of the compiled sources, with the SDK's modules */
export async function flashOf(driver, host) {
  const { folder, names } = shippedModules([driver]);
  const kept = [...(await keptOf(host, [folder, host.modules], names)).values()];
  return { slots: kept.reduce((sum, { slots }) => sum + slots, 0), bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/**
 * Where it goes: what each source would take by itself, with its names as they are written, of an app with any of the drivers. A name
 * or a string that several have is counted where it comes first.
 */
export async function sourcesOf(drivers, host) {
  const parts = new Map();
  for (const driver of drivers)
    for (const [name, kept] of await keptOf(host, [host.modules], imported(driver, host.modules)))
      if (!parts.has(name)) parts.set(name, { name, ...kept });
  return [...parts.values()].sort((a, b) => b.bytes + 16 * b.slots - a.bytes - 16 * a.slots);
}

/** The sources that an app with this driver has: the client, the driver, and all that they import, each before who imports it. */
function imported(driver, modules) {
  const seen = new Set(), used = [];
  const use = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const [, path] of readFileSync(join(modules, `${name}.js`), "utf8").matchAll(/^(?:import|export) .*?"(\.[^"]+|modem-mqtt\/[^"]+)";$/gm))
      use(path.startsWith(".") ? posix.join(posix.dirname(name), path) : path);
    used.push(name);
  };
  use("modem-mqtt");
  use(`modem-mqtt/modems/${driver}`);
  return used;
}
