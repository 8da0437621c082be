/**
 * Builds apps with the Moddable SDK, each from nothing, into dist/sdk: the example, which has one driver, for this machine's
 * simulator and for each microcontroller; one with everything that the manifests of this package bring; and one from the package
 * as npm packs it, included by a manifest and found by mcpack. Says what their scripts take of a device's flash, and how long it took.
 * A warning of the linker is an error: a module could not be kept in flash.
 *
 *   node build/moddable.mjs [--require] [--git]
 *
 * Without the SDK it says what is missing and ends with 0; with --require it then ends with 1. A target whose own tools
 * are missing is named and passed over, with --require too; most can be linked without them. --git builds one more app, from
 * the sources, as `{"git": …}` in a manifest brings them: some eighty runs of the TypeScript compiler.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = join(root, "dist", "sdk");
const example = join(root, "hosts", "moddable", "example"), whole = join(root, "test", "moddable", "whole");
const simulators = { linux: "lin", darwin: "mac", win32: "win" };
const platforms = ["esp32", "esp32/esp32c3", "esp32/esp32c6", "esp32/esp32h2", "esp32/esp32s3", "esp", "pico", "nrf52"];
// mcconfig calls `tsc`: the one of this package, whose version suits the SDK.
const environment = { ...process.env, PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH };
const onWindows = process.platform === "win32";
const asked = (flag) => process.argv.includes(flag);

/** Bytes of a slot on a microcontroller. */
const SLOT = 16;
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/** Runs a command and returns what it printed; fails when it fails, and then shows it, or when the linker warns. */
function run(folder, command, args, variables = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, env: { ...environment, ...variables }, shell: onWindows });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => { said += text; });
    child.on("error", reject);
    child.on("close", (status) => {
      const warnings = said.split("\n").filter((line) => /^#+ warning/i.test(line));
      if (status === 0 && warnings.length === 0) return resolve(said);
      reject(new Error(`${[command, ...args].join(" ")} in ${folder} ${status === 0 ? "warned:" : `ended with ${status}:\n${said}`}\n${warnings.join("\n")}`));
    });
  });
}

const filesIn = (folder, fits) => readdirSync(folder, { recursive: true }).filter(fits).map((name) => join(folder, name));

/**
 * Compiles and links the JavaScript of an app as it ships on a microcontroller, without the tools of its vendor; C is not
 * compiled. The makefiles of SDK 8.2 only want to see these tools, and a git checkout to ask for its version.
 */
async function link(folder, platform, { tool = ["mcconfig"], name = basename(folder) } = {}) {
  const since = performance.now(), made = join(output, "link", platform.replace("/", "-"), name);
  mkdirSync(made, { recursive: true });
  const variables = standIns();
  const [command, ...args] = [...tool, "-p", platform, "-o", made];
  const configured = await run(folder, command, args, variables);
  const [makefile] = filesIn(made, (file) => basename(file) === "makefile");
  const text = readFileSync(makefile, "utf8"), target = join(dirname(makefile), "mc.xs.c");
  const [, chip = "esp32"] = /^ESP32_SUBCLASS = (\w+)/m.exec(text) ?? [];
  // Settings of ESP-IDF in C, which JavaScript does not need.
  const unneeded = join(dirname(makefile), `xsProj-${chip}`, "build", "config", "sdkconfig.h");
  const overridden = Object.entries(variables).filter(([each]) => each !== "PATH").map(([each, value]) => `${each}=${value}`);
  const said = configured + await run(folder, "make", ["-f", makefile, "-o", unneeded, ...overridden, target], variables);
  return {
    drivers: filesIn(join(dirname(makefile), "modules"), (file) => /(^|\/)modem-mqtt\/modems\/\w+\.xsb$/.test(file.split(sep).join("/"))).map((file) => basename(file, ".xsb")).sort(),
    compilers: said.split("\n").filter((line) => line.startsWith("# tsc ")).length,
    seconds: (performance.now() - since) / 1000,
    flash: flashOf(readFileSync(target, "utf8")),
  };
}

