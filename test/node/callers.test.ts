// Callers who make mistakes are told so, in their own words, before the port is opened.

import assert from "node:assert/strict";
import { once } from "node:events";
import { inspect } from "node:util";
import { connect, connectAsync, findBaud, findModem, MQTTModemError, readModemInfo, type ModemMQTTClient } from "modem-mqtt/node";
import { createVirtualModem } from "modem-mqtt/virtual-modem";
import { ScriptedModem } from "../e2e/support/scripted";

/** There is no such port: what gets so far as to open it fails with PORT_FAILED. */
const NOWHERE = "/nonexistent/tty";
const GOOD = { serial: NOWHERE, modem: "bc35g", host: "broker.example", reconnectPeriod: 0 };

async function refusal(options: any): Promise<any> {
  const error: any = await connect(options).then(() => assert.fail("it connects"), (error: unknown) => error);
  assert.ok(error instanceof MQTTModemError, `${error}`);
  return error;
}

async function refuses(options: object, argument: string, code: string, message: RegExp): Promise<void> {
  const error = await refusal({ ...GOOD, ...options });
  assert.deepEqual([error.argument, error.code], [argument, code], error.message);
  assert.match(error.message, message);
}

describe("connect(): what is not known is refused", () => {
  const table: [options: object, argument: string, message: RegExp][] = [
    [{ clientid: "x" }, "clientid", /did you mean clientId\?$/],
    [{ resubscrib: false }, "resubscrib", /did you mean resubscribe\?$/],
    [{ pasword: "secret" }, "pasword", /^pasword is not known; did you mean password\?$/],
    [{ keepAlive: 60_000 }, "keepAlive", /keepalive here, in seconds/],
    [{ retry: { escalat: 5 } }, "retry.escalat", /did you mean retry\.escalate\?$/],
    [{ will: { topic: "t", payload: "", retained: true } }, "will.retained", /did you mean will\.retain\?$/],
    [{ will: { topic: "t", payload: "", properties: {} } }, "will.properties", /MQTT 5/],
    [{ modemOptions: { payloadEncodin: "hex" } }, "modemOptions.payloadEncodin", /did you mean modemOptions\.payloadEncoding\?$/],
    [{ modemOptions: { tls: true } }, "modemOptions.tls", /a bc35g has none/],
    [{ modemOptions: { encrypt: true } }, "modemOptions.encrypt", /a bc35g has none/],
    [{ modemOptions: { io: 1 } }, "modemOptions.io", /beside modemOptions/],
    [{ modemOptions: { limits: { payloads: 5 } } }, "modemOptions.limits.payloads", /did you mean modemOptions\.limits\.payload\?$/],
    [{ modemOptions: { alibaba: { productKeys: "x" } } }, "modemOptions.alibaba.productKeys", /did you mean modemOptions\.alibaba\.productKey\?$/],
    [{ limits: { payload: -5 } }, "limits", /modemOptions: \{ limits \}/],
    [{ payloadEncoding: "hex" }, "payloadEncoding", /modemOptions: \{ payloadEncoding \}/],
    [{ properties: {} }, "properties", /MQTT 5/],
    [{ baudRate: 9600 }, "baudRate", /it is baud/],
    [{ hostname: "h" }, "hostname", /is host/],
    [JSON.parse('{ "__proto__": 1 }'), "__proto__", /not known/],
    [{ toString: "x" }, "toString", /not known/],
    ...["ca", "cert", "key", "rejectUnauthorized"].map((name): [object, string, RegExp] => [{ [name]: "x" }, name, /TLS is made by the modem/]),
  ];
  for (const [options, argument, message] of table) it(`${argument}: ${message.source}`, () => refuses(Object.assign(Object.create(null), options), argument, "ARGUMENT_UNKNOWN", message));

  for (const protocol of ["mqtts", "ssl", "wss", "ws", "tls", "MQTT", ""])
    it(`protocol ${JSON.stringify(protocol)} does not connect in clear text`, () => refuses({ protocol, password: "p", username: "u" }, "protocol", "ARGUMENT_RANGE", /TLS/));

  it("what is undefined is as good as left out, and MQTT.js's protocol and versions are taken", async () => {
    for (const protocolVersion of [undefined, 3, 4])
      assert.equal((await refusal({ ...GOOD, ca: undefined, will: undefined, protocol: "mqtt", protocolVersion })).code, "PORT_FAILED");
  });

  it("those who look for a modem, and who make a virtual one, are told too", async () => {
    for (const find of [findModem, findBaud, readModemInfo]) {
      await assert.rejects(find({ serial: NOWHERE, bootTimout: 1 } as never), { code: "ARGUMENT_UNKNOWN", message: /did you mean bootTimeout\?/ });
      for (const options of [undefined, null, "x", {}, { serial: "" }, { serial: NOWHERE, baud: "9600" }]) await assert.rejects(find(options as never), { name: "ArgumentError" });
    }
    await assert.rejects(createVirtualModem({ modem: "bc35g", attachTme: 0 } as never), { code: "BAD_OPTION", message: /attachTme.*did you mean attachTime\?/ });
    await assert.rejects(createVirtualModem({ modem: "bc35g", identity: { imie: "1" } } as never), { code: "BAD_OPTION", message: /did you mean identity\.imei\?/ });
    for (const options of [undefined, null, "bc35g"]) await assert.rejects(createVirtualModem(options as never), { code: "BAD_OPTION" });
  });
});

