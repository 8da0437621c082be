// The NM28's common commands, and its restart.

import assert from "node:assert/strict";
import { type BenchOptions, ERROR, OK } from "./bench";
import { Nm28Bench, startWatchedBroker, type WatchedBroker } from "./nm28-bench";

const banner = "\r\nRDY\r\n\r\n+CPIN: READY\r\n";

describe("virtual modem, NM28: 27.007 commands", () => {
  let bench: Nm28Bench;
  const start = (options?: BenchOptions): Nm28Bench => (bench = new Nm28Bench(options));
  afterEach(() => bench.close());

  const table: [string, string][] = [
    ["ATI", `\r\nManufacturer: YUGE\r\nModel: NM28\r\nRevision: 2024.09.04_1230\r\n${OK}`],
    ["AT+CGMI", `\r\nYUGE\r\n${OK}`],
    ["AT+CGMM", `\r\nNM28\r\n${OK}`],
    ["AT+CGMR", `\r\n2024.09.04_1230\r\n${OK}`],
    ["AT+CGSN", `\r\n862104061234560\r\n${OK}`],
    ["AT+CGSN=1", `\r\n+CGSN: 862104061234560\r\n${OK}`],
    ["AT+CIMI", `\r\n460113579246801\r\n${OK}`],
    ["AT+ICCID", `\r\n+ICCID: 89860319740112345672\r\n${OK}`],
    ["AT+CSQ", `\r\n+CSQ: 23,99\r\n${OK}`],
    ["AT+CEREG?", `\r\n+CEREG: 0,1\r\n${OK}`],
    ["AT+C5GREG?", `\r\n+C5GREG: 0,1\r\n${OK}`],
    ["AT+C5GREG=?", `\r\n+C5GREG: (0,1)\r\n${OK}`],
    ["AT+C5GREG=7", ERROR],
    ["AT+CGATT?", `\r\n+CGATT: 1\r\n${OK}`],
    ["AT+CGACT?", `\r\n+CGACT: 1,1\r\n${OK}`],
    ["AT+CGACT=1,0", ERROR],
    ["AT+CGACT=1,1", OK],
    ["AT+CGPADDR=1", `\r\n+CGPADDR: 1,10.169.241.248\r\n${OK}`],
    ["AT+CGPADDR=?", `\r\n+CGPADDR: (1)\r\n${OK}`],
    ["AT+CFUN?", `\r\n+CFUN: 1\r\n${OK}`],
    ["AT+CPIN?", `\r\n+CPIN: READY\r\n${OK}`],
    ["AT+CMEE=?", `\r\n+CMEE: (0,1,2)\r\n${OK}`],
    ["AT+QMTOPEN?", ERROR],
  ];
  for (const [command, answer] of table) {
    it(command, async () => {
      start();
      await new Promise((done) => setTimeout(done, 5));
      await bench.exchange(command, answer);
      await bench.quiet(100);
    });
  }

  it("tells the words of errors after AT+CMEE=2", async () => {
    start();
    await bench.exchange("AT+CMEE=2", OK);
    await bench.exchange("AT+C5GREG=7", "\r\n+CME ERROR: Incorrect parameters\r\n");
  });

  it("reports LTE and 5G registration, each when asked to", async () => {
    start({ attachTime: 2000 });
    await bench.exchange("AT+C5GREG?", `\r\n+C5GREG: 0,2\r\n${OK}`);
    await bench.exchange("AT+CEREG=1", OK);
    await bench.exchange("AT+C5GREG=1", OK);
    await bench.exchange("AT+CEREG=0", OK);
    await bench.exchange("AT+CEREG?", `\r\n+CEREG: 0,2\r\n${OK}`);
    await bench.expect("\r\n+C5GREG: 1\r\n");
    await bench.exchange("AT+CEREG=1", OK);
    bench.modem.fault("detach:60000");
    assert.deepEqual(await bench.lines(2), ["+C5GREG: 2", "+CEREG: 2"]);
  });

  describe("restart", () => {
    let broker: WatchedBroker;
    before(async () => (broker = await startWatchedBroker()));
    after(() => broker.close());

    for (const [variant, text] of [["rdy", banner], ["atready", "\r\n*ATREADY: 1\r\n\r\n+CPIN: READY\r\n"]] as const) {
      it(`prints its banner when it is switched on (${variant})`, async () => {
        start({ start: "booting", variants: { banner: variant } });
        await bench.expect(text);
        await bench.exchange("AT", OK);
      });
    }

    it("restarts by AT+CFUN=1,1: OK, the banner, everything lost", async () => {
      await start().online(broker.port, 3);
      await bench.exchange('AT+MQTTCFG="keepalive",3,60', OK);
      await bench.exchange("AT+CMEE=1", OK);
      await bench.exchange("AT+CFUN=1,1", OK);
      await bench.expect(banner);
      await bench.exchange("AT+CMEE?", `\r\n+CMEE: 0\r\n${OK}`);
      await bench.exchange("AT+MQTTCONN?", OK);
      bench.say("AT+MQTTCFG?\r");
      // Six times sixteen lines, and OK.
      assert.equal((await bench.lines(97)).filter((line) => line === "keepalive:120").length, 6);
      await bench.online(broker.port, 3);
    });

    it("does not restart by AT+CFUN=1 and AT+CFUN=1,0", async () => {
      start();
      await bench.exchange("AT+CFUN=1", OK);
      await bench.exchange("AT+CFUN=1,0", OK);
      await bench.quiet(400);
    });

    const middles: [string, (bench: Nm28Bench) => Promise<void>][] = [
      ["in the data phase", async (bench) => {
        await bench.prompt('0,1,1,0,0,"t",5');
        bench.say("he");
      }],
      ["in the settle time", async (bench) => {
        await bench.prompt('0,1,1,0,0,"t",5');
        bench.say("hello");
      }],
      ["while it waits for the broker", async (bench) => {
        bench.modem.fault("drop-in:suback,0");
        bench.say('AT+MQTTSUB=0,1,"t",1\r');
        await bench.quiet(400);
      }],
      ["while it opens", async (bench) => {
        bench.say('AT+MQTTOPEN=1,"127.0.0.1",1883\r');
      }],
    ];
    for (const [when, doing] of middles) {
      it(`forgets everything at a restart ${when}`, async () => {
        await start().online(broker.port);
        await doing(bench);
        bench.modem.restart("power");
        bench.say("llo\r");
        await bench.expect(banner);
        await bench.exchange("AT+MQTTCONN?", OK);
        await bench.quiet();
        bench.modem.clearFaults();
        await bench.online(broker.port);
      });
    }
  });
});
