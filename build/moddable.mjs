/**
 * Builds two apps with the Moddable SDK, for the ESP32 and for this machine's simulator, into dist/sdk: the example, which
 * has one driver, and one with everything that the manifests of this package bring.
 * A warning of the linker is an error: a module could not be kept in flash.
 *
 *   node build/moddable.mjs [--require]
 *
 * Without the SDK it says what is missing and ends with 0; with --require it then ends with 1. A target whose own tools
 * are missing is named and passed over, with --require too.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, delimiter, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Their folders, and the drivers that a device has in its flash then. */
const apps = [
  { folder: "hosts/moddable/example", drivers: ["bc35g"] },
  { folder: "test/moddable/whole", drivers: ["bc35g", "m531x", "ml302", "nm28"] },
];
const output = join(root, "dist", "sdk");
const simulators = { linux: "lin", darwin: "mac", win32: "win" };
// mcconfig calls `tsc`: the one of this package, whose version suits the SDK.
const environment = { ...process.env, PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH };
const onWindows = process.platform === "win32";

/** Runs a command in an app's folder and shows what it says; fails when it fails, or when the linker warns. */
function run(app, command, args, variables = {}) {
  console.log(`$ ${[command, ...args].join(" ")}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: join(root, app.folder), env: { ...environment, ...variables }, shell: onWindows });
    const warnings = [];
    for (const stream of [child.stdout, child.stderr]) {
      let line = "";
      stream.setEncoding("utf8").on("data", (text) => {
        process.stdout.write(text);
        const lines = (line + text).split("\n");
        line = lines.pop();
        warnings.push(...lines.filter((each) => each.startsWith("### warning")));
      });
    }
    child.on("error", reject);
    child.on("close", (status) => {
      if (status !== 0) reject(new Error(`${command} ended with ${status}`));
      else if (warnings.length > 0) reject(new Error(`the linker warned:\n${warnings.join("\n")}`));
      else resolve();
    });
  });
}

const build = (app, platform) => run(app, "mcconfig", ["-d", "-m", "-p", platform, "-t", "build", "-o", output]);

/**
 * Compiles and links the JavaScript of an app for the ESP32, as it ships, where there is no ESP-IDF; C is not compiled. SDK 8.2's
 * makefile only wants a git checkout to ask for its version, and ESP-IDF's sdkconfig.h, which JavaScript does not need.
 */
async function linkWithoutIdf(app) {
  await run(app, "mcconfig", ["-p", "esp32", "-o", output]);
  const folder = join(output, "tmp", "esp32", "release", basename(app.folder));
  const unneeded = join(folder, "xsProj-esp32", "build", "config", "sdkconfig.h");
  await run(app, "make", ["-f", join(folder, "makefile"), "-o", unneeded, join(folder, "mc.xs.c")], { IDF_PATH: root });
  return flashOf(readFileSync(join(folder, "mc.xs.c"), "utf8"));
}

/** What the linker has made of an app's modules and of what XS has itself; a slot has 16 bytes there. */
function flashOf(linked) {
  const code = [...linked.matchAll(/^.*\bgxCode\d+\[(\d+)\] = \{/gm)].reduce((sum, [, length]) => sum + Number(length), 0);
  const [, slots] = /^#define mxHeapCount (\d+)/m.exec(linked);
  return `${code} bytes of bytecode, ${slots} slots of preloaded objects`;
}

const done = [], missing = [];

/** A device carries the drivers whose manifests its app includes, and no others. */
function expectDrivers() {
  for (const folder of readdirSync(output, { recursive: true }).filter((name) => name.endsWith(join("modules", "modem-mqtt", "modems")))) {
    const { drivers } = apps.find((app) => folder.split(sep).includes(basename(app.folder)));
    const there = readdirSync(join(output, folder)).filter((name) => name.endsWith(".xsb")).map((name) => basename(name, ".xsb")).sort();
    if (there.join() !== drivers.join()) throw new Error(`${folder} has ${there.join(", ")}, and should have ${drivers.join(", ")} alone`);
    done.push(`${drivers.length} of 4 drivers in ${folder}`);
  }
}

const works = (command, ...args) => {
  const { error, status } = spawnSync(command, args, { cwd: root, env: environment, shell: onWindows, stdio: "ignore" });
  return error === undefined && status === 0;
};

const onPath = (command) => (process.env.PATH ?? "").split(delimiter)
  .some((folder) => [command, `${command}.exe`].some((name) => existsSync(join(folder, name))));

if (!onPath("mcconfig")) {
  console.log(
    "The Moddable SDK is not installed here (no mcconfig on PATH), so nothing was built for the ESP32.\n" +
    "To install it: npm install -g xs-dev && xs-dev setup && xs-dev setup --device esp32\n" +
    "Then open a new shell and run this again; docs/esp32.md says more.");
  process.exit(process.argv.includes("--require") ? 1 : 0);
}

// From scratch, because the linker warns only when it runs.
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

/** One app, for all that can be built here. */
async function buildApp(app) {
  if (simulator !== undefined) {
    await build(app, simulator);
    done.push(`${simulator}: the simulator's ${app.folder}`);
  }
  if (process.env.IDF_PATH) {
    await build(app, "esp32");
    done.push(`esp32: the firmware of ${app.folder}`);
  } else if (canLink) {
    const flash = await linkWithoutIdf(app);
    done.push(`esp32: JavaScript of ${app.folder} compiled and linked for flash: ${flash}`);
  }
}

const simulator = simulators[process.platform];
const canLink = !onWindows && works("make", "--version") && works("git", "describe", "--always");
if (simulator === undefined) missing.push(`simulator: the SDK has none for ${process.platform}`);
if (!process.env.IDF_PATH)
  missing.push(`esp32: ${canLink ? "no firmware" : "nothing"}, because ESP-IDF is not installed (IDF_PATH is not set); xs-dev setup --device esp32 installs it`);

try {
  for (const app of apps) await buildApp(app);
  expectDrivers();
} catch (error) {
  console.error(`build:moddable: ${error.message}`);
  process.exit(1);
}
console.log(`\nin ${output}:`);
for (const line of done) console.log(`  built   ${line}`);
for (const line of missing) console.log(`  missing ${line}`);
