// The life of the connection on BC35-G: versions, sessions, wills, keep-alive, losing the link, restarting.

import assert from "node:assert/strict";
import type { Client } from "aedes";
import { Bench, type BenchOptions, type Broker, ERROR, listen, OK, startBroker } from "./bench";

describe("virtual modem, BC35-G: connection", () => {
  let broker: Broker;
  let bench: Bench;
  let connects: Client[];
  let messages: string[];

  before(async () => {
    broker = await startBroker();
    broker.aedes.on("client", (client) => connects.push(client));
    await broker.aedes.subscribe("#", (packet, done) => {
      if (!packet.topic.startsWith("$SYS")) messages.push(`${packet.topic} ${packet.payload.toString()}`);
      done();
    }, () => undefined);
  });
  beforeEach(() => {
    connects = [];
    messages = [];
  });
  afterEach(() => bench.close());
  after(() => broker.close());

  const start = (options?: BenchOptions): Bench => (bench = new Bench(options));
  const open = async (): Promise<void> =>
    bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
  const message = async (): Promise<string> => {
    for (let tries = 0; tries < 10_000 && messages.length === 0; tries++) await new Promise((done) => setTimeout(done, 5));
    return messages.splice(0).join("; ");
  };

  it("speaks MQTT 3.1 and 3.1.1, as it is set", async () => {
    start();
    for (const version of [3, 4]) {
      await bench.exchange(`AT+QMTCFG="version",0,${version}`, OK);
      await open();
      await bench.exchange('AT+QMTCONN=0,"c"', OK, "\r\n+QMTCONN: 0,0,0\r\n");
      await bench.exchange("AT+QMTCLOSE=0", OK, "\r\n+QMTCLOSE: 0,0\r\n");
    }
    assert.deepEqual(connects.map((client) => (client as unknown as { version: number }).version), [3, 4]);
  });

  it("takes an empty client id where MQTT does", async () => {
    start();
    await open();
    await bench.exchange('AT+QMTCONN=0,""', ERROR);
    await bench.exchange('AT+QMTCFG="version",0,4', OK);
    await bench.exchange('AT+QMTCONN=0,""', OK, "\r\n+QMTCONN: 0,0,0\r\n");
  });

  it("keeps the session when asked to: what came meanwhile is delivered", async () => {
    start();
    await bench.exchange('AT+QMTCFG="session",0,0', OK);
    await bench.connect(broker.port, '"keeper"');
    await bench.exchange('AT+QMTSUB=0,1,"kept",1', OK, "\r\n+QMTSUB: 0,1,0,1\r\n");
    await bench.exchange("AT+QMTDISC=0", OK, "\r\n+QMTDISC: 0,0\r\n", "\r\n+QMTSTAT: 0,5\r\n");
    await new Promise<void>((done) =>
      broker.aedes.publish(
        { cmd: "publish", topic: "kept", payload: "later", qos: 1, retain: false, dup: false },
        () => done(),
      ),
    );
    await open();
    await bench.exchange('AT+QMTCONN=0,"keeper"', OK, "\r\n+QMTCONN: 0,0,0\r\n");
    let said = "";
    while (!/\S\r\n$/.test(said)) {
      await new Promise((done) => setTimeout(done, 5));
      said += bench.drain().toString();
    }
    assert.match(said, /^\r\n\+QMTRECV: 0,\d+,"kept",later\r\n$/);
  });

  it("leaves a will when its power goes, and none when it disconnects", async () => {
    start();
    await bench.exchange('AT+QMTCFG="will",0,1,1,0,"dev-1/state","offline"', OK);
    await bench.connect(broker.port);
    await bench.exchange("AT+QMTDISC=0", OK, "\r\n+QMTDISC: 0,0\r\n", "\r\n+QMTSTAT: 0,5\r\n");
    await open();
    await bench.exchange('AT+QMTCONN=0,"dev-1"', OK, "\r\n+QMTCONN: 0,0,0\r\n");
    assert.deepEqual(messages, []);
    bench.modem.restart();
    assert.equal(await message(), "dev-1/state offline");
    await bench.expect("\r\nREBOOT_CAUSE_APPLICATION_WATCHDOG\r\nNeul \r\nOK\r\n");
    await bench.exchange("AT+QMTCONN?", OK);
    await bench.exchange('AT+QMTCFG="will",0', `\r\n+QMTCFG: "will",0\r\n${OK}`);
  });

  it("keeps the connection alive by itself", async () => {
    let pings = 0;
    broker.aedes.on("ping", () => pings++);
    start();
    await bench.exchange('AT+QMTCFG="keepalive",0,1', OK);
    await bench.connect(broker.port);
    await bench.quiet(6000);
    assert.ok(pings >= 4 && pings <= 6, `${pings} pings in 6 s at a keep-alive of 1 s`);
  });

  it("reports that the broker closed", async () => {
    start();
    await bench.connect(broker.port);
    connects[0].close();
    await bench.expect("\r\n+QMTSTAT: 0,1\r\n");
    await bench.exchange("AT+QMTCONN?", OK);
    await bench.connect(broker.port);
  });

  it("reports a peer that closes instead of answering CONNECT, and one that speaks something else", async () => {
    start();
    for (const answer of ["", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
      const peer = await listen((socket) => socket.once("data", () => socket.end(answer)));
      await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${peer.port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
      await bench.exchange('AT+QMTCONN=0,"c"', OK, "\r\n+QMTCONN: 0,2\r\n", "\r\n+QMTSTAT: 0,1\r\n");
      await peer.close();
    }
  });

  it("drops the older of two clients with one id, as the broker says", async () => {
    start();
    await bench.connect(broker.port, '"same"');
    const other = new Bench();
    await other.connect(broker.port, '"same"');
    await bench.expect("\r\n+QMTSTAT: 0,1\r\n");
    other.close();
  });

  it("loses the link with the network", async () => {
    start();
    await bench.connect(broker.port);
    await bench.exchange("AT+CGACT=0,0", "\r\n+QMTSTAT: 0,7\r\n", OK);
    await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+QMTOPEN: 0,3\r\n");
  });

  it("forgets everything at a restart in the middle of a command", async () => {
    start();
    await bench.connect(broker.port);
    bench.say('AT+QMTPUB=0,1,1,0,"t",5\r');
    await bench.expect("\r\n> ");
    bench.say("he");
    bench.modem.restart("power");
    bench.say("llo");
    await bench.expect("\r\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\r\nNeul \r\nOK\r\n");
    await bench.exchange("AT+CMEE?", `\r\n+CMEE:0\r\n${OK}`);
    await bench.quiet();
  });

  it("does what the variants of disconnecting and closing say", async () => {
    const table: [BenchOptions["variants"], string[], string[]][] = [
      [{ discResult: "absent" }, ["\r\n+QMTSTAT: 0,5\r\n"], [OK, "\r\n+QMTCLOSE: 0,0\r\n"]],
      [{ discStat: "absent" }, ["\r\n+QMTDISC: 0,0\r\n"], [OK, "\r\n+QMTCLOSE: 0,0\r\n"]],
      [{ discResult: "absent", discStat: "absent" }, [], [OK, "\r\n+QMTCLOSE: 0,0\r\n"]],
      [{ closeAfterStat: "failed" }, ["\r\n+QMTDISC: 0,0\r\n", "\r\n+QMTSTAT: 0,5\r\n"], [OK, "\r\n+QMTCLOSE: 0,-1\r\n"]],
      [{ closeAfterStat: "error" }, ["\r\n+QMTDISC: 0,0\r\n", "\r\n+QMTSTAT: 0,5\r\n"], [ERROR]],
    ];
    for (const [variants, disconnected, closed] of table) {
      start({ variants });
      await bench.connect(broker.port);
      await bench.exchange("AT+QMTDISC=0", OK, ...disconnected);
      await bench.quiet(400);
      await bench.exchange("AT+QMTCLOSE=0", ...closed);
      bench.close();
    }
  });

  it("prints strings of the configuration without quotes (variant)", async () => {
    start({ variants: { cfgQuotes: "raw" } });
    await bench.exchange('AT+QMTCFG="aliauth",0,"pk","dn","ds"', OK);
    await bench.exchange('AT+QMTCFG="aliauth",0', `\r\n+QMTCFG: "aliauth",pk,dn,ds\r\n${OK}`);
  });
});
