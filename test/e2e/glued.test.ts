import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type ConnectOptions, type ModemMQTTClient, type MQTTModemError, type Packet } from "modem-mqtt/node";
import { modemMqtt } from "./support/process";
import { FAMILIES, ScriptedModem } from "./support/scripted";

/** The command whose answer means that the broker has accepted the connection, and the one that subscribes. */
const CONNECTS = /^AT\+(QMTCONN|MQTTOPEN|MQTTCONN)=/, SUBSCRIBES = /^AT\+(QMT|MQTT)SUB=/;

/** An NM28 opens with a command of the name that connects an M531X. */
const connects = (name: string) => (name === "nm28" ? /^AT\+MQTTCONN=/ : CONNECTS);

/** Until so many turns of the event loop have gone by: whatever is to be lost is lost by then. */
async function later(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

for (const name of Object.keys(FAMILIES)) describe(`${name}: messages that come in one write with CONNACK or SUBACK`, function () {
  let modem: ScriptedModem;
  let client: ModemMQTTClient | undefined;

  const open = async (options: Partial<ConnectOptions> = {}): Promise<ModemMQTTClient> =>
    (client = await connect({ serial: modem.path, modem: name, host: "h", clientId: "c", clean: false, reconnectPeriod: 0, ...options }));
  const messages = (...payloads: string[]) => payloads.map((payload) => modem.message("t", payload)).join("");

  beforeEach(async () => {
    modem = await ScriptedModem.open(name);
  });
  afterEach(async () => {
    await client?.end(true);
    client = undefined;
    await modem.close();
  });

  it("reach a listener that is added after connect()", async () => {
    modem.glue(connects(name), messages("one", "two"));
    const client = await open();
    await later();
    const seen: string[] = [];
    const three = new Promise<void>((resolve) => client.on("message", (topic, payload) => {
      seen.push(`${topic} ${payload}`);
      if (seen.length === 3) resolve();
    }));
    assert.deepEqual(seen, [], "not within on()");
    modem.say(messages("three"));
    await three;
    assert.deepEqual(seen, ["t one", "t two", "t three"]);
  });

  it("reach one listener after the other that wants one message only", async () => {
    modem.glue(connects(name), messages("one", "two", "three"));
    const client = await open();
    for (const payload of ["one", "two", "three"]) assert.equal(String((await once(client, "message"))[1]), payload);
  });

  it("reach a for await behind subscribe()", async () => {
    const client = await open();
    modem.glue(SUBSCRIBES, messages("one", "two"));
    await client.subscribe("t", { qos: 1 });
    await later();
    const seen: string[] = [];
    for await (const { payload } of client) if (seen.push(String(payload)) === 2) break;
    assert.deepEqual(seen, ["one", "two"]);
  });

  it("reach modem-mqtt sub -c -q 1", async () => {
    modem.glue(connects(name), messages("one", "two"));
    const { status, stdout, stderr } = await modemMqtt(
      ["sub", "--serial", modem.path, "--modem", name, "-h", "h", "-i", "c", "-c", "-q", "1", "-t", "t", "-C", "2", "-W", "20"]);
    assert.equal(stdout.toString(), "one\ntwo\n", stderr);
    assert.equal(status, 0);
  });
});

describe("received messages and the order of an application's calls", function () {
  let modem: ScriptedModem;
  let client: ModemMQTTClient;

  const say = async (...payloads: string[]): Promise<void> => {
    modem.say(payloads.map((payload) => modem.message("t", payload)).join(""));
    // What comes behind them has come when they have.
    await client.subscribe("after");
  };
  const open = async (options: Partial<ConnectOptions> = {}): Promise<void> => {
    client = await connect({ serial: modem.path, modem: "m531x", host: "h", reconnectPeriod: 0, ...options });
  };
  const take = async (iteration: AsyncIterator<Packet>, count: number): Promise<string[]> => {
    const seen: string[] = [];
    while (seen.length < count) seen.push(String((await iteration.next()).value!.payload));
    return seen;
  };

  beforeEach(async () => {
    modem = await ScriptedModem.open("m531x");
  });
  afterEach(async () => {
    await client.end(true);
    await modem.close();
  });

  it("an iteration begins when it is made, not when its first message is asked for", async () => {
    await open();
    client.on("message", () => {});
    const iteration = client[Symbol.asyncIterator]();
    await say("one", "two");
    assert.deepEqual(await take(iteration, 2), ["one", "two"]);
  });

  it("a listener and iterations that come in one tick get all that was held", async () => {
    await open();
    await say("one", "two");
    const seen: string[] = [];
    const first = client[Symbol.asyncIterator](), second = client[Symbol.asyncIterator]();
    client.on("message", (_, payload) => seen.push(String(payload)));
    assert.deepEqual(await take(first, 2), ["one", "two"]);
    assert.deepEqual(await take(second, 2), ["one", "two"]);
    assert.deepEqual(seen, ["one", "two"]);
  });

  it("what comes between one listener and the next is held", async () => {
    await open();
    const seen: string[] = [];
    const listener = (_: string, payload: Buffer): void => void seen.push(String(payload));
    client.on("message", listener);
    await say("one");
    client.off("message", listener);
    await say("two", "three");
    client.prependListener("message", listener);
    await say("four");
    assert.deepEqual(seen, ["one", "two", "three", "four"]);
  });

  it("what an iteration that was left has not given out goes to the next one", async () => {
    await open();
    const left = client[Symbol.asyncIterator]();
    await say("one", "two", "three");
    assert.deepEqual(await take(left, 1), ["one"]);
    await left.return();
    assert.deepEqual(await left.next(), { done: true, value: undefined });
    await say("four");
    for await (const { payload } of client) {
      assert.equal(String(payload), "two");
      break;
    }
    assert.deepEqual(await take(client[Symbol.asyncIterator](), 2), ["three", "four"]);
  });

  it("what two iterations had is given to a third once, and not at all where one of them has given it out", async () => {
    await open();
    const one = client[Symbol.asyncIterator](), two = client[Symbol.asyncIterator]();
    await say("one", "two", "three");
    await take(one, 1);
    await take(two, 2);
    await two.return();
    await one.return();
    assert.deepEqual(await take(client[Symbol.asyncIterator](), 1), ["three"]);
  });

  it("what is held is there after end() too, and then the iteration ends", async () => {
    await open();
    await say("one", "two");
    await client.end();
    const seen: string[] = [];
    for await (const { payload } of client) seen.push(String(payload));
    assert.deepEqual(seen, ["one", "two"]);
    for await (const _ of client) assert.fail("it is all over");
  });

  it("a listener that throws keeps nothing back from the next one", async () => {
    await open();
    await say("one", "two", "three");
    const thrown = new Promise<Error>((resolve) => process.prependOnceListener("uncaughtException", resolve));
    const others = process.listeners("uncaughtException").slice(1);
    for (const other of others) process.off("uncaughtException", other);
    const seen: string[] = [];
    const all = new Promise<void>((resolve) => client.on("message", (_, payload) => {
      seen.push(String(payload));
      if (seen.length === 3) resolve();
      if (seen.length === 1) throw new Error("the listener's");
    }));
    try {
      assert.equal((await thrown).message, "the listener's");
      await all;
    } finally {
      for (const other of others) process.on("uncaughtException", other);
    }
    assert.deepEqual(seen, ["one", "two", "three"]);
  });

  it("the bound is told of, for each message that is dropped, and what is held is the beginning", async () => {
    await open({ heldMessages: 2 });
    const errors: MQTTModemError[] = [];
    client.on("error", (error) => errors.push(error));
    await say("one", "two", "three", "four");
    assert.deepEqual(errors.map(({ code }) => code), ["DROPPED", "DROPPED"]);
    assert.match(errors[0].message, /"t".*heldMessages/);
    const iteration = client[Symbol.asyncIterator]();
    assert.deepEqual(await take(iteration, 2), ["one", "two"]);
    await say("five", "six", "seven");
    assert.equal(errors.length, 3, "the iteration's queue has the same bound");
    assert.deepEqual(await take(iteration, 2), ["five", "six"]);
  });

  it("the bound is told of by a warning of the process where nobody listens to errors", async () => {
    await open({ heldMessages: 1 });
    const warned = once(process, "warning");
    await say("one", "two", "three");
    assert.equal((await warned)[0].code, "DROPPED");
  });

  it("bytes that the modem's buffer does not hold are told of", async () => {
    await open({ modemOptions: { receiveBuffer: 64 } });
    const errors: MQTTModemError[] = [];
    client.on("error", (error) => errors.push(error));
    modem.say(`\r\n+MQTTSTRANGE:${"x".repeat(100)}\r\n`);
    await client.subscribe("after");
    assert.deepEqual(errors.map(({ code }) => code), ["RECEIVE_OVERFLOW"]);
  });
});
