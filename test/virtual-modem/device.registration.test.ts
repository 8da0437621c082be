// The network around the modem, as a test steers it: coverage, searches, denials, roaming, the APN, the operator.

import assert from "node:assert/strict";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import type { SomeSettings } from "../../hosts/virtual-modem/device/settings";
import { answer, cme, DeviceBench, exchanges, lines, OK, type Row, then, wait } from "./device-bench";

const seconds = 1000;
const minutes = 60 * seconds;
const set = (settings: SomeSettings, said = "", duration?: number): Row => then(({ modem }) => modem.set(settings), said, duration);

describe("virtual modem: the network", () => {
  exchanges(bc35g, {
    "five minutes of searching": [
      { mobile: { searchTime: 5 * minutes } },
      [
        ["AT+CEREG=1", OK],
        ["AT+CEREG?", answer("+CEREG:1,2")],
        ["AT+CSQ", answer("+CSQ:99,99")],
        ["AT+COPS?", answer("+COPS:0")],
        ["AT+CGATT?", answer("+CGATT:0")],
        ["AT+CCLK?", OK],
        wait(5 * minutes, lines("+CEREG:1")),
        ["AT+CGATT?", answer("+CGATT:1")],
      ],
    ],
    "a network that goes and comes back": [
      { mobile: { searchTime: 10 * seconds } },
      [
        wait(10 * seconds),
        ["AT+CEREG=1", OK],
        set({ mobile: { coverage: false } }, lines("+CEREG:0", "+CEREG:2")),
        wait(10 * seconds, lines("+CEREG:4")),
        ["AT+CEREG?", answer("+CEREG:1,4")],
        ["AT+CGPADDR", OK],
        set({ mobile: { coverage: true } }, lines("+CEREG:2")),
        wait(10 * seconds, lines("+CEREG:1")),
      ],
    ],
    "no network, and what the modem says then": [
      { mobile: { coverage: false, uncovered: "0" } },
      [["AT+CEREG?", answer("+CEREG:0,0")], set({ mobile: { uncovered: "2" } }), ["AT+CEREG?", answer("+CEREG:0,2")]],
    ],
    "a registration that is denied, with its cause": [
      { mobile: { denied: 15 } },
      [
        ["AT+CEREG?", answer("+CEREG:0,3")],
        ["AT+CEREG=2", OK],
        ["AT+CEREG?", answer("+CEREG:2,3")],
        ["AT+CEREG=3", OK],
        ["AT+CEREG?", answer("+CEREG:3,3,,,,0,15")],
        ["AT+CEREG=5", OK],
        ["AT+CEREG?", answer("+CEREG:5,3,,,,0,15,,")],
        set({ mobile: { denied: 0 } }, lines("+CEREG:2", "+CEREG:1,213D,0318886E,9,,,,")),
        set({ mobile: { denied: 11 } }, lines("+CEREG:3,,,,0,11,,")),
      ],
    ],
    "roaming": [
      { mobile: { roaming: true, operator: "26201" } },
      [
        ["AT+CEREG?", answer("+CEREG:0,5")],
        ["AT+COPS?", answer('+COPS:0,2,"26201"')],
        ["AT+CEREG=1", OK],
        set({ mobile: { roaming: false } }, lines("+CEREG:1")),
      ],
    ],
    "a modem that was told to leave does not come back because something around it changes": [
      ["AT+CGATT=0", OK],
      set({ mobile: { coverage: false } }),
      set({ mobile: { coverage: true, rssi: -60 } }),
      ["AT+CEREG?", answer("+CEREG:0,0")],
    ],
    "another cell": [
      ["AT+CEREG=2", OK],
      set({ mobile: { area: "0A12", cell: "01ABCDEF" } }, lines("+CEREG:1,0A12,01ABCDEF,9")),
      set({ mobile: { rssi: -99 } }),
    ],
    "an APN that the network does not want: registered for SMS only": [
      { mobile: { apn: "iot", wrongApn: "sms-only" } },
      [
        ["AT+CEREG?", answer("+CEREG:0,6")],
        ["AT+CGPADDR", answer("+CGPADDR:0")],
        set({ mobile: { roaming: true } }),
        ["AT+CEREG?", answer("+CEREG:0,7")],
      ],
    ],
    "an APN that the network does not want: denied": [
      { mobile: { apn: "iot", wrongApn: "denied" } },
      [
        ["AT+CEREG=3", OK],
        ["AT+CEREG?", answer("+CEREG:3,3,,,,0,19")],
        ["AT+CFUN=0", OK],
        ['AT+CGDCONT=0,"IP","IoT"', OK],
        ["AT+CFUN=1", lines("+CEREG:2") + OK + lines("+CEREG:1,213D,0318886E,9")],
      ],
    ],
    "the radio off from the start": [
      { radio: { on: false, switchTime: 2 * seconds } },
      [
        ["AT+CFUN?", answer("+CFUN:0")],
        ["AT+CEREG?", answer("+CEREG:0,0")],
        ["AT+CPIN?", cme(3)],
        ["AT+CGATT=1", cme(3)],
        ["AT+CGATT?", answer("+CGATT:0")],
        ["AT+CFUN=1", ""],
        wait(seconds + 100, OK),
        ["AT+CEREG?", answer("+CEREG:0,1")],
      ],
    ],
    "no card, and one that is put in": [
      { sim: { state: "absent" } },
      [
        ["AT+CPIN?", cme(310)],
        ["AT+NCCID", cme(310)],
        ["AT+CIMI", cme(310)],
        ["AT+CEREG?", answer("+CEREG:0,0")],
        set({ sim: { state: "ready" } }),
        ["AT+CEREG?", answer("+CEREG:0,1")],
        set({ sim: { state: "failure" } }),
        ["AT+CPIN?", cme(313)],
        ["AT+CEREG?", answer("+CEREG:0,0")],
      ],
    ],
    "a card that is busy for a while": [
      { sim: { busyTime: 5 * seconds }, variants: { simErrors: "10" } },
      [["AT+CPIN?", cme(14)], ["AT+CIMI", cme(14)], wait(5 * seconds), ["AT+CPIN?", answer("+CPIN: READY")], ["AT+CEREG?", answer("+CEREG:0,1")]],
    ],
    "the PIN is wanted again after a restart, and what was tried is not forgotten": [
      { sim: { state: "pin" } },
      [
        ["AT+CPIN=1111", cme(16)],
        ["AT+NRB", `${lines("REBOOTING")}\r\nREBOOT_CAUSE_APPLICATION_AT\r\nNeul \r\nOK\r\n`],
        ["AT+CPIN?", answer("+CPIN: SIM PIN")],
        ["AT+CPINR", lines("+CPINR: SIM PIN,2,3") + answer("+CPINR: SIM PUK,10,10")],
        ["AT+CPIN=1234", OK],
        ["AT+CMEE=1", OK],
        ["AT+NRB", `${lines("REBOOTING")}\r\nREBOOT_CAUSE_APPLICATION_AT\r\nNeul \r\nOK\r\n`],
        ["AT+CPIN?", answer("+CPIN: SIM PIN")],
      ],
    ],
  });

  exchanges(ml302, {
    "ML302, as drivers start it": [
      { mobile: { apn: "CMNET" } },
      [
        ["AT+CGSN=1", answer("+CGSN: 866714040000018")],
        ["AT+CREG?", answer("+CREG: 0,1")],
        ["AT+CEREG=2", OK],
        ["AT+CEREG?", answer('+CEREG: 2,1,"213D","0318886E",7')],
        ['AT+CGDCONT=1,"IP","CMNET"', OK],
        ["AT+CGACT=1,1", OK],
        ["AT+CGPADDR=1", answer("+CGPADDR: 1,10.169.241.248")],
        ["AT+CGACT=0,1", OK],
        ['AT+CGDCONT=2,"IP","CMNET"', OK],
        ["AT+CGACT=1,2", OK],
        ["AT+CGACT?", lines("+CGACT: 1,0") + answer("+CGACT: 2,1")],
        ["AT+CGACT=1,3", cme(50)],
        ['AT+CSTT="CMNET","",""', OK],
        ["AT+CIICR", OK],
        ['AT+CSTT="nosuch"', OK],
        ["AT+CIICR", cme(148)],
        ["AT+CPSMS?", "\r\nERROR\r\n"],
        ["AT+CCLK?", answer('+CCLK: "70/01/01,00:00:18+00"')],
      ],
    ],
  });

  exchanges(nm28, {
    "NM28, as the norm has it": [
      { mobile: { operatorName: "CHN-CT", zone: -20 } },
      [
        ["AT+CEREG=2", OK],
        ["AT+CEREG?", answer('+CEREG: 2,1,"213D","0318886E",7')],
        ["AT+CEREG=4", OK],
        ['AT+CPSMS=1,,,"00000100","00001111"', OK],
        ["AT+CEREG?", answer('+CEREG: 4,1,"213D","0318886E",7,,,"00001111","00000100"')],
        ["AT+CPSMS?", answer('+CPSMS: 1,,,"00000100","00001111"')],
        ["AT+CEDRXS=2,4,\"0101\"", OK + lines('+CEDRXP: 4,"0101","0101","0101"')],
        ["AT+CESQ", answer("+CESQ: 99,99,255,255,18,56")],
        ["AT+COPS?", answer('+COPS: 0,2,"46000"')],
        ["AT+COPS=3,0", OK],
        ["AT+COPS?", answer('+COPS: 0,0,"CHN-CT"')],
        ["AT+COPS=?", answer('+COPS: (2,"CHN-CT","CHN-CT","46000"),,(0-2),(0,1,2)')],
        ["AT+CCLK?", answer('+CCLK: "69/12/31,19:00:13-20"')],
        ["AT+CTZR=2", OK],
        set({ mobile: { zone: 0 } }, lines('+CTZE: "+00",0,"1970/01/01,00:00:15"')),
        ["AT+CFUN=4", lines("+CEREG: 0") + OK],
        ["AT+CPIN?", answer("+CPIN: READY")],
      ],
    ],
  });

  for (const [name, family] of Object.entries({ bc35g, m531x, ml302, nm28 }))
    it(`${name}: an MQTT connection ends with the network, and the modem says so as for any loss`, () => {
      const bench = new DeviceBench(family);
      bench.pass(1000);
      bench.modem.set({ mobile: { coverage: false } });
      bench.pass(1000);
      assert.equal(bench.registration, 4);
      assert.match(bench.say("AT+CGATT?"), /: ?0\r\n/);
      bench.modem.set({ mobile: { coverage: true } });
      bench.pass(1000);
      assert.equal(bench.registration, 1);
      bench.modem.close();
    });
});
