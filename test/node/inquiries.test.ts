import assert from "node:assert/strict";
import { readModemInfo, type ModemInfo } from "modem-mqtt/node";
import { createVirtualModem, loadFamily } from "modem-mqtt/virtual-modem";
import type { Answer } from "../../hosts/node/modem/at-session";
import { INQUIRIES } from "../../hosts/node/modem/inquiries";
import { modemOf } from "../../hosts/node/modem/names";

const ok = (...lines: string[]): Answer => ({ outcome: "ok", code: -1, lines });
const error = (code: number): Answer => ({ outcome: "error", code, lines: [] });
const SILENCE: Answer = { outcome: "silence", code: -1, lines: [] };

/** What a modem answers, with the command that it is the answer to, and what is made of it. */
const ANSWERS: readonly (readonly [name: keyof ModemInfo, line: string, answer: Answer, value: unknown])[] = [
  ["model", "AT+CGMM", ok("SIM7020E"), "SIM7020E"],
  ["model", "AT+CGMM", ok("+CGMM: ML302"), "ML302"],
  ["model", "AT+CGMM", ok("+CEREG: 1", "NM28", "*ATREADY: 1"), "NM28"],
  ["model", "AT+CGMM", ok(""), null],
  ["model", "AT+CGMM", error(3), null],
  ["model", "AT+CGMM", SILENCE, null],
  ["firmware", "AT+CGMR", ok("SSB,V1", "", "RADIO,R1"), "SSB,V1\nRADIO,R1"],
  ["imei", "AT+CGSN=1", ok("+CGSN:490154203237511"), "490154203237511"],
  ["imei", "AT+CGSN=1", ok('+CGSN: "490154203237511"'), "490154203237511"],
  ["imei", "AT+CGSN=1", ok("1234567"), null],
  ["sim", "AT+CPIN?", ok("+CPIN: READY"), "ready"],
  ["sim", "AT+CPIN?", ok("+CPIN:SIM PIN"), "needs SIM PIN"],
  ["sim", "AT+CPIN?", error(10), "not inserted"],
  ["sim", "AT+CPIN?", error(310), "USIM not inserted"],
  ["sim", "AT+CPIN?", error(3), null],
  ["sim", "AT+CPIN?", error(-1), null],
  ["iccid", "AT+NCCID", ok("+NCCID:44123456789012345678"), "44123456789012345678"],
  ["iccid", "AT+ICCID", ok("+ICCID: 8986011770301234567"), "8986011770301234567"],
  ["iccid", "AT+CCID", ok('+CCID: "8986011770301234567f"'), "8986011770301234567F"],
  ["iccid", "AT+NCCID", error(4), null],
  ["signal", "AT+CSQ", ok("+CSQ: 0,99"), -113],
  ["signal", "AT+CSQ", ok("+CSQ:31,0"), -51],
  ["signal", "AT+CSQ", ok("+CSQ: 99,99"), null],
  ["signal", "AT+CSQ", error(-1), null],
  ["registration", "AT+CEREG?", ok("+CEREG: 0,5"), "registered, roaming"],
  ["registration", "AT+CEREG?", ok('+CEREG: 2,1,"1A2B","01234567",9'), "registered at home"],
  ["registration", "AT+CEREG?", ok("+CEREG: 1", "+CEREG:0,3"), "denied"],
  ["registration", "AT+CEREG?", ok("+CEREG: 1"), null],
  ["registration", "AT+CREG?", ok("+CREG:0,0"), "not registered, and not searching"],
  ["registration", "AT+CEREG?", ok("+CEREG: 0,9"), "state 9"],
  ["attached", "AT+CGATT?", ok("+CGATT: 1"), true],
  ["attached", "AT+CGATT?", ok("+CGATT:0"), false],
  ["attached", "AT+CGATT?", error(30), null],
  ["operator", "AT+COPS?", ok('+COPS: 0,0,"CHINA MOBILE",7'), "CHINA MOBILE"],
  ["operator", "AT+COPS?", ok("+COPS: 0"), null],
];

describe("what modems answer to 27.007's questions", () => {
  for (const [name, line, answer, value] of ANSWERS)
    it(`${line}: ${answer.lines.join(" | ") || `${answer.outcome} ${answer.code}`} is ${name} ${JSON.stringify(value)}`, () => {
      assert.deepEqual(INQUIRIES.find((inquiry) => inquiry.name === name)!.read(answer, line), value);
    });

  const MODULES: readonly (readonly [model: string, product: string, modem: string | null])[] = [
    ["BC35GJB-02-STD", "Quectel\nBC35-G\nRevision:BC35GJBR01A01", "bc35g"],
    ["BC28JA-02-STD", "Quectel\nBC28\nRevision:BC28JAR01A08", "bc35g"],
    ["M5310-A", "", "m531x"],
    ["M5311", "", "m531x"],
    ["", "CMIOT\nM5313\n", "m531x"],
    ["ML302", "", "ml302"],
    ["ML302-DNLM", "", "ml302"],
    ["NM28", "", "nm28"],
    // Neighbours with other commands.
    ["BC26", "Quectel_Ltd\nQuectel_BC26", null],
    ["BC95", "Quectel\nBC95-G", null],
    ["M5310", "M5310\nRevision:M5310-LV", null],
    ["ML307R", "", null],
    ["", "", null],
  ];
  for (const [model, product, modem] of MODULES)
    it(`${JSON.stringify(model)} with ${JSON.stringify(product)} is ${modem ?? "no driver's"}`, () => assert.equal(modemOf({ model, product }), modem));

  it("a modem that is registered by any of its radios is registered", async () => {
    const ml302 = await loadFamily("ml302");
    const modem = await createVirtualModem({
      attachTime: 0,
      modem: {
        ...ml302,
        powerOn(host) {
          const session = ml302.powerOn(host);
          return { ...session, commands: [...session.commands, { name: "+CEREG", read: (call) => call.line("+CEREG: 0,2") }] };
        },
      },
    });
    try {
      assert.equal((await readModemInfo({ serial: modem.path, baud: 115_200 })).registration, "registered at home");
    } finally {
      await modem.close();
    }
  });
});
