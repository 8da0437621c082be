// What the manifests bring into an app's flash: read as mcconfig reads them, without the SDK.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { transformSync } from "esbuild";
import { modemNames } from "modem-mqtt/node";

interface Manifest {
  include?: string | string[];
  modules?: Record<string, string | string[]>;
  preload?: string | string[];
  platforms?: Record<string, Manifest>;
}

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const isOwn = (path: string): boolean => !path.startsWith("$("); // else the SDK's

/** The modules that a manifest brings, file by name, and those of them that it preloads. */
function brought(path: string, platform: string, found = { modules: new Map<string, string>(), preload: new Set<string>() }): typeof found {
  const read = (manifest: Manifest): void => {
    for (const other of list(manifest.include).filter(isOwn)) brought(join(dirname(path), other), platform, found);
    for (const [target, sources] of Object.entries(manifest.modules ?? {}))
      for (const source of list(sources)) for (const [name, file] of files(target, resolve(dirname(path), source))) found.modules.set(name, file);
    for (const name of list(manifest.preload)) found.preload.add(name);
  };
  const manifest: Manifest = JSON.parse(readFileSync(path, "utf8"));
  read(manifest);
  read(manifest.platforms?.[platform] ?? {});
  return found;
}

function files(target: string, source: string): [name: string, file: string][] {
  const wanted = source.endsWith("*")
    ? readdirSync(dirname(source)).filter((file) => file.endsWith(".ts")).map((file) => join(dirname(source), file))
    : [`${source}.ts`];
  return wanted.map((file) => {
    assert.ok(existsSync(file), file);
    return [target.replace("*", file.slice(file.lastIndexOf("/") + 1, -".ts".length)), file];
  });
}

/** The module's code, types taken out. */
const codeOf = (file: string): string => transformSync(readFileSync(file, "utf8"), { loader: "ts", tsconfigRaw: {} }).code;
const importsOf = (file: string): string[] => [...codeOf(file).matchAll(/(?:from |^import )"([^"]+)"/gm)].map(([, name]) => name!);

/** The files that run when `entries` are imported; nothing of this package may be missing. */
function needed(modules: ReadonlyMap<string, string>, entries: Iterable<string>): Set<string> {
  const reached = new Set<string>(), there = new Set(modules.values());
  const reach = (file: string | undefined, what: string): void => {
    assert.ok(file !== undefined && there.has(file), `${what} is in no manifest`);
    if (reached.has(file)) return;
    reached.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith(".")) reach(resolve(dirname(file), `${name}.ts`), `${name} of ${file}`);
      else if (/^modem-mqtt(\/|$)/.test(name)) reach(modules.get(name), `${name} of ${file}`);
    }
  };
  for (const name of entries) reach(modules.get(name), name);
  return reached;
}

const DRIVER = /^modem-mqtt\/modems\/(\w+)$/;
const driversIn = (modules: ReadonlyMap<string, string>): string[] => [...modules.keys()].flatMap((name) => DRIVER.exec(name)?.[1] ?? []).sort();
const REEXPORTS = /^export [^;]*? from "[^"]+";$/gms;
/** Code that is there and that nothing imports. */
const idle = ({ modules }: { modules: ReadonlyMap<string, string> }, reached: ReadonlySet<string>): string[] =>
  [...modules].filter(([, file]) => !reached.has(file) && codeOf(file).replaceAll(REEXPORTS, "").trim() !== "").map(([name]) => name);

const names = await modemNames();

describe("The manifests for Moddable", () => {
  for (const platform of ["esp32", "lin", "mac", "win"]) {
    for (const name of names) {
      it(`hosts/moddable/modems/${name}/manifest.json brings the core, one driver and nothing that is not needed, to ${platform}`, () => {
        const all = brought(`hosts/moddable/modems/${name}/manifest.json`, platform);
        assert.deepEqual(driversIn(all.modules), [name]);
        assert.deepEqual([...all.preload].sort(), ["modem-mqtt", `modem-mqtt/modems/${name}`]);
        assert.deepEqual(idle(all, needed(all.modules, all.preload)), []);
      });
    }
  }

  it("manifest.json brings all drivers, the clouds and the session, and keeps them in flash", () => {
    const all = brought("manifest.json", "esp32");
    assert.deepEqual(driversIn(all.modules), names);
    assert.deepEqual([...all.preload].sort(), ["modem-mqtt", "modem-mqtt/clouds", ...names.map((name) => `modem-mqtt/modems/${name}`), "modem-mqtt/session"]);
    assert.deepEqual(idle(all, needed(all.modules, all.preload)), []);
  });

  it("the example's brings the one driver that it names", () => {
    const all = brought("hosts/moddable/example/manifest.json", "esp32");
    const driver = importsOf("hosts/moddable/example/main.ts").filter((name) => name.startsWith("modem-mqtt/modems/"));
    assert.deepEqual(driversIn(all.modules).map((name) => `modem-mqtt/modems/${name}`), driver);
  });

  for (const [path, entries] of [["hosts/moddable/provider/manifest.json", ["setup/modem-mqtt"]], ["hosts/moddable/mqtt/manifest.json", ["setup/modem-mqtt", "mqtt"]]] as const) {
    it(`${path} brings no driver: the app includes that of its modem`, () => {
      const all = brought(path, "esp32");
      assert.deepEqual(driversIn(all.modules), []);
      needed(all.modules, [...all.preload, ...entries]);
    });
  }
});
