// What an ML302 takes and refuses, and what it says of itself: S3 2.3, dialects chapters 4 and 8.

import assert from "node:assert/strict";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import { Bench, type BenchOptions, ERROR, OK } from "./bench";
import { CmiotBench, frame, startTestBroker, type TestBroker } from "./cmiot-bench";

const bad = frame("+CME ERROR: 601");
const notActive = frame("+CME ERROR: 600");
const notSupported = frame("+CME ERROR: 4");
const x = (count: number): string => "x".repeat(count);
const config = (change: Partial<Record<number, string>> = {}, count = 7): string =>
  ['"h"', "1883", '"c"', "60", '"u"', '"p"', "1", '""', "0"].map((text, index) => change[index] ?? text).slice(0, count).join();

describe("virtual modem, ML302: parameters", () => {
  let broker: TestBroker;
  let bench: CmiotBench;
  before(async () => (broker = await startTestBroker()));
  after(() => broker.close());
  afterEach(() => bench.close());

  const start = async (variants?: BenchOptions["variants"]): Promise<void> => {
    bench = new CmiotBench(ml302, false, { latencyScale: 0.1, variants });
    await bench.exchange("AT+CMEE=1", OK);
  };

  const refused: Record<string, string[]> = {
    MQTTCFG: [
      "", '"h"', config({}, 6), config({}, 8), `${config({}, 9)},1`, config({ 0: '""' }), config({ 0: "h" }), config({ 0: `"${x(129)}"` }),
      config({ 1: "0" }), config({ 1: "65536" }), config({ 2: `"${x(129)}"` }), config({ 2: '""', 6: "0" }), config({ 3: "-1" }),
      config({ 3: "65536" }), config({ 4: `"${x(129)}"` }), config({ 5: `"${x(129)}"` }), config({ 6: "2" }), config({ 7: "1" }, 9),
      config({ 7: `"${x(129)}"` }, 9), config({ 8: "2" }, 9), config({ 8: "1" }, 9), '"h', '"h"x',
    ],
    MQTTOPEN: [
      "", "1,1,0", '1,1,0,0,0,""', '1,1,0,0,0,"","",1', '2,1,0,0,0,"",""', '1,2,0,0,0,"",""', '0,1,0,0,0,"",""', '1,1,2,0,0,"",""',
      '1,1,1,2,0,"t","m"', '1,1,1,0,3,"t","m"', '1,1,1,0,0,"","m"', `1,1,1,0,0,"${x(513)}","m"`, `1,1,1,0,0,"t","${x(513)}"`,
    ],
    MQTTSUB: ["", '"t"', '"",0', "t,0", '"t",3', '"t",0,0', `"${x(513)}",0`, '"t'],
    MQTTUNSUB: ["", '""', "t", '"t",0', `"${x(513)}"`],
    MQTTPUB: [
      '"t",0,0,0', '"",0,0,0,"x"', '"t",3,0,0,"x"', '"t",0,2,0,"x"', '"t",0,0,2,"x"', '"t",0,0,0,0', '"t",0,0,0,2049', '"t",0,0,0,x',
      '"t",0,0,0,', `"t",0,0,0,"${x(1025)}"`, '"t",0,0,0,0,"x"', '"t",0,0,0,"a"b"', '"t",0,0,0,"a\\"', `"${x(513)}",0,0,0,1`,
    ],
    MQTTTO: ["", "0", "3601", "x", "10,1"],
    MQTTPING: ["", "2", "1,1"],
    MQTTREC: ["", "2", "1,1"],
  };
  for (const [name, all] of Object.entries(refused)) {
    it(`AT+${name} refuses what is out of range`, async () => {
      await start();
      for (const args of all) await bench.exchange(`AT+${name}=${args}`, name === "MQTTCFG" ? ERROR : bad);
      await bench.quiet(100);
    });
  }

  it("has the forms that S3 has, and no others", async () => {
    await start();
    for (const command of [
      "MQTTCFG=?", "MQTTCFG", "MQTTOPEN?", "MQTTOPEN", "MQTTSTAT", "MQTTSTAT=1", "MQTTSUB", "MQTTUNSUB?", "MQTTPUB?", "MQTTDISC?",
      "MQTTDISC=0", "MQTTDEL?", "MQTTDEL=0", "MQTTTO", "MQTTTO=?", "MQTTPING", "MQTTREC",
    ]) {
      await bench.exchange(`AT+${command}`, notSupported);
    }
  });

  it("refuses what its state does not allow", async () => {
    await start();
    const connected = ['MQTTSUB="t",0', 'MQTTUNSUB="t"', 'MQTTPUB="t",0,0,0,"x"', 'MQTTPUB="t",0,0,0,1', "MQTTPING=1"];
    for (const command of ['MQTTOPEN=1,1,0,0,0,"",""', ...connected]) await bench.exchange(`AT+${command}`, notActive);
    await bench.exchange("AT+MQTTDISC", ERROR);
    await bench.exchange("AT+MQTTDEL", OK);
    await bench.configure(broker.port);
    for (const command of connected) await bench.exchange(`AT+${command}`, notActive);
    await bench.does('AT+MQTTOPEN=1,1,0,0,0,"",""', "+MQTTOPEN:OK");
    await bench.exchange(`AT+MQTTCFG=${config()}`, ERROR);
  });

  it("fails MQTTSTAT? before it is configured (variant)", async () => {
    await start({ statUnconfigured: "error" });
    await bench.exchange("AT+MQTTSTAT?", notActive);
    await bench.exchange(`AT+MQTTCFG=${config()}`, OK);
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT: 0") + OK);
  });

  it("cannot be configured again without MQTTDEL (variant)", async () => {
    await start({ reconfigure: "refused" });
    await bench.exchange(`AT+MQTTCFG=${config()}`, OK);
    await bench.exchange(`AT+MQTTCFG=${config()}`, ERROR);
    await bench.exchange("AT+MQTTDEL", OK);
    await bench.exchange(`AT+MQTTCFG=${config()}`, OK);
  });

  it("has its defaults, and MQTTCFG brings those of MQTTTO and MQTTPING back", async () => {
    await start();
    const all = async (to: number, ping: number, rec: number): Promise<void> => {
      await bench.exchange("AT+MQTTTO?", frame(`+MQTTTO: ${to}`) + OK);
      await bench.exchange("AT+MQTTPING?", frame(`+MQTTPING: ${ping}`) + OK);
      await bench.exchange("AT+MQTTREC?", frame(`+MQTTREC: ${rec},0`) + OK);
    };
    await all(10, 0, 1);
    await bench.configure(broker.port);
    await bench.does('AT+MQTTOPEN=1,1,0,0,0,"",""', "+MQTTOPEN:OK");
    for (const command of ["MQTTTO=5", "MQTTPING=1", "MQTTREC=0"]) await bench.exchange(`AT+${command}`, OK);
    await all(5, 1, 0);
    await bench.does("AT+MQTTDISC", "+MQTTDISC: OK");
    await bench.exchange(`AT+MQTTCFG=${config()}`, OK);
    await all(10, 0, 0);
  });

  it("answers MQTTTO? under the wrong name (variant)", async () => {
    await start({ toQuery: "REC" });
    await bench.exchange("AT+MQTTTO?", frame("+MQTTREC: 10") + OK);
  });

  it("takes the longest arguments", async () => {
    await start();
    const long = `"${x(128)}"`;
    await bench.exchange(`AT+MQTTCFG=${config({ 0: '"127.0.0.1"', 1: String(broker.port), 2: long, 3: "65535", 4: long, 5: long, 7: long }, 9)}`, OK);
    await bench.does(`AT+MQTTOPEN=1,1,1,1,2,"${x(512)}","${x(512)}"`, "+MQTTOPEN:OK");
    await bench.does(`AT+MQTTSUB="${x(512)}",2`, `+MQTTSUBACK:1,2,${x(512)}`);
    broker.published.length = 0;
    await bench.does(`AT+MQTTPUB="a${x(511)}",1,1,1,"${'\\"'.repeat(1024)}"`, "+MQTTPUBACK:0,2");
    assert.equal(broker.published[0].payload.toString(), '"'.repeat(1024));
    assert.equal(broker.published[0].dup, false);
  });
});

