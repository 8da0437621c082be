// The modules that a Moddable app gets (dist/moddable): what they are, import and export. The example runs on them in test/e2e.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { familyNames } from "modem-mqtt/virtual-modem";
import { load } from "./support/host";
import { Timers, Uart } from "./support/models";

const FOLDER = "dist/moddable";
const names = await familyNames();
const files = readdirSync(FOLDER, { recursive: true }).map(String).filter((file) => file.endsWith(".js"));
const text = (file: string): string => readFileSync(join(FOLDER, file), "utf8");

/** Who may import what: the SDK's modules and this package's, by the names that manifests give them. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "modem-mqtt.js": ["embedded:io/serial", "moddable:modem-mqtt/host/bytes", "moddable:modem-mqtt/host/serial-port", "time", "timer"],
  "bytes.js": [],
  "serial-port.js": ["moddable:modem-mqtt/host/bytes", "timer"],
  "simulator-port.js": ["timer"],
  "session.js": ["modem-mqtt"],
  "at.js": ["embedded:io/serial", "moddable:modem-mqtt/host/bytes", "moddable:modem-mqtt/host/serial-port", "modem-mqtt"],
  "clouds.js": ["modem-mqtt"],
  "preference.js": ["modem-mqtt", "preference"],
  "provider.js": ["mc/config", "modem-mqtt", "modules"],
  "setup.js": ["modem-mqtt/provider"],
  "mqtt.js": ["modem-mqtt"],
  ...Object.fromEntries(["modems", "care"].flatMap((folder) => names.map((name) => [`${folder}/${name}.js`, ["modem-mqtt"]]))),
};

describe("The modules for Moddable", () => {
  it("are one for client and core, one for each driver with care and without, one for each part that is optional", () => {
    assert.deepEqual([...files].sort(), Object.keys(IMPORTS).sort());
  });

  for (const file of files) {
    it(`${file} is a module of ES2022 without comments, and imports what has a name on Moddable`, async () => {
      const { warnings } = await transform(text(file), { format: "esm", target: "es2022" });
      assert.deepEqual(warnings, []);
      const imports = [...text(file).matchAll(/\b(?:from|import)"([^"]+)"/g)].map(([, name]) => name);
      assert.deepEqual([...new Set(imports)].sort(), IMPORTS[file]);
      assert.doesNotMatch(text(file), /\/\*|^\s*\/\//m);
    });
  }

  it("know options and what applications read by the names of the declarations: payloadQuotes and receiving had become short", () => {
    const all = files.map(text).join("\n");
    const declarations = readdirSync(FOLDER, { recursive: true }).map(String).filter((file) => file.endsWith(".d.ts")).map(text).join("\n");
    const members = (name: string): string[] => {
      const [, body] = new RegExp(`interface ${name}\\b[^{]*\\{\\n([^]*?)\\n\\}`).exec(declarations) ?? assert.fail(`no ${name}`);
      return [...body.matchAll(/^ {4}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member]) => member);
    };
    const named = [...declarations.matchAll(/export type \{([^}]+)\}/g)].flatMap(([, list]) => list.match(/\w+(?= *(,|$))/g) ?? []).filter((name) => /^[A-Z]\w+Options$/.test(name));
    for (const name of new Set([...named, "DriverOptions", "ClientOptions", "WriteOptions", "ReadableOptions", "ControlMessage", "Counters", "Limits"]))
      for (const member of members(name)) assert.match(all, new RegExp(`\\b${member}\\b`), `${name}.${member}`);
    assert.ok(named.includes("BC35GOptions") && named.includes("SessionOptions"), named.join());
  });

  it("export what the sources do, whose errors keep their names and their members theirs", async () => {
    type Exports = Record<"core" | "session" | "clouds" | "at" | "driver" | "care", Record<string, unknown>>;
    const contents = `export * as core from "modem-mqtt"; export * as session from "modem-mqtt/session"; export * as clouds from "modem-mqtt/clouds";
      export * as driver from "modem-mqtt/modems/bc35g"; export * as at from "modem-mqtt/at"; export * as care from "modem-mqtt/care/bc35g";`;
    const [sources, modules] = [
      await load<Exports>("serial-port", new Timers(), Uart, contents), await load<Exports>("serial-port", new Timers(), Uart, contents, "modules"),
    ];
    for (const part of ["core", "session", "clouds", "at", "driver", "care"] as const)
      for (const [name, value] of Object.entries(sources[part])) {
        const built = modules[part][name];
        assert.equal(typeof built, typeof value, `${part}: ${name}`);
        if (name.endsWith("Error") && typeof built === "function") {
          assert.equal(built.name, name);
          assert.equal(Reflect.construct(class Own extends (built as typeof Error) {}, ["CODE", "detail"]).name, "Own");
          assert.equal(Reflect.construct(built, ["CODE", "detail"]).name, name);
        }
      }
    const { MQTTClient } = modules.core as { MQTTClient: { prototype: object } };
    for (const member of ["read", "write", "close", "limits", "modem"]) assert(member in MQTTClient.prototype, member);
  });

  it("keep the names of what a modem tells of itself, and of what an application wants of it", () => {
    const told = ["maker", "model", "firmware", "imei", "iccid", "imsi", "registration", "technology", "address", "rsrp", "rsrq", "sinr", "rssi", "word", "utc", "zone", "temperature", "voltage",
      "bytesReceived", "messagesSent", "failures", "lateReplies", "seconds", "operator", "cause", "authentication", "roaming", "periodic", "command", "identity", "statistics", "setup", "optional", "timeout", "apn", "pin", "edrx"];
    for (const name of names) for (const each of told.filter((one) => one !== "temperature" || name === "bc35g")) assert.match(text(`care/${name}.js`), new RegExp(`\\b${each}\\b`), `${name}: ${each}`);
  });
});
