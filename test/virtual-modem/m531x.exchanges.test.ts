// The exchanges of the dialect reference, chapter 16.2, byte for byte, against a real broker; each with its variants.

import assert from "node:assert/strict";
import m531x from "../../hosts/virtual-modem/families/m531x";
import { type BenchOptions, OK } from "./bench";
import { CmiotBench, frame, startTestBroker, type TestBroker } from "./cmiot-bench";

describe("virtual modem, M531X: exchanges of the reference", () => {
  let broker: TestBroker;
  let bench: CmiotBench;

  before(async () => (broker = await startTestBroker()));
  beforeEach(() => (broker.published.length = 0));
  afterEach(() => bench.close());
  after(() => broker.close());

  const start = (options?: BenchOptions): CmiotBench => (bench = new CmiotBench(m531x, true, options));
  const online = async (variants?: BenchOptions["variants"], opened?: string): Promise<void> =>
    start({ variants }).connect(broker.port, opened);
  const published = (): unknown[] =>
    broker.published.map(({ topic, payload, qos, retain }) => [topic, payload.toString(), qos, retain]);

  it("clears leftovers, configures, connects", async () => {
    start();
    await bench.exchange("AT+MQTTDISC", "\r\nERROR\r\n");
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange("AT+MQTTDISC", frame("+CME ERROR: 3"));
    await bench.exchange("AT+MQTTDEL", OK);
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:0") + OK);
    await bench.exchange(`AT+MQTTCFG="localhost",${broker.port},"dev-1",60,"u1","p1",1`, OK);
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:1") + OK);
    await bench.exchange("AT+MQTTTO=10", OK);
    await bench.exchange("AT+MQTTPING=1", OK);
    await bench.exchange("AT+MQTTCFG?", frame(`+MQTTCFG:"localhost",${broker.port},"dev-1",60,"u1",***,1`) + OK);
    await bench.exchange('AT+MQTTOPEN=1,1,1,0,1,"dev-1/state","offline"', OK, frame("+MQTTOPEN:OK"));
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:5") + OK);
    await bench.quiet();
  });

  const read: Record<string, (port: number, encrypt: string) => string> = {
    example: (port, encrypt) => `+MQTTCFG: "h",${port},"c",60,"u",***,1${encrypt && `,${encrypt}`}`,
    table: (port, encrypt) => `AT+MQTTCFG:"h",${port},"c",60,"u","*****",1,${encrypt || "0"}`,
    mixed: (port, encrypt) => `+MQTTCFG: "h",${port},"c",60,"u","***",1,${encrypt || "0"}`,
  };
  for (const [cfgRead, line] of Object.entries(read)) {
    it(`reads the configuration: ${cfgRead}`, async () => {
      start({ variants: { model: "m5311", cfgRead } });
      await bench.exchange("AT+MQTTCFG?", OK);
      for (const encrypt of ["", "0", "1"]) {
        await bench.exchange(`AT+MQTTCFG="h",1883,"c",60,"u","p",1${encrypt && `,${encrypt}`}`, OK);
        await bench.exchange("AT+MQTTCFG?", frame(line(1883, encrypt)) + OK);
      }
    });
  }

  const spacings: [BenchOptions["variants"], string[]][] = [
    [{}, ["+MQTTOPEN:OK", "+MQTTSTAT:5", "+MQTTSUBACK:1,1,t", "+MQTTDISC: OK"]],
    [{ model: "m5311" }, ["+MQTTOPEN: OK", "+MQTTSTAT: 5", "+MQTTSUBACK: 1,1,t", "+MQTTDISC: OK"]],
    [{ model: "m5312" }, ["+MQTTOPEN:OK", "+MQTTSTAT:5", "+MQTTSUBACK:1,1,t", "+MQTTDISC: OK"]],
    [{ spacing: "m5311" }, ["+MQTTOPEN: OK", "+MQTTSTAT: 5", "+MQTTSUBACK: 1,1,t", "+MQTTDISC: OK"]],
    [{ spacing: "tables" }, ["+MQTTOPEN: OK", "+MQTTSTAT:5", "+MQTTSUBACK: 1,1,t", "+MQTTDISC: OK"]],
    [{ colon: "none" }, ["+MQTTOPEN:OK", "+MQTTSTAT:5", "+MQTTSUBACK:1,1,t", "+MQTTDISC:OK"]],
    [{ openResult: "codes" }, ["+MQTTOPEN: 0,0", "+MQTTSTAT:5", "+MQTTSUBACK:1,1,t", "+MQTTDISC: OK"]],
  ];
  for (const [variants, [open, stat, sub, disc]] of spacings) {
    it(`has blanks after the colon ${JSON.stringify(variants)}`, async () => {
      start({ variants });
      await bench.configure(broker.port);
      await bench.does('AT+MQTTOPEN=1,1,0,0,0,"",""', open);
      await bench.exchange("AT+MQTTSTAT?", frame(stat) + OK);
      await bench.does('AT+MQTTSUB="t",1', sub);
      await bench.does("AT+MQTTDISC", disc);
    });
  }

  it("answers after the result (variant)", async () => {
    const late = (bench = new CmiotBench(m531x, false, { variants: { okOrder: "after" } }));
    await late.connect(broker.port);
    await late.does('AT+MQTTSUB="t",1', "+MQTTSUBACK:1,1,t");
    await late.does('AT+MQTTPUB="u",2,0,0,0,"x"', "+MQTTPUBREC:2,0", "+MQTTPUBCOMP:2,0");
    await late.does('AT+MQTTPUB="u",0,0,0,0,"x"');
    await late.does('AT+MQTTUNSUB="t"', "+MQTTUNSUBACK:4,t");
    await late.exchange("AT+MQTTTO=1", OK);
    late.modem.fault("drop-in:suback");
    await late.does('AT+MQTTSUB="t",1', "+MQTTTO:3");
    await late.quiet(100);
  });

  it("subscribes and lists", async () => {
    await online();
    await bench.exchange("AT+MQTTSUB?", frame("+MQTTSUB:") + OK);
    await bench.does('AT+MQTTSUB="cmd/dev-1",1', "+MQTTSUBACK:1,1,cmd/dev-1");
    await bench.exchange("AT+MQTTSUB?", frame("+MQTTSUB:\r\ncmd/dev-1") + OK);
    await bench.does('AT+MQTTSUB="+/status",2,0', "+MQTTSUBACK:2,2,+/status");
    await bench.exchange("AT+MQTTSUB?", frame("+MQTTSUB:\r\ncmd/dev-1\r\n+/status") + OK);
  });

  it("publishes at QoS 0, 1 and 2 in hexadecimal digits, and text", async () => {
    await online();
    await bench.does('AT+MQTTSUB="cmd/dev-1",1', "+MQTTSUBACK:1,1,cmd/dev-1");
    await bench.exchange('AT+MQTTPUB="t/a",0,0,0,5,"68656C6C6F"', OK);
    await bench.does('AT+MQTTPUB="t/a",1,0,0,10,"7B2274223A32312E357D"', "+MQTTPUBACK:3,0");
    await bench.does('AT+MQTTPUB="t/a",2,1,1,3,"627965"', "+MQTTPUBREC:4,0", "+MQTTPUBCOMP:4,0");
    await bench.exchange('AT+MQTTPUB="t/a",0,0,0,0,"hello"', OK);
    await bench.does('AT+MQTTPUB="t/a",1,0,0,0,""', "+MQTTPUBACK:6,0");
    await bench.quiet();
    assert.deepEqual(published(), [
      ["t/a", "hello", 0, false],
      ["t/a", '{"t":21.5}', 1, false],
      ["t/a", "bye", 2, true],
      ["t/a", "hello", 0, false],
      ["t/a", "", 1, false],
    ]);
  });

  it("acknowledges in the other field order (variant)", async () => {
    await online({ ackOrder: "dup-first" });
    await bench.does('AT+MQTTPUB="t",1,0,0,0,"x"', "+MQTTPUBACK:0,1");
    await bench.does('AT+MQTTPUB="t",2,0,0,0,"x"', "+MQTTPUBREC:0,2", "+MQTTPUBCOMP:0,2");
  });

  it("counts publishes and the rest apart, as the worked session does (variant)", async () => {
    await online({ packetIds: "per-kind" });
    await bench.does('AT+MQTTSUB="pyr",1', "+MQTTSUBACK:1,1,pyr");
    await bench.does('AT+MQTTPUB="dev/gsm/u",1,1,0,0,"abc"', "+MQTTPUBACK:1,0");
  });

  it("carries every byte value, to the broker and back", async () => {
    await online();
    await bench.does('AT+MQTTSUB="t",0', "+MQTTSUBACK:1,0,t");
    const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    await bench.exchange(`AT+MQTTPUB="t",0,0,0,256,"${all.toString("hex").toUpperCase()}"`, OK);
    await bench.expect(`\r\n+MQTTPUBLISH:0,0,0,0,t,256,${all.toString("latin1")}\r\n`);
    assert.deepEqual(broker.published.at(-1)?.payload, all);
  });

  const received: [BenchOptions["variants"], topic: string, payload: string, line: string][] = [
    [{ publishStart: "none" }, "cmd/dev-1", '{"on":true,"n":1}', '+MQTTPUBLISH:0,0,0,0,cmd/dev-1,17,{"on":true,"n":1}\r\n'],
    [{}, "cmd/dev-1", "a\r\nOK", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/dev-1,5,a\r\nOK\r\n"],
    [{}, "cmd/a,b", "hello", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/a,b,5,hello\r\n"],
    [{}, "cmd/dev-1", "", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/dev-1,0,\r\n"],
    [{ publishEnd: "none" }, "cmd/dev-1", "hello", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/dev-1,5,hello"],
    [{ publishStart: "none", publishEnd: "none" }, "cmd/dev-1", "hello", "+MQTTPUBLISH:0,0,0,0,cmd/dev-1,5,hello"],
    [{ payloadPlace: "next-line", topicQuotes: "quoted" }, "cmd/t", "hello", '\r\n+MQTTPUBLISH:0,0,0,0,"cmd/t",5\r\nhello\r\n'],
    [{ publishComma: "missing" }, "cmd/t", "hello", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/t 5,hello\r\n"],
    [{ publishLength: "escaped" }, "cmd/t", 'a"b"c', '\r\n+MQTTPUBLISH:0,0,0,0,cmd/t,7,a"b"c\r\n'],
    [{ publishLength: "long" }, "cmd/t", "abxxxxabc", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/t,14,abxxxxabc\r\n"],
    [{ publishLength: "short" }, "cmd/t", "hello", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/t,4,hello\r\n"],
    [{ spacing: "m5311" }, "cmd/t", "hello", "\r\n+MQTTPUBLISH: 0,0,0,0,cmd/t,5,hello\r\n"],
  ];
  for (const [variants, topic, payload, line] of received) {
    it(`receives ${JSON.stringify(payload)} on ${topic} ${JSON.stringify(variants)}`, async () => {
      await online(variants, variants?.spacing === "m5311" ? "+MQTTOPEN: OK" : undefined);
      bench.say('AT+MQTTSUB="cmd/#",0\r');
      await bench.expect(OK);
      await bench.hears(/SUBACK.*\r\n$/s);
      await broker.send(topic, payload);
      await bench.expect(line);
      await bench.quiet(100);
    });
  }

  it("receives at QoS 1 and 2, with the broker's packet ids", async () => {
    await online();
    await bench.does('AT+MQTTSUB="cmd/dev-1",2', "+MQTTSUBACK:1,2,cmd/dev-1");
    await broker.send("cmd/dev-1", "one", 1);
    await bench.hears(/^\r\n\+MQTTPUBLISH:0,1,0,[1-9]\d*,cmd\/dev-1,3,one\r\n$/);
    await broker.send("cmd/dev-1", "hello", 2);
    await bench.hears(/^\r\n\+MQTTPUBLISH:0,2,0,(\d+),cmd\/dev-1,5,hello\r\n\r\n\+MQTTPUBREL:\1,0\r\n$/);
  });

  it("prints digits on the next line where M5311 was asked to", async () => {
    await online({ model: "m5311", spacing: "m5310a" });
    await bench.does('AT+MQTTSUB="t",0,1', "+MQTTSUBACK:1,0,t");
    await broker.send("t", Uint8Array.of(0, 10, 255));
    await bench.expect("\r\n+MQTTPUBLISH:0,0,0,0,t,3\r\n000AFF\r\n");
  });

  const unsubscribed = { bare: "+MQTTUNSUBACK:2,cmd/dev-1", quoted: '+MQTTUNSUBACK:2,"cmd/dev-1"', absent: "+MQTTUNSUBACK:2" };
  for (const [unsubackTopic, line] of Object.entries(unsubscribed)) {
    it(`unsubscribes, disconnects and deletes: topic ${unsubackTopic}`, async () => {
      await online({ unsubackTopic });
      await bench.does('AT+MQTTSUB="cmd/dev-1",1', "+MQTTSUBACK:1,1,cmd/dev-1");
      await bench.does('AT+MQTTUNSUB="cmd/dev-1"', line);
      await bench.exchange("AT+MQTTSUB?", frame("+MQTTSUB:") + OK);
      await bench.does("AT+MQTTDISC", "+MQTTDISC: OK");
      await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:2") + OK);
      await bench.exchange("AT+MQTTDEL", OK);
      await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:0") + OK);
      await bench.exchange("AT+MQTTCFG?", OK);
      await bench.quiet();
    });
  }

  it("is initialised after MQTTDISC, and can open again (variant)", async () => {
    await online({ statAfterDisc: "initialised" });
    await bench.does("AT+MQTTDISC", "+MQTTDISC: OK");
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:1") + OK);
    await bench.does('AT+MQTTOPEN=1,1,0,0,0,"",""', "+MQTTOPEN:OK");
  });

  const refusals = { words: "+MQTTOPEN:FAIL", conack: "+MQTTCONACK: FAIL", codes: "+MQTTOPEN: 4,0" };
  for (const [openResult, line] of Object.entries(refusals)) {
    it(`is refused for a wrong password, and does not try again: ${openResult}`, async () => {
      start({ variants: { openResult } });
      await bench.configure(broker.port, { password: "wrong" });
      await bench.does('AT+MQTTOPEN=1,1,0,0,0,"",""', line);
      await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:2") + OK);
      await bench.quiet(6000);
    });
  }

  for (const [subackRefused, code] of Object.entries({ "128": "128", "0x80": "0x80", "80": "80" })) {
    it(`is refused a subscription: ${subackRefused}`, async () => {
      await online({ subackRefused });
      await bench.does('AT+MQTTSUB="forbidden/#",1', `+MQTTSUBACK:1,${code},forbidden/#`);
      await bench.exchange("AT+MQTTSUB?", frame("+MQTTSUB:") + OK);
    });
  }

  it("reports the QoS that was granted", async () => {
    await online();
    bench.modem.fault("suback:1,0");
    await bench.does('AT+MQTTSUB="t",2', "+MQTTSUBACK:1,0,t");
  });

  it("uses user, password and will as MQTTOPEN says", async () => {
    start();
    await bench.configure(broker.port, { password: "wrong" });
    await bench.does('AT+MQTTOPEN=1,0,1,0,1,"dev-1/state","offline"', "+MQTTOPEN:OK");
    bench.modem.restart();
    await bench.expect("\r\nREBOOT_CAUSE_APPLICATION_WATCHDOG\r\nM5310-A\r\nOK\r\n");
    for (let tries = 0; tries < 10_000 && broker.published.length === 0; tries++) await new Promise((done) => setTimeout(done, 5));
    assert.deepEqual(published(), [["dev-1/state", "offline", 1, false]]);
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT:0") + OK);
  });
});
