import assert from "node:assert/strict";
import { once } from "node:events";
import { connectAsync, type MqttClient } from "mqtt";
import { connect, type ConnectOptions, type ModemMQTTClient } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { pause, within } from "./support/conformance/bench";

describe("connect() with another client's modem", function () {
  let broker: Broker;
  let other: MqttClient;
  let modem: VirtualModem;
  let clients: ModemMQTTClient[];

  const open = async (index: number, options: Partial<ConnectOptions>): Promise<ModemMQTTClient> => {
    const client = await connect({ modem: "nm28", host: "127.0.0.1", port: broker.port, clientId: `device-${index}`, ...options });
    clients.push(client);
    return client;
  };

  before(async () => {
    broker = await startAedes();
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await other.subscribeAsync("out/#", { qos: 2 });
  });

  beforeEach(async () => {
    clients = [];
    modem = await createVirtualModem({ modem: "nm28", attachTime: 0, latencyScale: 0.1 });
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end(true)));
    await modem.close();
  });

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  it("has six of them on one port, with messages to and from each", async () => {
    const first = await open(0, { serial: modem.path });
    await Promise.all([1, 2, 3, 4, 5].map((index) => open(index, { modem: first })));
    const payloads = clients.map((_, index) => Buffer.alloc(2048, String(index)));
    for (const [index, client] of clients.entries()) await client.subscribe(`out/${index}`, { qos: 1 });
    const received = Promise.all(clients.map((client) => once(client, "message")));
    await Promise.all(clients.map((client, index) => client.publish(`out/${index}`, payloads[index], { qos: 1 })));
    assert.deepEqual((await within(received, "not all received")).map(([topic, payload]) => [topic, payload]),
      payloads.map((payload, index) => [`out/${index}`, payload]));
  });

  it("ends one without the others, the first too, and releases the port with the last", async () => {
    const first = await open(0, { serial: modem.path });
    const second = await open(1, { modem: first });
    await within(first.end(), "the first does not end");
    await second.publish("out/x", "still here", { qos: 1 });
    await within(second.end(), "the second does not end");
    // Free again: a new client opens it.
    await (await open(2, { serial: modem.path })).publish("out/x", "x", { qos: 1 });
  });

  it("rejects when the broker refuses one, and the others go on", async () => {
    const first = await open(0, { serial: modem.path });
    modem.fault("connack@1:4");
    await assert.rejects(open(1, { modem: first }), { name: "BrokerError", code: "CONNECTION_REFUSED" });
    await first.publish("out/x", "still here", { qos: 1 });
  });

  it("refuses what cannot be", async () => {
    await assert.rejects(open(0, {}), { name: "ArgumentError", message: /^serial / });
    const first = await open(0, { serial: modem.path });
    await first.end();
    await assert.rejects(open(1, { modem: first }), { name: "StateError" });
  });
});

describe("the events of a client whose modem connects again by itself", function () {

  it("are offline, reconnect and connect, and what is asked for meanwhile waits", async () => {
    const broker = await startAedes();
    const modem = await createVirtualModem({ modem: "m531x", attachTime: 0, latencyScale: 0.05 });
    const client = await connect({ serial: modem.path, modem: "m531x", host: "127.0.0.1", port: broker.port, clientId: "x" });
    const events: string[] = [];
    for (const name of ["offline", "reconnect", "connect", "error", "close"] as const) client.on(name, () => void events.push(name));
    await client.subscribe("in/x", { qos: 1 });
    const lost = once(client, "reconnect");
    modem.fault("refused");
    modem.fault("link-loss:1");
    await within(lost, "not told");
    assert.equal(client.connected, false);
    const message = once(client, "message");
    await within(client.publish("in/x", "it waited", { qos: 1 }), "not published");
    assert.equal(client.connected, true);
    assert.equal((await within(message, "not received"))[1].toString(), "it waited");
    assert.deepEqual(events, ["offline", "reconnect", "connect"]);
    await client.end();
    await pause(0);
    assert.deepEqual(events.slice(3), ["close"]);
    await modem.close();
    await broker.stop();
  });
});
