// One app that knows ECMA-419's pattern alone, on this package's class over every modem, on Node and on XS, and, given
// `--moddable=DIR` (a checkout of the Moddable SDK), on Moddable's own class over TCP: all see the same. With it also the
// SDK's mqtt/js, and with `--node-red-mcu=DIR` (a checkout of the Node-RED MCU Edition) its MQTT nodes, both as they are.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import MQTTClient, { type MQTTClientOptions } from "modem-mqtt";
import { hostClock, SerialPort } from "modem-mqtt/node";
import { createVirtualModem, familyNames } from "modem-mqtt/virtual-modem";
import { freePort, hasMosquitto, startMosquitto, type Broker } from "../e2e/support/brokers";
import type { Running } from "../e2e/support/process";
import { Lives } from "../e2e/support/lives";
import { startApp, xsHost } from "../e2e/support/xs";
import { consume, SITUATIONS } from "./consumer";
import { SITUATIONS as OLDER } from "./older";

const names = await familyNames();
const BAUD = 115_200;
const all = (situations: readonly { name: string }[]): string[] => [...situations.map(({ name }) => `ok ${name}`), "done"];
const expected = all(SITUATIONS);
const given = (flag: string): string | undefined => process.argv.find((word) => word.startsWith(flag))?.slice(flag.length);
const sdk = given("--moddable="), nodeRed = given("--node-red-mcu=");

/** As much of the SDK's module `url` as its mqtt/js uses. */
const URL_OF_XS = `export default class URL {
  constructor(text) { [, this.protocol, this.hostname, this.port] = /^([a-z]+:)\\/\\/([^:/]+):?(\\d*)/.exec(text); }
}`;

/** As much of the SDK and of the nodes' functions in C as nodered.js uses for MQTT; it is imported before it. */
const UNDER_NODE_RED: Record<string, string> = {
  "under-node-red.js": 'let count = 0; globalThis.native = () => () => "id" + ++count;',
  "deepEqual.js": "export default () => false;",
  "structuredClone.js": "export default (value) => ({ ...value });",
  "preference.js": "export default class {}",
};

/** What `device.network.mqtt` is on a device, for Node. */
async function mqttOf(name: string, path: string): Promise<{ io: unknown; modem: MQTTClientOptions["modem"] }> {
  const { default: io } = await import(`modem-mqtt/modems/${name}`);
  const modem = { io, clock: hostClock, serial: { io: SerialPort, path, baudRate: BAUD } };
  let last: MQTTClient | undefined;
  return {
    modem,
    io: class extends MQTTClient {
      constructor(options: MQTTClientOptions) {
        super({ ...options, modem: { ...modem, shared: last } });
        last = this;
      }
    },
  };
}

