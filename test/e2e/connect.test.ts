import assert from "node:assert/strict";
import { once } from "node:events";
import { connectAsync, type MqttClient } from "mqtt";
import { connect, type ConnectOptions, type ModemMQTTClient } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { pause } from "./support/conformance/bench";

describe("connect() over a pseudo-terminal, a virtual BC35-G and a broker in process", function () {
  let broker: Broker;
  let modem: VirtualModem;
  let other: MqttClient;
  let clients: ModemMQTTClient[] = [];

  const open = async (options: Partial<ConnectOptions> = {}): Promise<ModemMQTTClient> => {
    const client = await connect({ serial: modem.path, modem: "bc35g", host: "127.0.0.1", port: broker.port, clientId: "meter-1", reconnectPeriod: 0, ...options });
    clients.push(client);
    return client;
  };
  const arrival = (): Promise<[string, string]> =>
    new Promise((resolve) => other.once("message", (topic, payload) => resolve([topic, payload.toString()])));

  before(async () => {
    broker = await startAedes((aedes) => {
      aedes.authenticate = (_client, _user, password, done) =>
        password?.toString() === "wrong" ? done(Object.assign(new Error("refused"), { returnCode: 4 }) as never, null) : done(null, true);
      aedes.authorizeSubscribe = (_client, subscription, done) => done(null, subscription.topic.startsWith("forbidden") ? null : subscription);
    });
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await other.subscribeAsync("out/#", { qos: 2 });
  });

  beforeEach(async () => {
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 });
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end(true)));
    clients = [];
    await modem.close();
  });

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  it('modem: "auto" asks the modem, and tries the usual rates where there is no baud', async () => {
    const client = await open({ modem: "auto" });
    assert.equal(client.carrier.driver.name, "BC35G");
    const arrived = arrival();
    await client.publish("out/auto", "x", { qos: 1 });
    assert.deepEqual(await arrived, ["out/auto", "x"]);
    await client.end();
    await assert.rejects(open({ modem: "auto", modemOptions: { encrypt: true } }), { code: "ARGUMENT_UNKNOWN" });
    const gone = new AbortController();
    const opening = open({ modem: "auto", signal: gone.signal, trace: () => gone.abort(new Error("enough")) });
    await assert.rejects(opening, { message: "enough" });
  });

  it("asks the modem by inquire(), and counts what was nobody's", async () => {
    const client = await open();
    assert.deepEqual(await client.inquire("AT+QMTCONN?"), ["+QMTCONN: 0,3"]);
    await assert.rejects(client.inquire("AT+NRB"), { name: "ArgumentError", code: "ARGUMENT_RANGE" });
    const answers = await Promise.allSettled([client.inquire("AT+QMTOPEN?"), client.inquire("AT+QMTOPEN?")]);
    assert.deepEqual(answers.map((answer) => (answer.status === "fulfilled" ? "answered" : answer.reason.code)), ["answered", "BUSY"]);
    const { unknownLines, strayFinals, overflows, suspects } = client.counters!;
    assert.deepEqual([unknownLines, strayFinals, overflows, suspects], [0, 0, 0, 0]);
    const late = client.inquire("AT+QMTCONN?");
    late.catch(() => {});
    await client.end(true);
    await assert.rejects(late, { code: "CLOSED" });
    await assert.rejects(client.inquire("AT+QMTCONN?"), { code: "CLOSED" });
  });

  for (const qos of [0, 1, 2] as const) {
    it(`publishes and receives at QoS ${qos}`, async () => {
      const client = await open();
      assert.deepEqual(await client.subscribe("in/#", { qos }), [{ topic: "in/#", qos }]);
      const out = arrival();
      await client.publish("out/x", "hello", { qos });
      assert.deepEqual(await out, ["out/x", "hello"]);
      const inbound = once(client, "message");
      await other.publishAsync("in/y", "there", { qos });
      const [topic, payload, packet] = await inbound;
      assert.equal(topic, "in/y");
      assert.ok(Buffer.isBuffer(payload));
      assert.equal(payload.toString(), "there");
      // A BC35-G tells whether there is a packet id, and no more.
      assert.equal(packet.qos, qos === 0 ? 0 : 1);
    });
  }

  it("has five publishes under way and keeps the rest in order", async () => {
    const client = await open();
    const arrived: string[] = [];
    const onMessage = (_topic: string, payload: Buffer): void => void arrived.push(payload.toString());
    other.on("message", onMessage);
    await Promise.all(Array.from({ length: 30 }, (_, index) => client.publish("out/n", String(index), { qos: 1 })));
    while (arrived.length < 30) await pause(5); // the broker acknowledges before it has sent on
    other.off("message", onMessage);
    assert.deepEqual(arrived, Array.from({ length: 30 }, (_, index) => String(index)));
  });

  it("subscribes to more topics than one command takes", async () => {
    const client = await open();
    const topics = Array.from({ length: 7 }, (_, index) => `in/${index}`);
    assert.deepEqual((await client.subscribe(topics)).map(({ topic }) => topic), topics);
    const inbound = once(client, "message");
    await other.publishAsync("in/6", "x");
    assert.equal((await inbound)[0], "in/6");
    await client.unsubscribe(topics);
  });

  it("gives messages to for await, and ends the loop with the client", async () => {
    const client = await open();
    await client.subscribe("in/#");
    const seen: string[] = [];
    const loop = (async () => {
      for await (const { topic, payload } of client) {
        seen.push(`${topic} ${payload}`);
        if (seen.length === 2) await client.end();
      }
    })();
    await other.publishAsync("in/a", "1");
    await other.publishAsync("in/b", "2");
    await loop;
    assert.deepEqual(seen, ["in/a 1", "in/b 2"]);
  });

  it("rejects with the broker's code when the password is wrong, the port free again", async () => {
    await assert.rejects(open({ username: "u", password: "wrong" }), { name: "BrokerError", code: "CONNECTION_REFUSED", modemCode: 4 });
    await open();
  });

  it("rejects when the host cannot be resolved", async () => {
    modem.fault("dns");
    await assert.rejects(open({ host: "broker.example.com" }), { name: "NetworkError", code: "OPEN_FAILED", modemCode: 4 });
  });

  it("rejects a subscription that the broker refuses", async () => {
    const client = await open();
    await assert.rejects(client.subscribe("forbidden/x"), { name: "BrokerError", code: "SUBSCRIPTION_REFUSED", modemCode: 128 });
  });

  it("rejects arguments before a byte is sent, naming the argument, the limit and the value", async () => {
    const client = await open();
    let sent = 0;
    const refuse = async (promise: Promise<unknown>, code: string, pattern: RegExp): Promise<void> => {
      await assert.rejects(promise, (error: any) => {
        assert.equal(error.code, code);
        assert.match(error.message, pattern);
        return true;
      });
    };
    const client2Trace = (): void => void sent++;
    await refuse(connect({ serial: modem.path, modem: "bc35g", host: "a".repeat(101), trace: client2Trace }), "ARGUMENT_LENGTH", /^host must be at most 100 bytes/);
    await refuse(connect({ serial: modem.path, modem: "nope", host: "h", trace: client2Trace }), "ARGUMENT_RANGE", /^modem must be one of bc35g/);
    await refuse(connect({ serial: modem.path, modem: "bc35g", host: "h", port: 0, trace: client2Trace }), "ARGUMENT_RANGE", /^port .* 1 to 65535; got 0/);
    await refuse(client.publish("out/x", Buffer.alloc(1025)), "ARGUMENT_LENGTH", /at most 1024 bytes.*got 1025/);
    await refuse(client.publish("out/#", "x"), "ARGUMENT_WILDCARD", /^topic .*got "out\/#"/);
    await refuse(client.publish('out/"\r\nAT+QMTDISC=0', "x"), "ARGUMENT_CHARACTER", /^topic .*double quote/);
    await refuse(client.subscribe("a/#/b"), "ARGUMENT_WILDCARD", /last level/);
    assert.equal(sent, 0);
    assert.equal(client.connected, true);
  });

  it("fails everything that is under way when the link goes, and says so once", async () => {
    const client = await open();
    modem.fault("drop-in:puback");
    const events: string[] = [];
    for (const name of ["offline", "close", "error"] as const) client.on(name, () => void events.push(name));
    const closed = new Promise<void>((resolve) => client.once("close", resolve));
    const publish = client.publish("out/x", "x", { qos: 1 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    modem.fault("link-loss:1");
    await assert.rejects(publish, { code: "LINK_LOST", modemCode: 1 });
    await closed;
    assert.deepEqual(events, ["offline", "error", "close"]);
    await assert.rejects(client.publish("out/x", "x"), { code: "CLOSED" });
  });

  it("notices that the modem has restarted", async () => {
    const client = await open();
    const error = once(client, "error");
    modem.restart("watchdog");
    assert.equal((await error)[0].code, "MODEM_RESTARTED");
  });

  it("says when no modem answers, within the time given for it", async () => {
    modem.fault("silence:60000");
    await assert.rejects(open({ modemOptions: { bootTimeout: 1500 } }), { name: "ModemError", code: "MODEM_SILENT" });
  });

  it("says when the network is not there, within the time given for it", async () => {
    modem.fault("detach:60000");
    await assert.rejects(open({ modemOptions: { attachTimeout: 3000 } }), { name: "NetworkError", code: "NO_COVERAGE" });
  });

  it("says when the port cannot be opened", async () => {
    await assert.rejects(open({ serial: "/dev/no-such-port" }), { name: "ModemError", code: "PORT_FAILED", message: /no-such-port/ });
  });

  it("gives up when it is aborted", async () => {
    modem.fault("silence:60000");
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 200);
    await assert.rejects(open({ signal: controller.signal }), /enough/);
  });

  it("works with echo on that cannot be switched off, and with \\r\\r\\n line ends", async () => {
    await modem.close();
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, echo: true, variants: { echo: "stuck", lineEnd: "crcrlf" } });
    const client = await open();
    await client.subscribe("in/#");
    const out = arrival();
    await client.publish("out/x", "\r\nOK\r\n+QMTPUB: 0,0,2\r\n");
    assert.deepEqual(await out, ["out/x", "\r\nOK\r\n+QMTPUB: 0,0,2\r\n"]);
    const inbound = once(client, "message");
    await other.publishAsync("in/y", "ends here");
    assert.equal((await inbound)[1].toString(), "ends here");
  });

  it("finds a modem at its factory's rate where the one that was given brings no answer", async () => {
    await modem.close();
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, baud: 9600, strictBaud: true });
    const client = await open({ baud: 115_200, modemOptions: { bootTimeout: 6000 } });
    await client.publish("out/rate", "x", { qos: 1 });
  });

  it("works at 9600 baud", async () => {
    await modem.close();
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, baud: 9600 });
    const client = await open({ baud: 9600 });
    const out = arrival();
    await client.publish("out/x", "x".repeat(1024), { qos: 1 });
    assert.equal((await out)[1].length, 1024);
  });

  it("disconnects in good order: no will", async () => {
    const wills: string[] = [];
    const onMessage = (topic: string): void => void (topic === "out/gone" && wills.push(topic));
    other.on("message", onMessage);
    const will = { topic: "out/gone", payload: "x" };
    await (await open({ will })).end();
    const killed = await open({ will });
    await killed.end(true);
    while (wills.length === 0) await pause(5);
    await pause(100); // for one that should not come
    other.off("message", onMessage);
    assert.deepEqual(wills, ["out/gone"]);
  });
});
