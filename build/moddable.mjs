/**
 * Builds the example app with the Moddable SDK, for the ESP32 and for this machine's simulator, into dist/moddable.
 * A warning of the linker about a module of this package is an error: the module could not be kept in flash.
 *
 *   node build/moddable.mjs [--require]
 *
 * Without the SDK it says what is missing and ends with 0; with --require it then ends with 1. A target whose own tools
 * are missing is named and passed over, with --require too.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const app = join(root, "hosts", "esp32", "example");
const output = join(root, "dist", "moddable");
const simulators = { linux: "lin", darwin: "mac", win32: "win" };
// mcconfig calls `tsc`: the one of this package, whose version suits the SDK.
const environment = { ...process.env, PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH };
const onWindows = process.platform === "win32";

/** Runs a command in the app's folder and shows what it says; fails when it fails, or warns about this package. */
function run(command, args, variables = {}) {
  console.log(`$ ${[command, ...args].join(" ")}`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: app, env: { ...environment, ...variables }, shell: onWindows });
    const warnings = [];
    for (const stream of [child.stdout, child.stderr]) {
      let line = "";
      stream.setEncoding("utf8").on("data", (text) => {
        process.stdout.write(text);
        const lines = (line + text).split("\n");
        line = lines.pop();
        warnings.push(...lines.filter((each) => /^### warning: .*modem-mqtt/.test(each)));
      });
    }
    child.on("error", reject);
    child.on("close", (status) => {
      if (status !== 0) reject(new Error(`${command} ended with ${status}`));
      else if (warnings.length > 0) reject(new Error(`the linker warned about this package:\n${warnings.join("\n")}`));
      else resolve();
    });
  });
}

const build = (platform) => run("mcconfig", ["-d", "-m", "-p", platform, "-t", "build", "-o", output]);

/**
 * Compiles and links the JavaScript of the app for the ESP32 where there is no ESP-IDF; C is not compiled. SDK 8.2's
 * makefile only wants a git checkout to ask for its version, and ESP-IDF's sdkconfig.h, which JavaScript does not need.
 */
async function linkWithoutIdf() {
  await run("mcconfig", ["-d", "-p", "esp32", "-o", output]);
  const folder = join(output, "tmp", "esp32", "debug", "example");
  const unneeded = join(folder, "xsProj-esp32", "build", "config", "sdkconfig.h");
  await run("make", ["-f", join(folder, "makefile"), "-o", unneeded, join(folder, "mc.xs.c")], { IDF_PATH: root });
}

const done = [], missing = [];

/** A device carries only the driver that it needs: the one whose manifest the example includes. */
function expectOneDriver() {
  for (const folder of readdirSync(output, { recursive: true }).filter((name) => name.endsWith(join("modules", "modem-mqtt", "modems")))) {
    const drivers = readdirSync(join(output, folder)).filter((name) => name.endsWith(".xsb"));
    if (drivers.join() !== "bc35g.xsb") throw new Error(`${folder} has ${drivers.join(", ")}, and should have bc35g.xsb alone`);
    done.push(`one driver in ${folder}`);
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

try {
  const simulator = simulators[process.platform];
  if (simulator === undefined) missing.push(`simulator: the SDK has none for ${process.platform}`);
  else {
    await build(simulator);
    done.push(`${simulator}: the simulator's app`);
  }
  if (process.env.IDF_PATH) {
    await build("esp32");
    done.push("esp32: the firmware");
  } else if (!onWindows && works("make", "--version") && works("git", "describe", "--always")) {
    await linkWithoutIdf();
    done.push("esp32: JavaScript compiled and linked for flash");
    missing.push("esp32: no firmware, because ESP-IDF is not installed (IDF_PATH is not set); xs-dev setup --device esp32 installs it");
  } else missing.push("esp32: nothing, because ESP-IDF is not installed (IDF_PATH is not set); xs-dev setup --device esp32 installs it");
  expectOneDriver();
} catch (error) {
  console.error(`build:moddable: ${error.message}`);
  process.exit(1);
}
console.log(`\nin ${output}:`);
for (const line of done) console.log(`  built   ${line}`);
for (const line of missing) console.log(`  missing ${line}`);
