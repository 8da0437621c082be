// Publishing and receiving on BC35-G: the data phase, the window, bytes of every value, both directions of QoS.

import assert from "node:assert/strict";
import type { AedesPublishPacket } from "aedes";
import { generate, parser as createParser } from "mqtt-packet";
import { Bench, type BenchOptions, type Broker, ERROR, listen, OK, startBroker } from "./bench";

describe("virtual modem, BC35-G: publishing", () => {
  let broker: Broker;
  let bench: Bench;
  let published: AedesPublishPacket[];

  before(async () => {
    broker = await startBroker({
      authorizePublish: (_client, packet, done) => {
        published.push(packet as AedesPublishPacket);
        done(null);
      },
    });
  });
  beforeEach(() => (published = []));
  afterEach(() => bench.close());
  after(() => broker.close());

  const start = async (options?: BenchOptions): Promise<void> => {
    bench = new Bench(options);
    await bench.connect(broker.port);
  };
  const publish = async (id: number, qos: number, payload: string, prompt = "\r\n> "): Promise<void> => {
    bench.say(`AT+QMTPUB=0,${id},${qos},0,"t",${payload.length}\r`);
    await bench.expect(prompt);
    bench.say(payload);
    await bench.expect(OK);
  };
  /** So many lines, whichever comes first; sorted. */
  const lines = async (count: number): Promise<string[]> => {
    let said = "";
    for (;;) {
      said += bench.drain().toString();
      const whole = said.split("\r\n").slice(0, -1).filter((line) => line !== "");
      if (whole.length >= count) return whole.sort();
      await new Promise((done) => setTimeout(done, 5));
    }
  };
  const payloads = (): string[] => published.map(({ payload }) => payload.toString("latin1"));

  it("carries every byte value with a length", async () => {
    await start();
    const all = Array.from({ length: 256 }, (_, value) => String.fromCharCode(value)).join("");
    await publish(1, 1, all);
    await bench.expect("\r\n+QMTPUB: 0,1,0\r\n");
    assert.deepEqual(payloads(), [all]);
  });

  it("brings every byte value back", async () => {
    await start();
    await bench.exchange('AT+QMTSUB=0,1,"t",0', OK, "\r\n+QMTSUB: 0,1,0,0\r\n");
    const all = Array.from({ length: 256 }, (_, value) => String.fromCharCode(value)).join("");
    await publish(0, 0, all);
    await bench.expect(`\r\n+QMTPUB: 0,0,0\r\n\r\n+QMTRECV: 0,0,"t",${all}\r\n`);
  });

  it("sends UTF-8 topics and payloads as they are", async () => {
    await start();
    const topic = Buffer.from("测试/数据").toString("latin1");
    const payload = Buffer.from("这是测试数据, hello MQTT.").toString("latin1");
    await bench.exchange(`AT+QMTSUB=0,1,"${topic}",0`, OK, "\r\n+QMTSUB: 0,1,0,0\r\n");
    bench.say(`AT+QMTPUB=0,0,0,0,"${topic}"\r`);
    await bench.expect("\r\n> ");
    bench.say(`${payload}<1A>`);
    await bench.expect(`${OK}\r\n+QMTPUB: 0,0,0\r\n\r\n+QMTRECV: 0,0,"${topic}",${payload}\r\n`);
    assert.equal(published[0].topic, "测试/数据");
  });

  it("sends by itself at 1024 bytes and ignores what follows", async () => {
    await start();
    bench.say('AT+QMTPUB=0,0,0,0,"t"\r');
    await bench.expect("\r\n> ");
    bench.say(`${"a".repeat(1024)}surplus<1A>`);
    await bench.expect(`${OK}\r\n+QMTPUB: 0,0,0\r\n`);
    await bench.exchange("AT", OK);
    await bench.quiet();
    assert.deepEqual(payloads(), ["a".repeat(1024)]);
  });

  it("takes 1024 bytes with a length, and what follows as the next command", async () => {
    await start();
    bench.say('AT+QMTPUB=0,0,0,0,"t",1024\r');
    await bench.expect("\r\n> ");
    bench.say(`${"b".repeat(1024)}AT+CGMI\r`);
    await bench.expect(OK);
    // Which of the two comes first is nobody's promise.
    assert.deepEqual(await lines(3), ["+QMTPUB: 0,0,0", "OK", "Quectel"]);
    while (published.length === 0) await new Promise((done) => setTimeout(done, 5)); // nobody acknowledges it
    assert.deepEqual(payloads(), ["b".repeat(1024)]);
  });

  it("takes a line feed after the command's carriage return as data", async () => {
    await start();
    bench.say('AT+QMTPUB=0,0,0,0,"t",5\r\nhello');
    await bench.expect(`\r\n> ${OK}\r\n+QMTPUB: 0,0,0\r\n`);
    await bench.quiet();
    assert.deepEqual(payloads(), ["\nhell"]);
  });

  it("echoes data when echo is on", async () => {
    await start();
    await bench.exchange("ATE1", OK);
    bench.say('AT+QMTPUB=0,0,0,0,"t",3\r');
    await bench.expect('AT+QMTPUB=0,0,0,0,"t",3\r\r\n> ');
    bench.say("abc");
    await bench.expect(`abc${OK}\r\n+QMTPUB: 0,0,0\r\n`);
  });

  for (const [emptyPublish, answer, sent] of [["sent", OK, [""]], ["error", ERROR, []]] as const) {
    it(`answers Ctrl-Z at once: ${emptyPublish}`, async () => {
      await start({ variants: { emptyPublish } });
      bench.say('AT+QMTPUB=0,0,0,0,"t"\r');
      await bench.expect("\r\n> ");
      bench.say("<1A>");
      await bench.expect(answer);
      if (sent.length > 0) await bench.expect("\r\n+QMTPUB: 0,0,0\r\n");
      await bench.quiet();
      assert.deepEqual(payloads(), [...sent]);
    });
  }

  for (const [windowFull, answer] of [["cme", "\r\n+CME ERROR: 159\r\n"], ["error", ERROR]] as const) {
    it(`has five publishes in flight and refuses a sixth (${windowFull})`, async () => {
      await start({ variants: { windowFull } });
      bench.modem.fault("drop-in:puback,5");
      for (const id of [1, 2, 3, 4, 5]) await publish(id, 1, "x");
      await bench.exchange('AT+QMTPUB=0,6,1,0,"t",1', answer);
      // The retry is answered: there is room again.
      assert.deepEqual(await lines(5), [1, 2, 3, 4, 5].map((id) => `+QMTPUB: 0,${id},0`));
      await publish(6, 1, "x");
      await bench.expect("\r\n+QMTPUB: 0,6,0\r\n");
    });
  }

  it("refuses an id that is in flight, for each kind of packet", async () => {
    await start();
    const bad = "\r\n+CME ERROR: 50\r\n";
    bench.modem.fault("drop-in:any,0");
    await publish(9, 2, "x");
    await bench.exchange('AT+QMTPUB=0,9,1,0,"t",1', bad);
    await bench.exchange('AT+QMTSUB=0,9,"t",1', OK);
    await bench.exchange('AT+QMTSUB=0,9,"u",1', bad);
    await bench.exchange('AT+QMTUNS=0,9,"t"', OK);
    await bench.exchange('AT+QMTUNS=0,9,"u"', bad);
  });

  it("completes QoS 2 in both its halves, with notices", async () => {
    await start();
    await bench.exchange('AT+QMTCFG="timeout",0,1,3,1', OK);
    bench.modem.fault("drop-in:pubrec");
    bench.modem.fault("drop-in:pubcomp");
    await publish(4, 2, "x");
    await bench.expect("\r\n+QMTPUB: 0,4,1,1\r\n\r\n+QMTPUBREL: 0,4,1\r\n\r\n+QMTPUB: 0,4,0\r\n");
  });

  it("delivers a message at QoS 2 once, though the broker repeats it", async () => {
    const received: string[] = [];
    const peer = await listen((socket) => {
      const parser = createParser();
      const message = { cmd: "publish", topic: "t", payload: "once", qos: 2, retain: false, messageId: 77 } as const;
      parser.on("packet", (packet) => {
        received.push(packet.cmd);
        if (packet.cmd === "connect") {
          socket.write(generate({ cmd: "connack", returnCode: 0, sessionPresent: false }));
          socket.write(generate({ ...message, dup: false }));
        } else if (packet.cmd === "pubrec") {
          // As if the first PUBREC had been lost; then the second half, then a new message with the same id.
          if (received.filter((cmd) => cmd === "pubrec").length === 1) socket.write(generate({ ...message, dup: true }));
          else socket.write(generate({ cmd: "pubrel", messageId: 77 }));
        } else if (packet.cmd === "pubcomp" && received.filter((cmd) => cmd === "pubcomp").length === 1) {
          socket.write(generate({ ...message, payload: "again", dup: false }));
        }
      });
      socket.on("data", (bytes) => parser.parse(bytes));
    });
    bench = new Bench();
    await bench.connect(peer.port);
    await bench.expect('\r\n+QMTRECV: 0,77,"t",once\r\n\r\n+QMTRECV: 0,77,"t",again\r\n');
    await bench.quiet();
    assert.deepEqual(received, ["connect", "pubrec", "pubrec", "pubcomp", "pubrec", "pubcomp"]);
    await peer.close();
  });

  it("reports the loss of the link while data are being typed, and refuses them", async () => {
    await start();
    bench.say('AT+QMTPUB=0,1,1,0,"t",5\r');
    await bench.expect("\r\n> ");
    bench.modem.fault("link-loss:1");
    await bench.expect("\r\n+QMTSTAT: 0,1\r\n");
    bench.say("hello");
    await bench.expect("\r\n+CME ERROR: 3\r\n");
  });

  it("holds a URC until the data phase is over (variant)", async () => {
    await start({ variants: { urcInData: "held" } });
    bench.say('AT+QMTPUB=0,1,1,0,"t",5\r');
    await bench.expect("\r\n> ");
    bench.modem.fault("link-loss:1");
    await bench.quiet(200);
    bench.say("hello");
    await bench.expect("\r\n+CME ERROR: 3\r\n\r\n+QMTSTAT: 0,1\r\n");
  });
});
