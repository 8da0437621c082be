// What lines about SIM, network, signal and time mean: tables of the documents' own bytes.
import { timeOf } from "../../src/care/clock";
import { fieldsOf, unquoted } from "../../src/care/fields";
import { iccidOf, imeiOf, imsiOf } from "../../src/care/identity";
import { addressOf, contextOf, firstNumber, isActive, numberBehind, numbersOf, operatorOf, triesOf } from "../../src/care/readings";
import { causeWords, isHome, isRoaming, readRegistration, statusWords, technologyWords, type Registration } from "../../src/care/registration";
import { rsrpOfCESQ, rsrqOfCESQ, rssiOfCSQ, rxlev, signalWord, tenths } from "../../src/care/signal";
import { equal, sameLines } from "./support/check";

const NONE = { area: "", cell: "", technology: -1, cause: -1, isOwnCause: false, active: "", periodic: "" };

describe("registration, in all shapes", () => {
  const SHAPES: [line: string, expected: Partial<Registration>][] = [
    // Answers.
    ["+CEREG:0,1", { isReport: false, status: 1 }],
    ["+CEREG: 0,2", { isReport: false, status: 2 }],
    ["+CEREG:5,2", { isReport: false, status: 2 }],
    ["+CEREG: 1,1", { isReport: false, status: 1 }],
    ["+CEREG:2,1,213D,0318886E,9", { isReport: false, status: 1, area: "213D", cell: "0318886E", technology: 9 }],
    ["+CEREG:5,2,213D,0318886E,9,,,,", { isReport: false, status: 2, area: "213D", cell: "0318886E", technology: 9 }],
    ['+CEREG:2,5,"1A2B","01A2D101",9', { isReport: false, status: 5, area: "1A2B", cell: "01A2D101", technology: 9 }],
    ['+CEREG: 5,1,"1A2B","01A2D101",9,,,"00000101","01000111"', { isReport: false, status: 1, area: "1A2B", cell: "01A2D101", technology: 9, active: "00000101", periodic: "01000111" }],
    ["+CEREG:5,1,213D,0318886E,9,,,00010000,00111000", { isReport: false, status: 1, area: "213D", cell: "0318886E", technology: 9, active: "00010000", periodic: "00111000" }],
    ["+CEREG: 3,3,,,,0,11", { isReport: false, status: 3, cause: 11 }],
    ['+CEREG: 5,3,"FFFE","FFFFFFFF",9,0,15', { isReport: false, status: 3, area: "FFFE", cell: "FFFFFFFF", technology: 9, cause: 15 }],
    ['+CEREG: 5,3,"FFFE","FFFFFFFF",9,1,7,,', { isReport: false, status: 3, area: "FFFE", cell: "FFFFFFFF", technology: 9, cause: 7, isOwnCause: true }],
    // A routing area behind the technology (M5311, BG96), and before the cell (SIM7080).
    ['+CEREG: 4,1,"1A2B","01A2D101",9,"00",,,"00000101","01000111"', { isReport: false, status: 1, area: "1A2B", cell: "01A2D101", technology: 9, active: "00000101", periodic: "01000111" }],
    ['+CEREG: 5,3,"1A2B","01A2D101",9,"00",0,13', { isReport: false, status: 3, area: "1A2B", cell: "01A2D101", technology: 9, cause: 13 }],
    ['+CEREG: 2,1,"1A2B","00","01A2D101",8', { isReport: false, status: 1, area: "1A2B", cell: "01A2D101", technology: 8 }],
    ["+CREG: 0,3", { isReport: false, status: 3 }],
    // Reports: the same without the number in front.
    ["+CEREG: 1", { isReport: true, status: 1 }],
    ["+CEREG:5", { isReport: true, status: 5 }],
    ["+CEREG:1,213D,0318886E,9,,,,", { isReport: true, status: 1, area: "213D", cell: "0318886E", technology: 9 }],
    ['+CEREG: 1,"1A2B","01A2D101",9', { isReport: true, status: 1, area: "1A2B", cell: "01A2D101", technology: 9 }],
    ["+CEREG:1,1234,0318886E,9,,,,", { isReport: true, status: 1, area: "1234", cell: "0318886E", technology: 9 }],
    ["+CEREG: 3,,,,0,11", { isReport: true, status: 3, cause: 11 }],
    ['+CEREG: 2,"",""', { isReport: true, status: 2 }],
  ];
  for (const [line, expected] of SHAPES)
    it(line, () => {
      const read: any = readRegistration(line);
      for (const [name, value] of Object.entries({ ...NONE, ...expected })) equal(read[name], value, name);
    });

  for (const line of ["+CEREG:", "+CEREG: x", '+CEREG: "1A2B"', "+CEREG: ,"]) it(`${line} tells nothing`, () => equal(readRegistration(line), null));

  it("words for the status, the technology and the cause", () => {
    for (const [status, words] of [[0, "not registered"], [1, "registered"], [2, "searching"], [3, "denied"], [4, "out of coverage"], [5, "registered, roaming"], [6, "SMS only"], [8, "emergency calls only"], [11, "unknown"], [-1, "unknown"]] as const)
      equal(statusWords(status), words);
    for (const [technology, words] of [[0, "GSM"], [7, "LTE"], [8, "LTE Cat M1"], [9, "NB-IoT"], [11, "5G"], [-1, undefined], [99, undefined]] as const)
      equal(technologyWords(technology), words);
    equal(causeWords({ cause: 11, isOwnCause: false }), "this network is not allowed (cause 11)");
    equal(causeWords({ cause: 15, isOwnCause: false }), "no suitable cell in this tracking area (cause 15)");
    equal(causeWords({ cause: 200, isOwnCause: false }), "a code that the documents do not list (cause 200)");
    equal(causeWords({ cause: 7, isOwnCause: true }), "the modem's own cause 7");
    equal(causeWords({ cause: -1, isOwnCause: false }), undefined);
  });

  it("with which registrations MQTT can work", () => {
    sameLines([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((status) => (isHome(status) ? "home" : isRoaming(status) ? "roaming" : "no")),
      ["no", "home", "no", "no", "no", "roaming", "no", "no", "no", "home", "roaming"]);
  });
});

describe("the time, in all shapes", () => {
  const at = (text: string): number => Date.parse(text);
  for (const [line, hour, utc, zone] of [
    // BC28, M5310-A: the hour is UTC, the zone is information (M-1).
    ["+CCLK:20/12/04,05:53:35+32", "utc", "2020-12-04T05:53:35Z", 480],
    ["+CCLK:26/02/28,23:59:59", "utc", "2026-02-28T23:59:59Z", undefined],
    // M5311 and 27.007: local.
    ["+CCLK: 26/02/21,07:35:03+32", "local", "2026-02-20T23:35:03Z", 480],
    ['+CCLK: "26/01/01,02:14:36+08"', "local", "2026-01-01T00:14:36Z", 120],
    ['+CCLK: "26/01/01,02:14:36-20"', "local", "2026-01-01T07:14:36Z", -300],
    ['+CCLK: "2026/01/01,02:14:36+08"', "local", "2026-01-01T00:14:36Z", 120],
    ['+CTZEU:+32,0,"2020/12/04,05:53:35"', "utc", "2020-12-04T05:53:35Z", undefined],
    ["+CCLK:24/02/29,12:00:00+00", "utc", "2024-02-29T12:00:00Z", 0],
  ] as const)
    it(`${line} (${hour})`, () => {
      const time = timeOf(line, hour)!;
      equal(time.utc, at(utc));
      equal(time.zone, zone);
    });

  for (const [line, hour, why] of [
    ["+CCLK:18/11/09,05:36:42+32", "utc", "before the network has told it"],
    ['+CCLK: "80/01/06,00:00:10+00"', "local", "a clock of 2080 is none either"],
    ["+CCLK: 19/02/21,07:35:03+32", "local", "before 2020"],
    ["+CCLK: 26/02/21,07:35:03", "local", "local time without its zone"],
    ["+CCLK:26/02/30,07:35:03+32", "utc", "no such day"],
    ["+CCLK:26/13/01,07:35:03+32", "utc", "no such month"],
    ["+CCLK:26/02/21,24:35:03+32", "utc", "no such hour"],
    ["+CCLK:26/02/21,07:35:03+97", "utc", "no such zone"],
    ["+CCLK: ,", "utc", "empty"],
    ["OK", "utc", "no time at all"],
  ] as const)
    it(`${line} is none: ${why}`, () => equal(timeOf(line, hour), undefined));
});

describe("signal", () => {
  for (const [value, dBm] of [[0, -113], [1, -111], [2, -109], [28, -57], [31, -51], [99, undefined], [32, undefined], [-1, undefined]] as const)
    it(`+CSQ: ${value} is ${dBm} dBm`, () => equal(rssiOfCSQ(value), dBm));
  it("+CESQ: 24,99,255,255,26,87", () => {
    equal(rxlev(24), -87);
    equal(rsrqOfCESQ(26), -7);
    equal(rsrpOfCESQ(87), -54);
  });
  it("what +CESQ does not know is not known", () => {
    equal(rxlev(99), undefined);
    equal(rsrqOfCESQ(255), undefined);
    equal(rsrpOfCESQ(255), undefined);
    equal(rsrpOfCESQ(0), -141);
    equal(rsrqOfCESQ(34), -3);
  });
  it("tenths", () => {
    equal(tenths(-842), -84.2);
    equal(tenths(-32_768), undefined);
    equal(tenths(255), undefined);
    equal(tenths(NaN), undefined);
  });
  it("a word: by RSRP, else by RSSI, and none is not weak", () => {
    for (const [rsrp, rssi, word] of [[-68, -57, "excellent"], [-90, -60, "good"], [-100, -60, "fair"], [-120, -60, "weak"], [undefined, -57, "excellent"], [undefined, -80, "good"], [undefined, -90, "fair"], [undefined, -111, "weak"], [undefined, undefined, "none"]] as const)
      equal(signalWord({ rsrp, rssi }), word);
  });
  it("the number behind a word, whatever its prefix (M-6)", () => {
    for (const line of ["Signal power:-842", "NUESTATS:RADIO,Signal power:-842", "+NUESTATS: Signal power:-842", "Signal power: -842"]) equal(numberBehind([line], "Signal power"), -842, line);
    equal(numberBehind(["Total power:-570", "SNR:-108"], "SNR"), -108);
    equal(Number.isNaN(numberBehind(["TX power:-32768"], "RSRQ")), true);
  });
});

describe("identity, from any shape", () => {
  for (const lines of [["+CGSN:490154203237511"], ["+CGSN: 490154203237511"], ["490154203237511"], ['+CGSN: "490154203237511"']] as const)
    it(`IMEI: ${lines}`, () => equal(imeiOf(lines), "490154203237511"));
  for (const line of ["MPD22I8A1B2C3D4E5", "+CGSN:MPD22I8", "+CGSN:4901542032375118", "12345"]) it(`no IMEI: ${line} (M-5)`, () => equal(imeiOf([line]), undefined));
  for (const line of ["460012345678901", "+CIMI: 460012345678901"]) it(`IMSI: ${line} (B-1)`, () => equal(imsiOf([line]), "460012345678901"));
  for (const [line, iccid] of [["+NCCID:44123456789012345678", "44123456789012345678"], ["+ICCID: 56979649586978380293", "56979649586978380293"], ["+QCCID: 89860025128306012474", "89860025128306012474"], ["898604E9101770069221", "898604E9101770069221"], ["+ICCID: 8986031234567890123F", "8986031234567890123"]] as const)
    it(`ICCID: ${line}`, () => equal(iccidOf([line]), iccid));
  it("no ICCID: an IMSI", () => equal(iccidOf(["460012345678901"]), undefined));
});

describe("contexts, addresses, operators", () => {
  for (const [line, cid, type, apn] of [
    ['+CGDCONT:0,"IPV4V6",,,0,0,,,,,0,0', 0, "IPV4V6", ""],
    ['+CGDCONT:0,"IPV4V6","","",0,0,0,0,0,0', 0, "IPV4V6", ""],
    ['+CGDCONT: 1,"IP","CMNET","0.0.0.0",0,0', 1, "IP", "CMNET"],
    ['+CGDCONT:1,"IP","HUAWEI.COM",,0,0', 1, "IP", "HUAWEI.COM"],
  ] as const)
    it(line, () => {
      const context = contextOf([line], cid)!;
      equal(context.type, type);
      equal(context.apn, apn);
      equal(contextOf([line], 7), null);
    });

  it("the stale context of a BC28-CNV is not the one that is meant", () =>
    equal(contextOf(['+CGDCONT:0,"IPV4V6","","",0,0,0,0,0,0', '+CGDCONT:1,"IP","HUAWEI.COM","",0,0,0,0,0,0'], 0)!.apn, ""));

  it("a type that a disturbed line has made up went into the next command", () =>
    equal(contextOf(['+CGDCONT: 0,"IPV4V6"METER.EXAMPL",,0,0'], 0)!.type, ""));

  it("an address without quotes and with them (M-3), and none yet", () => {
    for (const [line, address] of [
      ["+CGPADDR:0,101.43.5.1", "101.43.5.1"], ['+CGPADDR: 1,"100.66.19.177"', "100.66.19.177"], ["+CGPADDR:0", undefined], ['+CGPADDR: 1,"0.0.0.0"', undefined], ["+CGPADDR: 1,", undefined],
      ['+CGPADDR: 1,"32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1"', "2001:db8:0:0:0:0:0:1"], ['+CGPADDR: 1,"10.0.0.5","2001:db8::1"', "10.0.0.5"],
    ] as const)
      equal(addressOf([line]), address, line);
    equal(addressOf(["+CGPADDR:0", "+CGPADDR:1,10.1.2.3"]), "10.1.2.3");
  });

  it("the operator, and none", () => {
    for (const [line, mode, format, name, technology] of [['+COPS:0,2,"46000"', 0, 2, "46000", -1], ['+COPS: 0,0,"CHINA MOBILE CMCC",7', 0, 0, "CHINA MOBILE CMCC", 7], ["+COPS: 0", 0, -1, "", -1], ["+COPS:2", 2, -1, "", -1]] as const) {
      const operator = operatorOf([line])!;
      equal(`${operator.mode} ${operator.format} ${operator.name} ${operator.technology}`, `${mode} ${format} ${name} ${technology}`);
    }
    equal(operatorOf(["+CSQ: 1,2"]), null);
  });

  it("other numbers", () => {
    equal(isActive(["+CGACT: 1,1", "+CGACT: 2,0"], 1), true);
    equal(isActive(["+CGACT: 1,1", "+CGACT: 2,0"], 2), false);
    equal(isActive(["+CGACT: 1,1"], 3), undefined);
    equal(firstNumber(["+CFUN: 4"], "+CFUN"), 4);
    equal(firstNumber(["+CFUN:1"], "+CFUN"), 1);
    equal(firstNumber(["+CFUNX: 1"], "+CFUN"), -1);
    equal(numbersOf(["+NBAND:5,8,3,28,20,1"], "+NBAND").join(), "5,8,3,28,20,1");
    equal(triesOf(["+CPINR: SIM PIN,3,3"]), 3);
    equal(triesOf(["+CPINR: SIM PUK,10,10", "+CPINR: SIM PIN,1,3"]), 1);
    equal(triesOf(["+CPINR: SIM PUK,10,10"]), -1);
  });

  it("commas in quotes are no commas", () => {
    equal(fieldsOf('+X: 1,"a,b", c ,').map(unquoted).join("|"), "1|a,b|c|");
  });
});
