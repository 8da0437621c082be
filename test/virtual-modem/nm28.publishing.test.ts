// MQTTPUBEX's data phase on the NM28: the count, the settle time, Ctrl-Z; data points.

import assert from "node:assert/strict";
import { hasValueForm } from "../../hosts/virtual-modem/families/nm28/onenet";
import { type BenchOptions, ERROR, OK } from "./bench";
import { Nm28Bench, startWatchedBroker, type WatchedBroker } from "./nm28-bench";

const pause = (duration: number): Promise<void> => new Promise((done) => setTimeout(done, duration));

describe("virtual modem, NM28: publishing", () => {
  let broker: WatchedBroker;
  let bench: Nm28Bench;

  before(async () => (broker = await startWatchedBroker()));
  beforeEach(() => void (broker.published.length = 0));
  afterEach(() => bench.close());
  after(() => broker.close());

  const start = async (options?: BenchOptions, credentials = '"dev-1","u1","p1"'): Promise<void> => {
    bench = new Nm28Bench(options);
    await bench.online(broker.port, 0, credentials);
  };
  const payloads = (): string[] => broker.published.map(({ payload }) => payload.toString("latin1"));
  const all = Array.from({ length: 256 }, (_, value) => String.fromCharCode(value)).join("");

  it("carries every byte value, Ctrl-Z and ESC too, and brings it back", async () => {
    await start();
    await bench.done('AT+MQTTSUB=0,1,"t",0', "+MQTTSUB:0,1,0,0");
    await bench.prompt('0,1,0,0,0,"t",256');
    bench.say(all);
    await bench.expect(`\r\n+MQTTPUBEX:0,1,0\r\n${OK}\r\n+MQTTRECV:0,1,t,256,${all}\r\n`);
    assert.deepEqual(payloads(), [all]);
  });

  it("sends UTF-8 topics and payloads as they are", async () => {
    await start();
    const topic = Buffer.from("测试, 数据").toString("latin1");
    const payload = Buffer.from("水流:1").toString("latin1");
    await bench.done(`AT+MQTTSUB=0,1,"${topic}",0`, "+MQTTSUB:0,1,0,0");
    await bench.prompt(`0,1,0,0,0,"${topic}",${payload.length}`);
    bench.say(payload);
    await bench.expect(`\r\n+MQTTPUBEX:0,1,0\r\n${OK}\r\n+MQTTRECV:0,1,${topic},${payload.length},${payload}\r\n`);
    assert.equal(broker.published[0].topic, "测试, 数据");
  });

  it("takes message id 0 at QoS 0", async () => {
    await start();
    await bench.prompt('0,0,0,0,0,"t",1');
    bench.say("x");
    await bench.expect(`\r\n+MQTTPUBEX:0,0,0\r\n${OK}`);
  });

  const tails: [string, boolean][] = [
    ["", true], ["<1A>", true], ["\r\n", false], ["\r", false], ["\n", false], ["x", false], ["\r\n<1A>", false], ["AT\r", false],
  ];
  for (const [tail, good] of tails) {
    it(`${good ? "publishes" : "fails to publish"} what is followed by ${JSON.stringify(tail)}`, async () => {
      await start();
      await bench.prompt('0,1,1,0,0,"t",5');
      bench.say(`hello${tail}`);
      await bench.expect(good ? `\r\n+MQTTPUBEX:0,1,0\r\n${OK}` : `\r\n+MQTTPUBEX:0,1,-1\r\n${ERROR}`);
      assert.deepEqual(payloads(), good ? ["hello"] : []);
      // Whatever came was read away.
      await bench.exchange("AT", OK);
      await bench.quiet(100);
    });
  }

  it("counts a surplus byte that comes within the settle time, and none after it", async () => {
    await start({ latencyScale: 10 });
    await bench.prompt('0,1,1,0,0,"t",5');
    bench.say("hello");
    await bench.pass(100);
    bench.say("\n");
    await bench.expect(`\r\n+MQTTPUBEX:0,1,-1\r\n${ERROR}`);
    await bench.prompt('0,2,1,0,0,"t",5');
    bench.say("hello");
    await bench.pass(1200);
    bench.say("\n");
    await bench.expect(`\r\n+MQTTPUBEX:0,2,0\r\n${OK}`);
  });

  it("takes no harm from a late Ctrl-Z", async () => {
    await start();
    await bench.prompt('0,1,1,0,0,"t",5');
    bench.say("hello");
    await bench.expect(`\r\n+MQTTPUBEX:0,1,0\r\n${OK}`);
    bench.say("<1A>");
    await bench.exchange("AT", OK);
    await bench.quiet(100);
  });

  it("waits for Ctrl-Z if it is needed (variant)", async () => {
    await start({ variants: { ctrlZ: "needed" } });
    await bench.prompt('0,1,1,0,0,"t",5');
    bench.say("hello");
    await bench.quiet(1000);
    bench.say("<1A>");
    await bench.expect(`\r\n+MQTTPUBEX:0,1,0\r\n${OK}`);
    await bench.prompt('0,2,1,0,0,"t",5');
    bench.say("hello\r\n");
    await bench.quiet(1000);
    bench.say("<1A>");
    await bench.expect(`\r\n+MQTTPUBEX:0,2,-1\r\n${ERROR}`);
  });

  it("ends the data at a Ctrl-Z inside them (variant)", async () => {
    await start({ variants: { ctrlZInside: "ends" } });
    await bench.prompt('0,1,1,0,0,"t",5');
    bench.say("he<1A>");
    await bench.expect(`\r\n+MQTTPUBEX:0,1,-1\r\n${ERROR}`);
    await bench.prompt('0,2,1,0,0,"t",5');
    bench.say("hello<1A>");
    await bench.expect(`\r\n+MQTTPUBEX:0,2,0\r\n${OK}`);
    assert.deepEqual(payloads(), ["hello"]);
  });

  it("echoes data when echo is on", async () => {
    await start();
    await bench.exchange("ATE1", OK);
    bench.say('AT+MQTTPUBEX=0,1,0,0,0,"t",3\r');
    await bench.expect('AT+MQTTPUBEX=0,1,0,0,0,"t",3\r\r\nCONNECT\r\n');
    bench.say("abc");
    await bench.expect(`abc\r\n+MQTTPUBEX:0,1,0\r\n${OK}`);
  });

  const point = '{"t":{"value":21.5}}';
  const reported = ["$sys/u1/dev-1/thing/property/post", point];
  const types: [type: number, payload: string, results: string, final: string, sent: string[][]][] = [
    [0, point, "0", OK, [["t", point]]],
    [1, point, "0", OK, [reported]],
    [2, point, "0,0", OK, [["t", point], reported]],
    [0, "text", "0", OK, [["t", "text"]]],
    [1, "text", "-1", ERROR, []],
    [2, "text", "0,-1", OK, [["t", "text"]]],
  ];
  for (const qos of [0, 1, 2]) {
    for (const [type, payload, results, final, sent] of types) {
      it(`publishes ${payload} with type ${type} at QoS ${qos}`, async () => {
        await start();
        await bench.prompt(`0,65535,${qos},0,${type},"t",${payload.length}`);
        bench.say(payload);
        await bench.expect(`\r\n+MQTTPUBEX:0,65535,${results}\r\n${final}`);
        for (let tries = 0; tries < 10_000 && broker.published.length < sent.length; tries++) await pause(5);
        const parameters = broker.published.map(({ topic, payload, qos: sentQos }) => {
          assert.equal(sentQos, qos);
          const text = payload.toString();
          return [topic, topic === "t" ? text : JSON.stringify((JSON.parse(text) as { params: unknown }).params)];
        });
        assert.deepEqual(parameters, sent);
      });
    }
  }

  it("fails in both results when the data are too long, or the link is gone", async () => {
    await start();
    await bench.prompt(`0,1,1,0,2,"t",${point.length}`);
    bench.say(`${point}\r\n`);
    await bench.expect(`\r\n+MQTTPUBEX:0,1,-1,-1\r\n${ERROR}`);
    await bench.prompt(`0,1,1,0,2,"t",${point.length}`);
    bench.modem.fault("link-loss:1");
    bench.say(point);
    await bench.expect(`\r\n+MQTTPUBEX:0,1,-1,-1\r\n${ERROR}`);
    assert.deepEqual(payloads(), []);
  });

  it("reports no data point without a user name", async () => {
    await start({}, '"dev-1","",""');
    await bench.prompt(`0,1,1,0,1,"t",${point.length}`);
    bench.say(point);
    await bench.expect(`\r\n+MQTTPUBEX:0,1,-1\r\n${ERROR}`);
  });

  it("fault data-point: the platform does not take the next one", async () => {
    await start({ faults: ["data-point"] });
    for (const result of ["0,-1", "0,0"]) {
      await bench.prompt(`0,1,1,0,2,"t",${point.length}`);
      bench.say(point);
      await bench.expect(`\r\n+MQTTPUBEX:0,1,${result}\r\n${OK}`);
    }
  });

  const forms: [string, boolean][] = [
    [point, true], ['{"a":{"value":1},"b":{"value":null,"time":5}}', true], ["{}", false], ["[]", false], ["null", false],
    ["1", false], ['{"t":21.5}', false], ['{"t":{"v":1}}', false], ['{"t":[{"value":1}]}', false], ['{"t":{"value":1},"u":2}', false],
    ['{"t":null}', false], ["", false], ['{"t":', false],
  ];
  it("knows the form of data points", () => {
    bench = new Nm28Bench();
    for (const [text, good] of forms) assert.equal(hasValueForm(Buffer.from(text)), good, text);
    assert.equal(hasValueForm(Uint8Array.of(0x22, 0xff, 0x22)), false);
  });

  it("sends again until it is acknowledged, and counts it as value (variant)", async () => {
    await start({ variants: { pubValue: "present" } });
    await bench.exchange('AT+MQTTCFG="timeout",0,1,3,1', OK);
    const publish = async (qos: number, value: number): Promise<void> => {
      await bench.prompt(`0,1,${qos},0,0,"t",1`);
      bench.say("x");
      await bench.expect(`\r\n+MQTTPUBEX:0,1,0,${value}\r\n${OK}`);
    };
    await publish(1, 0);
    bench.modem.fault("drop-in:puback,2");
    await publish(1, 2);
    bench.modem.fault("drop-in:pubrec");
    bench.modem.fault("drop-in:pubcomp");
    await publish(2, 2);
  });

  for (const [afterUnanswered, state] of [["closed", 0], ["open", 1]] as const) {
    it(`gives up after the last retry, and the connection is ${afterUnanswered}`, async () => {
      await start({ variants: { afterUnanswered } });
      await bench.exchange('AT+MQTTCFG="timeout",0,1,1,1', OK);
      for (const packet of ["puback", "pubcomp"]) {
        bench.modem.fault(`drop-in:${packet},0`);
        await bench.prompt(`0,1,${packet === "puback" ? 1 : 2},0,0,"t",1`);
        bench.say("x");
        await bench.expect(`\r\n+MQTTPUBEX:0,1,-1\r\n${ERROR}`);
        await bench.done("AT+MQTTCONN?", `+MQTTCONN:0,${state}`);
        if (state === 0) await bench.online(broker.port);
        bench.modem.clearFaults();
      }
    });
  }
});
