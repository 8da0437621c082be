// Faults on demand, each as a user would write it after --fault.

import assert from "node:assert/strict";
import { faultHelp, faultTable, places } from "../../hosts/virtual-modem/faults";
import { Bench, type BenchOptions, type Broker, OK, startBroker } from "./bench";

describe("virtual modem: faults", () => {
  let broker: Broker;
  let bench: Bench;
  before(async () => (broker = await startBroker()));
  after(() => broker.close());
  afterEach(() => bench.close());

  const start = (faults: string[], options?: BenchOptions): Bench => (bench = new Bench({ ...options, faults }));
  const open = (result: number): Promise<void> =>
    bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, `\r\n+QMTOPEN: 0,${result}\r\n`);

  for (const [fault, result] of [["dns", 4], ["refused", -1], ["pdp", 3], ["dropped", 5], ["socket", -1]] as const) {
    it(`${fault}: the connection fails, so many times`, async () => {
      start([`${fault}:2`]);
      await open(result);
      await open(result);
      await open(0);
    });
  }

  it("a count of 0 is for always, until faults are cleared", async () => {
    start(["dns:0"]);
    for (let times = 0; times < 4; times++) await open(4);
    bench.modem.clearFaults();
    await open(0);
  });

  for (const code of [0, 1, 2, 3, 4, 5]) {
    it(`connack:${code}`, async () => {
      start([`connack:${code}`]);
      await open(0);
      await bench.exchange('AT+QMTCONN=0,"c"', OK, `\r\n+QMTCONN: 0,0,${code}\r\n`);
      await bench.exchange("AT+QMTCONN?", code === 0 ? `\r\n+QMTCONN: 0,3\r\n${OK}` : OK);
    });
  }

  it("suback: every topic is refused", async () => {
    start(["suback"], { variants: { subValues: "list" } });
    await bench.connect(broker.port);
    await bench.exchange('AT+QMTSUB=0,1,"a",0,"b",1', OK, "\r\n+QMTSUB: 0,1,0,128,128\r\n");
    await bench.exchange('AT+QMTSUB=0,2,"a",0,"b",1', OK, "\r\n+QMTSUB: 0,2,0,0,1\r\n");
  });

  it("suback with a code: every topic is granted that", async () => {
    start(["suback:1,0"], { variants: { subValues: "list" } });
    await bench.connect(broker.port);
    await bench.exchange('AT+QMTSUB=0,1,"a",1,"b",2', OK, "\r\n+QMTSUB: 0,1,0,0,0\r\n");
  });

  it("malformed: where the modem has no report for it, the link is lost", async () => {
    start(["malformed:suback"]);
    await bench.connect(broker.port);
    await bench.exchange('AT+QMTSUB=0,1,"a",0', OK, "\r\n+QMTSTAT: 0,1\r\n");
  });

  it("drop-out: packets to the broker are lost, and sent again", async () => {
    start(["drop-out:subscribe", "drop-out:unsubscribe,2"]);
    await bench.connect(broker.port);
    await bench.exchange('AT+QMTCFG="timeout",0,1,3,1', OK);
    await bench.exchange('AT+QMTSUB=0,1,"a",0', OK, "\r\n+QMTSUB: 0,1,1,1\r\n", "\r\n+QMTSUB: 0,1,0,0\r\n");
    await bench.exchange('AT+QMTUNS=0,2,"a"', OK, "\r\n+QMTUNS: 0,2,1,1\r\n\r\n+QMTUNS: 0,2,1,2\r\n", "\r\n+QMTUNS: 0,2,0\r\n");
  });

  it("drop-in:any: no answer arrives, and each kind of operation fails", async () => {
    const table: [string, string][] = [
      ['AT+QMTSUB=0,3,"a",0', "\r\n+QMTSUB: 0,3,2\r\n"],
      ['AT+QMTUNS=0,3,"a"', "\r\n+QMTUNS: 0,3,2\r\n"],
    ];
    for (const [command, result] of table) {
      start([]);
      await bench.connect(broker.port);
      await bench.exchange('AT+QMTCFG="timeout",0,1,0', OK);
      bench.modem.fault("drop-in:any,0");
      await bench.exchange(command, OK, result, "\r\n+QMTSTAT: 0,6\r\n");
      bench.close();
    }
  });

  for (const code of [1, 2, 3, 4, 5, 6, 7]) {
    it(`link-loss:${code}`, async () => {
      start([]);
      await bench.connect(broker.port);
      bench.modem.fault(`link-loss:${code}`);
      await bench.expect(`\r\n+QMTSTAT: 0,${code}\r\n`);
      await bench.exchange("AT+QMTCONN?", OK);
    });
  }

  it("link-loss after a time, and none without a link", async () => {
    start(["link-loss:1", "link-loss:7,2000"]);
    await bench.connect(broker.port);
    await bench.expect("\r\n+QMTSTAT: 0,7\r\n");
  });

  it("detach: the network is gone for a time", async () => {
    start([]);
    await bench.connect(broker.port);
    bench.modem.fault("detach:3600000");
    await bench.expect("\r\n+QMTSTAT: 0,7\r\n");
    await bench.exchange("AT+CGATT?", `\r\n+CGATT:0\r\n${OK}`);
    await open(3);
    bench.modem.fault("detach:1");
    await bench.pass(1000);
    await open(0);
  });

  it("silence: nothing is read or written for a time", async () => {
    start(["silence:1000"]);
    bench.say("AT\r");
    await bench.quiet(800);
    await bench.pass(400);
    await bench.exchange("AT", OK);
  });

  it("late: the answer comes after the host has given up", async () => {
    start(["late:1000"]);
    bench.say("AT\r");
    await bench.quiet(600);
    await bench.expect(OK);
    await bench.exchange("AT", OK);
  });

  it("slow: every time of the modem is longer", async () => {
    start(["slow:50"]);
    bench.say("AT\r");
    await bench.quiet(300);
    await bench.expect(OK);
  });

  it("no-prompt: the modem waits for data without saying so", async () => {
    start(["no-prompt"]);
    await bench.connect(broker.port);
    bench.say('AT+QMTPUB=0,0,0,0,"t",3\r');
    await bench.quiet();
    bench.say("AT\r");
    await bench.expect(`${OK}\r\n+QMTPUB: 0,0,0\r\n`);
  });

  it("no-final: the command is done, but does not say so", async () => {
    start(["no-final"]);
    await bench.exchange("AT+CMEE=1");
    await bench.quiet();
    await bench.exchange("AT+QMTCFG=1", "\r\n+CME ERROR: 50\r\n");
  });

  it("restart: at once, later, with a cause", async () => {
    start([]);
    await bench.connect(broker.port);
    bench.modem.fault("restart");
    await bench.expect("\r\nREBOOT_CAUSE_APPLICATION_WATCHDOG\r\nNeul \r\nOK\r\n");
    bench.modem.fault("restart:500,pin");
    await bench.exchange("AT", OK);
    await bench.expect("\r\nREBOOT_CAUSE_SECURITY_RESET_PIN\r\nNeul \r\nOK\r\n");
  });

  it("a restart while the modem starts begins it anew: one banner", async () => {
    start(["restart", "restart:0,power"]);
    await bench.expect("\r\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\r\nNeul \r\nOK\r\n");
    await bench.quiet();
  });

  const injected: Record<(typeof places)[number], string> = {
    now: "!\r\n> \r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n",
    "before-answer": "!\r\n> \r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n",
    "before-prompt": "!\r\n> \r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n",
    "after-prompt": "\r\n> !\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n",
    "before-final": "\r\n> !\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n",
    "after-final": "\r\n> \r\nOK\r\n!\r\n+QMTPUB: 0,0,0\r\n",
  };
  for (const place of places) {
    it(`inject:${place}`, async () => {
      start([]);
      await bench.connect(broker.port);
      bench.modem.fault(`inject:${place},\\x21`);
      bench.say('AT+QMTPUB=0,0,0,0,"t",3\rabc');
      await bench.expect(injected[place]);
    });
  }

  it("inject takes commas and escapes", async () => {
    start(["inject:now,\\r\\n+QMTSTAT: 0,1\\r\\n\\\\\\xff,é"]);
    await bench.expect("\r\n+QMTSTAT: 0,1\r\n\\\xff,\xc3\xa9");
  });

  it("lose, change and double hit bytes by chance, the same with the same seed", async () => {
    const run = async (faults: string[], seed: number): Promise<string> => {
      start(faults, { seed, latencyScale: 0 });
      for (let times = 0; times < 20; times++) {
        bench.say("AT+CGMI\r");
        await new Promise((done) => setTimeout(done, 3));
      }
      const said = bench.drain().toString("latin1");
      bench.close();
      return said;
    };
    const clean = await run([], 1);
    for (const fault of ["lose:0.1,tx", "change:0.1,tx", "double:0.1,tx", "lose:0.05,rx"]) {
      const first = await run([fault], 7);
      assert.notEqual(first, clean, fault);
      assert.equal(first, await run([fault], 7), fault);
      assert.notEqual(first, await run([fault], 8), fault);
    }
    assert.equal(await run(["lose:1"], 1), "");
    assert.equal((await run(["double:1,tx"], 1)).length, clean.length * 2);
    start([]);
  });

  it("refuses what the table does not have, naming it", () => {
    start([]);
    const wrong: [string, RegExp][] = [
      ["nosuch", /no fault "nosuch"; there are: lose, change/],
      ["toString", /no fault "toString"/],
      ["lose", /lose: probability must be given/],
      ["lose:2", /probability must be a number from 0 to 1, not "2"/],
      ["lose:0.5,up", /direction must be one of both, tx, rx, not "up"/],
      ["connack:6", /code must be a number from 0 to 5/],
      ["connack:x", /code must be a number/],
      ["dns:1,2", /takes 1 argument/],
      ["inject:nowhere,x", /place must be one of/],
      ["drop-in:pizza", /packet must be one of/],
      ["malformed:pizza", /packet must be one of/],
      ["suback:1,256", /code must be a number from 0 to 255/],
    ];
    for (const [spec, message] of wrong) {
      assert.throws(() => bench.modem.fault(spec), { name: "VirtualModemError", code: "UNKNOWN_FAULT", message });
    }
  });

  it("describes every fault", () => {
    start([]);
    const help = faultHelp().join("\n");
    for (const name of Object.keys(faultTable)) assert.match(help, new RegExp(`^${name}`, "m"));
  });
});
