// The host for Moddable over the models, on Node: its sources, or the modules that apps get, named as the manifests name them.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Port, PortReceiver } from "../../../src/platform";
import { NATIVE, Timers, Uart } from "./models";

export interface Host {
  MQTTClient: { new (options: object): { close(): void }; readonly PUBLISH: number };
  BC35G: unknown;
  SerialPort: new (options: { receiver: PortReceiver } & Record<string, unknown>) => Port;
}

const CONTENTS = `export { MQTTClient } from "modem-mqtt";
  export { default as BC35G } from "modem-mqtt/modems/bc35g";
  export { default as SerialPort } from "modem-mqtt/host/serial-port";`;
/** The SDK's `modules` where the manifests of those drivers are included that a test asks for. */
const MODULES = `import bc35g from "modem-mqtt/modems/bc35g"; import m531x from "modem-mqtt/modems/m531x"; import nm28 from "modem-mqtt/modems/nm28";
  import withCare from "modem-mqtt/care/m531x";
  const all = { bc35g, m531x, nm28, "modem-mqtt/care/m531x": withCare }, { drivers } = globalThis[SCOPE], named = (name) => name.replace("modem-mqtt/modems/", "");
  export default { has: (name) => drivers.includes(named(name)), importNow: (name) => all[named(name)] };`;
/** As the manifests beside them name them. */
const PROVIDED: Record<string, string> = {
  mqtt: "mqtt/mqtt.ts", "modem-mqtt/session": "session/session.ts", "modem-mqtt/at": "at/at.ts", "setup/modem-mqtt": "provider/setup.ts", "modem-mqtt/provider": "provider/provider.ts",
};
const SCOPE = "modem-mqtt test of the host for Moddable";
const scope: Record<string, unknown> = ((globalThis as unknown as Record<string, Record<string, unknown>>)[SCOPE] ??= {});

/** What an app with the provider sees: the setup module has run. */
export interface Provided {
  mqtt: { io: Host["MQTTClient"]; modem: object; client: { io: unknown; modem: object } };
  Older: new (dictionary: object) => { close(immediate?: boolean): void };
}

/** From the sources, or from the modules in dist/moddable. */
export type Form = "sources" | "modules";
export const FORMS: readonly Form[] = ["sources", "modules"];

/** @param own beside what `device.io` has */
export async function loadProvided(config: object, drivers: readonly string[] = ["bc35g"], form: Form = "sources", own: object = {}): Promise<Provided> {
  const host = globalThis as { device?: { io?: object; network?: { wifi?: object; mqtt: Provided["mqtt"] } } };
  host.device = Object.freeze({ io: { kept: true, ...own }, network: Object.freeze({ wifi: { kept: true } }) }) as typeof host.device;
  scope["mc/config"] = config;
  scope.drivers = drivers;
  const { setup, Older } = await load<{ setup(done: () => void): void; Older: Provided["Older"] }>("serial-port", new Timers(), Uart, `
    export { default as setup } from "setup/modem-mqtt"; export { default as Older } from "mqtt";`, form);
  let done = false;
  setup(() => { done = true; });
  assert(done);
  const { io, network } = host.device!;
  assert.deepEqual([io, network!.wifi], [{ kept: true, ...own }, { kept: true }]);
  return { mqtt: network!.mqtt, Older };
}

/** The file behind the name of a module of this package. */
function fileOf(name: string, port: string, form: Form): string {
  const place = name.replace(/^modem-mqtt\//, "");
  if (form === "modules") return resolve("dist/moddable", `${{ "setup/modem-mqtt": "setup", "host/serial-port": port, "host/bytes": "bytes" }[place] ?? place}.js`);
  if (name in PROVIDED) return resolve("hosts/moddable", PROVIDED[name]);
  if (name === "modem-mqtt") return resolve("hosts/moddable/modem-mqtt.ts");
  if (place === "host/serial-port") return resolve(`hosts/moddable/${port}.ts`);
  if (place.startsWith("host/")) return resolve(`hosts/moddable/${place.slice("host/".length)}.ts`);
  return resolve(`src/${place}.ts`);
}

export async function load<T = Host>(port: "serial-port" | "simulator-port", timers: Timers, serial: unknown, contents = CONTENTS, form: Form = "sources"): Promise<T> {
  scope.timer = timers;
  scope.time = { get ticks() { return timers.now; } };
  scope["embedded:io/serial"] = serial;
  scope.native = (name: string) => NATIVE[name];
  const modules: Plugin = {
    name: "manifest",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(timer|time|mc\/config|embedded:io\/serial)$/ }, ({ path }) => ({ path, namespace: "sdk" }));
      onResolve({ filter: /^modules$/ }, ({ path }) => ({ path, namespace: "modules" }));
      onLoad({ filter: /./, namespace: "modules" }, () => ({ contents: MODULES.replace("SCOPE", JSON.stringify(SCOPE)), resolveDir: process.cwd() }));
      onLoad({ filter: /./, namespace: "sdk" }, ({ path }) => ({ contents: `export default globalThis[${JSON.stringify(SCOPE)}][${JSON.stringify(path)}]` }));
      onResolve({ filter: /^(moddable:)?(mqtt$|setup\/modem-mqtt$|modem-mqtt(\/|$))/ }, ({ path }) => ({ path: fileOf(path.replace("moddable:", ""), port, form) }));
    },
  };
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true, write: false, format: "esm", target: "es2022", tsconfigRaw: {}, plugins: [modules],
    banner: { js: `const { native } = globalThis[${JSON.stringify(SCOPE)}];` },
  });
  const source = Buffer.from(`${outputFiles[0].text}\n// ${Math.random()}`).toString("base64"); // a new module each time
  return (await import(`data:text/javascript;base64,${source}`)) as T;
}

export const NOBODY: PortReceiver = { onReadable() {}, onWritable() {}, onError() {} };
export const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
