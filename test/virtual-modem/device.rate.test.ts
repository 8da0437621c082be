// The UART's rate: AT+NATSPEED, AT+IPR, auto baud, and a host that speaks at another one.

import assert from "node:assert/strict";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import { answer, cme, exchanges, lines, OK, type Row, then, wait } from "./device-bench";

const at = (rate: number): Row => (bench) => void (bench.hostRate = rate);
const rateIs = (rate: number): Row => ({ modem }) => assert.equal(modem.baud, rate);
const garbled: Row = (bench) => assert.ok(!bench.say("AT").includes("OK"));

describe("virtual modem: the rate", () => {
  exchanges(bc35g, {
    "AT+NATSPEED, as the manual's example": [
      ["AT+NATSPEED=?", answer("+NATSPEED:(2400,4800,9600,57600,115200,230400,460800,921600),(0-30),(0,1),(0-3),(1,2),(0-2),(0,1)")],
      ["AT+NATSPEED=9600,3,1,2,1", OK],
      ["AT+NATSPEED?", answer("+NATSPEED:9600,2,1,0,0")],
      ["AT+NATSPEED=19200,3,1,2,1", cme(50)],
    ],
    "another rate, and nobody answers at it: the old one is back": [
      { baud: 9600 },
      [
        at(9600),
        ["AT", OK],
        ["AT+NATSPEED=57600,5,0,0", lines("+NATSPEED:DISABLE_DEEP_SLEEP") + OK],
        rateIs(57_600),
        garbled,
        wait(4000),
        rateIs(9600),
        ["AT", OK],
      ],
    ],
    "another rate, and the host speaks at it": [
      { baud: 9600 },
      [
        at(9600),
        ["AT+NATSPEED=57600,0,1,0", lines("+NATSPEED:DISABLE_DEEP_SLEEP") + OK],
        at(57_600),
        ["AT", OK],
        wait(60_000),
        ["AT+NATSPEED?", answer("+NATSPEED:57600,0,1,0,0")],
        // Stored: it is the rate of the next start too.
        ["AT+NRB", `${lines("REBOOTING")}\r\nREBOOT_CAUSE_APPLICATION_AT\r\nNeul \r\nOK\r\n`],
        rateIs(57_600),
      ],
    ],
    "a rate that is not stored is gone with the next start": [
      { baud: 9600 },
      [
        at(9600),
        ["AT+NATSPEED=4800,3,0,0", OK],
        at(4800),
        ["AT", OK],
        then(({ modem }) => modem.restart("pin"), "", 50),
        at(9600),
        wait(1000, "\r\nREBOOT_CAUSE_SECURITY_RESET_PIN\r\nNeul \r\nOK\r\n"),
        ["AT", OK],
      ],
    ],
    "a rate that the host has to look for": [{ baud: 9600 }, [at(115_200), garbled, at(57_600), garbled, at(9600), ["AT", OK]]],
    "any rate will do where none is set": [at(115_200), ["AT", OK], rateIs(0)],
  });

  exchanges(m531x, {
    "M5311: AT+IPR takes effect after OK": [
      { model: "m5311", baud: 115_200 },
      [
        at(115_200),
        ["AT+IPR?", answer("+IPR: 115200")],
        ["AT+IPR=9600", OK],
        rateIs(9600),
        garbled,
        at(9600),
        ["AT+IPR?", answer("+IPR: 9600")],
        ["AT+IPR=1234", cme(50)],
      ],
    ],
    "M5311: AT+IPR=0 finds the host's rate, once": [
      { model: "m5311", baud: 115_200 },
      [
        at(115_200),
        ["AT+IPR=0", OK],
        at(38_400),
        ["AT", OK],
        rateIs(38_400),
        ["AT+IPR?", answer("+IPR: 0")],
        at(9600),
        garbled,
        at(38_400),
        ["AT", OK],
      ],
    ],
    "M5311: the rate is looked for anew after a restart": [
      { model: "m5311", baud: 115_200, autoBaud: true },
      [
        at(38_400),
        ["AT", OK],
        then(({ modem }) => modem.restart("pin"), "", 50),
        // The banner comes at the factory's rate: the modem has heard nothing yet.
        (bench) => assert.ok(!bench.pass(1000).includes("ATREADY")),
        at(9600),
        ["AT", OK],
      ],
    ],
  });
});
