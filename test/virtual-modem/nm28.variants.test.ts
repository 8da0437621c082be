// What other firmware of the NM28 may do: every variant that is not shown beside its exchange.

import assert from "node:assert/strict";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import type { Nm28Variants } from "../../hosts/virtual-modem/families/nm28/variants";
import { type BenchOptions, closedPort, ERROR, OK } from "./bench";
import { Nm28Bench, startWatchedBroker, type WatchedBroker } from "./nm28-bench";

describe("virtual modem, NM28: variants", () => {
  let broker: WatchedBroker;
  let bench: Nm28Bench;
  before(async () => (broker = await startWatchedBroker()));
  beforeEach(() => void (broker.published.length = 0));
  afterEach(() => bench.close());
  after(() => broker.close());

  const start = (variants: Nm28Variants & BenchOptions["variants"]): Nm28Bench => (bench = new Nm28Bench({ variants }));

  it("answers OK first (resultOrder)", async () => {
    start({ resultOrder: "after" });
    const refused = await closedPort();
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${refused}`, OK, "\r\n+MQTTOPEN:0,5\r\n");
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+MQTTOPEN:0,0\r\n");
    await bench.exchange('AT+MQTTCONN=0,"c","",""', OK, "\r\n+MQTTCONN:0,0,0\r\n");
    await bench.exchange('AT+MQTTSUB=0,1,"a",1', OK, "\r\n+MQTTSUB:0,1,0,1\r\n");
    await bench.prompt('0,2,1,0,0,"t",1');
    bench.say("x");
    await bench.expect(`${OK}\r\n+MQTTPUBEX:0,2,0\r\n`);
    await bench.prompt('0,2,1,0,0,"t",1');
    bench.say("x\r\n");
    await bench.expect(`${OK}\r\n+MQTTPUBEX:0,2,-1\r\n`);
    await bench.exchange('AT+MQTTUNS=0,3,"a"', OK, "\r\n+MQTTUNS:0,3,0\r\n");
    await bench.exchange("AT+CTWINGPOSTVER=0", OK, "\r\n+CTWINGPOSTVER:0\r\n");
    await bench.exchange("AT+MQTTDISC=0", OK, "\r\n+MQTTDISC:0,0\r\n");
    await bench.exchange("AT+MQTTCLOSE=0", OK, "\r\n+MQTTCLOSE:0,0\r\n");
    await bench.exchange("AT+MQTTCLOSE=0", OK, "\r\n+MQTTCLOSE:0,-1\r\n");
    await bench.quiet();
  });

  it("has several operations under way when OK comes first, and refuses an id that is", async () => {
    start({ resultOrder: "after" });
    for (const index of [0, 1]) {
      await bench.exchange(`AT+MQTTOPEN=${index},"127.0.0.1",${broker.port}`, OK, `\r\n+MQTTOPEN:${index},0\r\n`);
      await bench.exchange(`AT+MQTTCONN=${index},"c${index}","",""`, OK, `\r\n+MQTTCONN:${index},0,0\r\n`);
    }
    bench.modem.fault("drop-in@0:suback");
    await bench.exchange('AT+MQTTSUB=0,9,"a",1', OK);
    await bench.exchange('AT+MQTTSUB=0,9,"b",1', ERROR);
    await bench.exchange('AT+MQTTSUB=1,9,"b",1', OK, "\r\n+MQTTSUB:1,9,0,1\r\n");
    await bench.expect("\r\n+MQTTSUB:0,9,0,1\r\n");
    bench.modem.fault("drop-in@0:any,0");
    await bench.exchange('AT+MQTTUNS=0,9,"a"', OK);
    await bench.exchange('AT+MQTTUNS=0,9,"b"', ERROR);
    await bench.prompt('0,9,1,0,0,"t",1');
    bench.say("x");
    await bench.expect(OK);
    await bench.exchange('AT+MQTTPUBEX=0,9,1,0,0,"t",1', ERROR);
    // What is under way when the client is closed has failed.
    await bench.exchange("AT+MQTTCLOSE=0", OK, "\r\n+MQTTUNS:0,9,2\r\n\r\n+MQTTPUBEX:0,9,-1\r\n\r\n+MQTTCLOSE:0,0\r\n");
  });

  it("loses the link between OK and what the command is for", async () => {
    start({ resultOrder: "after" });
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+MQTTOPEN:0,0\r\n");
    const lost: [string, string][] = [
      ['AT+MQTTCONN=0,"c","",""', "+MQTTCONN:0,2"],
      ['AT+MQTTSUB=0,1,"a",1', "+MQTTSUB:0,1,2"],
      ['AT+MQTTUNS=0,1,"a"', "+MQTTUNS:0,1,2"],
      ["AT+CTWINGPOSTVER=0", "+CTWINGPOSTVER:-1"],
    ];
    for (const [command, line] of lost) {
      if (!command.startsWith("AT+MQTTCONN")) {
        await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+MQTTOPEN:0,0\r\n");
        await bench.exchange('AT+MQTTCONN=0,"c","",""', OK, "\r\n+MQTTCONN:0,0,0\r\n");
      }
      bench.say(`${command}\r`);
      await bench.expect(OK);
      bench.modem.fault("link-loss:1");
      await bench.expect(`\r\n${line}\r\n`);
    }
  });

  const finals: [Nm28Variants["failedFinal"], string, string][] = [
    ["by-result", ERROR, OK],
    ["ok", OK, OK],
    ["error", ERROR, ERROR],
  ];
  for (const [failedFinal, failed, refused] of finals) {
    it(`ends a bad result with ${failedFinal} (failedFinal)`, async () => {
      start({ failedFinal });
      await bench.exchange("AT+MQTTCLOSE=0", "\r\n+MQTTCLOSE:0,-1\r\n", failed);
      await bench.exchange('AT+MQTTOPEN=0,"",1', "\r\n+MQTTOPEN:0,1\r\n", failed);
      await bench.open(broker.port);
      await bench.exchange('AT+MQTTCONN=0,"c","u","wrong"', "\r\n+MQTTCONN:0,0,4\r\n", refused);
      await bench.online(broker.port);
      await bench.exchange('AT+MQTTSUB=0,6,"forbidden/#",1', "\r\n+MQTTSUB:0,6,0,128\r\n", refused);
      await bench.prompt('0,1,0,0,0,"t",1');
      bench.say("x\r\n");
      await bench.expect(`\r\n+MQTTPUBEX:0,1,-1\r\n${failed}`);
      await bench.prompt('0,1,0,0,2,"t",1');
      bench.say("x");
      await bench.expect(`\r\n+MQTTPUBEX:0,1,0,-1\r\n${OK}`);
    });
  }

  it("puts blanks into result lines (resultSpace, colon)", async () => {
    start({ resultSpace: "spaced", colon: "space" });
    await bench.done(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, "+MQTTOPEN: 0, 0");
    await bench.done('AT+MQTTCONN=0,"c","",""', "+MQTTCONN: 0, 0, 0");
    await bench.done("AT+MQTTCONN?", "+MQTTCONN: 0, 1");
    await bench.done('AT+MQTTSUB=0,1,"a",1', "+MQTTSUB: 0, 1, 0, 1");
    await bench.done("AT+MQTTDISC=0", "+MQTTDISC: 0, 0");
  });

  const retCodes: [Nm28Variants["connRetCode"], accepted: string, refused: string, unanswered: string][] = [
    ["answered", "0,0", "0,4", "2"],
    ["always", "0,0", "0,4", "2,3"],
    ["absent", "0", "2", "2"],
  ];
  for (const [connRetCode, accepted, refused, unanswered] of retCodes) {
    it(`tells <ret_code>: ${connRetCode} (connRetCode)`, async () => {
      start({ connRetCode });
      await bench.exchange('AT+MQTTCFG="timeout",0,1,1,0', OK);
      await bench.open(broker.port);
      await bench.done('AT+MQTTCONN=0,"c","u","wrong"', `+MQTTCONN:0,${refused}`);
      await bench.open(broker.port);
      await bench.done('AT+MQTTCONN=0,"c","",""', `+MQTTCONN:0,${accepted}`);
      await bench.done("AT+MQTTCLOSE=0", "+MQTTCLOSE:0,0");
      bench.modem.fault("drop-in:connack,0");
      await bench.open(broker.port);
      await bench.exchange('AT+MQTTCONN=0,"c","",""', `\r\n+MQTTCONN:0,${unanswered}\r\n`, ERROR);
    });
  }

  it("shows every client's state (connQuery)", async () => {
    start({ connQuery: "all" });
    await bench.online(broker.port, 2);
    const all = [0, 1, 2, 3, 4, 5].map((index) => `\r\n+MQTTCONN:${index},${index === 2 ? 1 : 0}\r\n`);
    await bench.exchange("AT+MQTTCONN?", ...all, OK);
  });

  it("leaves values out, or has more of them (subValue, unsValue, pubValue)", async () => {
    await start({ subValue: "absent", unsValue: "present", pubValue: "present" }).online(broker.port);
    await bench.done('AT+MQTTSUB=0,1,"a",1', "+MQTTSUB:0,1,0");
    // A refusal would be lost without its value.
    await bench.done('AT+MQTTSUB=0,2,"forbidden/a",1', "+MQTTSUB:0,2,0,128");
    await bench.done('AT+MQTTUNS=0,3,"a"', "+MQTTUNS:0,3,0,0");
    await bench.prompt('0,4,1,0,0,"t",1');
    bench.say("x");
    await bench.expect(`\r\n+MQTTPUBEX:0,4,0,0\r\n${OK}`);
  });

  const losses: [Nm28Variants["linkLoss"], (code: number) => string][] = [
    ["silent", () => ""],
    ["stat", (code) => `\r\n+MQTTSTAT:1,${code}\r\n`],
    ["disc", () => "\r\n+MQTTDISC:1,0\r\n"],
    ["conn", () => "\r\n+MQTTCONN:1,0\r\n"],
    ["close", () => "\r\n+MQTTCLOSE:1,0\r\n"],
  ];
  for (const [linkLoss, report] of losses) {
    it(`reports the loss of a link: ${linkLoss} (linkLoss)`, async () => {
      await start({ linkLoss }).online(broker.port, 1);
      bench.modem.fault("link-loss@1:3");
      await bench.expect(report(3));
      await bench.quiet();
      // The client's own DISCONNECT is a loss only to the code that says so.
      await bench.online(broker.port, 1);
      await bench.done("AT+MQTTDISC=1", "+MQTTDISC:1,0");
      if (linkLoss === "stat") await bench.expect(report(5));
      await bench.quiet();
      // A command under way has its result first.
      await bench.online(broker.port, 1);
      await bench.exchange('AT+MQTTCFG="timeout",1,1,1,0', OK);
      bench.modem.fault("drop-in@1:suback,0");
      await bench.exchange('AT+MQTTSUB=1,1,"a",1', "\r\n+MQTTSUB:1,1,2\r\n", ERROR + report(6));
    });
  }

  for (const [openAfterLoss, allowed] of [["allowed", true], ["in-use", false]] as const) {
    it(`opens after a loss: ${openAfterLoss} (openAfterLoss)`, async () => {
      await start({ openAfterLoss }).online(broker.port);
      bench.modem.fault("link-loss:1");
      if (!allowed) {
        await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, "\r\n+MQTTOPEN:0,2\r\n", ERROR);
        await bench.done("AT+MQTTCLOSE=0", "+MQTTCLOSE:0,0");
      }
      await bench.open(broker.port);
    });
  }

  it("has one result for every failed connection but a name's (openFailure)", async () => {
    start({ openFailure: "general" });
    for (const [fault, result] of [["refused", -1], ["dropped", -1], ["dns", 4], ["pdp", 3]] as const) {
      bench.modem.fault(fault);
      await bench.exchange('AT+MQTTOPEN=0,"h",1', `\r\n+MQTTOPEN:0,${result}\r\n`, ERROR);
    }
  });

  it("has no SSL context (tls)", async () => {
    start({ tls: "no-context" });
    await bench.exchange('AT+MQTTCFG="ssl",0,1,0', OK);
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, "\r\n+MQTTOPEN:0,-1\r\n", ERROR);
    await bench.open(broker.port, 1);
  });

  it("names every variant's values and what they are about", () => {
    start({});
    for (const [name, { values, about }] of Object.entries(nm28.variants)) {
      assert.ok(values.length >= 2 && new Set(values).size === values.length, name);
      assert.ok(about.length > 20, name);
    }
  });
});
