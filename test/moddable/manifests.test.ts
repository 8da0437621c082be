// What the manifests bring into an app's flash: read as mcconfig reads them, without the SDK.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { transformSync } from "esbuild";
import { modemNames } from "modem-mqtt/node";
import { brought } from "./support/manifests";

const PLATFORMS = ["esp32", "esp32/esp32c3", "esp32/esp32s3", "esp32/esp32c6", "esp32/esp32h2", "esp32/m5stack", "esp", "pico", "nrf52", "zephyr", "lin", "mac", "win"];
const names = await modemNames();
const HOST = ["modem-mqtt", "modem-mqtt/host/bytes", "modem-mqtt/host/serial-port"];
const sorted = (values: Iterable<string>): string[] => [...values].sort();

/** The module's code, types taken out. */
const codeOf = (file: string): string => transformSync(readFileSync(file, "utf8"), { loader: "ts", tsconfigRaw: {} }).code;
const importsOf = (file: string): string[] => [...codeOf(file).matchAll(/(?:from\s*|^import )"([^"]+)"/gm)].map(([, name]) => name);

/** The files that run when `entries` are imported; nothing of this package may be missing. */
function needed(modules: ReadonlyMap<string, string>, entries: Iterable<string>): Set<string> {
  const reached = new Set<string>(), there = new Set(modules.values());
  const reach = (file: string | undefined, what: string): void => {
    assert.ok(file !== undefined && there.has(file), `${what} is in no manifest`);
    if (reached.has(file)) return;
    reached.add(file);
    for (const specifier of importsOf(file)) {
      const name = specifier.replace(/^moddable:/, "");
      if (name.startsWith(".")) reach(resolve(dirname(file), `${name}.ts`), `${name} of ${file}`);
      else if (/^modem-mqtt(\/|$)/.test(name)) reach(modules.get(name), `${name} of ${file}`);
    }
  };
  for (const name of entries) reach(modules.get(name), name);
  return reached;
}

const DRIVER = /^modem-mqtt\/modems\/(\w+)$/;
const driversIn = (modules: ReadonlyMap<string, string>): string[] => sorted([...modules.keys()].flatMap((name) => DRIVER.exec(name)?.[1] ?? []));
const REEXPORTS = /^export [^;]*? from "[^"]+";$/gms;
/** Code that is there and that nothing imports. */
const idle = ({ modules }: { modules: ReadonlyMap<string, string> }, reached: ReadonlySet<string>): string[] =>
  [...modules].filter(([, file]) => !reached.has(file) && codeOf(file).replaceAll(REEXPORTS, "").trim() !== "").map(([name]) => name);

describe("The manifests for Moddable", () => {
  for (const platform of PLATFORMS) {
    const simulated = /^(lin|mac|win)$/.test(platform);
    for (const name of ["modems", "care"].flatMap((folder) => names.map((each) => `${folder}/${each}`))) {
      it(`${name} brings four modules of JavaScript, all in flash, to ${platform}`, () => {
        const all = brought(`hosts/moddable/${name}/manifest.json`, platform);
        assert.deepEqual(sorted(all.modules.keys()), sorted([...HOST, `modem-mqtt/${name}`]));
        assert.deepEqual([...all.modules.values()].filter((file) => !file.endsWith(".js")), []);
        assert.deepEqual(sorted(all.preload), sorted(all.modules.keys()));
        assert.deepEqual([...all.native], [resolve("hosts/moddable/bytes.c")]);
        assert.match(all.modules.get("modem-mqtt/host/serial-port")!, simulated ? /\/simulator-port\.js$/ : /\/serial-port\.js$/);
        assert.deepEqual(idle(all, needed(all.modules, all.preload)), []);
        for (const each of ["modem-mqtt", `modem-mqtt/${name}`]) assert(all.declarations.has(each), `types of ${each}`);
      });
    }
  }

  it("the first one brings client and host, and no driver", () => {
    const all = brought("manifest.json", "esp32");
    assert.deepEqual(sorted(all.modules.keys()), HOST);
    assert.deepEqual(sorted(all.preload), HOST);
  });

  for (const name of ["session", "clouds", "preference", "at"]) {
    it(`${name}/manifest.json brings modem-mqtt/${name} with its types, keeps it in flash, and brings no driver`, () => {
      const all = brought(`hosts/moddable/${name}/manifest.json`, "esp32");
      assert(all.preload.has(`modem-mqtt/${name}`) && all.declarations.has(`modem-mqtt/${name}`));
      assert.deepEqual(driversIn(all.modules), []);
      assert.deepEqual(idle(all, needed(all.modules, all.preload)), []);
    });
  }

  it("the example's brings the one driver that it names", () => {
    const all = brought("hosts/moddable/example/manifest.json", "esp32");
    const driver = importsOf("hosts/moddable/example/main.ts").filter((name) => name.startsWith("modem-mqtt/modems/"));
    assert.deepEqual(driversIn(all.modules).map((name) => `modem-mqtt/modems/${name}`), driver);
  });

  it("the example took pins of the flash on an ESP32-C3", () => {
    const { platforms, config } = JSON.parse(readFileSync("hosts/moddable/example/manifest.json", "utf8"));
    assert.deepEqual(platforms["esp32/esp32c3"].config.serial, { transmit: 5, receive: 4, port: 1 });
    assert.deepEqual(config.serial, { baud: 9600 });
    // Where it names no pins, they are the board's, which the SDK knows.
    for (const platform of ["esp32/m5stack", "pico/pico_w", "nrf52", "zephyr", "esp"])
      assert(brought("hosts/moddable/example/manifest.json", platform).sdk.has("$(MODDABLE)/modules/io/manifest.json"), platform);
    assert(!brought("hosts/moddable/example/manifest.json", "esp32/esp32c3").sdk.has("$(MODDABLE)/modules/io/manifest.json"));
  });

  for (const [name, entries] of [["provider", ["setup/modem-mqtt"]], ["mqtt", ["setup/modem-mqtt", "mqtt"]]] as const) {
    it(`${name}/manifest.json brings no driver: the app includes that of its modem`, () => {
      const all = brought(`hosts/moddable/${name}/manifest.json`, "esp32");
      assert.deepEqual(driversIn(all.modules), []);
      needed(all.modules, [...all.preload, ...entries]);
      // They keep what changes in variables.
      assert(!all.preload.has("modem-mqtt/provider") && !all.preload.has("setup/modem-mqtt"));
    });
  }
});

describe("The manifests for Moddable that name the sources", () => {
  for (const name of names) {
    it(`source/${name}.json brings all of the core that is needed, and one driver`, () => {
      const all = brought(`hosts/moddable/source/${name}.json`, "esp32");
      assert.deepEqual(driversIn(all.modules), [name]);
      needed(all.modules, all.preload);
    });
  }

  it("there is one for each of the others, with the same modules for apps", () => {
    for (const file of readdirSync("hosts/moddable/source").filter((each) => each !== "manifest.json")) {
      const name = file.slice(0, -".json".length), folder = names.includes(name) ? `modems/${name}` : name.replace("care-", "care/");
      const [built, source] = [brought(`hosts/moddable/${folder}/manifest.json`, "esp32"), brought(`hosts/moddable/source/${file}`, "esp32")];
      for (const each of built.modules.keys()) assert(source.modules.has(each), `${file}: ${each}`);
      assert.deepEqual(sorted(source.sdk), sorted(built.sdk));
      needed(source.modules, [...source.preload, ...built.modules.keys()]);
    }
    assert.equal(readdirSync("hosts/moddable/source").length, 1 + 2 * names.length + 6);
  });
});
