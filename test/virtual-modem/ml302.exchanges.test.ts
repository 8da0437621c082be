// The exchanges of the dialect reference, chapter 16.3, byte for byte, against a real broker; each with its variants.

import assert from "node:assert/strict";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import { type BenchOptions, ERROR, OK } from "./bench";
import { CmiotBench, frame, startTestBroker, type TestBroker } from "./cmiot-bench";

const open = 'AT+MQTTOPEN=1,1,0,0,0,"",""';

describe("virtual modem, ML302: exchanges of the reference", () => {
  let broker: TestBroker;
  let bench: CmiotBench;

  before(async () => (broker = await startTestBroker()));
  beforeEach(() => (broker.published.length = 0));
  afterEach(() => bench.close());
  after(() => broker.close());

  const start = (options?: BenchOptions): CmiotBench => (bench = new CmiotBench(ml302, false, options));
  const online = async (variants?: BenchOptions["variants"], opened?: string): Promise<void> =>
    start({ variants }).connect(broker.port, opened);
  /** A publish of counted bytes, and its result lines. */
  const counted = async (args: string, payload: string, ...lines: readonly string[]): Promise<void> => {
    bench.say(`AT+MQTTPUB=${args},${payload.length}\r`);
    await bench.expect("\r\n> ");
    bench.say(payload);
    await bench.expect(frame(...lines) + OK);
  };
  const published = (): unknown[] =>
    broker.published.map(({ topic, payload, qos, retain }) => [topic, payload.toString(), qos, retain]);

  it("configures and connects", async () => {
    start();
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange("AT+MQTTCFG?", frame('+MQTTCFG:"(null)",0,"(null)",0,"(null)","***",0,"",0') + OK);
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT: 0") + OK);
    await bench.exchange(`AT+MQTTCFG="localhost",${broker.port},"dev-1",60,"u1","p1",1,"",0`, OK);
    await bench.exchange("AT+MQTTCFG?", frame(`+MQTTCFG: "localhost",${broker.port},"dev-1",60,"u1","***",1,"",0`) + OK);
    await bench.exchange("AT+MQTTTO=10", OK);
    await bench.does('AT+MQTTOPEN=1,1,1,0,1,"dev-1/state","offline"', "+MQTTOPEN:OK");
    await bench.exchange("AT+MQTTPING=1", OK);
    await bench.exchange("AT+MQTTPING?", frame("+MQTTPING: 1") + OK);
    await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT: 1") + OK);
    await bench.exchange("AT+MQTTREC?", frame("+MQTTREC: 1,0") + OK);
    await bench.exchange("AT+MQTTTO?", frame("+MQTTTO: 10") + OK);
    await bench.quiet();
  });

  it("takes 7 or 9 arguments", async () => {
    start();
    await bench.exchange('AT+MQTTCFG="183.230.40.39",6002,"532337966",60,"246883","secret",0', OK);
    await bench.exchange("AT+MQTTCFG?", frame('+MQTTCFG: "183.230.40.39",6002,"532337966",60,"246883","***",0,"",0') + OK);
    await bench.exchange('AT+MQTTCFG="h",1883,"c",60,"u","p",1,"2018-10-31",1', OK);
    await bench.exchange("AT+MQTTCFG?", frame('+MQTTCFG: "h",1883,"c",60,"u","***",1,"2018-10-31",1') + OK);
    await bench.exchange('AT+MQTTCFG="h",1883,"c",60,"u","p",1,"x"', ERROR);
  });

  const forms: [BenchOptions["variants"], string[]][] = [
    [{}, ["+MQTTOPEN:OK", "+MQTTSUBACK:1,1,t", "+MQTTPUBACK:0,2", "+MQTTDISC: OK"]],
    [{ spacing: "tables" }, ["+MQTTOPEN: OK", "+MQTTSUBACK: 1,1,t", "+MQTTPUBACK: 0,2", "+MQTTDISC: OK"]],
    [{ colon: "none" }, ["+MQTTOPEN:OK", "+MQTTSUBACK:1,1,t", "+MQTTPUBACK:0,2", "+MQTTDISC:OK"]],
    [{ ackOrder: "id-first" }, ["+MQTTOPEN:OK", "+MQTTSUBACK:1,1,t", "+MQTTPUBACK:2,0", "+MQTTDISC: OK"]],
    [{ packetIds: "per-kind" }, ["+MQTTOPEN:OK", "+MQTTSUBACK:1,1,t", "+MQTTPUBACK:0,1", "+MQTTDISC: OK"]],
    [{ okPause: "pause" }, ["+MQTTOPEN:OK", "+MQTTSUBACK:1,1,t", "+MQTTPUBACK:0,2", "+MQTTDISC: OK"]],
  ];
  for (const [variants, [opened, sub, pub, disc]] of forms) {
    it(`prints its lines as ${JSON.stringify(variants)} says`, async () => {
      await online(variants, opened);
      await bench.does('AT+MQTTSUB="t",1', sub);
      await bench.does('AT+MQTTPUB="u",1,0,0,"x"', pub);
      await bench.does("AT+MQTTDISC", disc);
    });
  }

  it("says OK first (variant)", async () => {
    const early = (bench = new CmiotBench(ml302, true, { variants: { okOrder: "before" } }));
    await early.connect(broker.port);
    await early.does('AT+MQTTSUB="t",1', "+MQTTSUBACK:1,1,t");
    await early.does('AT+MQTTPUB="u",2,0,0,"x"', "+MQTTPUBREC:0,2", "+MQTTPUBCOMP:0,2");
    early.say('AT+MQTTPUB="u",1,0,0,3\r');
    await early.expect("\r\n> ");
    early.say("abc");
    await early.expect(OK + frame("+MQTTPUBACK:0,3"));
    early.modem.fault("malformed:unsuback");
    await early.does('AT+MQTTUNSUB="t"', "+CME ERROR: 618");
    await early.does("AT+MQTTDISC", "+MQTTDISC: OK");
  });

  const lists = {
    topics: "\r\n+MQTTSUB:\r\ncmd/dev-1\r\n+/x\r\n",
    "with-qos": "\r\n+MQTTSUB:\r\ncmd/dev-1,1\r\n+/x,0\r\n",
    "same-line": "\r\n+MQTTSUB: cmd/dev-1,1\r\n+MQTTSUB: +/x,0\r\n",
  };
  for (const [subList, list] of Object.entries(lists)) {
    it(`subscribes and lists: ${subList}`, async () => {
      await online({ subList });
      await bench.exchange("AT+MQTTSUB?", frame("+MQTTSUB:") + OK);
      await bench.does('AT+MQTTSUB="cmd/dev-1",1', "+MQTTSUBACK:1,1,cmd/dev-1");
      await bench.does('AT+MQTTSUB="+/x",0', "+MQTTSUBACK:2,0,+/x");
      await bench.exchange("AT+MQTTSUB?", list + OK);
    });
  }

  it("publishes counted bytes at QoS 0, 1 and 2", async () => {
    await online();
    await bench.does('AT+MQTTSUB="cmd/dev-1",1', "+MQTTSUBACK:1,1,cmd/dev-1");
    await counted('"t/a",0,0,0', "hello");
    await counted('"t/a",1,0,0', '{"t":21.5}', "+MQTTPUBACK:0,3");
    await counted('"t/a",2,1,1', "bye", "+MQTTPUBREC:0,4", "+MQTTPUBCOMP:0,4");
    assert.deepEqual(published(), [
      ["t/a", "hello", 0, false],
      ["t/a", '{"t":21.5}', 1, false],
      ["t/a", "bye", 2, true],
    ]);
  });

  for (const [prompt, bytes] of Object.entries({ unspaced: "\r\n>", bare: ">" })) {
    it(`prompts ${JSON.stringify(bytes)} (variant)`, async () => {
      await online({ prompt: prompt as "bare" });
      bench.say('AT+MQTTPUB="t/a",0,0,0,5\r');
      await bench.expect(bytes);
      bench.say("hello");
      await bench.expect(OK);
    });
  }

  it("carries every byte value when it is counted", async () => {
    await online();
    await bench.does('AT+MQTTSUB="t",0', "+MQTTSUBACK:1,0,t");
    const all = Array.from({ length: 256 }, (_, value) => String.fromCharCode(value)).join("");
    await counted('"u",0,0,0', all);
    await counted('"u",1,0,0', "x".repeat(2038), "+MQTTPUBACK:0,3");
    assert.deepEqual(broker.published.map(({ payload }) => payload.length), [256, 2038]);
    assert.equal(broker.published[0].payload.toString("latin1"), all);
    await broker.send("t", Buffer.from(all, "latin1"));
    await bench.expect(`\r\n+MQTTPUBLISH: 0,0,0,0,"t",256,${all}\r\n`);
  });

  it("publishes a text with escaped quotes, and an empty one", async () => {
    await online();
    await bench.does('AT+MQTTPUB="t/a",1,0,0,"{\\"t\\":21.5}"', "+MQTTPUBACK:0,1");
    await bench.does('AT+MQTTPUB="dev/gsm/u",1,0,0,"1890"', "+MQTTPUBACK:0,2");
    // As S3 prints it, the payload keeps a pair of quotes: C-13.
    await bench.does('AT+MQTTPUB="godda",0,0,0,"\\"{\\"v\\":\\" 1\\"}\\""');
    await bench.does('AT+MQTTPUB="t/a",1,0,0,""', "+MQTTPUBACK:0,4");
    assert.deepEqual(broker.published.map(({ payload }) => payload.toString()), ['{"t":21.5}', "1890", '"{"v":" 1"}"', ""]);
  });

  const received: [BenchOptions["variants"], payload: string, line: string][] = [
    [{}, '{"on":true,"n":1}', '\r\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",17,{"on":true,"n":1}\r\n'],
    [{ topicQuotes: "bare", colon: "none" }, "hello", "\r\n+MQTTPUBLISH:0,0,0,0,cmd/dev-1,5,hello\r\n"],
    [{ publishComma: "missing", publishLength: "long" }, "abxxxxabc", '\r\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1" 14,abxxxxabc\r\n'],
    [{ publishLength: "escaped" }, 'abc"xxxx"abc', '\r\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",14,abc"xxxx"abc\r\n'],
    [{ publishLength: "short" }, "hello", '\r\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",4,hello\r\n'],
    [{ publishEnd: "none" }, "hello", '\r\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",5,hello'],
    [{ publishStart: "none" }, "hello", '+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",5,hello\r\n'],
    [{ payloadPlace: "next-line" }, "hello", '\r\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",5\r\nhello\r\n'],
    [{}, "a\r\nOK\r\n+CME ERROR: 609", '\r\n+MQTTPUBLISH: 0,0,0,0,"cmd/dev-1",22,a\r\nOK\r\n+CME ERROR: 609\r\n'],
  ];
  for (const [variants, payload, line] of received) {
    it(`receives ${JSON.stringify(payload)} ${JSON.stringify(variants)}`, async () => {
      await online(variants);
      await bench.does('AT+MQTTSUB="cmd/dev-1",0', "+MQTTSUBACK:1,0,cmd/dev-1");
      await broker.send("cmd/dev-1", payload);
      await bench.expect(line);
      await bench.quiet(100);
    });
  }

  it("receives at QoS 2 and completes", async () => {
    await online();
    await bench.does('AT+MQTTSUB="cmd/dev-1",2', "+MQTTSUBACK:1,2,cmd/dev-1");
    await broker.send("cmd/dev-1", "hello", 2);
    await bench.hears(/^\r\n\+MQTTPUBLISH: 0,2,0,(\d+),"cmd\/dev-1",5,hello\r\n\r\n\+MQTTPUBREL: 0,\1\r\n$/);
  });

  const unsubscribed = { quoted: '+MQTTUNSUBACK:2,"cmd/dev-1"', bare: "+MQTTUNSUBACK:2,cmd/dev-1", absent: "+MQTTUNSUBACK:2" };
  for (const [unsubackTopic, line] of Object.entries(unsubscribed)) {
    it(`unsubscribes, disconnects and deletes: topic ${unsubackTopic}`, async () => {
      await online({ unsubackTopic });
      await bench.does('AT+MQTTSUB="cmd/dev-1",1', "+MQTTSUBACK:1,1,cmd/dev-1");
      await bench.does('AT+MQTTUNSUB="cmd/dev-1"', line);
      await bench.does("AT+MQTTDISC", "+MQTTDISC: OK");
      await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT: 0") + OK);
      await bench.exchange("AT+MQTTDEL", OK);
      await bench.exchange("AT+MQTTCFG?", frame('+MQTTCFG:"(null)",0,"(null)",0,"(null)","***",0,"",0') + OK);
      await bench.quiet();
    });
  }

  const failures: [fault: string, code: number][] = [
    ["dns", 603], ["refused", 603], ["dropped", 603], ["socket", 613], ["pdp", 600], ["connack:1", 603], ["connack:2", 614],
    ["connack:3", 603], ["connack:4", 614], ["connack:5", 603],
  ];
  for (const [fault, code] of failures) {
    it(`MQTTOPEN fails: ${fault} is ${code}, and ends at that`, async () => {
      start({ faults: [fault] });
      await bench.configure(broker.port);
      await bench.exchange(open, frame(`+CME ERROR: ${code}`));
      await bench.exchange("AT+MQTTSTAT?", frame("+MQTTSTAT: 0") + OK);
      await bench.quiet(6000);
      await bench.does(open, "+MQTTOPEN:OK");
    });
  }

  const spelled: [BenchOptions["variants"], string[]][] = [
    [{}, ["+CME ERROR: 614"]],
    [{ openFail: "present" }, ["+MQTTOPEN:FAIL", "+CME ERROR: 614"]],
    [{ openError: "bare" }, ["+CME ERROR"]],
    // The blank of the final goes too: C-10.
    [{ colon: "none" }, ["+CME ERROR:614"]],
  ];
  for (const [variants, lines] of spelled) {
    it(`is refused for a wrong password ${JSON.stringify(variants)}`, async () => {
      start({ variants });
      await bench.configure(broker.port, { password: "wrong" });
      await bench.exchange(open, frame(...lines));
      await bench.exchange("AT+CMEE=0", OK);
      await bench.exchange(open, frame(...lines.slice(0, -1), "ERROR"));
    });
  }
});