describe("connect(): what is wrong is told in the caller's words", () => {
  const table: [options: object, argument: string, code: string, message: RegExp][] = [
    [{ modem: undefined }, "modem", "ARGUMENT_TYPE", /name of a modem/],
    [{ modem: "bc35" }, "modem", "ARGUMENT_RANGE", /bc35g/],
    [{ modem: class {} }, "modem", "ARGUMENT_TYPE", /driver class/],
    [{ host: undefined }, "host", "ARGUMENT_TYPE", /broker's name/],
    [{ host: "mqtt://broker.example" }, "host", "ARGUMENT_CHARACTER", /not a URL/],
    [{ host: "broker.example:1883" }, "host", "ARGUMENT_CHARACTER", /port has an option of its own/],
    [{ host: "a b" }, "host", "ARGUMENT_CHARACTER", /blanks/],
    [{ host: " " }, "host", "ARGUMENT_CHARACTER", /blanks/],
    [{ password: "p" }, "username", "ARGUMENT_TYPE", /no password without a user name/],
    [{ password: new Uint8Array([1]), username: "" }, "username", "ARGUMENT_LENGTH", /no password without a user name/],
    [{ keepalive: 1.5 }, "keepalive", "ARGUMENT_RANGE", /whole seconds/],
    [{ keepalive: 120_000 }, "keepalive", "ARGUMENT_RANGE", /^keepalive must be whole seconds from 0 to 65535; got 120000$/],
    [{ highWaterMark: 1e6 }, "highWaterMark", "ARGUMENT_RANGE", /from 1 to 65534/],
    [{ highWaterMark: 1.5 }, "highWaterMark", "ARGUMENT_RANGE", /integer/],
    [{ queueBytes: 0 }, "queueBytes", "ARGUMENT_RANGE", /from 1/],
    [{ heldMessages: 2.5 }, "heldMessages", "ARGUMENT_RANGE", /integer/],
    [{ retry: [] }, "retry", "ARGUMENT_TYPE", /got an object \(Array\)/],
    [{ baud: "9600" }, "baud", "ARGUMENT_TYPE", /number; got "9600"/],
    [{ serial: "" }, "serial", "ARGUMENT_LENGTH", /empty/],
    [{ serial: undefined }, "serial", "ARGUMENT_TYPE", /path of a serial port/],
    [{ store: {} }, "store", "ARGUMENT_TYPE", /openStore/],
    [{ modemOptions: { limits: { payload: -5 } } }, "modemOptions.limits.payload", "ARGUMENT_RANGE", /integer from 1/],
    [{ keepalive: 5000 }, "keepalive", "ARGUMENT_RANGE", /^keepalive must be from 0 to 3600 seconds; got 5000$/],
    [{ modem: "nm28", keepalive: 5 }, "keepalive", "ARGUMENT_RANGE", /^keepalive must be from 10 to 290 seconds; got 5$/],
    [{ modem: "ml302", keepalive: 5 }, "keepalive", "ARGUMENT_RANGE", /^keepalive must be more than modemOptions\.ackTimeout, which is 10 s; got 5$/],
    [{ clean: false }, "clientId", "ARGUMENT_TYPE", /clean is false/],
    [{ clean: false, clientId: "" }, "clientId", "ARGUMENT_LENGTH", /clean is false/],
    [{ clientId: "x".repeat(1000) }, "clientId", "ARGUMENT_LENGTH", /^clientId/],
    [{ username: 'x"' }, "username", "ARGUMENT_CHARACTER", /^username/],
    [{ will: { topic: "t", payload: "x".repeat(5000) } }, "will.payload", "ARGUMENT_LENGTH", /^will\.payload/],
    [{ will: { topic: "t", payload: "", qos: 3 } }, "will.qos", "ARGUMENT_RANGE", /^will\.qos/],
    [{ will: { payload: "x" } }, "will.topic", "ARGUMENT_TYPE", /^will\.topic/],
    [{ protocolVersion: 5 }, "protocolVersion", "ARGUMENT_RANGE", /3.*4/],
    [{ modem: "m531x", protocolVersion: 3 }, "protocolVersion", "ARGUMENT_RANGE", /must be 4 for this modem/],
    [{ highWaterMark: 0 }, "highWaterMark", "ARGUMENT_RANGE", /from 1 to/],
    [{ modemOptions: { packetTimeout: 0 } }, "modemOptions.packetTimeout", "ARGUMENT_RANGE", /^modemOptions\.packetTimeout/],
    [{ signal: {} }, "signal", "ARGUMENT_TYPE", /AbortSignal/],
  ];
  for (const [options, argument, code, message] of table) it(`${argument} ${code} ${message.source}`, () => refuses(options, argument, code, message));

  it("without anything, or with a URL in MQTT.js's manner", async () => {
    for (const options of [undefined, null, "mqtt://broker.example", 5, []]) assert.deepEqual([(await refusal(options)).name, (await refusal(options)).argument], ["ArgumentError", "options"]);
    assert.match((await refusal([])).message, /got an object \(Array\)$/);
    assert.equal(connectAsync, connect);
  });

  it("whatever the type of any option: only this package's errors, and none after the port is opened", async function () {
    const names = ["serial", "baud", "modem", "modemOptions", "host", "port", "clientId", "username", "password", "protocol", "protocolVersion", "keepalive", "clean", "will",
      "reconnectPeriod", "retryFirst", "refusedPeriod", "retry", "reset", "connectTimeout", "resubscribe", "queueQoSZero", "highWaterMark", "queueBytes", "queuePolicy",
      "heldMessages", "store", "subscriptions", "trace", "signal", "onClient"];
    const nested: Record<string, string[]> = {
      will: ["topic", "payload", "qos", "retain"], retry: ["first", "longest", "jitter", "burst", "every", "refused", "initially", "timeout", "escalate", "lasting"],
      modemOptions: ["receiveBuffer", "bootTimeout", "attachTimeout", "limits", "payloadEncoding", "pollInterval", "packetTimeout", "retries", "alibaba", "tencent", "receiving", "payloadQuotes"],
    };
    const good: Record<string, object> = { will: { topic: "t", payload: "" }, retry: {}, modemOptions: {} };
    const values = [null, true, 0, -1, 1.5, NaN, Infinity, 1e300, "", "x", [], {}, [1], () => {}, Symbol("x"), 5n, new Date(0), Object.create(null)];
    for (const name of names) for (const value of values) {
      const error = await refusal({ ...GOOD, username: "u", [name]: value });
      // What happens to be good goes on to the port.
      assert.ok(error.name === "ArgumentError" ? String(error.argument).startsWith(name) || (name === "clean") : ["PORT_FAILED", ...(name === "connectTimeout" ? ["OPEN_FAILED"] : [])].includes(error.code), `${name}: ${inspect(value)}: ${error.message}`);
    }
    for (const [outer, inners] of Object.entries(nested)) for (const inner of inners) for (const value of values) {
      const error = await refusal({ ...GOOD, [outer]: { ...good[outer], [inner]: value } });
      assert.ok(error.name === "ArgumentError" ? error.argument.startsWith(`${outer}.${inner}`) : error.code === "PORT_FAILED", `${outer}.${inner}: ${inspect(value)}: ${error.argument}: ${error.message}`);
    }
  });
});

describe("a client of connect(): callers who make mistakes are told so", function () {
  let modem: ScriptedModem;
  let client: ModemMQTTClient;

  before(async () => {
    modem = await ScriptedModem.open("bc35g");
    client = await connect({ serial: modem.path, modem: "bc35g", host: "h", reconnectPeriod: 0 });
  });
  after(async () => {
    await client.end();
    await modem.close();
  });

  it("an operation's options and arguments, by their own names", async () => {
    const call = client as any;
    const table: [promise: Promise<unknown>, argument: string, code: string][] = [
      [call.publish("t", "m", { qoss: 1 }), "qoss", "ARGUMENT_UNKNOWN"], [call.publish("t", "m", { QoS: 1 }), "QoS", "ARGUMENT_UNKNOWN"],
      [call.publish("t", "m", { properties: {} }), "properties", "ARGUMENT_UNKNOWN"], [call.publish("t", "m", { dup: true }), "dup", "ARGUMENT_RANGE"],
      [call.publish("t", "m", { qos: "1" }), "qos", "ARGUMENT_TYPE"], [call.publish("t", "m", { retain: 1 }), "retain", "ARGUMENT_TYPE"], [call.publish("t", "m", "x"), "options", "ARGUMENT_TYPE"],
      [call.publish("t", 21.5), "payload", "ARGUMENT_TYPE"], [call.publish("t", null), "payload", "ARGUMENT_TYPE"], [call.publish("t", "x".repeat(5000)), "payload", "ARGUMENT_LENGTH"],
      [call.publish("a/#", "m"), "topic", "ARGUMENT_WILDCARD"], [call.publish(undefined, "m"), "topic", "ARGUMENT_TYPE"], [call.publish("", "m"), "topic", "ARGUMENT_LENGTH"],
      [call.publish("t", "m", { signal: {} }), "signal", "ARGUMENT_TYPE"],
      [call.subscribe("a#"), "topic", "ARGUMENT_WILDCARD"], [call.subscribe(["a", "a#"]), "topics[1]", "ARGUMENT_WILDCARD"], [call.subscribe(), "topic", "ARGUMENT_TYPE"], [call.subscribe([]), "topics", "ARGUMENT_LENGTH"],
      [call.subscribe(["a", 5]), "topics[1]", "ARGUMENT_TYPE"], [call.subscribe("a", { qos: 3 }), "qos", "ARGUMENT_RANGE"], [call.subscribe("a", { Qos: 1 }), "Qos", "ARGUMENT_UNKNOWN"],
      [call.subscribe({ a: { qos: 5 } }), 'topics["a"].qos', "ARGUMENT_RANGE"], [call.subscribe({ a: 1 }), 'topics["a"]', "ARGUMENT_TYPE"], [call.subscribe({ a: { nl: true } }), 'topics["a"].nl', "ARGUMENT_UNKNOWN"],
      [call.unsubscribe("a", { qos: 1 }), "qos", "ARGUMENT_UNKNOWN"], [call.unsubscribe(5), "topic", "ARGUMENT_TYPE"],
      [call.end("now"), "force", "ARGUMENT_TYPE"],
      [call.publish("t", "m", {}, "x"), "callback", "ARGUMENT_TYPE"], [call.subscribe("t", {}, 5), "callback", "ARGUMENT_TYPE"], [call.unsubscribe("t", {}, {}), "callback", "ARGUMENT_TYPE"], [call.end(false, { reasonCode: 1 }), "reasonCode", "ARGUMENT_UNKNOWN"],
    ];
    for (const [promise, argument, code] of table) {
      const error = await promise.then(() => assert.fail(`${argument} is taken`), (error: any) => error);
      assert.deepEqual([error.argument, error.code], [argument, code], error.message);
    }
    assert.ok(client.connected);
  });

  it("MQTT.js's callbacks are called, and what fails is no unhandled rejection then", async () => {
    const call = client as any;
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", listener);
    const called = (start: (callback: (...values: unknown[]) => void) => void): Promise<any[]> => new Promise((resolve) => start((...values) => resolve(values)));
    const [none, packet] = await called((callback) => call.publish("t", "m", callback));
    assert.equal(none, null);
    assert.deepEqual([packet.topic, String(packet.payload)], ["t", "m"]);
    assert.equal((await called((callback) => call.publish("t", "m", { qos: 1, retain: true, dup: false }, callback)))[1].qos, 1);
    assert.deepEqual(await called((callback) => call.subscribe("t", callback)), [null, [{ topic: "t", qos: 0 }]]);
    assert.deepEqual(await called((callback) => call.subscribe(["t"], { qos: 1 }, callback)), [null, [{ topic: "t", qos: 1 }]]);
    assert.equal((await called((callback) => call.unsubscribe("t", callback)))[0], null);
    for (const start of [
      (callback: any) => call.publish("#", "m", callback), (callback: any) => call.publish("#", "m", {}, callback), (callback: any) => call.subscribe("a#", callback),
      (callback: any) => call.subscribe("a#", { qos: 0 }, callback), (callback: any) => call.unsubscribe("a#", {}, callback),
    ]) assert.equal((await called(start))[0].code, "ARGUMENT_WILDCARD");
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", listener);
    assert.deepEqual(unhandled, []);
  });

  it("publishAsync, subscribeAsync, unsubscribeAsync and endAsync are the same under MQTT.js's other names", async () => {
    assert.deepEqual(await client.subscribeAsync("t"), [{ topic: "t", qos: 0 }]);
    await client.publishAsync("t", "m", { qos: 1 });
    await client.unsubscribeAsync("t");
    const other = await ScriptedModem.open("bc35g");
    await (await connect({ serial: other.path, modem: "bc35g", host: "h" })).endAsync();
    await other.close();
  });

  for (const args of [[], [false], [false, {}], [{}], [true], [null, null]])
    it(`end(${[...args.map((arg) => JSON.stringify(arg)), "callback"].join(", ")}) calls back`, async () => {
      const other = await ScriptedModem.open("bc35g");
      const ending = await connect({ serial: other.path, modem: "bc35g", host: "h" });
      assert.equal(await new Promise((resolve) => (ending.end as any)(...args, resolve)), null);
      await other.close();
    });
});

describe("what the application's functions throw is the process's uncaught exception, and the client goes on", function () {
  let modem: ScriptedModem;

  beforeEach(async () => {
    modem = await ScriptedModem.open("m531x");
  });
  afterEach(() => modem.close());

  /** What is thrown where nobody catches it, while `work` is done. */
  async function uncaught(work: () => Promise<void>): Promise<string[]> {
    const others = process.listeners("uncaughtException"), seen: string[] = [];
    const listener = (error: Error): void => void seen.push(error.message);
    for (const other of others) process.off("uncaughtException", other);
    process.on("uncaughtException", listener);
    try {
      await work();
    } finally {
      process.off("uncaughtException", listener);
      for (const other of others) process.on("uncaughtException", other);
    }
    return seen;
  }
  const failOnce = (): (() => void) => {
    let failed = false;
    return () => {
      if (failed) return;
      failed = true;
      throw new Error("the application's");
    };
  };

  for (const event of ["connect", "message", "stage", "state", "close", "end"] as const) it(`a listener of ${event}`, async () => {
    const thrown = await uncaught(async () => {
      const client = await connect({ serial: modem.path, modem: "m531x", host: "h", onClient: (client) => void client.on(event, failOnce()) });
      const received = new Promise((resolve) => client.once("message", resolve));
      modem.say(modem.message("t", "one"));
      await received;
      await client.publish("t", "m", { qos: 1 });
      await client.end();
    });
    assert.deepEqual(thrown, ["the application's"]);
  });

  it("trace", async () => {
    const fails = { sent: failOnce(), received: failOnce() };
    const thrown = await uncaught(async () => {
      const client = await connect({ serial: modem.path, modem: "m531x", host: "h", trace: (direction) => fails[direction]() });
      await client.publish("t", "m", { qos: 1 });
      await client.end();
    });
    assert.deepEqual(thrown, ["the application's", "the application's"]);
  });

  it("the callback of an operation", async () => {
    const thrown = await uncaught(async () => {
      const client = await connect({ serial: modem.path, modem: "m531x", host: "h" });
      await client.publish("t", "m", { qos: 1 }, failOnce());
      await client.publish("t", "m", { qos: 1 });
      await client.end();
    });
    assert.deepEqual(thrown, ["the application's"]);
  });
});

describe("connect() leaves nothing running", function () {
  let modem: ScriptedModem;

  const open = (options: object): Promise<ModemMQTTClient> => connect({ serial: modem.path, modem: "bc35g", host: "h", ...options });
  const free = async (): Promise<void> => {
    const commands = modem.commands.length;
    await (await open({})).end();
    assert.ok(modem.commands.length > commands);
  };

  beforeEach(async () => {
    modem = await ScriptedModem.open("bc35g");
  });
  afterEach(() => modem.close());

  it("when onClient throws", async () => {
    let client: ModemMQTTClient | undefined;
    await assert.rejects(open({ onClient: (made: ModemMQTTClient) => { client = made; throw new Error("the application's"); } }), { message: "the application's" });
    assert.ok(client!.ended);
    await free();
  });

  it("when the signal is aborted before the call, in its tick, or while the driver is loaded", async () => {
    const reason = new Error("enough");
    const before = new AbortController();
    before.abort(reason);
    await assert.rejects(open({ signal: before.signal }), reason);
    const within = new AbortController();
    const connecting = open({ signal: within.signal });
    within.abort(reason);
    await assert.rejects(connecting, reason);
    assert.deepEqual(modem.commands, []);
    await free();
  });

  it("when the signal is aborted by onClient, or later", async () => {
    const reason = new Error("enough");
    for (const later of [(abort: () => void) => abort(), (abort: () => void) => void setImmediate(abort), (abort: () => void) => void process.nextTick(abort)]) {
      const controller = new AbortController();
      await assert.rejects(open({ signal: controller.signal, onClient: () => later(() => controller.abort(reason)) }), reason);
    }
    await free();
  });

  it("and in the state online, connected is true", async () => {
    const seen: [string, boolean][] = [];
    const client = await open({ onClient: (client: ModemMQTTClient) => client.on("state", (state) => seen.push([state, client.connected])) });
    assert.deepEqual(seen.filter(([state]) => state === "online"), [["online", true]]);
    const closed = once(client, "close");
    await client.end();
    await closed;
    assert.deepEqual(seen.at(-1), ["closed", false]);
  });
});
