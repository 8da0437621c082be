// The exchanges of the dialect reference, chapter 16.4, byte for byte, against a real broker.

import assert from "node:assert/strict";
import { type BenchOptions, closedPort, ERROR, listen, OK } from "./bench";
import { Nm28Bench, startWatchedBroker, type WatchedBroker } from "./nm28-bench";

describe("virtual modem, NM28: exchanges of the reference", () => {
  let broker: WatchedBroker;
  let bench: Nm28Bench;

  const start = (options?: BenchOptions): Nm28Bench => (bench = new Nm28Bench(options));
  const send = (topic: string, payload: string | Buffer, qos: 0 | 1 = 0): void =>
    broker.aedes.publish(
      { cmd: "publish", topic, payload: Buffer.from(payload), qos, retain: false, dup: false },
      () => undefined,
    );

  before(async () => (broker = await startWatchedBroker()));
  beforeEach(() => void (broker.published.length = 0));
  afterEach(() => bench.close());
  after(() => broker.close());

  it("starts up and connects", async () => {
    start({ echo: true });
    bench.say("ATE0\r");
    await bench.expect("ATE0\r\r\nOK\r\n");
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange('AT+MQTTCFG="version",0,4', OK);
    await bench.exchange('AT+MQTTCFG="pdpcid",0,1', OK);
    await bench.exchange('AT+MQTTCFG="keepalive",0,120', OK);
    await bench.exchange('AT+MQTTCFG="session",0,1', OK);
    await bench.exchange('AT+MQTTCFG="timeout",0,10,3,1', OK);
    await bench.exchange('AT+MQTTCFG="will",0,1,1,0,"dev-1/state","offline"', OK);
    await bench.exchange('AT+MQTTCFG="recv/mode",0,0,1', OK);
    await bench.exchange(`AT+MQTTOPEN=0,"localhost",${broker.port}`, "\r\n+MQTTOPEN:0,0\r\n", OK);
    await bench.exchange("AT+MQTTOPEN?", `\r\n+MQTTOPEN:0,"localhost", ${broker.port}\r\n${OK}`);
    await bench.exchange("AT+MQTTCONN?", `\r\n+MQTTCONN:0,0\r\n${OK}`);
    await bench.exchange('AT+MQTTCONN=0,"dev-1","u1","p1"', "\r\n+MQTTCONN:0,0,0\r\n", OK);
    await bench.exchange("AT+MQTTCONN?", "\r\n+MQTTCONN:0,1\r\n\r\nOK\r\n");
    await bench.quiet();
  });

  it("does S4's own session", async () => {
    start();
    await bench.open(broker.port);
    await bench.done('AT+MQTTCONN=0,"1701491811","15312630","token"', "+MQTTCONN:0,0,0");
    // The platform sends a command that nobody has subscribed to.
    broker.connected.at(-1)!.publish(
      { cmd: "publish", topic: "valve_onoff_cmd", payload: '{"taskId":5,"payload":{"valve_onoff":1}}', qos: 0, retain: false, dup: false },
      () => undefined,
    );
    await bench.expect('\r\n+MQTTRECV:0,1,valve_onoff_cmd,40,{"taskId":5,"payload":{"valve_onoff":1}}\r\n');
    await bench.done('AT+MQTTSUB=0,1,"data_report",1', "+MQTTSUB:0,1,0,1");
    await bench.prompt('0,1,1,1,0,"data_report",16');
    bench.say('{"water_flow":1}');
    // The broker sends it back; which comes first is nobody's promise.
    assert.match((await bench.lines(3)).join("\n"), /^\+MQTTPUBEX:0,1,0\n\+MQTTRECV:0,\d+,data_report,16,\{"water_flow":1\}\nOK$/);
    await bench.done("AT+MQTTDISC=0", "+MQTTDISC:0,0");
    await bench.done("AT+MQTTCLOSE=0", "+MQTTCLOSE:0,0");
    await bench.quiet();
  });

  it("publishes at QoS 0, 1 and 2", async () => {
    await start().online(broker.port);
    await bench.prompt('0,1,0,0,0,"t/a",5');
    bench.say("hello");
    await bench.expect(`\r\n+MQTTPUBEX:0,1,0\r\n${OK}`);
    await bench.prompt('0,2,1,0,0,"t/a",10');
    bench.say('{"t":21.5}');
    await bench.expect(`\r\n+MQTTPUBEX:0,2,0\r\n${OK}`);
    await bench.prompt('0,3,2,1,0,"t/a",3');
    bench.say("bye<1A>");
    await bench.expect(`\r\n+MQTTPUBEX:0,3,0\r\n${OK}`);
    assert.deepEqual(
      broker.published.map(({ topic, payload, qos, retain }) => [topic, payload.toString(), qos, retain]),
      [
        ["t/a", "hello", 0, false],
        ["t/a", '{"t":21.5}', 1, false],
        ["t/a", "bye", 2, true],
      ],
    );
  });

  it("reports message and data point of a publish to OneNET", async () => {
    await start().online(broker.port, 0, '"dev-1","u1","p1"');
    await bench.prompt('0,4,1,0,2,"t/a",10');
    bench.say('{"t":21.5}');
    await bench.expect(`\r\n+MQTTPUBEX:0,4,0,-1\r\n${OK}`);
    assert.deepEqual(broker.published.map(({ topic }) => topic), ["t/a"]);
  });

  const json = '{"on":true,"n":1}';
  const received: [BenchOptions["variants"], string, string | Buffer, string][] = [
    [{}, "0,1", json, `+MQTTRECV:0,1,cmd/dev-1,17,${json}`],
    [{ recvSpace: "session" }, "0,1", json, `+MQTTRECV: 0,1, cmd/dev-1, 17, ${json}`],
    [{ recvSpace: "table" }, "0,1", json, `+MQTTRECV: 0, 1, cmd/dev-1, 17, ${json}`],
    [{ colon: "none", recvSpace: "session" }, "0,1", json, `+MQTTRECV:0,1, cmd/dev-1, 17, ${json}`],
    [{}, "0,0", "hello", "+MQTTRECV:0,1,cmd/dev-1,hello"],
    [{ recvSpace: "session" }, "0,0", "hello", "+MQTTRECV: 0,1, cmd/dev-1, hello"],
    [{}, "1,1", "hello", "+MQTTRECV:0,1"],
    [{}, "1,0", "hello", "+MQTTRECV:0,1"],
    [{ recvTopic: "quoted" }, "0,1", "hello", '+MQTTRECV:0,1,"cmd/dev-1",5,hello'],
    [{ recvId: "zero" }, "0,1", "hello", "+MQTTRECV:0,0,cmd/dev-1,5,hello"],
    [{}, "0,1", "", "+MQTTRECV:0,1,cmd/dev-1,0,"],
    [{}, "0,1", "a\r\nOK\r\n", "+MQTTRECV:0,1,cmd/dev-1,7,a\r\nOK\r\n"],
    // S4's two printed payloads, and the lengths printed with them (D-9).
    [
      { recvSpace: "session", recvLength: "blanks-uncounted" }, "0,1", '{"taskId":41, "payload":{"TESTINT1":10}}',
      '+MQTTRECV: 0,1, cmd/dev-1, 39, {"taskId":41, "payload":{"TESTINT1":10}}',
    ],
    [
      { recvSpace: "session", recvLength: "blanks-uncounted" }, "0,1", '{"taskId":5, "payload":{"valve_onoff":1}}',
      '+MQTTRECV: 0,1, cmd/dev-1, 40, {"taskId":5, "payload":{"valve_onoff":1}}',
    ],
  ];
  for (const [variants, mode, payload, line] of received) {
    it(`receives ${JSON.stringify(line)} in mode ${mode} ${JSON.stringify(variants)}`, async () => {
      await start({ variants }).online(broker.port);
      await bench.exchange(`AT+MQTTCFG="recv/mode",0,${mode}`, OK);
      await bench.done('AT+MQTTSUB=0,1,"cmd/dev-1",0', "+MQTTSUB:0,1,0,0");
      send("cmd/dev-1", payload);
      await bench.expect(`\r\n${line}\r\n`);
    });
  }

  it("tells the packet id of a message at QoS 1", async () => {
    await start().online(broker.port);
    await bench.done('AT+MQTTSUB=0,1,"cmd/dev-1",1', "+MQTTSUB:0,1,0,1");
    broker.connected.at(-1)!.publish(
      { cmd: "publish", topic: "cmd/dev-1", payload: "hello", qos: 1, retain: false, dup: false, messageId: 321 },
      () => undefined,
    );
    const [line] = await bench.lines(1);
    const [, id] = /^\+MQTTRECV:0,(\d+),cmd\/dev-1,5,hello$/.exec(line) ?? [];
    assert.ok(Number(id) > 0, `id ${id}`);
  });

  it("unsubscribes, disconnects, closes", async () => {
    await start().online(broker.port);
    await bench.done('AT+MQTTSUB=0,1,"cmd/dev-1",1', "+MQTTSUB:0,1,0,1");
    await bench.done('AT+MQTTUNS=0,5,"cmd/dev-1"', "+MQTTUNS:0,5,0");
    send("cmd/dev-1", "nobody hears");
    await bench.done("AT+MQTTDISC=0", "+MQTTDISC:0,0");
    await bench.done("AT+MQTTCONN?", "+MQTTCONN:0,0");
    await bench.done("AT+MQTTCLOSE=0", "+MQTTCLOSE:0,0");
    await bench.exchange("AT+MQTTOPEN?", OK);
    await bench.exchange("AT+MQTTCONN?", OK);
    await bench.quiet();
  });

  for (const [ctwingPrefix, prefix] of [["plus", ""], ["at", "AT"]] as const) {
    it(`tells CTWing its version (${ctwingPrefix})`, async () => {
      await start({ variants: { ctwingPrefix }, identity: { firmware: ["v7"] } }).online(broker.port);
      await bench.done("AT+CTWINGPOSTVER=0", `${prefix}+CTWINGPOSTVER:0`);
      const [report] = broker.published;
      assert.equal(report.topic, "/ota/inform");
      assert.deepEqual(JSON.parse(report.payload.toString()), { taskId: -1, params: { version: "v7", module: "MODEM" } });
      send("/ota/upgrade", "{}");
      await bench.expect("\r\n+MQTTRECV:0,1,/ota/upgrade,2,{}\r\n");
    });
  }

  it("does not tell CTWing anything without an answer, or a connection", async () => {
    start();
    await bench.exchange("AT+CTWINGPOSTVER=0", ERROR);
    for (const packet of ["puback", "suback"]) {
      await bench.online(broker.port);
      bench.modem.fault(`drop-in:${packet},0`);
      await bench.exchange("AT+CTWINGPOSTVER=0", "\r\n+CTWINGPOSTVER:-1\r\n", ERROR);
      bench.modem.clearFaults();
      await bench.exchange("AT+MQTTCLOSE=0", "\r\n+MQTTCLOSE:0,0\r\n", OK);
    }
    await bench.online(broker.port);
    bench.modem.fault("suback");
    await bench.exchange("AT+CTWINGPOSTVER=0", "\r\n+CTWINGPOSTVER:-1\r\n", ERROR);
  });

  it("fails to open: name, peer, parameter, in use, no network", async () => {
    start();
    // A label longer than 63 bytes is no name: the resolver says so without asking anybody.
    await bench.exchange(`AT+MQTTOPEN=0,"${"x".repeat(64)}.invalid",1883`, "\r\n+MQTTOPEN:0,4\r\n", ERROR);
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${await closedPort()}`, "\r\n+MQTTOPEN:0,5\r\n", ERROR);
    await bench.exchange('AT+MQTTOPEN=0,"127.0.0.1",0', "\r\n+MQTTOPEN:0,1\r\n", ERROR);
    await bench.exchange('AT+MQTTOPEN=0,"",1883', "\r\n+MQTTOPEN:0,1\r\n", ERROR);
    await bench.open(broker.port);
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, "\r\n+MQTTOPEN:0,2\r\n", ERROR);
    await bench.exchange("AT+CGATT=0", OK);
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, "\r\n+MQTTOPEN:0,3\r\n", ERROR);
  });

  it("is refused for a wrong password", async () => {
    await start().open(broker.port);
    await bench.done('AT+MQTTCONN=0,"dev-1","u1","wrong"', "+MQTTCONN:0,0,4");
    await bench.done("AT+MQTTCONN?", "+MQTTCONN:0,0");
    // The TCP connection is gone: the way on is MQTTOPEN.
    await bench.exchange('AT+MQTTCONN=0,"dev-1","",""', ERROR);
    await bench.online(broker.port);
  });

  it("sends CONNECT again, then gives up", async () => {
    start();
    const silent = await listen(() => undefined);
    await bench.exchange('AT+MQTTCFG="timeout",0,1,1,1', OK);
    await bench.open(silent.port);
    await bench.exchange('AT+MQTTCONN=0,"dev-1","u1","p1"', "\r\n+MQTTCONN:0,1\r\n", "\r\n+MQTTCONN:0,2\r\n", ERROR);
    await bench.done("AT+MQTTCONN?", "+MQTTCONN:0,0");
    await bench.quiet();
    await silent.close();
  });

  it("fails for a peer that closes instead of answering CONNECT, and one that speaks something else", async () => {
    start();
    for (const answer of ["", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
      const peer = await listen((socket) => socket.once("data", () => socket.end(answer)));
      await bench.open(peer.port);
      await bench.exchange('AT+MQTTCONN=0,"c","",""', "\r\n+MQTTCONN:0,2\r\n", ERROR);
      await peer.close();
    }
  });

  it("is refused a subscription", async () => {
    await start().online(broker.port);
    await bench.done('AT+MQTTSUB=0,6,"forbidden/#",1', "+MQTTSUB:0,6,0,128");
  });

  it("fails to publish data that are too long", async () => {
    await start().online(broker.port);
    await bench.prompt('0,7,1,0,0,"t/a",5');
    bench.say("hello\r\n");
    await bench.expect(`\r\n+MQTTPUBEX:0,7,-1\r\n${ERROR}`);
    await bench.exchange('AT+MQTTPUBEX=0,8,1,0,0,"t/a",4096', ERROR);
    assert.deepEqual(broker.published, []);
    // The connection is as it was.
    await bench.prompt('0,9,1,0,0,"t/a",5');
    bench.say("hello");
    await bench.expect(`\r\n+MQTTPUBEX:0,9,0\r\n${OK}`);
  });

  it("says nothing of a lost link until it is asked", async () => {
    await start().online(broker.port);
    broker.connected.at(-1)!.close();
    await bench.quiet(1000);
    await bench.exchange("AT+MQTTCONN?", "\r\n+MQTTCONN:0,0\r\n\r\nOK\r\n");
    await bench.exchange("AT+MQTTOPEN?", OK);
    await bench.done("AT+MQTTCLOSE=0", "+MQTTCLOSE:0,0");
    await bench.online(broker.port);
  });
});
