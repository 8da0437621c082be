// What an M531X takes and refuses, and what it says of itself: S2 chapter 1, dialects chapters 3 and 8, P5.

import assert from "node:assert/strict";
import m531x from "../../hosts/virtual-modem/families/m531x";
import { Bench, type BenchOptions, OK } from "./bench";
import { CmiotBench, frame, startTestBroker, type TestBroker } from "./cmiot-bench";

const bad = frame("+CME ERROR: 50");
const notAllowed = frame("+CME ERROR: 3");
const notSupported = frame("+CME ERROR: 4");
const x = (count: number): string => "x".repeat(count);
const config = (change: Partial<Record<number, string>> = {}, count = 7): string =>
  ['"h"', "1883", '"c"', "60", '"u"', '"p"', "1", "0"].map((text, index) => change[index] ?? text).slice(0, count).join();

describe("virtual modem, M531X: parameters", () => {
  let broker: TestBroker;
  let bench: CmiotBench;
  before(async () => (broker = await startTestBroker()));
  after(() => broker.close());
  afterEach(() => bench.close());

  const start = async (variants?: BenchOptions["variants"]): Promise<void> => {
    bench = new CmiotBench(m531x, true, { latencyScale: 0.1, variants });
    await bench.exchange("AT+CMEE=1", OK);
  };

  const refused: Record<string, string[]> = {
    MQTTCFG: [
      "", '"h"', config({}, 6), config({}, 8), `${config()},1,1`, config({ 0: '""' }), config({ 0: "h" }), config({ 0: `"${x(129)}"` }),
      config({ 1: "0" }), config({ 1: "65536" }), config({ 1: '"1883"' }), config({ 2: `"${x(129)}"` }), config({ 2: '""', 6: "0" }),
      config({ 3: "-1" }), config({ 3: "65536" }), config({ 3: "x" }), config({ 4: "u" }), config({ 4: `"${x(129)}"` }),
      config({ 5: `"${x(129)}"` }), config({ 6: "2" }), config({ 6: '"1"' }), `${config({}, 6)},`,
    ],
    MQTTOPEN: [
      "", "1,1,0", '1,1,0,0,0,""', '1,1,0,0,0,"","",1', '2,1,0,0,0,"",""', '1,2,0,0,0,"",""', '0,1,0,0,0,"",""', '1,1,2,0,0,"",""',
      '1,1,1,2,0,"t","m"', '1,1,1,0,3,"t","m"', '1,1,1,0,0,"","m"', '1,1,1,0,0,t,"m"', `1,1,1,0,0,"${x(513)}","m"`, `1,1,1,0,0,"t","${x(513)}"`,
    ],
    MQTTSUB: ["", '"t"', '"",0', 't,0', '"t",3', '"t",-1', '"t",0,1', '"t",0,0,0', `"${x(513)}",0`, '"t','"t"x,0'],
    MQTTUNSUB: ["", '""', "t", '"t",0', `"${x(513)}"`],
    MQTTPUB: [
      '"t",0,0,0,"text"', '"t",0,0,0,0', '"t",0,0,0,0,text', '"",0,0,0,0,"x"', '"t",3,0,0,0,"x"', '"t",0,2,0,0,"x"', '"t",0,0,2,0,"x"',
      '"t",0,0,0,2,"189"', '"t",0,0,0,2,"18900"', '"t",0,0,0,2,"18G0"', '"t",0,0,0,1,"1890"', '"t",0,0,0,513,"00"', '"t",0,0,0,-1,"x"',
      `"t",0,0,0,0,"${x(1025)}"`, '"t",0,0,0,0,"x",1', '"t",0,0,0,0,"a"b"',
    ],
    MQTTTO: ["", "0", "3601", "x", "10,1"],
    MQTTPING: ["", "2", "1,1"],
  };
  for (const [name, all] of Object.entries(refused)) {
    it(`AT+${name} refuses what is out of range`, async () => {
      await start();
      for (const args of all) await bench.exchange(`AT+${name}=${args}`, bad);
      await bench.quiet(100);
    });
  }

  it("has the forms that S2 has, and no others", async () => {
    await start();
    for (const command of [
      "MQTTCFG=?", "MQTTCFG", "MQTTOPEN?", "MQTTOPEN=?", "MQTTOPEN", "MQTTSTAT", "MQTTSTAT=1", "MQTTSUB", "MQTTUNSUB?", "MQTTPUB?",
      "MQTTDISC?", "MQTTDISC=0", "MQTTDEL?", "MQTTDEL=0", "MQTTTO?", "MQTTTO", "MQTTPING?", "MQTTPING",
    ]) {
      await bench.exchange(`AT+${command}`, notSupported);
    }
    // Seen in a program, but not in S2: dialects 3.2.
    await bench.exchange("AT+MQTTREC=0", "\r\nERROR\r\n");
  });

  it("refuses what its state does not allow", async () => {
    await start();
    const connected = ['MQTTSUB="t",0', 'MQTTUNSUB="t"', 'MQTTPUB="t",0,0,0,0,"x"', "MQTTDISC"];
    for (const command of ['MQTTOPEN=1,1,0,0,0,"",""', ...connected]) await bench.exchange(`AT+${command}`, notAllowed);
    await bench.configure(broker.port);
    for (const command of connected) await bench.exchange(`AT+${command}`, notAllowed);
    await bench.does('AT+MQTTOPEN=1,1,0,0,0,"",""', "+MQTTOPEN:OK");
    for (const command of ['MQTTOPEN=1,1,0,0,0,"",""', `MQTTCFG=${config()}`]) await bench.exchange(`AT+${command}`, notAllowed);
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:5") + OK);
    await bench.exchange("AT+CMEE=0", OK);
    await bench.exchange(`AT+MQTTCFG=${config()}`, "\r\nERROR\r\n");
  });

  it("takes the longest arguments, and sends them as they are", async () => {
    await start();
    await bench.exchange(`AT+MQTTCFG=${config({ 0: '"127.0.0.1"', 1: String(broker.port), 2: `"${x(128)}"`, 3: "65535", 4: `"${x(128)}"`, 5: `"${x(128)}"` })}`, OK);
    await bench.does(`AT+MQTTOPEN=1,1,1,1,2,"${x(512)}","${x(512)}"`, "+MQTTOPEN:OK");
    await bench.does(`AT+MQTTSUB="${x(512)}",2`, `+MQTTSUBACK:1,2,${x(512)}`);
    broker.published.length = 0;
    await bench.does(`AT+MQTTPUB="a${x(511)}",1,0,0,512,"${"0aFf".repeat(256)}"`, "+MQTTPUBACK:2,0");
    await bench.does(`AT+MQTTPUB="a${x(511)}",1,0,0,0,"${x(1024)}"`, "+MQTTPUBACK:3,0");
    assert.deepEqual(broker.published.map(({ payload }) => payload.length), [512, 1024]);
  });

  it("keeps text as it is, UTF-8 or not", async () => {
    bench = new CmiotBench(m531x, true);
    await bench.connect(broker.port);
    broker.published.length = 0;
    const topic = Buffer.from("测试/数据").toString("latin1");
    await bench.does(`AT+MQTTPUB="${topic}",1,0,0,0,"\xff\\n, ;"`, "+MQTTPUBACK:1,0");
    assert.deepEqual([broker.published[0].topic, broker.published[0].payload], ["测试/数据", Buffer.from("\xff\\n, ;", "latin1")]);
  });

  it("takes a publish without msg_len, as revision 1.3 (variant)", async () => {
    bench = new CmiotBench(m531x, true, { variants: { msgLen: "optional" } });
    await bench.connect(broker.port);
    broker.published.length = 0;
    await bench.does('AT+MQTTPUB="dev/gsm/u",2,1,0,"update message"', "+MQTTPUBREC:1,0", "+MQTTPUBCOMP:1,0");
    assert.equal(broker.published[0].payload.toString(), "update message");
  });

  for (const model of ["m5311", "m5312", "m5313"]) {
    it(`${model} takes encrypt, a short MQTTOPEN, and index 1`, async () => {
      await start({ model, spacing: "m5310a" });
      await bench.exchange(`AT+MQTTCFG=${config({}, 8)}`, OK);
      for (const args of [`${config({})},2`, `${config({}, 8)},1`]) await bench.exchange(`AT+MQTTCFG=${args}`, bad);
      await bench.exchange("AT+MQTTOPEN=1,1,1", bad);
      await bench.exchange("AT+MQTTOPEN=0,1,0", bad);
      await bench.configure(broker.port);
      await bench.does("AT+MQTTOPEN=1,1,0", "+MQTTOPEN:OK");
      await bench.does('AT+MQTTSUB="t",0,1', "+MQTTSUBACK:1,0,t");
      await bench.exchange('AT+MQTTSUB="u",0,2', bad);
    });
  }

  it("cannot be configured again without MQTTDEL (variant)", async () => {
    await start({ reconfigure: "refused" });
    await bench.configure(broker.port);
    await bench.exchange(`AT+MQTTCFG=${config()}`, notAllowed);
    await bench.exchange("AT+MQTTDEL", OK);
    await bench.exchange(`AT+MQTTCFG=${config()}`, OK);
  });

  it("closes the connection when it is deleted", async () => {
    bench = new CmiotBench(m531x, true);
    await bench.connect(broker.port);
    const client = broker.clients.at(-1)!;
    await bench.exchange("AT+MQTTDEL", OK);
    for (let tries = 0; tries < 10_000 && !client.closed; tries++) await new Promise((done) => setTimeout(done, 5));
    assert.equal(client.closed, true);
    await bench.quiet();
  });

  it("keeps the session and the subscriptions when asked to: what came meanwhile is delivered", async () => {
    await start();
    await bench.configure(broker.port, { clean: 0 });
    await bench.does('AT+MQTTOPEN=1,1,0,0,0,"",""', "+MQTTOPEN:OK");
    await bench.does('AT+MQTTSUB="kept",1', "+MQTTSUBACK:1,1,kept");
    await bench.does("AT+MQTTDISC", "+MQTTDISC: OK");
    await broker.send("kept", "later", 1);
    bench.say('AT+MQTTOPEN=1,1,0,0,0,"",""\r');
    await bench.hears(/^\r\nOK\r\n\r\n\+MQTTOPEN:OK\r\n\r\n\+MQTTPUBLISH:[01],1,0,\d+,kept,5,later\r\n$/);
    await bench.exchange("AT+MQTTSUB?", frame("+MQTTSUB:\r\nkept") + OK);
  });
});