describe("virtual modem, ML302: 27.007 commands and the restart", () => {
  let bench: Bench;
  afterEach(() => bench.close());

  const table: [string, string][] = [
    ["ATI", "\r\nCMIOT\r\nML302\r\nML302-CNLM_MBRH0S00\r\n"],
    ["AT+CGMI", frame("CMIOT")],
    ["AT+CGMM", frame("ML302")],
    ["AT+CGMR", frame("ML302-CNLM_MBRH0S00")],
    ["AT+ICCID", frame("+ICCID: 89860492192070000001")],
    ["AT+CSQ", frame("+CSQ: 23,99")],
    ["AT+CGSN=1", frame("+CGSN: 866714040000018")],
    ["AT+CEREG?", frame("+CEREG: 0,1")],
    ["AT+CGREG?", frame("+CGREG: 0,1")],
    ["AT+CGACT?", frame("+CGACT: 1,1")],
  ];
  for (const [command, answer] of table) {
    it(command, async () => {
      bench = new Bench({ family: ml302 });
      await new Promise((done) => setTimeout(done, 5));
      await bench.exchange(command, answer + OK);
    });
  }

  for (const [banner, text] of Object.entries({ matready: frame("+MATREADY"), cpin: frame("+CPIN: READY"), silent: "" })) {
    it(`restarts by AT+TRB: ${banner}`, async () => {
      bench = new Bench({ family: ml302, variants: { banner }, bootTime: 1000 });
      await bench.exchange("AT+CMEE=1", OK);
      await bench.exchange(`AT+MQTTCFG=${config()}`, OK);
      await bench.exchange("AT+TRB", OK);
      await bench.quiet(60);
      await bench.expect(text);
      await bench.pass(2000);
      await bench.exchange("AT+CMEE?", frame("+CMEE: 0") + OK);
      await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT: 0") + OK);
    });
  }
});
