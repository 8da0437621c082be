// The six clients of an NM28, each with its own settings, will, TCP connection and MQTT session; faults of one of them.

import assert from "node:assert/strict";
import { type BenchOptions, Bench, ERROR, OK } from "./bench";
import { Nm28Bench, startWatchedBroker, type WatchedBroker } from "./nm28-bench";

const indexes = [0, 1, 2, 3, 4, 5];

describe("virtual modem, NM28: six clients", () => {
  let broker: WatchedBroker;
  let bench: Nm28Bench;
  let messages: string[];

  before(async () => {
    broker = await startWatchedBroker();
    await broker.aedes.subscribe("#", (packet, done) => {
      if (!packet.topic.startsWith("$SYS")) messages.push(`${packet.topic} ${packet.payload.toString()}`);
      done();
    }, () => undefined);
  });
  beforeEach(() => {
    messages = [];
    broker.published.length = 0;
    broker.connected.length = 0;
  });
  afterEach(() => bench.close());
  after(() => broker.close());

  const start = (options?: BenchOptions): Nm28Bench => (bench = new Nm28Bench(options));
  const states = (...connected: readonly number[]): string =>
    connected.map((state, index) => `\r\n+MQTTCONN:${index},${state}\r\n`).join("") + OK;
  const line = (index: number, state: number): string => `\r\n+MQTTCONN:${index},${state}\r\n`;
  const arrived = async (count: number): Promise<string[]> => {
    for (let tries = 0; tries < 10_000 && messages.length < count; tries++) await new Promise((done) => setTimeout(done, 5));
    return messages.splice(0).sort();
  };

  it("are connected at once, each under its own name", async () => {
    start();
    for (const index of indexes) await bench.online(broker.port, index);
    await bench.exchange("AT+MQTTCONN?", states(1, 1, 1, 1, 1, 1));
    await bench.exchange(
      "AT+MQTTOPEN?",
      indexes.map((index) => `\r\n+MQTTOPEN:${index},"127.0.0.1", ${broker.port}\r\n`).join("") + OK,
    );
    assert.deepEqual(broker.connected.map(({ id }) => id), indexes.map((index) => `dev-${index}`));
  });

  it("subscribe, publish and receive apart, with the same message ids", async () => {
    start();
    for (const index of indexes) {
      await bench.online(broker.port, index);
      await bench.done(`AT+MQTTSUB=${index},7,"for/${index}",1`, `+MQTTSUB:${index},7,0,1`);
    }
    for (const index of indexes) {
      const to = 5 - index;
      await bench.prompt(`${index},7,1,0,0,"for/${to}",1`);
      bench.say(String(index));
      assert.match((await bench.lines(3)).join(" "), new RegExp(`^\\+MQTTPUBEX:${index},7,0 \\+MQTTRECV:${to},\\d+,for/${to},1,${index} OK$`));
    }
  });

  it("have settings of their own: version, session, report, will", async () => {
    start();
    await bench.exchange('AT+MQTTCFG="version",1,3', OK);
    await bench.exchange('AT+MQTTCFG="recv/mode",1,0,0', OK);
    for (const index of [0, 1]) {
      await bench.exchange(`AT+MQTTCFG="will",${index},1,1,0,"gone/${index}","bye"`, OK);
    }
    for (const index of [0, 1, 2]) await bench.online(broker.port, index);
    assert.deepEqual(broker.connected.map((client) => (client as unknown as { version: number }).version), [4, 3, 4]);
    for (const index of [0, 1]) await bench.done(`AT+MQTTSUB=${index},1,"both",0`, `+MQTTSUB:${index},1,0,0`);
    await bench.prompt('2,1,0,0,0,"both",2');
    bench.say("hi");
    await bench.expect(`\r\n+MQTTPUBEX:2,1,0\r\n${OK}`);
    assert.deepEqual(await bench.lines(2), ["+MQTTRECV:0,1,both,2,hi", "+MQTTRECV:1,1,both,hi"]);
    assert.deepEqual(await arrived(1), ["both hi"]);
    // Client 0 says good-bye, 1 and 2 lose their power; 2 has no will.
    await bench.done("AT+MQTTDISC=0", "+MQTTDISC:0,0");
    bench.modem.restart();
    assert.deepEqual(await arrived(1), ["gone/1 bye"]);
    await bench.pass(400);
    assert.deepEqual(messages, []);
  });

  it("keep their sessions apart: what came meanwhile is delivered", async () => {
    start();
    await bench.exchange('AT+MQTTCFG="session",3,0', OK);
    for (const index of [2, 3]) {
      await bench.online(broker.port, index);
      await bench.done(`AT+MQTTSUB=${index},1,"kept",1`, `+MQTTSUB:${index},1,0,1`);
      await bench.done(`AT+MQTTDISC=${index}`, `+MQTTDISC:${index},0`);
      await bench.done(`AT+MQTTCLOSE=${index}`, `+MQTTCLOSE:${index},0`);
    }
    await new Promise<void>((done) =>
      broker.aedes.publish({ cmd: "publish", topic: "kept", payload: "later", qos: 1, retain: false, dup: false }, () => done()),
    );
    await bench.online(broker.port, 2);
    await bench.quiet();
    await bench.online(broker.port, 3);
    assert.match((await bench.lines(1)).join(), /^\+MQTTRECV:3,\d+,kept,5,later$/);
  });

  it("close and lose their links apart", async () => {
    start();
    for (const index of [0, 1, 2]) await bench.online(broker.port, index);
    await bench.done("AT+MQTTCLOSE=1", "+MQTTCLOSE:1,0");
    bench.modem.fault("link-loss@2:1");
    await bench.exchange("AT+MQTTCONN?", line(0, 1), line(2, 0), OK);
    bench.modem.fault("link-loss:1");
    await bench.exchange("AT+MQTTCONN?", line(0, 0), line(2, 0), OK);
    await bench.online(broker.port, 2);
    await bench.exchange("AT+MQTTCONN?", line(0, 0), line(2, 1), OK);
  });

  it("all lose the network, and tell nothing", async () => {
    start();
    for (const index of indexes) await bench.online(broker.port, index);
    bench.modem.fault("detach:3600000");
    await bench.quiet(100);
    await bench.exchange("AT+MQTTCONN?", states(0, 0, 0, 0, 0, 0));
    await bench.exchange(`AT+MQTTOPEN=0,"127.0.0.1",${broker.port}`, "\r\n+MQTTOPEN:0,3\r\n", ERROR);
    bench.modem.fault("detach:1");
    await bench.pass(1200);
    for (const index of indexes) await bench.online(broker.port, index);
  });

  const openFaults: [string, number][] = [["dns", 4], ["refused", 5], ["pdp", 3], ["dropped", 5]];
  for (const [fault, result] of openFaults) {
    it(`fault ${fault}, of one client and of any`, async () => {
      start({ faults: [`${fault}@3`] });
      await bench.online(broker.port, 2);
      await bench.exchange(`AT+MQTTOPEN=3,"127.0.0.1",${broker.port}`, `\r\n+MQTTOPEN:3,${result}\r\n`, ERROR);
      await bench.online(broker.port, 3);
      bench.modem.fault(fault);
      await bench.exchange(`AT+MQTTOPEN=4,"127.0.0.1",${broker.port}`, `\r\n+MQTTOPEN:4,${result}\r\n`, ERROR);
      await bench.online(broker.port, 4);
    });
  }

  for (const code of [0, 1, 2, 3, 4, 5]) {
    it(`fault connack:${code}`, async () => {
      start({ faults: [`connack@1:${code}`] });
      await bench.online(broker.port, 0);
      await bench.open(broker.port, 1);
      await bench.done('AT+MQTTCONN=1,"c","",""', `+MQTTCONN:1,0,${code}`);
      await bench.exchange("AT+MQTTCONN?", line(0, 1), line(1, code === 0 ? 1 : 0), OK);
    });
  }

  it("faults suback, drop-out and drop-in hit the client that they are for", async () => {
    start({ faults: ["suback@1", "drop-out@2:subscribe", "drop-in@2:unsuback,2"] });
    for (const index of [0, 1, 2]) {
      await bench.exchange(`AT+MQTTCFG="timeout",${index},1,3,1`, OK);
      await bench.online(broker.port, index);
    }
    await bench.done('AT+MQTTSUB=0,1,"a",0', "+MQTTSUB:0,1,0,0");
    await bench.done('AT+MQTTSUB=1,1,"a",0', "+MQTTSUB:1,1,0,128");
    await bench.exchange('AT+MQTTSUB=2,1,"a",0', "\r\n+MQTTSUB:2,1,1,1\r\n", "\r\n+MQTTSUB:2,1,0,0\r\n", OK);
    await bench.done('AT+MQTTUNS=0,1,"a"', "+MQTTUNS:0,1,0");
    const again = "\r\n+MQTTUNS:2,1,1,1\r\n\r\n+MQTTUNS:2,1,1,2\r\n";
    await bench.exchange('AT+MQTTUNS=2,1,"a"', again, "\r\n+MQTTUNS:2,1,0\r\n", OK);
  });

  it("fault send: the packet does not leave, and the link is lost", async () => {
    const publish = async (bench: Nm28Bench): Promise<void> => {
      await bench.prompt('1,3,0,0,0,"t",1');
      bench.say("x");
      await bench.expect(`\r\n+MQTTPUBEX:1,3,-1\r\n${ERROR}`);
    };
    const table: ((bench: Nm28Bench) => Promise<void>)[] = [
      (bench) => bench.exchange('AT+MQTTSUB=1,3,"a",0', "\r\n+MQTTSUB:1,3,2\r\n", ERROR),
      (bench) => bench.exchange('AT+MQTTUNS=1,3,"a"', "\r\n+MQTTUNS:1,3,2\r\n", ERROR),
      publish,
    ];
    start();
    await bench.online(broker.port, 0);
    for (const exchange of table) {
      await bench.online(broker.port, 1);
      bench.modem.fault("send@1");
      await exchange(bench);
      await bench.exchange("AT+MQTTCONN?", line(0, 1), line(1, 0), OK);
    }
  });

  it("faults socket and malformed: no connection, and a lost link", async () => {
    start({ faults: ["socket@1", "malformed@1:suback"] });
    await bench.exchange(`AT+MQTTOPEN=1,"127.0.0.1",${broker.port}`, "\r\n+MQTTOPEN:1,5\r\n", ERROR);
    await bench.online(broker.port, 1);
    await bench.exchange('AT+MQTTSUB=1,3,"a",0', "\r\n+MQTTSUB:1,3,2\r\n", ERROR);
    await bench.exchange("AT+MQTTCONN?", line(1, 0), OK);
  });

  it("drop-in:any: no answer arrives, each kind of operation fails, and no notice is given unless asked for", async () => {
    const table: [string, string][] = [
      ['AT+MQTTSUB=0,3,"a",0', "\r\n+MQTTSUB:0,3,2\r\n"],
      ['AT+MQTTUNS=0,3,"a"', "\r\n+MQTTUNS:0,3,2\r\n"],
      ['AT+MQTTCONN=1,"c","",""', "\r\n+MQTTCONN:1,2\r\n"],
    ];
    for (const [command, result] of table) {
      start();
      for (const index of [0, 1]) await bench.exchange(`AT+MQTTCFG="timeout",${index},1,1,0`, OK);
      await bench.online(broker.port);
      await bench.open(broker.port, 1);
      bench.modem.fault("drop-in:any,0");
      await bench.exchange(command, result, ERROR);
      bench.close();
    }
  });

  it("a link that is lost in the middle of a command ends it", async () => {
    const table: [string, string][] = [
      ['AT+MQTTSUB=0,3,"a",0', "\r\n+MQTTSUB:0,3,2\r\n"],
      ['AT+MQTTUNS=0,3,"a"', "\r\n+MQTTUNS:0,3,2\r\n"],
    ];
    for (const [command, result] of table) {
      start({ faults: ["drop-in:suback", "drop-in:unsuback"] });
      await bench.online(broker.port);
      bench.say(`${command}\r`);
      await bench.quiet(400);
      bench.modem.fault("link-loss@0:1");
      await bench.expect(result + ERROR);
      await bench.exchange("AT", OK);
      bench.close();
    }
  });

  it("faults refuse a client that there is not, or that makes no sense", () => {
    start();
    const wrong: [string, RegExp][] = [
      ["connack@6:4", /fault connack takes a client from 0 to 5, not "6"/],
      ["connack@x:4", /takes a client from 0 to 5, not "x"/],
      ["dns@", /takes a client from 0 to 5, not ""/],
      ["silence@0:5", /fault silence is not for one client/],
      ["nosuch@0", /no fault "nosuch"/],
    ];
    for (const [spec, message] of wrong) {
      assert.throws(() => bench.modem.fault(spec), { name: "VirtualModemError", code: "UNKNOWN_FAULT", message });
    }
    const single = new Bench();
    assert.throws(() => single.modem.fault("connack@1:4"), /takes a client from 0 to 0, not "1"/);
    single.modem.fault("connack@0:4");
    single.close();
  });
});