describe("virtual modem, M531X: 27.007 commands and the restart", () => {
  let bench: Bench;
  afterEach(() => bench.close());

  const models = {
    m5310a: { name: "M5310-A", iccid: "+NCCID", colon: ":", reboot: ["AT+NRB", frame("REBOOTING")] },
    m5311: { name: "M5311", iccid: "+ICCID", colon: ": ", reboot: ["AT+CMRB", frame("OK", "REBOOTING..")] },
    m5312: { name: "M5312", iccid: "+ICCID", colon: ": ", reboot: ["AT+CMRB", frame("OK", "REBOOTING..")] },
    m5313: { name: "M5313", iccid: "+ICCID", colon: ": ", reboot: ["AT+CMRB", frame("OK", "REBOOTING..")] },
  };
  for (const [model, { name, iccid, colon, reboot: [command, answer] }] of Object.entries(models)) {
    const banner = (cause: string): string =>
      model === "m5310a" ? `\r\nREBOOT_CAUSE_${cause}\r\nM5310-A\r\nOK\r\n` : frame("*ATREADY: 1", "+CFUN: 1", "+CPIN: READY");

    it(`${name} says who it is`, async () => {
      bench = new Bench({ family: m531x, variants: { model } });
      await new Promise((done) => setTimeout(done, 5));
      await bench.exchange("AT+CGMI", frame("CMIOT") + OK);
      await bench.exchange("AT+CGMM", frame(name) + OK);
      await bench.exchange(`AT${iccid}`, frame(`${iccid}${colon}89860401101730612345`) + OK);
      await bench.exchange("AT+CSQ", frame(`+CSQ${colon}23,99`) + OK);
      await bench.exchange("AT+CGATT?", frame(`+CGATT${colon}1`) + OK);
      await bench.exchange("AT+CMEE=2", model === "m5310a" ? "\r\nERROR\r\n" : OK);
    });

    it(`${name} restarts by ${command}, by its pin, and crashes`, async () => {
      bench = new Bench({ family: m531x, variants: { model } });
      await bench.exchange("AT+CMEE=1", OK);
      await bench.exchange('AT+MQTTCFG="h",1883,"c",60,"u","p",1', OK);
      await bench.exchange(command, answer, banner("APPLICATION_AT"));
      await bench.exchange("AT+MQTTCFG?", OK);
      bench.modem.restart("pin");
      await bench.expect(banner("SECURITY_RESET_PIN"));
      bench.modem.fault("restart:0,power");
      await bench.expect(banner("SECURITY_PMU_POWER_ON_RESET"));
      await bench.quiet();
    });
  }

  it("M5311 gives errors in words", async () => {
    bench = new Bench({ family: m531x, variants: { model: "m5311" } });
    await bench.exchange("AT+CMEE=2", OK);
    await bench.exchange("AT+MQTTDISC", frame("+CME ERROR: Operation not allowed"));
  });
});
