import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { brought } from "../../moddable/support/manifests";
import { Running } from "./process";

/** How build/xs.mjs ends where there is no C compiler. */
const NO_COMPILER = 3;

interface Host {
  program: string;
  bits: number;
  /** The folder of the compiled modules. */
  modules: string;
}

/** The XS host, built where it is not yet; undefined where there is no C compiler. */
export async function xsHost(): Promise<Host | undefined> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["build/xs.mjs", "host"], { maxBuffer: 1 << 24 });
    return JSON.parse(stdout);
  } catch (error) {
    if ((error as { code?: number }).code === NO_COMPILER) return undefined;
    throw error;
  }
}

/** What stands for the SDK's modules (test/xs/modules), and is in flash there too. */
const SDK = ["embedded:io/serial", "instrumentation", "modules", "preference", "text/decoder", "time", "timer"];

/** As ESP32 targets commonly set them; the stack is this package's own. */
const CHUNK = "78848,0";
const HEAP = "4928,0";
/**
 * Metered units that scripts do in a millisecond of the UART's time. An ESP32 has 240 MHz, and does 1.5 times as much as the
 * ESP32-C3 after which the host for XS has its own number (test/xs/host/host.h).
 */
const SPEED = ["--speed", process.env.XS_SPEED ?? "1725"];

/**
 * Starts the ESP32's example app as a device would run it. The driver is the one that its source names, or another in
 * its place.
 */
export async function startExample(host: Host, driver: string, config: object): Promise<Running & { remove(): Promise<void> }> {
  const app = (await readFile(join(host.modules, "modem-mqtt/host/example/main.js"), "utf8")).replace("modem-mqtt/modems/bc35g", `modem-mqtt/modems/${driver}`);
  const example = JSON.parse(await readFile("hosts/moddable/example/manifest.json", "utf8"));
  return startApp(host, { "main.js": app }, { ...example.config, ...config });
}

/** All of the package that an app may include. */
const MANIFESTS = ["modems/bc35g", "modems/m531x", "modems/ml302", "modems/nm28", "session", "clouds", "preference", "mqtt"];

/**
 * Starts an app as a device would run it: its modules, `main.js` among them, those in flash named, and its `mc/config`. The
 * package's modules are those that its manifests bring to an ESP32 (build/moddable-modules.mjs), and no sources.
 */
export async function startApp({ program, modules: compiled }: Host, modules: Readonly<Record<string, string>>, config: object, preloaded: readonly string[] = []): Promise<Running & { remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "modem-mqtt-xs-"));
  const manifest = JSON.parse(await readFile("hosts/moddable/manifest.json", "utf8"));
  const files: Record<string, string> = { ...modules, "mc/config.js": `export default ${JSON.stringify(config)};\n` };
  const inFlash = new Set([...SDK, ...preloaded]);
  for (const each of MANIFESTS) {
    const all = brought(`hosts/moddable/${each}/manifest.json`, "esp32");
    for (const [name, file] of all.modules) files[`${name}.js`] ??= await readFile(file, "utf8");
    for (const name of all.preload) inFlash.add(name);
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const flash = [...inFlash].flatMap((name) => ["--preload", name]);
  // Beside them the app's own modules, what stands for the SDK's, and what tests use of the sources; but no driver's sources, for the
  // provider looks which drivers there are.
  const others = join(folder, ".others");
  await mkdir(join(others, "modem-mqtt"), { recursive: true });
  for (const from of ["", "modem-mqtt"])
    for (const name of await readdir(join(compiled, from)))
      if (!["modem-mqtt", "modems", "care"].includes(name)) await symlink(resolve(compiled, from, name), join(others, from, name));
  const running = new Running(program, ["--modules", folder, "--modules", others, ...flash, "--chunk", CHUNK, "--heap", HEAP, "--stack", String(manifest.creation.stack), ...SPEED, "--stats", "main"]);
  return Object.assign(running, { remove: () => rm(folder, { recursive: true }) });
}
