import assert from "node:assert/strict";
import { inspect } from "node:util";
import BC35G from "modem-mqtt/modems/bc35g";
import { connect, type ConnectOptions, type ModemMQTTClient, type MQTTModemError, type Progress, type StageName } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { pause, within } from "./support/conformance/bench";
import { families } from "./support/families";

const PIN = "2468";

// The modem as a device, on Node: options beside `serial`, the progress of attaching, and client.modem.
for (const [name] of families) describe(`${name} as a device, over a pseudo-terminal`, function () {
  let broker: Broker;
  let modem: VirtualModem;
  let clients: ModemMQTTClient[] = [];
  /** What was written to the modem, a command each. */
  let sent: string[];

  const begin = async (options: Partial<VirtualModemOptions>): Promise<void> => {
    modem = await createVirtualModem({ modem: name, attachTime: 0, latencyScale: 0.1, ...options });
  };
  const open = async (options: Partial<ConnectOptions> = {}): Promise<ModemMQTTClient> => {
    sent = [];
    let line = "";
    const client = await connect({
      serial: modem.path, modem: name, host: "127.0.0.1", port: broker.port, clientId: "meter-1", reconnectPeriod: 0,
      trace(direction, bytes) {
        if (direction !== "sent") return;
        const lines = (line + Buffer.from(bytes).toString("latin1")).split("\r");
        line = lines.pop()!;
        sent.push(...lines.map((text) => text.trim()));
      },
      ...options,
      onClient(client) {
        clients.push(client);
        options.onClient?.(client);
      },
    });
    return client;
  };
  const tries = (): string[] => sent.filter((line) => /\+(CPIN|NPIN)=/.test(line));
  const failure = (options: Partial<ConnectOptions> = {}): Promise<MQTTModemError> => open(options).then(() => assert.fail("connected"), (error) => error);

  before(async () => { broker = await startAedes(); });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end(true)));
    clients = [];
    await modem.close();
  });
  after(() => broker.stop());

  it("enters the SIM's PIN, has the radio on, and connects", async () => {
    await begin({ sim: { state: "pin", pin: PIN }, radio: { on: false } });
    const client = await open({ pin: PIN });
    await client.publish("t", "x", { qos: 1 });
    assert.equal(tries().length, 1);
    assert.equal(sent.includes("AT+CFUN=1"), true);
  });

  it("does not try a PIN that was refused a second time, also where it connects again and again, and shows it nowhere", async () => {
    await begin({ sim: { state: "pin", pin: PIN } });
    const codes: string[] = [], wrong = "97531";
    const printed: string[] = [];
    const opening = open({
      pin: wrong, retryFirst: true, reconnectPeriod: 50, retry: { longest: 50, burst: 100 },
      onClient(client) {
        client.on("error", (error) => {
          codes.push(error.code);
          printed.push(JSON.stringify(error), inspect(error, { depth: Infinity, showHidden: true }), inspect(client, { depth: Infinity, showHidden: true }), JSON.stringify(client));
          if (codes.length === 3) void client.end(true);
        });
      },
    });
    await assert.rejects(within(opening, "the attempts"));
    assert.deepEqual(codes, ["PIN_REFUSED", "PIN_REQUIRED", "PIN_REQUIRED"]);
    assert.equal(tries().length, 1, sent.join());
    for (const text of printed) assert.ok(!text.includes(wrong), text);
    assert.equal(JSON.parse(printed[0]).code, "PIN_REFUSED");
  });

  it("cold start: a modem that is starting, with echo, without its radio, with a locked SIM, a network that wants its APN, and that nobody has named", async () => {
    await begin({ start: "booting", bootTime: 500, echo: true, radio: { on: false }, sim: { state: "pin", pin: PIN, busyTime: 300 }, mobile: { apn: "meter.example", searchTime: 1500 } });
    const stages: string[] = [];
    const client = await open({
      modem: "auto", baud: 9600, pin: PIN, apn: "meter.example", setup: [{ command: "AT+NONSENSE", optional: true }],
      onClient: (client) => client.on("stage", (stage) => { if (stages.at(-1) !== stage) stages.push(stage); }),
    });
    await client.publish("t", "x", { qos: 1 });
    assert.deepEqual(stages.slice(-3), ["attaching", "connecting", "online"]);
    assert.equal(tries().length, 1, sent.join());
    assert.equal(sent.filter((line) => line === "AT+NONSENSE").length, 1);
    modem.restart();
    await new Promise<void>((resolve) => client.once("end", resolve)); // reconnectPeriod is 0
  });

  it("without its PIN the SIM is not tried", async () => {
    await begin({ sim: { state: "pin", pin: PIN } });
    const error = await failure();
    assert.equal(error.code, "PIN_REQUIRED");
    assert.deepEqual(tries(), []);
  });

  it("a SIM without tries left for its PIN, one that is not there, and one that has failed", async () => {
    for (const [state, code] of [["puk", "PUK_REQUIRED"], ["absent", "NO_SIM"], ["failure", "SIM_FAILED"]] as const) {
      await begin({ sim: { state } });
      assert.equal((await failure({ pin: PIN })).code, code);
      assert.deepEqual(tries(), []);
      if (state !== "failure") await modem.close();
    }
  });

  it("sets the APN that the network needs", async () => {
    await begin({ mobile: { apn: "meter.example" } });
    const client = await open({ apn: "meter.example" });
    await client.publish("t", "x", { qos: 1 });
    assert.equal(sent.filter((line) => line.includes('"meter.example"')).length, 1);
    await client.end();
    await (await open({ apn: "meter.example" })).end();
    assert.equal(sent.some((line) => line.includes('"meter.example"')), false, "the modem has it already");
  });

  it("says that the network denies the registration, and why", async () => {
    await begin({ mobile: { denied: 8 } });
    const error = await failure();
    assert.equal(error.code, "REGISTRATION_DENIED");
    assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(error))).sort(), ["code", "message", "modemCode", "name"]);
  });

  it("says that there is no coverage, to the promise and to the listener of error", async () => {
    await begin({ mobile: { coverage: false } });
    const heard: MQTTModemError[] = [];
    const error = await failure({ modemOptions: { attachTimeout: 1000 }, onClient: (client) => client.on("error", (error) => heard.push(error)) });
    assert.equal(error.code, "NO_COVERAGE");
    assert.deepEqual(heard, [error]);
  });

  it("tells the progress of attaching, each time as an object of its own", async () => {
    await begin({ mobile: { searchTime: 3_600_000 } });
    const told: [StageName, Progress | null][] = [];
    let searching = 0;
    await open({
      onClient: (client) => client.on("stage", (stage, progress) => {
        told.push([stage, progress]);
        if (progress?.registration === "searching" && ++searching === 2) modem.fault("detach:1"); // attached after 1 ms
      }),
    });
    const attaching = told.filter(([stage, progress]) => stage === "attaching" && progress !== null).map(([, progress]) => progress!);
    assert.ok(attaching.length >= 2, inspect(told));
    assert.equal(new Set(attaching).size, attaching.length);
    for (const { seconds } of attaching) assert.ok(Number.isInteger(seconds) && seconds >= 0);
    assert.deepEqual(Object.keys(attaching[0]).sort(), ["cause", "operator", "registration", "rsrp", "rssi", "seconds"]);
    for (const [stage, progress] of told) if (stage !== "attaching") assert.equal(progress, null, stage);
  });

  it("a signal ends the wait for the network at once, and the port is free again", async () => {
    await begin({ mobile: { searchTime: 3_600_000 } });
    const stop = new AbortController();
    const opening = open({
      signal: stop.signal,
      onClient: (client) => client.on("stage", (stage, progress) => { if (stage === "attaching" && progress !== null) stop.abort(new Error("enough")); }),
    });
    await assert.rejects(within(opening, "the abort"), { message: "enough" });
    modem.fault("detach:1");
    await open();
  });

  it("asks the modem how it is while it is connected, and publishes meanwhile", async () => {
    await begin({});
    const client = await open();
    const publishing = Promise.all(Array.from({ length: 10 }, (_, index) => client.publish("t", String(index), { qos: 1 })));
    const [identity, sim, network, signal, time, supply, lines] = await Promise.all([
      client.modem.identity(), client.modem.sim(), client.modem.network(), client.modem.signal(), client.modem.time(), client.modem.supply(), client.modem.command("AT+CSQ"),
    ]);
    await publishing;
    assert.match(identity.imei!, /^\d{15}$/);
    assert.equal(sim.state, "ready");
    assert.match(sim.iccid!, /^\d{18,20}$/);
    assert.match(sim.imsi!, /^\d{15}$/);
    assert.equal(network.registration, "registered");
    assert.equal(signal.rssi, -67);
    assert.ok(["fair", "good", "excellent"].includes(signal.word), signal.word);
    assert.ok(time === undefined || Math.abs(time.utc - Date.now()) < 60_000, inspect(time));
    assert.ok(supply !== undefined);
    assert.deepEqual(lines, ["+CSQ: 23,99"].map((line) => (lines[0].includes(": ") ? line : line.replace(" ", ""))));
    assert.equal(client.connected, true);
    const { messagesSent, connections, bytesSent, seconds } = client.modem.statistics;
    assert.deepEqual([messagesSent, connections], [10, 1]);
    assert.ok(bytesSent > 100 && seconds.online >= 0);
  });

  it("asks while it is still waiting for the network", async () => {
    await begin({ mobile: { searchTime: 3_600_000 } });
    let asked: Promise<readonly unknown[]> | undefined;
    await open({
      onClient: (client) => client.on("stage", (stage) => {
        if (stage !== "attaching" || asked !== undefined) return;
        asked = Promise.all([client.modem.command("AT+CFUN?"), client.modem.sim()]);
        void asked.then(() => modem.fault("detach:1"));
      }),
    });
    const [functions, { state }] = await asked! as [string[], { state: string }];
    assert.match(functions[0], /^\+CFUN: ?1/);
    assert.equal(state, "ready");
  });

  it("own commands that are refused, that are not the application's, that are aborted, and after the end", async () => {
    await begin({});
    const client = await open();
    await assert.rejects(client.modem.command("AT+NONSENSE"), { name: "ModemError", code: "COMMAND_REFUSED" });
    await assert.rejects(client.modem.command("ATE1"), { name: "ArgumentError", argument: "line" });
    await assert.rejects(client.modem.command("AT+CSQ\rAT+CFUN=0"), { name: "ArgumentError", argument: "line" });
    await assert.rejects(client.modem.command(name === "bc35g" ? "AT+QMTCLOSE=0" : "AT+MQTTDISC"), { name: "ArgumentError", argument: "line" });
    await assert.rejects(client.modem.command("AT", { timeout: 5 }), { name: "ArgumentError", argument: "timeout" });
    await assert.rejects(client.modem.command("AT", { timout: 5000 } as object), { name: "ArgumentError", message: /timeout/ });
    await assert.rejects(client.modem.command("AT", { signal: AbortSignal.abort(new Error("no")) }), { message: "no" });
    const stop = new AbortController();
    const aborted = client.modem.command("AT+CSQ", { signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(aborted, { message: "enough" });
    assert.equal((await client.modem.command("AT+CFUN?")).length, 1, "the aborted command's answer is not this one's");
    await assert.rejects(connect({ modem: client, host: "127.0.0.1", pin: "9753" }), (error: MQTTModemError) => {
      assert.match(error.message, /^pin must be left out where modem is a client: its modem has been told already/);
      return !error.message.includes("9753");
    });
    const late = client.modem.identity();
    late.catch(() => {});
    await client.end(true);
    await assert.rejects(late, { code: "CLOSED" });
    await assert.rejects(client.modem.signal(), { code: "CLOSED" });
  });

  it("a question whose connection is lost is rejected, and statistics go on over connections", async () => {
    await begin({ bootTime: 300 });
    const client = await open({ reconnectPeriod: 50 });
    await client.publish("t", "x", { qos: 1 });
    const before = client.modem.statistics;
    const offline = new Promise<void>((resolve) => client.once("offline", resolve));
    modem.restart();
    const asked = Promise.allSettled([client.modem.command("AT+CSQ"), client.modem.signal(), client.modem.command("AT+CFUN?")]);
    await offline;
    for (const each of await within(asked, "the questions")) {
      assert.equal(each.status, "rejected");
      if (each.status === "rejected") assert.ok(["MODEM_RESTARTED", "OUTCOME_UNKNOWN"].includes(each.reason.code), each.reason.code);
    }
    if (!client.connected) await new Promise<void>((resolve) => client.once("connect", resolve));
    const { connections, messagesSent, bytesSent, failures } = client.modem.statistics;
    assert.equal(connections, 2);
    assert.equal(messagesSent, 1);
    assert.ok(bytesSent > before.bytesSent);
    assert.deepEqual(before.connections, 1, "an object of its own");
    assert.ok(Object.values(failures).reduce((sum, count) => sum + count!, 0) >= 1, inspect(failures));
  });
});

