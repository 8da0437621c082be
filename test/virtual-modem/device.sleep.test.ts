// Sleep: when the modem falls asleep, what it loses then, what wakes it, and what is left.

import assert from "node:assert/strict";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import { answer, DeviceBench, exchanges, lines, OK, type Row, then, wait } from "./device-bench";

const seconds = 1000;
const hours = 3_600_000;
/** The connection is released after 20 s; the active time of 10 s follows. */
const asleep: Row[] = [
  ["AT+NPSMR=1", OK],
  ["AT+CPSMS=1,,,01000001,00000101", OK],
  wait(30 * seconds, lines("+NPSMR:1")),
];

describe("virtual modem: sleep", () => {
  exchanges(bc35g, {
    "reports the connection, and sleep": [
      ["AT+CSCON=1", OK],
      ["AT+NPSMR=1", OK],
      ["AT+CPSMS=1,,,01000001,00000101", OK],
      wait(17 * seconds, lines("+CSCON:0")),
      ["AT+NPSMR?", answer("+NPSMR:1,0")],
      wait(10 * seconds, lines("+NPSMR:1")),
    ],
    "what is written meanwhile is lost, until the modem is awake": [
      { sleep: { wakeTime: 1500, lostCharacters: 0 } },
      [...asleep, ["AT", ""], ["AT", lines("+NPSMR:0")], ["AT", OK]],
    ],
    "the first characters are lost": [
      { sleep: { wakeTime: 0, lostCharacters: 2 } },
      [...asleep, then((bench) => bench.write("AT+CSQ\r"), lines("+NPSMR:0")), ["AT+CSQ", answer("+CSQ:23,99")]],
    ],
    "more than one command is lost": [
      { sleep: { wakeTime: 0, lostCharacters: 8 } },
      [...asleep, ["AT", lines("+NPSMR:0")], ["AT", ""], ["AT", ""], ["AT", OK]],
    ],
    "a banner at wake-up, as newer firmware prints it": [
      { sleep: { banner: "reboot-cause" } },
      [
        ...asleep,
        ["AT", "\r\nREBOOT_CAUSE_SECURITY_EXTERNAL_PIN\r\nNeul \r\nOK\r\n" + lines("+NPSMR:0")],
        ["AT", OK],
        ["AT+CMEE?", answer("+CMEE:1")],
        ["AT+CEREG?", answer("+CEREG:0,1")],
      ],
    ],
    "a wake-up that leaves only the registration": [
      { echo: true, sleep: { banner: "reboot-cause", keeps: "nothing" } },
      [
        ["ATE0", `ATE0\r${OK}`],
        ...asleep,
        ["AT", "\r\nREBOOT_CAUSE_SECURITY_EXTERNAL_PIN\r\nNeul \r\nOK\r\n"],
        ["AT+CMEE?", `AT+CMEE?\r${answer("+CMEE:0")}`],
        ["AT+CEREG?", `AT+CEREG?\r${answer("+CEREG:0,1")}`],
        ["AT+CGPADDR", `AT+CGPADDR\r${answer("+CGPADDR:0,10.169.241.248")}`],
      ],
    ],
    "the timer wakes it, and it sleeps again": [
      { sleep: { banner: "reboot-cause" } },
      [...asleep, wait(10 * hours, "\r\nREBOOT_CAUSE_APPLICATION_RTC\r\nNeul \r\nOK\r\n" + lines("+NPSMR:0")), wait(30 * seconds, lines("+NPSMR:1"))],
    ],
    "only the pin wakes it": [
      { sleep: { wakesBy: "pin" } },
      [...asleep, ["AT", ""], ["AT", ""], then(({ modem }) => modem.pulse("wake", 100), lines("+NPSMR:0")), ["AT", OK]],
    ],
    "power saving that the network does not grant": [
      { mobile: { psm: false } },
      [
        ["AT+CPSMS=1,,,01000001,00000101", OK],
        ["AT+CEREG=4", OK],
        ["AT+CEREG?", answer("+CEREG:4,1,213D,0318886E,9,,,,")],
        wait(hours),
        ["AT", OK],
      ],
    ],
    "an active time that the network changes": [
      { mobile: { activeTime: "00100001" } },
      [
        ["AT+NPSMR=1", OK],
        ["AT+CPSMS=1,,,01000001,00000101", OK],
        wait(30 * seconds),
        wait(50 * seconds, lines("+NPSMR:1")),
      ],
    ],
    "power saving from the factory, and back after each attach": [
      { sleep: { factory: true } },
      [
        ["AT+NPSMR=1", OK],
        ["AT+CPSMS=0", OK],
        wait(60 * seconds),
        ["AT+CGATT=0", OK],
        ["AT+CGATT=1", OK],
        wait(30 * seconds, lines("+NPSMR:1")),
      ],
    ],
    "a rate that its low-power UART does not have keeps it awake": [
      ["AT+NATSPEED=115200,30,0,0", answer("+NATSPEED:DISABLE_DEEP_SLEEP")],
      ["AT+NPSMR=1", OK],
      ["AT+CPSMS=1,,,01000001,00000101", OK],
      wait(hours),
      ["AT", OK],
    ],
  });

  exchanges(m531x, {
    "M5311: reports, and the wake-up pin": [
      { model: "m5311" },
      [
        ["AT*MATWAKEUP=1", OK],
        ["AT*SLEEP=1", OK],
        ["AT*SLEEP?", answer("*SLEEP: 1")],
        ["AT*WAKETIME?", answer("*WAKETIME: 10")],
        ["AT*WAKETIME=20", OK],
        ["AT*WAKETIME=301", "\r\n+CME ERROR: 50\r\n"],
        ["AT+CPSMS=1,,,\"01000001\",\"00000101\"", OK],
        wait(30 * seconds, lines("*GOTOSLEEP")),
        then(({ modem }) => modem.pulse("wake", 10), lines("*MATWAKEUP")),
        ["AT*ENTERSLEEP", OK + lines("*GOTOSLEEP")],
      ],
    ],
    "M5311: a command keeps it awake for ten seconds": [
      { model: "m5311", sleep: { idleTime: 0 } },
      [
        ["AT*SLEEP=1", OK],
        ["AT+CPSMS=1,,,\"01000001\",\"00000001\"", OK],
        wait(8 * seconds),
        ["AT", OK],
        wait(8 * seconds),
        wait(3 * seconds, lines("*GOTOSLEEP")),
      ],
    ],
    "M5311: AT+SM=LOCK forbids it, LOCK_FOREVER over a restart too": [
      { model: "m5311", sleep: { wakeReport: "WAKEUP" } },
      [
        ["AT*SLEEP=1", OK],
        ["AT*MATWAKEUP=1", OK],
        ["AT+CPSMS=1,,,\"01000001\",\"00000101\"", OK],
        ["AT+SM=LOCK", OK],
        wait(hours),
        ["AT+SM=UNLOCK", OK + lines("*GOTOSLEEP"), 20 * seconds],
        ["AT", lines("*WAKEUP")],
        ["AT+SM=LOCK_FOREVER", OK],
        ["AT+SM=NOSUCH", "\r\nERROR\r\n"],
        ["AT+CMRB", `${OK}${lines("REBOOTING..", "*ATREADY: 1", "+CFUN: 1", "+CPIN: READY")}`],
        ["AT+CPSMS=1,,,\"01000001\",\"00000101\"", OK],
        wait(hours),
        ["AT", OK],
      ],
    ],
  });

  describe("and the MQTT connection", () => {
    const connected = (keeps: "session" | "settings"): DeviceBench => {
      const bench = new DeviceBench(bc35g, { sleep: { keeps } });
      bench.pass(10);
      bench.say('AT+QMTCFG="version",0,4');
      bench.say('AT+QMTOPEN=0,"broker",1883');
      assert.match(bench.say('AT+QMTCONN=0,"c"'), /\+QMTCONN: 0,0,0/);
      bench.say("AT+CPSMS=1,,,01000001,00000101");
      bench.pass(60 * seconds);
      assert.equal(bench.modem.asleep, true);
      return bench;
    };

    it("is there after a sleep", () => {
      const bench = connected("session");
      bench.play([["AT", ""], ["AT+QMTCONN?", answer("+QMTCONN: 0,3")], ['AT+QMTSUB=0,1,"t",1', OK + lines("+QMTSUB: 0,1,0,1")]]);
      bench.modem.close();
    });

    it("is gone without a word", () => {
      const bench = connected("settings");
      bench.play([["AT", ""], ["AT+QMTCONN?", OK], ["AT+QMTOPEN?", OK]]);
      bench.modem.close();
    });

    it("that is lost meanwhile is reported when the modem wakes", () => {
      const bench = connected("session");
      bench.modem.fault("link-loss:1");
      bench.play([wait(hours), ["AT", lines("+QMTSTAT: 0,1")], ["AT+QMTCONN?", OK]]);
      bench.modem.close();
    });

    it("gets no bytes while the modem sleeps: a message is there when it wakes", () => {
      const bench = new DeviceBench(m531x, { model: "m5311", sleep: { wakeTime: 0 } });
      bench.play([
        wait(10),
        ['AT+MQTTCFG="h",1883,"c",60,"u","p",1', OK],
        ['AT+MQTTOPEN=1,1,0,0,0,"",""', OK + lines("+MQTTOPEN: OK")],
        ['AT+MQTTSUB="t",0', OK + lines("+MQTTSUBACK: 1,1,t")],
        ['AT+CPSMS=1,,,"01000001","00000101"', OK],
        // The broker's copy needs 50 ms.
        ['AT+MQTTPUB="t",0,0,0,0,"x"', OK, 25],
        ["AT*ENTERSLEEP", OK],
        wait(60 * seconds),
        ["AT", lines("+MQTTPUBLISH: 0,0,0,0,t,1,x")],
        ["AT", OK],
      ]);
      bench.modem.close();
    });
  });
});
