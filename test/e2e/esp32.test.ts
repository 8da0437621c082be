// The ESP32's example app on the engine of the ESP32, with its heap, over a UART with its FIFOs: against every modem.

import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import { createVirtualModem, familyNames, type VirtualModem } from "modem-mqtt/virtual-modem";
import { hasMosquitto, startMosquitto, type Broker } from "./support/brokers";
import { startExample, xsHost } from "./support/xs";

const MESSAGES = 1000;
const BAUD = 115_200;
const names = await familyNames();

(hasMosquitto ? describe : describe.skip)("the ESP32's example on XS, with mosquitto (needs a C compiler)", function () {
  let broker: Broker;
  let office: MqttClient;
  const readings = new Map<string, object[]>();

  before(async function () {
    const host = await xsHost();
    if (host === undefined) this.skip();
    broker = await startMosquitto();
    office = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    office.on("message", (topic, payload) => readings.get(topic)?.push(JSON.parse(payload.toString())));
    await office.subscribeAsync("+/reading", { qos: 1 });
    for (const example of examples) await example.start(host!);
  });

  after(async () => {
    for (const example of examples) await example.stop();
    await office?.endAsync();
    await broker?.stop();
  });

  /** They run beside each other, each with a modem of its own, since most of their time is waiting. */
  class Example {
    modem!: VirtualModem;
    app!: Awaited<ReturnType<typeof startExample>>;
    constructor(readonly name: string) {}

    async start(host: NonNullable<Awaited<ReturnType<typeof xsHost>>>): Promise<void> {
      this.modem = await createVirtualModem({ modem: this.name, bootTime: 100, attachTime: 100 });
      readings.set(`${this.name}/reading`, []);
      this.app = await startExample(host, this.name, {
        mqtt: { host: "127.0.0.1", port: broker.port, id: `example-${this.name}`, keepAlive: 120_000 },
        readings: `${this.name}/reading`, commands: `${this.name}/command`, interval: 1000, pause: 6000,
        serial: { device: this.modem.path, baud: BAUD },
      });
    }

    async stop(): Promise<void> {
      await this.app?.stop();
      await this.app?.remove();
      await this.modem?.close();
    }

    said(line: RegExp | string): number {
      return this.app.stdout.toString().split("\n").filter((each) => (typeof line === "string" ? each === line : line.test(each))).length;
    }

    until(fits: () => boolean): Promise<void> {
      return this.app.until(fits);
    }
  }

  const examples = names.map((name) => new Example(name));
  for (const example of examples) {
    const { name } = example;
    describe(name, () => {
      it("connects, subscribes and publishes", async () => {
        await example.until(() => example.said(/^subscribed to /) === 1 && example.said("the broker has reading 2") === 1);
        await example.until(() => readings.get(`${name}/reading`)!.length > 1);
        assert.deepEqual(Object.keys(readings.get(`${name}/reading`)![0]), ["seconds", "slots", "chunks", "collections"]);
      });

      it(`receives ${MESSAGES} messages, each once and in order`, async () => {
        for (let i = 0; i < MESSAGES; i++) await office.publishAsync(`${name}/command`, `message ${i}: thirty bytes of text to act on`, { qos: 1 });
        await example.until(() => example.said(/thirty bytes of text/) >= MESSAGES);
        const lines = example.app.stdout.toString().split("\n").filter((line) => line.includes("thirty bytes of text"));
        assert.deepEqual(lines, Array.from({ length: MESSAGES }, (_, i) => `${name}/command: message ${i}: thirty bytes of text to act on`));
      });
    });
  }

  describe("all of them", () => {
    it("survive a restart of their modems", async () => {
      for (const { modem } of examples) modem.restart("power");
      // A restart in the middle of a publish is noticed when its prompt, its final and the marker have not come.
      for (const example of examples) await example.until(() => example.said(/^subscribed to /) === 2);
      for (const { name } of examples) await office.publishAsync(`${name}/command`, "and again", { qos: 1 });
      for (const example of examples) {
        await example.until(() => example.said(`${example.name}/command: and again`) === 1);
        assert.equal(example.said(/^MODEM_RESTARTED: /), 1);
      }
    });

    it("end whole: nothing was thrown, and no byte was lost on the way", async () => {
      for (const { app } of examples) {
        const { status, stderr } = await app.stop();
        assert.equal(status, 0, stderr);
        assert.match(stderr, /^stats: \d+ slots, \d+ chunk bytes, \d+ collections, 0 bytes lost\n$/);
      }
    });
  });
});