describe("options of the modem as a device", () => {
  let opened = 0;
  let modem: VirtualModem;
  before(async () => { modem = await createVirtualModem({ modem: "bc35g", attachTime: 0 }); });
  after(() => modem.close());

  const refusal = async (options: object): Promise<{ code: string; argument: string; message: string; value: unknown }> => {
    opened = 0;
    const error = await connect({ serial: modem.path, modem: "bc35g", host: "127.0.0.1", trace: () => opened++, ...options } as ConnectOptions).then((client) => client.end(true).then(() => assert.fail("connected")), (error) => error);
    await pause(20);
    assert.equal(opened, 0, "a byte was sent");
    assert.equal(error.name, "ArgumentError", inspect(error));
    return error;
  };

  for (const named of ["bc35g", "auto"]) for (const [options, argument, message] of [
    [{ pin: 1234 }, "pin", /must be a string of 4 to 8 digits; got "a secret"/],
    [{ pin: "12" }, "pin", /4 to 8 digits/],
    [{ apn: "" }, "apn", /must not be empty/],
    [{ apn: null }, "apn", /./],
    [{ apn: { name: "a", usr: "b" } }, "apn.usr", /did you mean apn\.user/],
    [{ apn: { name: "a", password: "s3cret" } }, "apn.user", /must be given/],
    [{ apn: { name: "a", user: "u", password: 5 } }, "apn.password", /./],
    [{ apn: { name: "a", type: "IPV5" } }, "apn.type", /IPV4V6/],
    [{ operator: "Telekom" }, "operator", /MCC and MNC/],
    [{ bands: [] }, "bands", /array of numbers/],
    [{ bands: [0] }, "bands[0]", /from 1 to 256/],
    [{ roaming: "no" }, "roaming", /true or false/],
    [{ radio: 1 }, "radio", /true or false/],
    [{ psm: { active: 10 } }, "psm.periodic", /./],
    [{ psm: true }, "psm", /./],
    [{ psm: { active: 10, periodic: 3600 }, keepalive: 60 }, "keepalive", /seconds: asleep for up to 3600 s \(psm\.periodic\)/],
    [{ edrx: -1 }, "edrx", /seconds/],
    [{ wake: 5 }, "wake", /function/],
    [{ setup: "AT" }, "setup", /array/],
    [{ setup: ["AT+CSQ", "ATE1"] }, "setup[1]", /./],
    [{ setup: [{ command: "AT", optonal: true }] }, "setup[0].optonal", /optional/],
    [{ modemOptions: { apn: "a" } }, "modemOptions.apn", /beside modemOptions/],
    [{ pim: "1234" }, "pim", /did you mean pin/i],
    [{ apnUser: "u" }, "apnUser", /part of apn/],
  ] as const) it(`${named}: ${JSON.stringify(options)} is refused before a byte is sent`, async () => {
    const error = await refusal({ modem: named, ...options });
    assert.equal(error.argument, argument, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /modem\.|12(?!8)|s3cret/);
  });

  it("takes care of the modem where a plain driver of this package is given", async () => {
    const error = await refusal({ modem: BC35G, pin: "no" });
    assert.match(error.message, /4 to 8 digits/);
  });

  it("a driver of your own without care is told which one has it", async () => {
    const error = await refusal({ modem: { ...BC35G }, apn: "a" });
    assert.match(error.message, /^apn needs the driver with care/);
  });
});
