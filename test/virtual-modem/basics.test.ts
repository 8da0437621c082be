// The commands that every modem has, as BC35-G's AT manual prints them.

import assert from "node:assert/strict";
import { Bench, type BenchOptions, ERROR, OK } from "./bench";

describe("virtual modem, BC35-G: 27.007 commands", () => {
  let bench: Bench;
  const start = (options?: BenchOptions): Bench => (bench = new Bench(options));
  afterEach(() => bench.close());

  const table: [string, string][] = [
    ["ATI", `\r\nQuectel\r\nBC35-G\r\nRevision:BC35GJBR01A01\r\n${OK}`],
    ["AT+CGMI", `\r\nQuectel\r\n${OK}`],
    ["AT+CGMI=?", OK],
    ["AT+CGMM", `\r\nBC35GJB-02-STD\r\n${OK}`],
    ["AT+CGMM=1", ERROR],
    [
      "AT+CGMR",
      "\r\nSSB,V150R100C10B200SP1\r\n\r\nSECURITY_A,V150R100C20B300SP2\r\n\r\nPROTOCOL_A,V150R100C20B300SP2\r\n" +
        "\r\nAPPLICATION_A,V150R100C20B300SP2\r\n\r\nSECURITY_B,V150R100C20B300SP2\r\n\r\nRADIO,Hi2115_RF1\r\n" + OK,
    ],
    ["AT+CGSN=1", `\r\n+CGSN:490154203237511\r\n${OK}`],
    ["AT+CGSN", `\r\n490154203237511\r\n${OK}`],
    ["AT+CGSN=9", ERROR],
    ["AT+CIMI", `\r\n460001357924680\r\n${OK}`],
    ["AT+NCCID", `\r\n+NCCID:44123456789012345678\r\n${OK}`],
    ["AT+NCCID?", `\r\n+NCCID:44123456789012345678\r\n${OK}`],
    ["AT+CSQ", `\r\n+CSQ:23,99\r\n${OK}`],
    ["AT+CEREG?", `\r\n+CEREG:0,1\r\n${OK}`],
    ["AT+CEREG=7", ERROR],
    ["AT+CGATT?", `\r\n+CGATT:1\r\n${OK}`],
    ["AT+CGATT=?", `\r\n+CGATT:(0,1)\r\n${OK}`],
    ["AT+CGPADDR", `\r\n+CGPADDR:0,10.169.241.248\r\n${OK}`],
    ["AT+CGACT?", `\r\n+CGACT:0,1\r\n${OK}`],
    ["AT+COPS?", `\r\n+COPS:0,2,"46000"\r\n${OK}`],
    ["AT+CFUN?", `\r\n+CFUN:1\r\n${OK}`],
    ["AT+CPIN?", `\r\n+CPIN: READY\r\n${OK}`],
    ["AT+CPIN=1234", ERROR],
  ];
  for (const [command, answer] of table) {
    it(command, async () => {
      start();
      await new Promise((done) => setTimeout(done, 5));
      await bench.exchange(command, answer);
      await bench.quiet(100);
    });
  }

  it("tells the clock's time", async () => {
    const clock = { now: () => Date.UTC(2024, 1, 29, 5, 6, 7), setTimer: setTimeout, clearTimer: clearTimeout as never };
    start({ clock });
    await new Promise((done) => setTimeout(done, 5));
    await bench.exchange("AT+CCLK?", `\r\n+CCLK:24/02/29,05:06:07+00\r\n${OK}`);
  });

  it("takes its time to attach, and reports it when asked to", async () => {
    start({ attachTime: 20_000 });
    await bench.exchange("AT+CGATT?", `\r\n+CGATT:0\r\n${OK}`);
    await bench.exchange("AT+CSQ", `\r\n+CSQ:99,99\r\n${OK}`);
    await bench.exchange("AT+CEREG?", `\r\n+CEREG:0,2\r\n${OK}`);
    await bench.exchange("AT+CGPADDR", OK);
    await bench.exchange("AT+COPS?", `\r\n+COPS:0\r\n${OK}`);
    await bench.exchange("AT+CEREG=1", OK);
    await bench.expect("\r\n+CEREG:1\r\n");
    await bench.exchange("AT+CGATT?", `\r\n+CGATT:1\r\n${OK}`);
  });

  it("detaches and attaches, by CGATT, CFUN and the PDP context", async () => {
    start();
    await bench.exchange("AT+CGATT=0", OK);
    await bench.exchange("AT+CEREG?", `\r\n+CEREG:0,0\r\n${OK}`);
    await bench.exchange("AT+CGATT=1", OK);
    await bench.exchange("AT+CGATT?", `\r\n+CGATT:1\r\n${OK}`);
    await bench.exchange("AT+CFUN=0", OK);
    await bench.exchange("AT+CGATT?", `\r\n+CGATT:0\r\n${OK}`);
    await bench.exchange("AT+CGATT=1", ERROR);
    await bench.exchange("AT+CPIN?", ERROR);
    await bench.exchange("AT+CFUN=1", OK);
    await bench.exchange("AT+CGACT=0,0", OK);
    await bench.exchange("AT+CGACT?", `\r\n+CGACT:0,0\r\n${OK}`);
    await bench.exchange("AT+CGACT=1,0", OK);
    await bench.exchange("AT+CGPADDR=0", `\r\n+CGPADDR:0,10.169.241.248\r\n${OK}`);
  });

  it("has the identity that it is given", async () => {
    start({ identity: { imei: "123456789012345" } });
    await bench.exchange("AT+CGSN=1", `\r\n+CGSN:123456789012345\r\n${OK}`);
  });

  it("restarts by AT+NRB: no OK, the banner, settings lost", async () => {
    start({ attachTime: 20_000, bootTime: 10_000 });
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange("ATE1", OK);
    await bench.exchange('AT+QMTCFG="keepalive",0,60', `AT+QMTCFG="keepalive",0,60\r${OK}`);
    bench.say("AT+NRB\r");
    await bench.expect("AT+NRB\r\r\nREBOOTING\r\n");
    bench.say("AT\r");
    await bench.expect("\r\nREBOOT_CAUSE_APPLICATION_AT\r\nNeul \r\nOK\r\n");
    await bench.quiet(100);
    await bench.exchange("AT+CMEE?", `\r\n+CMEE:0\r\n${OK}`);
    await bench.exchange('AT+QMTCFG="keepalive",0', `\r\n+QMTCFG: "keepalive",120\r\n${OK}`);
    await bench.exchange("AT+CGATT?", `\r\n+CGATT:0\r\n${OK}`);
  });

  it("prints its banner when it is switched on, if asked to", async () => {
    start({ start: "booting" });
    await bench.expect("\r\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\r\nNeul \r\nOK\r\n");
    await bench.exchange("AT", OK);
  });

  it("says nothing after it is closed", async () => {
    start().say("AT\r");
    bench.close();
    bench.say("AT\r");
    bench.modem.restart();
    bench.modem.inject(Buffer.from("x"));
    bench.modem.fault("restart");
    await bench.quiet();
    assert.equal(bench.drain().length, 0);
  });
});
