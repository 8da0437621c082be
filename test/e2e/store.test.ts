import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { connect, openStore, type ModemMQTTClient, type MQTTModemError } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { within } from "./support/conformance/bench";

const root = fileURLToPath(new URL("./", import.meta.resolve("modem-mqtt/package.json")));

describe("messages in a folder", function () {
  let folder: string;
  let broker: Broker;
  let modem: VirtualModem;
  let arrived: string[];

  before(async () => {
    broker = await startAedes((aedes) => {
      aedes.on("publish", ({ topic, payload }) => { if (topic === "out/stored") arrived.push(payload.toString()); });
    });
  });

  beforeEach(async () => {
    arrived = [];
    folder = await mkdtemp(join(tmpdir(), "modem-mqtt-store-"));
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.02 });
  });

  afterEach(async () => {
    await modem.close();
    await rm(folder, { recursive: true });
  });

  after(() => broker.stop());

  const open = async (highWaterMark = 60_000): Promise<{ client: ModemMQTTClient; stored: (string | null)[] }> => {
    const stored: (string | null)[] = [];
    const client = await connect({
      serial: modem.path, modem: "bc35g", host: "127.0.0.1", port: broker.port, highWaterMark, store: await openStore(folder),
      onClient: (one) => void one.on("stored", (_id, error) => void stored.push(error === null ? null : error.code)),
    });
    return { client, stored };
  };
  const empty = async (client: ModemMQTTClient): Promise<void> => {
    for (const deadline = Date.now() + 100_000; client.queued > 0 && Date.now() < deadline;) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it("are sent by the next client when this one has ended before it could, and then are gone", async () => {
    const { client } = await open();
    modem.fault("link-loss:1");
    await new Promise<void>((resolve) => void client.once("close", () => resolve()));
    const rejected = Promise.all([
      assert.rejects(client.publish("out/stored", "kept", { qos: 1 }), { name: "StateError", code: "KEPT" }),
      assert.rejects(client.publish("out/stored", "zero"), { code: "CLOSED" }),
    ]);
    await client.end(true);
    await rejected;
    const next = await open();
    await empty(next.client);
    assert.deepEqual(arrived, ["kept"]);
    assert.deepEqual(next.stored, [null]);
    await next.client.end();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("are all there, and whole, after kill -9 in the middle of writing", async () => {
    const program = join(root, "dist/test/e2e/storing.mjs");
    await build({
      entryPoints: [join(root, "test/e2e/support/storing.ts")], outfile: program, bundle: true, platform: "node", format: "esm", target: "node20",
      packages: "external", tsconfigRaw: {}, logLevel: "warning",
    });
    const taken: string[] = [];
    for (const mark of ["first", "second", "third"]) {
      const child = spawn(process.execPath, [program, join(folder, "nothing"), folder, mark], { stdio: ["ignore", "pipe", "inherit"] });
      let printed = "";
      await new Promise<void>((resolve) => {
        child.on("close", () => resolve());
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          printed += text;
          // At any moment after so many.
          if (printed.split("\n").length > 20) child.kill("SIGKILL");
        });
      });
      taken.push(...printed.split("\n").slice(0, -1).map((number) => `${mark} ${number}`));
    }
    assert.ok(taken.length >= 60, `${taken.length} were taken`);
    writeFileSync(join(folder, "1.message.123"), "half of one"); // as a process that was ended in the middle may leave it
    const errors: MQTTModemError[] = [];
    const { client } = await open();
    client.on("error", (error) => void errors.push(error));
    await within(empty(client), "not all sent");
    // One may have been stored whose number was not printed any more.
    assert.ok(arrived.length - taken.length <= 3, `${arrived.length} arrived, ${taken.length} were taken`);
    assert.deepEqual(arrived.filter((text) => taken.includes(text)), taken);
    assert.deepEqual(errors, []);
    await client.end();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("that are not whole are left out, told of, and removed", async () => {
    writeFileSync(join(folder, "7.message"), "no record");
    const told: MQTTModemError[] = [];
    const client = await connect({
      serial: modem.path, modem: "bc35g", host: "127.0.0.1", port: broker.port, store: await openStore(folder),
      onClient: (one) => void one.on("error", (error) => void told.push(error)),
    }).catch((error: MQTTModemError) => assert.fail(`not connected: ${error.message}`));
    assert.deepEqual(told.map(({ code }) => code), ["STORE_FAILED"]);
    assert.equal(existsSync(join(folder, "7.message")), false);
    await client.end();
  });

  it("are refused when they are more than highWaterMark", async () => {
    const { client } = await open();
    modem.fault("link-loss:1");
    await new Promise<void>((resolve) => void client.once("close", () => resolve()));
    const kept = Promise.allSettled([1, 2, 3].map((n) => client.publish("out/stored", `${n}`, { qos: 1 })));
    await client.end(true);
    await kept;
    await assert.rejects(open(2), { name: "ArgumentError", message: /the 3 messages that are in the store/ });
  });
});