/** Folders and files that the makefiles look for, empty. */
function standIns() {
  const folder = join(output, "stand-ins"), pico = join(folder, "pico"), esp = join(folder, "esp");
  for (const each of ["pico/pico-sdk", "pico/pico-examples", "pico/bin", "esp/esp8266-2.3.0", "esp/ESP8266_RTOS_SDK", `esp/toolchain/${process.platform === "darwin" ? "Darwin" : "Linux"}`])
    mkdirSync(join(folder, each), { recursive: true });
  const pioasm = join(pico, "pioasm");
  for (const each of [pioasm, join(pico, "bin", "arm-none-eabi-gcc")]) writeFileSync(each, "");
  return { IDF_PATH: root, ESP_BASE: esp, PICO_ROOT: pico, PICO_SDK_DIR: join(pico, "pico-sdk"), PICO_EXTRAS_DIR: join(pico, "pico-extras"), PICO_GCC_ROOT: pico, PIOASM: pioasm };
}

/**
 * What the linker puts into flash: bytecode of modules that run at each start, and of preloaded functions; names and texts, each
 * once; slots of what is preloaded, XS's own among them.
 */
function flashOf(linked) {
  const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
  const modules = sum([...linked.matchAll(/\bgxCode\d+\[(\d+)\] = \{/g)].map(([, length]) => Number(length)));
  const functions = sum([...linked.matchAll(/\.code = \{ \(txByte\*\)"((?:\\x..)*)"/g)].map(([, code]) => code.length / 4));
  const texts = new Set([...linked.matchAll(/\.(?:string = |key = \{ )"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text));
  return {
    code: modules + functions,
    texts: sum([...texts].map((text) => text.replace(/\\x..|\\\d{3}|\\./g, "x").length + 1)),
    slots: Number(/^#define mxHeapCount (\d+)/m.exec(linked)[1]),
  };
}

/** An app that does nothing, on each platform: what XS and the SDK take by themselves. */
const bare = new Map();
async function bareOf(platform) {
  if (!bare.has(platform)) {
    const folder = join(output, "apps", "bare");
    write(folder, { "main.js": "", "manifest.json": { build: { IO: "$(MODDABLE)/modules/io" }, include: ["$(MODDABLE)/examples/manifest_base.json", "$(IO)/serial/manifest.json"], modules: { "*": "./main" }, preload: "main" } });
    bare.set(platform, (await link(folder, platform)).flash);
  }
  return bare.get(platform);
}

const done = [], missing = [];

async function linked(what, folder, platform, drivers, options) {
  const { flash, compilers, seconds, drivers: there } = await link(folder, platform, options);
  // A device carries the drivers whose manifests its app includes, and no others.
  if ([...new Set(there)].join() !== drivers.join()) throw new Error(`${what}, ${platform}: the drivers ${there.join(", ")}, and not ${drivers.join(", ")}`);
  const own = await bareOf(platform);
  const code = flash.code - own.code, texts = flash.texts - own.texts, slots = flash.slots - own.slots;
  done.push(`${platform}: ${what}: flash ${kilobytes(code + texts + slots * SLOT)} more than a bare app's: ${code} bytes of bytecode, ${texts} of names and texts, ${slots} slots (and ${own.slots} of XS's own); ` +
    `${seconds.toFixed(1)} s, ${compilers} TypeScript compilers`);
}

async function build(what, folder, platform) {
  const since = performance.now();
  await run(folder, "mcconfig", ["-d", "-m", "-p", platform, "-t", "build", "-o", output]);
  done.push(`${platform}: ${what}: ${((performance.now() - since) / 1000).toFixed(1)} s`);
}

function write(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content, null, "\t"));
  }
}

const MAIN = `import { MQTTClient } from "modem-mqtt";
import BC35G from "modem-mqtt/modems/bc35g";

const client = new MQTTClient({
  host: "broker.example", id: "meter-1",
  modem: { io: BC35G, serial: { transmit: 17, receive: 16, port: 1, baud: 9600 } },
  onWritable() {
    this.write(ArrayBuffer.fromString("21.5"), { topic: "meter/1/data" });
  },
  onError(error) {
    trace(error.code, "\\n");
  },
});
`;

/** A manifest in a package, in a folder with the package as npm installs it. */
async function packed() {
  const installed = join(output, "apps", "node_modules", "modem-mqtt");
  mkdirSync(installed, { recursive: true });
  await run(root, "npm", ["pack", "--ignore-scripts", "--pack-destination", join(output, "apps")]);
  const [archive] = filesIn(join(output, "apps"), (file) => /^modem-mqtt-[^/]*\.tgz$/.test(file));
  await run(installed, "tar", ["xzf", archive, "--strip-components", "1"]);
  const include = (...more) => ["$(MODDABLE)/examples/manifest_base.json", ...more];
  const npm = join(output, "apps", "npm"), git = join(output, "apps", "git"), mcpack = join(output, "apps", "mcpack");
  write(npm, { "main.js": MAIN, "manifest.json": { include: include("../node_modules/modem-mqtt/hosts/moddable/modems/bc35g/manifest.json"), modules: { "*": "./main" } } });
  await linked("a minimal app, the package from npm", npm, "esp32", ["bc35g"]);
  write(mcpack, { "main.js": MAIN, "package.json": { name: "meter", type: "module", exports: "./main.js", dependencies: { "modem-mqtt": "*" } } });
  cpSync(installed, join(mcpack, "node_modules", "modem-mqtt"), { recursive: true });
  await linked("a minimal app, by mcpack", mcpack, "esp32", ["bc35g"], { tool: ["mcpack", "mcconfig"] });
  if (!asked("--git")) return;
  write(git, { "main.js": MAIN, "manifest.json": { include: include({ git: `file://${root.slice(0, -1)}`, manifest: "hosts/moddable/source/bc35g.json" }), modules: { "*": "./main" } } });
  await linked("a minimal app, the sources from git", git, "esp32", ["bc35g"]);
}

const works = (command, ...args) => {
  const { error, status } = spawnSync(command, args, { cwd: root, env: environment, shell: onWindows, stdio: "ignore" });
  return error === undefined && status === 0;
};

const onPath = (command) => (process.env.PATH ?? "").split(delimiter)
  .some((folder) => [command, `${command}.exe`].some((name) => existsSync(join(folder, name))));

if (!onPath("mcconfig")) {
  console.log(
    "The Moddable SDK is not installed here (no mcconfig on PATH), so nothing was built for a microcontroller.\n" +
    "To install it: npm install -g xs-dev && xs-dev setup\n" +
    "Then open a new shell and run this again; docs/esp32.md says more.");
  process.exit(asked("--require") ? 1 : 0);
}

// From scratch, because the linker warns only when it runs.
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

// Their makefiles look for these as well.
const links = platforms.filter((platform) => ({ esp: onPath("python"), pico: onPath("cmake") })[platform] ?? true);
const simulator = simulators[process.platform];
const canLink = !onWindows && works("make", "--version") && works("git", "describe", "--always");
if (simulator === undefined) missing.push(`simulator: the SDK has none for ${process.platform}`);
else if (simulator === "lin" && !works("pkg-config", "--exists", "gtk+-3.0")) missing.push("lin: GTK 3's development files are not installed (libgtk-3-dev)");
for (const platform of platforms) if (!links.includes(platform)) missing.push(`${platform}: not linked, because ${platform === "esp" ? "python" : "cmake"} is not on PATH`);
if (!canLink) missing.push("nothing is linked for microcontrollers: make or a git checkout is missing");
if (!process.env.IDF_PATH) missing.push("esp32: no firmware, because ESP-IDF is not installed (IDF_PATH is not set); xs-dev setup --device esp32 installs it");
missing.push("esp, pico, nrf52: no firmware: this command does not look for their tools", "zephyr: not linked, because mcconfig reads the board's device tree in Zephyr's sources (ZEPHYR_BASE)");

try {
  const since = performance.now();
  await run(root, "npm", ["run", "--silent", "build"]);
  done.push(`the package's modules: ${((performance.now() - since) / 1000).toFixed(1)} s`);
  for (const [what, folder, drivers] of [["the example", example, ["bc35g"]], ["an app with everything", whole, ["bc35g", "m531x", "ml302", "nm28"]]]) {
    if (simulator !== undefined && (simulator !== "lin" || works("pkg-config", "--exists", "gtk+-3.0"))) await build(what, folder, simulator);
    if (process.env.IDF_PATH) await build(what, folder, "esp32");
    if (canLink) for (const platform of folder === example ? links : ["esp32"]) await linked(what, folder, platform, drivers);
  }
  if (canLink) await packed();
  done.push(`all of it: ${((performance.now() - since) / 1000).toFixed(0)} s`);
} catch (error) {
  for (const line of done) console.log(`  built   ${line}`);
  console.error(`build:moddable: ${error.message}`);
  process.exit(1);
}
for (const line of done) console.log(`  built   ${line}`);
for (const line of missing) console.log(`  missing ${line}`);