(hasMosquitto ? describe : describe.skip)("a consumer of ECMA-419's MQTT pattern, with mosquitto", function () {
  let broker: Broker;
  let host: Awaited<ReturnType<typeof xsHost>>;
  let stage: { host: string; port: number; deaf: number; user: string; password: string };

  before(async () => {
    [broker, host] = [await startMosquitto(), await xsHost()];
    stage = { host: "127.0.0.1", port: broker.port, deaf: await freePort(), user: "meter", password: "secret" };
  });

  after(() => broker.stop());

  /** Runs an app on XS to its end; `meanwhile` sees it run. */
  async function onXs(main: string, config: object, files: Record<string, string> = {}, meanwhile: (app: Running) => Promise<void> = async () => {}, preloaded: string[] = []): Promise<string[]> {
    const app = await startApp(host!, { "main.js": `import "test/xs/${main}";\n`, ...files }, { stage, ...config }, preloaded);
    try {
      await meanwhile(app);
      await app.until(({ stdout }) => stdout.includes("\ndone\n"));
      return app.stdout.toString().trimEnd().split("\n").filter((line) => /^(ok|not ok|done)/.test(line));
    } finally {
      await app.stop();
      await app.remove();
    }
  }

  /** Most of their time they wait, so they do it together; each has a modem of its own. */
  const lives = new Lives(4);
  before(() => lives.start());
  const life = (name: string, run: (path: string) => Promise<void>) => lives.add(async () => {
    const modem = await createVirtualModem({ modem: name, bootTime: 100, attachTime: 0, latencyScale: 0.1 });
    try {
      await run(modem.path);
    } finally {
      await modem.close();
    }
  });
  const lifeOnXs = (name: string, run: (path: string) => Promise<void>) => {
    const over = life(name, async (path) => { if (host !== undefined) await run(path); });
    return function (this: Mocha.Context): Promise<void> {
      if (host === undefined) this.skip();
      return over();
    };
  };

  for (const name of names) describe(name, () => {
    it("on Node", life(name, async (path) => {
      const lines: string[] = [];
      await consume({ ...stage, name: `node-${name}`, mqtt: await mqttOf(name, path) as any, later: setTimeout }, (line) => lines.push(line));
      assert.deepEqual(lines, expected);
    }));

    it("on XS, an ESP32's heap and UART, by device.network.mqtt (needs a C compiler)", lifeOnXs(name, async (path) =>
      assert.deepEqual(await onXs("consumer-modem", { name: `xs-${name}`, modem: { name, serial: { device: path, baud: BAUD } } }), expected)));

    it("in the words of the SDK's older module mqtt, on XS (needs a C compiler)", lifeOnXs(name, async (path) =>
      assert.deepEqual(await onXs("consumer-older", { name: `older-${name}`, modem: { name, serial: { device: path, baud: BAUD } } }), all(OLDER))));
  });

  if (sdk !== undefined) describe("the SDK's mqtt/js", () => {
    for (const name of names) it(`over a ${name}, on XS`, async function () {
      if (host === undefined) this.skip();
      const modem = await createVirtualModem({ modem: name, bootTime: 100, attachTime: 0, latencyScale: 0.1 });
      const files = { "mqtt/js.js": await readFile(join(sdk, "examples", "io", "tcp", "mqtt", "mqtt.js"), "utf8"), "url.js": URL_OF_XS };
      const lines = await onXs("consumer-mqtt-js", { name: `js-${name}`, modem: { name, serial: { device: modem.path, baud: BAUD } } }, files, async (app) => {
        await app.until(({ stdout }) => stdout.includes("now the connection goes"));
        modem.restart("power");
      }).finally(() => modem.close());
      const before = lines.indexOf("ok now the connection goes");
      assert.deepEqual(lines.slice(0, before).sort(), [
        "ok connected", "ok error where nobody listens", "ok published at 0", "ok published at 1", "ok published at 2",
        `ok received /a at 0`, `ok received /b at 1`, `ok received /c at 2`, "ok subscribed before it is connected: 1,1,1",
      ]);
      assert.deepEqual(lines.slice(before + 1), [
        "ok offline", "ok connected", "ok received after it has connected again: still subscribed", "ok ended", "done",
      ]);
    });
  });

  if (nodeRed !== undefined) describe("the MQTT nodes of Node-RED MCU", () => {
    for (const name of names) it(`over a ${name}, on XS`, async function () {
      if (host === undefined) this.skip();
      const modem = await createVirtualModem({ modem: name, bootTime: 100, attachTime: 0, latencyScale: 0.1 });
      const source = await readFile(join(nodeRed, "nodered.js"), "utf8");
      const files = {
        ...UNDER_NODE_RED,
        // It asks whether XS is new enough to know base64, which its MQTT nodes use for one kind of payload.
        "nodered.js": `import "under-node-red";\n${source.replace('"fromBase64" in Uint8Array', "true")}`,
        "mqttnodes.js": await readFile(join(nodeRed, "nodes", "network", "mqtt", "mqttnodes.js"), "utf8"),
      };
      const lines = await onXs("consumer-node-red", { name: `red-${name}`, modem: { name, serial: { device: modem.path, baud: BAUD } } }, files, async (app) => {
        await app.until(({ stdout }) => stdout.includes("now the connection goes"));
        modem.restart("power");
      }, ["nodered", "mqttnodes"]).finally(() => modem.close());
      assert.deepEqual(lines, [
        "ok connecting", "ok connected", "ok received /all/birth: born", ...["1", "2", "3", "4", "5"].map((each) => `ok received /all/burst: ${each}`),
        'ok received /json: {"open":true}', "ok now the connection goes",
        "ok disconnected", "ok connecting", "ok connected", "ok received /all/birth: born", "ok received /all/after: again", "done",
      ]);
    });
  });

  if (sdk !== undefined) describe("Moddable's own class", () => {
    it("over TCP, on XS", async function () {
      if (host === undefined) this.skip();
      const file = join(sdk, "examples", "io", "tcp", "mqttclient", "mqttclient.js");
      assert.deepEqual(await onXs("consumer-tcp", { name: "moddable" }, { "mqttclient.js": await readFile(file, "utf8") }), expected);
    });
  });
});
