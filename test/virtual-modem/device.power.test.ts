// The power key, the reset pin, the wake-up pin and the status pin.

import assert from "node:assert/strict";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import { DeviceBench, exchanges, lines, OK, type Row, then, wait } from "./device-bench";

const banner = "\r\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\r\nNeul \r\nOK\r\n";
const isOn = (wanted: boolean): Row => ({ modem }) => assert.equal(modem.isOn, wanted);
const pulse = (duration: number, said = "", time?: number): Row => then(({ modem }) => modem.pulse("power", duration), said, time);

describe("virtual modem: power", () => {
  exchanges(bc35g, {
    "mute until it is switched on, by a press that is long enough": [
      { start: "off" },
      [isOn(false), ["AT", ""], pulse(200), isOn(false), pulse(300, banner), isOn(true), ["AT", OK]],
    ],
    "BC35-G: a press does not switch it off": [pulse(10_000, "", 20_000), ["AT", OK]],
    "mute while it starts, and on by the status pin": [
      { start: "off", bootTime: 5000 },
      [pulse(400, "", 500), isOn(true), ["AT", ""], wait(4000, banner), ["AT", OK]],
    ],
    "a reset that is long enough": [
      then(({ modem }) => modem.pulse("reset", 50)),
      ["AT", OK],
      then(({ modem }) => modem.pulse("reset", 100), "\r\nREBOOT_CAUSE_SECURITY_RESET_PIN\r\nNeul \r\nOK\r\n"),
      ["AT+CMEE?", "\r\n+CMEE:0\r\n" + OK],
    ],
    "a key that is held does one thing alone": [
      { start: "off", power: { keyTime: 500, offTime: 1000 } },
      [
        then(({ modem }) => modem.drive("power", true), banner, 10_000),
        isOn(true),
        then(({ modem }) => modem.drive("power", false)),
        ["AT", OK],
        pulse(1000, "", 3000),
        isOn(false),
      ],
    ],
    "no reset of a modem that is off": [{ start: "off" }, [then(({ modem }) => modem.pulse("reset", 500)), isOn(false), ["AT", ""]]],
  });

  exchanges(m531x, {
    "M5311: a second pulse switches it off, another one on": [
      { model: "m5311" },
      [
        pulse(600, "", 3000),
        isOn(true),
        ["AT", OK],
        // From the end of the pulse it takes a second.
        pulse(2100, "", 2500),
        isOn(true),
        wait(1000),
        isOn(false),
        ["AT", ""],
        pulse(500, lines("*ATREADY: 1", "+CFUN: 1", "+CPIN: READY")),
        isOn(true),
        ["AT", OK],
      ],
    ],
  });

  exchanges(bc35g, {
    "a cold start by hand: mute, another rate, echo, no radio, a PIN, an APN, five minutes of searching, and connected": [
      {
        start: "off",
        bootTime: 3000,
        baud: 57_600,
        echo: true,
        radio: { on: false },
        sim: { state: "pin", pin: "0042" },
        mobile: { apn: "meter.example", searchTime: 300_000 },
      },
      [
        (bench) => void (bench.hostRate = 9600),
        ["AT", ""],
        pulse(300, "", 2000),
        (bench) => assert.ok(!bench.pass(3000).includes("Neul"), "the banner comes at the modem's rate"),
        (bench) => assert.ok(!bench.say("AT").includes("OK")),
        (bench) => void (bench.hostRate = 57_600),
        (bench) => assert.ok(bench.say("\rAT").includes("OK")),
        ["ATE0", `ATE0\r${OK}`],
        ["AT+CMEE=1", OK],
        ["AT+CFUN?", `\r\n+CFUN:0\r\n${OK}`],
        ["AT+CPIN?", "\r\n+CME ERROR: 3\r\n"],
        ['AT+CGDCONT=0,"IPV4V6","meter.example"', OK],
        ["AT+CEREG=1", OK],
        ["AT+CFUN=1", OK],
        ["AT+CPIN?", `\r\n+CPIN: SIM PIN\r\n${OK}`],
        ["AT+NPIN=0,0042", `${OK}${lines("+NPIN:OK", "+CEREG:2")}`],
        wait(300_000, lines("+CEREG:1")),
        ["AT+CGPADDR", `\r\n+CGPADDR:0,10.169.241.248\r\n${OK}`],
        ['AT+QMTCFG="version",0,4', OK],
        ['AT+QMTOPEN=0,"broker",1883', `${OK}${lines("+QMTOPEN: 0,0")}`],
        ['AT+QMTCONN=0,"c"', `${OK}${lines("+QMTCONN: 0,0,0")}`],
      ],
    ],
  });

  const cold: Record<string, string> = {
    bc35g: banner,
    m531x: "\r\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\r\nM5310-A\r\nOK\r\n",
    ml302: lines("+MATREADY"),
    nm28: lines("RDY", "+CPIN: READY"),
  };
  for (const [name, family] of Object.entries({ bc35g, m531x, ml302, nm28 }))
    it(`${name} starts with its banner`, () => {
      const bench = new DeviceBench(family, { start: "off" });
      bench.play([wait(60_000), pulse(1000, cold[name], 2000), ["AT", OK]]);
      bench.modem.close();
      bench.modem.drive("power", true);
      bench.modem.pulse("reset", 1000);
      bench.hears("", 10_000);
      assert.equal(bench.modem.isOn, false);
    });
});
