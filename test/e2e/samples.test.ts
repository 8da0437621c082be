// The samples for a device in README and docs, as they are printed, on the engine of the ESP32 over a model of its serial class.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Aedes } from "aedes";
import { transform } from "esbuild";
import { createVirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { startApp, xsHost } from "./support/xs";

const root = new URL("./", import.meta.resolve("modem-mqtt/package.json"));

/** The `index`-th sample of a page that has a serial port with pins. */
const sample = (page: string, index: number): string =>
  [...readFileSync(fileURLToPath(new URL(page, root)), "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text]) => text).filter((text) => text.includes("transmit: 17"))[index];

/** What the broker must have seen of each. */
const SAMPLES: readonly (readonly [page: string, index: number, seen: readonly string[]])[] = [
  ["README.md", 0, ["connected meter-1", "meter/1/data 21.5"]],
  ["docs/esp32.md", 0, ["connected meter-1", "subscribed meter/1/cmd"]],
  ["docs/sessions.md", 0, ["connected meter-1", "subscribed meter/1/cmd", "meter/1/data 21.5"]],
  ["docs/qos-and-encoding.md", 0, ["connected meter-1"]],
];

describe("samples for a device, run on XS (needs a C compiler)", function () {
  let host: NonNullable<Awaited<ReturnType<typeof xsHost>>>;
  let broker: Broker;
  const seen: string[] = [];
  const waiting: (() => void)[] = [];

  before(async function () {
    const built = await xsHost();
    if (built === undefined) this.skip();
    host = built!;
    const see = (what: string): void => {
      seen.push(what);
      for (const look of waiting.splice(0)) look();
    };
    broker = await startAedes((aedes: Aedes) => {
      aedes.on("clientReady", ({ id }) => see(`connected ${id}`));
      aedes.on("subscribe", (subscriptions) => { for (const { topic } of subscriptions) see(`subscribed ${topic}`); });
      aedes.on("publish", ({ topic, payload }, client) => { if (client !== null) see(`${topic} ${payload}`); });
    });
  });

  after(() => broker?.stop());

  for (const [page, index, expected] of SAMPLES)
    it(`${page}, the sample ${index + 1} with a serial port`, async () => {
      seen.length = 0;
      const text = sample(page, index);
      assert.doesNotMatch(text, /\bdevice\./, "`device` is there only where an app's manifest brings it");
      const modem = await createVirtualModem({ modem: "bc35g", bootTime: 0, attachTime: 0, latencyScale: 0.1 });
      const here = text.replaceAll('"broker.example"', `"127.0.0.1", port: ${broker.port}`).replaceAll("transmit: 17, receive: 16, port: 1,", `device: ${JSON.stringify(modem.path)},`);
      const { code } = await transform(here, { loader: "ts", target: "es2022" });
      const app = await startApp(host, { "main.js": code }, {});
      try {
        const all = (): boolean => expected.every((what) => seen.includes(what));
        await Promise.race([
          (async () => { while (!all()) await new Promise<void>((resolve) => waiting.push(resolve)); })(),
          app.finished.then(({ status, stderr, stdout }) => assert.fail(`it ended with ${status}: ${stdout}${stderr}`)),
        ]);
        const { status, stdout, stderr } = await app.stop();
        assert.equal(status, 0, stderr);
        assert.doesNotMatch(`${stdout}${stderr}`, /[A-Z]\w*Error|_[A-Z]+:|[A-Z]+_[A-Z]+ /);
      } finally {
        await app.stop();
        await app.remove();
        await modem.close();
      }
    });
});
