// M5311 as a device, as its AT command interface specification prints it, and M5310-A, whose platform is that of BC35-G.

import m531x from "../../hosts/virtual-modem/families/m531x";
import { answer, cme, ERROR, exchanges, lines, OK, type Row, then, wait } from "./device-bench";

const seconds = 1000;
const restarted = lines("*ATREADY: 1", "+CFUN: 1", "+CPIN: READY");
const m5311 = { model: "m5311" } as const;

describe("virtual modem, M5311: the device", () => {
  exchanges(m531x, {
    "identity": [
      m5311,
      [
        ["ATI", answer("CMCC", "M5311", "M5311-MLVH0S00", "V1.0")],
        ["AT+SWVER", answer("M5311-MLVH0S00")],
        ["AT+CGSN=1", answer("+CGSN: 864345030000015")],
        ["AT+GSN", answer("864345030000015")],
        ["AT+ICCID", answer("+ICCID: 89860401101730612345")],
      ],
    ],
    "restarts": [
      m5311,
      [
        ["AT+CMRB", `${OK}${lines("REBOOTING..")}${restarted}`],
        ["AT+COLDRB", `${OK}${lines("COLD REBOOTING..")}${restarted}`],
      ],
    ],
    "registration": [
      m5311,
      [
        ["AT+CEREG=?", answer("+CEREG: (0,1,2,3,4,5)")],
        ["AT+CEREG=2", OK],
        ["AT+CEREG?", answer('+CEREG: 2,1,"213D","0318886E",9')],
        ["AT+CEREG=5", OK],
        ["AT+CEREG?", answer('+CEREG: 5,1,"213D","0318886E",9,"00"')],
        ['AT+CPSMS=1,,,"01000111","00100100"', OK],
        ["AT+CEREG?", answer('+CEREG: 5,1,"213D","0318886E",9,"00",,,"00100100","01000111"')],
        ["AT+CREG=2", OK],
        ["AT+CREG?", answer('+CREG: 2,1,"213D","0318886E",9')],
        ["AT+CGREG=2", OK],
        ["AT+CGREG?", answer('+CGREG: 2,1,"213D","0318886E",9,"00"')],
        ["AT+CGREG=3", cme(50)],
        ["AT+COPS?", answer('+COPS: 0,2,"46000",9')],
      ],
    ],
    "the PIN, and a card that gets blocked": [
      { ...m5311, sim: { state: "puk", pukTries: 3 } },
      [
        ["AT+CPIN?", answer("+CPIN: SIM PUK")],
        ["AT+CPINR", lines('+CPINR: "SIM PIN",0,3') + answer('+CPINR: "SIM PUK",3,10')],
        ['AT+CPINR="SIM PIN*"', answer('+CPINR: "SIM PIN",0,3')],
        ['AT+CPIN="33333333","0000","0000"', cme(16)],
        ['AT+CPIN="33333333","0000","0000"', cme(16)],
        ['AT+CPIN="33333333","0000","0000"', `${lines("+CPIN: NOT READY", "*SMPUKBLKD")}${cme(16)}`],
        ["AT+CPIN?", cme(313)],
      ],
    ],
    "a card that cannot be used is reported when the radio is switched on": [
      { ...m5311, radio: { on: false }, sim: { state: "puk" } },
      [
        ["AT+CFUN=1", OK + lines("+CPIN: SIM PUK")],
        ["AT+CFUN=0", OK],
        then(({ modem }) => modem.set({ sim: { state: "blocked" } })),
        ["AT+CFUN=1", OK + lines("+CPIN: NOT READY", "*SMPUKBLKD")],
        ["AT+CFUN=0", OK],
        then(({ modem }) => modem.set({ sim: { state: "ready" } })),
        ["AT+CFUN=1", OK],
      ],
    ],
    "a start with the PIN wanted": [
      { ...m5311, sim: { state: "pin" }, start: "booting" },
      [
        ["AT", "", 50],
        wait(1000, lines("*ATREADY: 1", "+CFUN: 1", "+CPIN: SIM PIN")),
        ["AT+CPIN?", answer("+CPIN: SIM PIN")],
        ['AT+CPIN="1234"', `${OK}${lines("+CPIN: READY")}`],
        ["AT+CGATT?", answer("+CGATT: 1")],
      ],
    ],
    "functionality: the second argument stores it for the next start": [
      m5311,
      [
        ["AT+CFUN=?", answer("+CFUN: (0,1,4,7),(0,1,2)")],
        ["AT+CFUN=4", OK],
        ["AT+CFUN?", answer("+CFUN: 4")],
        ["AT+CPIN?", answer("+CPIN: READY")],
        ["AT+CGATT=1", cme(3)],
        ["AT+CFUN=7", OK],
        ["AT+CPIN?", cme(310)],
        ["AT+CFUN=2", cme(50)],
        ["AT+CFUN=1,0", OK],
        ["AT+CFUN=0,1", OK],
        ["AT+CMRB", `${OK}${lines("REBOOTING..", "*ATREADY: 1", "+CFUN: 0")}`],
        ["AT+CFUN?", answer("+CFUN: 0")],
      ],
    ],
    "the default context": [
      { ...m5311, mobile: { apn: "web.o2.co.uk", user: "web", password: "web" } },
      [
        ['AT*CGDEFCONT="IPV4V6","web.o2.co.uk","web","web"', cme(3)],
        ["AT+CGPADDR", answer("+CGPADDR: 1")],
        ["AT+CFUN=0", OK],
        ["AT*CGDEFCONT=?", answer('*CGDEFCONT: ("IP","IPV6","IPV4V6","Non-IP")')],
        ['AT*CGDEFCONT="IPV4V6","web.o2.co.uk","web","web"', OK],
        ["AT*CGDEFCONT?", answer('*CGDEFCONT: "IPV4V6","web.o2.co.uk","web","web"')],
        ["AT+CFUN=1", OK],
        ["AT+CGACT?", answer("+CGACT: 1,1")],
        ["AT+CGPADDR", answer('+CGPADDR: 1,"10.169.241.248"')],
        ["AT+CGDCONT?", answer('+CGDCONT: 1,"IPV4V6","web.o2.co.uk","",0,0')],
      ],
    ],
    "a context by AT+EGACT": [
      { ...m5311, mobile: { apn: "cmiot" } },
      [
        ['AT+EGACT=1,1,"nosuch","",""', `${lines("+EGACT:1")}${OK}${lines("+EGACT:1,1,0")}`],
        ['AT+EGACT=1,1,"cmiot","",""', `${lines("+EGACT:1")}${OK}${lines("+EGACT:1,1,1,1", "+IP: 10.169.241.248")}`],
        ["AT+EGACT=0,1", `${lines("+EGACT:1")}${OK}${lines("+EGACT:1,0,1")}`],
      ],
    ],
    "the signal": [
      { ...m5311, mobile: { rssi: -87, rsrp: -54, rsrq: -7, cell: "27447553", area: "000B", band: 8 } },
      [
        ["AT+CESQ", answer("+CESQ: 24,99,255,255,26,87")],
        ["AT+CESQ=?", answer("+CESQ: (0-63,99),(99),(255),(255),(0-34,255),(0-97,255)")],
        then(({ modem }) => modem.set({ mobile: { rsrp: -107.3, rsrq: -117.5 + 100, rssi: -114.5, sinr: 29 } })),
        ["AT*ENGINFO=0", answer('*ENGINFOSC: 3701,3,69,"27447553",-1073,-175,-1145,290,8,11,0,0,-35')],
        ['AT*CMUNSOL="SQ",1', OK],
        then(({ modem }) => modem.set({ mobile: { rssi: -80 } }), lines("*MSQN: -80,-17,-107")),
        ["AT*ENGINFO=1", OK],
        ["AT+CFUN=0", OK],
        ["AT*ENGINFO=0", ERROR],
        ["AT+CESQ", answer("+CESQ: 99,99,255,255,255,255")],
      ],
    ],
    "the clock: local, without quotes": [
      { ...m5311, mobile: { zone: 32 } },
      [
        ['AT+CCLK="19/02/21,07:35:03+32"', OK, 10],
        ["AT+CCLK?", answer("+CCLK: 19/02/21,07:35:03+32"), 10],
        ["AT+CTZU?", answer("+CTZU: 1")],
        ["AT+CTZR=?", answer("+CTZR: (0,1,2)")],
      ],
    ],
    "bands after a restart": [
      m5311,
      [
        ["AT*CMBAND?", answer("*CMBAND: 3,5,8")],
        ["AT*CMBAND=5", OK],
        ["AT*CMBAND?", answer("*CMBAND: 3,5,8")],
        ["AT+CMRB", `${OK}${lines("REBOOTING..")}${restarted}`],
        ["AT*CMBAND?", answer("*CMBAND: 5")],
        ["AT+CEREG?", answer("+CEREG: 0,4")],
        ["AT*CMBAND=28", ERROR],
      ],
    ],
    "switched off by a command, on by the key": [
      m5311,
      [
        ["AT+CPOF", `${OK}${lines("POWER OFF")}`, 2 * seconds],
        ["AT", ""],
        then(({ modem }) => modem.pulse("power", 600), restarted),
      ],
    ],
  });
});

describe("virtual modem, M5310-A: the device", () => {
  const rows: Row[] = [
    ["ATI", answer("CMIOT", "M5310-A", "Revision:M5310-A_V150R100C10B300")],
    ["AT+CGSN=1", answer("+CGSN:864345030000015")],
    ["AT+CGPADDR", answer("+CGPADDR:0,10.169.241.248")],
    ["AT+CCLK?", answer("+CCLK:70/01/01,00:00:04+00")],
    ["AT+CEREG=5", OK],
    ["AT+CEREG?", answer("+CEREG:5,1,213D,0318886E,9,,,,")],
    ["AT+NPSMR=1", OK],
    ["AT+NPSMR?", answer("+NPSMR:1,0")],
    ["AT*ENGINFO=0", ERROR],
    ["AT+QCHIPINFO=ALL", ERROR],
  ];
  exchanges(m531x, { "has the platform of BC35-G": rows });
});
