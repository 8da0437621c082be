// The exchanges of the dialect reference, chapter 16.1, byte for byte, against a real broker.

import assert from "node:assert/strict";
import type { AedesPublishPacket, AuthenticateError, Client } from "aedes";
import { Bench, type BenchOptions, type Broker, closedPort, ERROR, listen, OK, startBroker } from "./bench";

function authenticate(
  _client: Client,
  _user: Readonly<string | undefined>,
  password: Readonly<Buffer | undefined>,
  done: (error: AuthenticateError | null, success: boolean | null) => void,
): void {
  if (password?.toString() !== "wrong") return done(null, true);
  done(Object.assign(new Error("no"), { returnCode: 4 }) as AuthenticateError, false);
}

describe("virtual modem, BC35-G: exchanges of the reference", () => {
  let broker: Broker;
  let bench: Bench;
  let published: AedesPublishPacket[];

  const start = (options?: BenchOptions): Bench => (bench = new Bench(options));

  before(async () => {
    broker = await startBroker({
      authenticate,
      authorizeSubscribe: (_client, subscription, done) =>
        done(null, subscription.topic.startsWith("forbidden/") ? null : subscription),
      authorizePublish: (_client, packet, done) => {
        published.push(packet as AedesPublishPacket);
        done(null);
      },
    });
  });
  beforeEach(() => (published = []));
  afterEach(() => bench.close());
  after(() => broker.close());

  it("starts up and connects", async () => {
    start({ echo: true });
    bench.say("ATE0\r");
    await bench.expect("ATE0\r\r\nOK\r\n");
    await bench.exchange("AT+CMEE=1", OK);
    await bench.exchange('AT+QMTCFG="version",0,4', OK);
    await bench.exchange('AT+QMTCFG="keepalive",0,120', OK);
    await bench.exchange('AT+QMTCFG="session",0,1', OK);
    await bench.exchange('AT+QMTCFG="timeout",0,10,3,1', OK);
    await bench.exchange('AT+QMTCFG="will",0,1,1,0,"dev-1/state","offline"', OK);
    await bench.exchange('AT+QMTCFG="keepalive",0', '\r\n+QMTCFG: "keepalive",120\r\n\r\nOK\r\n');
    await bench.exchange(`AT+QMTOPEN=0,"localhost",${broker.port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
    await bench.exchange("AT+QMTOPEN?", `\r\n+QMTOPEN: 0,"localhost",${broker.port}\r\n${OK}`);
    await bench.exchange("AT+QMTCONN?", `\r\n+QMTCONN: 0,1\r\n${OK}`);
    await bench.exchange('AT+QMTCONN=0,"dev-1","u1","p1"', OK, "\r\n+QMTCONN: 0,0,0\r\n");
    await bench.exchange("AT+QMTCONN?", "\r\n+QMTCONN: 0,3\r\n\r\nOK\r\n");
    await bench.quiet();
  });

  it("subscribes to one and to two topics", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTSUB=0,1,"cmd/dev-1",1', OK, "\r\n+QMTSUB: 0,1,0,1\r\n");
    await bench.exchange('AT+QMTSUB=0,2,"cfg/#",0,"ota/dev-1",2', OK, "\r\n+QMTSUB: 0,2,0,0\r\n");
    await bench.quiet();
  });

  it("subscribes, reporting every granted QoS (variant)", async () => {
    await start({ variants: { subValues: "list" } }).connect(broker.port);
    await bench.exchange('AT+QMTSUB=0,2,"cfg/#",0,"ota/dev-1",2', OK, "\r\n+QMTSUB: 0,2,0,0,2\r\n");
  });

  it("publishes at QoS 0, 1 and 2 with a length", async () => {
    await start().connect(broker.port);
    bench.say('AT+QMTPUB=0,0,0,0,"t/a",5\r');
    await bench.expect("\r\n> ");
    bench.say("hello");
    await bench.expect("\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n");
    bench.say('AT+QMTPUB=0,3,1,0,"t/a",10\r');
    await bench.expect("\r\n> ");
    bench.say('{"t":21.5}');
    await bench.expect("\r\nOK\r\n\r\n+QMTPUB: 0,3,0\r\n");
    bench.say('AT+QMTPUB=0,4,2,1,"t/a",3\r');
    await bench.expect("\r\n> ");
    bench.say("bye");
    await bench.expect("\r\nOK\r\n\r\n+QMTPUB: 0,4,0\r\n");
    assert.deepEqual(
      published.map(({ topic, payload, qos, retain }) => [topic, payload.toString(), qos, retain]),
      [
        ["t/a", "hello", 0, false],
        ["t/a", '{"t":21.5}', 1, false],
        ["t/a", "bye", 2, true],
      ],
    );
  });

  it("reports a retransmission, then the acknowledgement", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTCFG="timeout",0,1,3,1', OK);
    bench.modem.fault("drop-in:puback");
    bench.say('AT+QMTPUB=0,3,1,0,"t/a",10\r');
    await bench.expect("\r\n> ");
    bench.say('{"t":21.5}');
    await bench.expect("\r\nOK\r\n");
    await bench.expect("\r\n+QMTPUB: 0,3,1,1\r\n\r\n+QMTPUB: 0,3,0\r\n");
    assert.deepEqual(published.map(({ dup }) => dup), [false, true]);
  });

  it("publishes without a length", async () => {
    await start().connect(broker.port);
    bench.say('AT+QMTPUB=0,0,0,0,"t/a"\r');
    await bench.expect("\r\n> ");
    bench.say("hello<1A>");
    await bench.expect("\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n");
    await bench.quiet();
    assert.equal(published[0].payload.toString(), "hello");
  });

  for (const [prompt, bytes] of Object.entries({ unspaced: "\r\n>", bare: ">" })) {
    it(`prompts ${JSON.stringify(bytes)} (variant)`, async () => {
      await start({ variants: { prompt: prompt as "bare" } }).connect(broker.port);
      bench.say('AT+QMTPUB=0,0,0,0,"t/a",5\r');
      await bench.expect(bytes);
      bench.say("hello");
      await bench.expect("\r\nOK\r\n\r\n+QMTPUB: 0,0,0\r\n");
    });
  }

  const received: [BenchOptions["variants"], string, string][] = [
    [{}, '{"on":true,"n":1}', '\r\n+QMTRECV: 0,0,"cmd/dev-1",{"on":true,"n":1}\r\n'],
    [{ recvSpace: "spaced", recvQuotes: "quoted" }, "hello", '\r\n+QMTRECV: 0,0, "cmd/dev-1", "hello"\r\n'],
    [{ recvName: "QMTRCV" }, "hello", '\r\n+QMTRCV: 0,0,"cmd/dev-1",hello\r\n'],
    [{}, "a\r\nOK", '\r\n+QMTRECV: 0,0,"cmd/dev-1",a\r\nOK\r\n'],
    [{}, "", '\r\n+QMTRECV: 0,0,"cmd/dev-1",\r\n'],
  ];
  for (const [variants, payload, line] of received) {
    it(`receives ${JSON.stringify(payload)} ${JSON.stringify(variants)}`, async () => {
      await start({ variants }).connect(broker.port);
      await bench.exchange('AT+QMTSUB=0,1,"cmd/dev-1",0', OK, "\r\n+QMTSUB: 0,1,0,0\r\n");
      await broker.aedes.publish(
        { cmd: "publish", topic: "cmd/dev-1", payload: Buffer.from(payload), qos: 0, retain: false, dup: false },
        () => undefined,
      );
      await bench.expect(line);
    });
  }

  it("unsubscribes, disconnects and closes", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTSUB=0,1,"cmd/dev-1",0', OK, "\r\n+QMTSUB: 0,1,0,0\r\n");
    await bench.exchange('AT+QMTUNS=0,5,"cmd/dev-1"', OK, "\r\n+QMTUNS: 0,5,0\r\n");
    await bench.exchange("AT+QMTDISC=0", OK, "\r\n+QMTDISC: 0,0\r\n", "\r\n+QMTSTAT: 0,5\r\n");
    await bench.exchange("AT+QMTCLOSE=0", OK, "\r\n+QMTCLOSE: 0,0\r\n");
    await bench.exchange("AT+QMTOPEN?", OK);
    await bench.exchange("AT+QMTCONN?", OK);
  });

  it("takes a blank before a topic, as the document's own example writes", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTUNS=0,2, "topic/example"', OK, "\r\n+QMTUNS: 0,2,0\r\n");
  });

  it("fails to open: name, peer, in use, no network", async () => {
    start();
    // A label longer than 63 bytes is no name: the resolver says so without asking anybody.
    await bench.exchange(`AT+QMTOPEN=0,"${"x".repeat(64)}.invalid",1883`, OK, "\r\n+QMTOPEN: 0,4\r\n");
    await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${await closedPort()}`, OK, "\r\n+QMTOPEN: 0,-1\r\n");
    await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",0`, OK, "\r\n+QMTOPEN: 0,1\r\n");
    await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
    await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+QMTOPEN: 0,2\r\n");
    await bench.exchange("AT+CGATT=0", "\r\n+QMTSTAT: 0,7\r\n", OK);
    await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+QMTOPEN: 0,3\r\n");
  });

  for (const refusedStat of ["absent", "present"] as const) {
    it(`is refused for a wrong password, +QMTSTAT ${refusedStat}`, async () => {
      start({ variants: { refusedStat } });
      await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
      await bench.exchange('AT+QMTCONN=0,"dev-1","u1","wrong"', OK, "\r\n+QMTCONN: 0,0,4\r\n");
      if (refusedStat === "present") await bench.expect("\r\n+QMTSTAT: 0,1\r\n");
      await bench.quiet();
      // The TCP connection is gone: the way on is QMTOPEN.
      await bench.exchange('AT+QMTCONN=0,"dev-1"', ERROR);
      await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${broker.port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
    });
  }

  it("sends CONNECT again, then gives up", async () => {
    start();
    const silent = await listen(() => undefined);
    await bench.exchange('AT+QMTCFG="timeout",0,1,1,1', OK);
    await bench.exchange(`AT+QMTOPEN=0,"127.0.0.1",${silent.port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
    await bench.exchange('AT+QMTCONN=0,"dev-1"', OK);
    await bench.exchange("AT+QMTCONN?", `\r\n+QMTCONN: 0,2\r\n${OK}`);
    await bench.expect("\r\n+QMTCONN: 0,1\r\n\r\n+QMTCONN: 0,2\r\n\r\n+QMTSTAT: 0,4\r\n");
    await silent.close();
  });

  it("is refused a subscription", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTSUB=0,6,"forbidden/#",1', OK, "\r\n+QMTSUB: 0,6,0,128\r\n");
  });

  it("sends a publish again three times, then closes the connection", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTCFG="timeout",0,1,3,1', OK);
    bench.modem.fault("drop-in:puback,0");
    bench.say('AT+QMTPUB=0,7,1,0,"t/a",5\r');
    await bench.expect("\r\n> ");
    bench.say("hello");
    await bench.expect("\r\nOK\r\n");
    await bench.expect("\r\n+QMTPUB: 0,7,1,1\r\n\r\n+QMTPUB: 0,7,1,2\r\n\r\n+QMTPUB: 0,7,1,3\r\n");
    await bench.expect("\r\n+QMTPUB: 0,7,2\r\n\r\n+QMTSTAT: 0,6\r\n");
    await bench.exchange("AT+QMTCLOSE=0", OK, "\r\n+QMTCLOSE: 0,0\r\n");
  });

  it("does not report retransmissions unless asked to", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTCFG="timeout",0,1,1,0', OK);
    bench.modem.fault("drop-out:subscribe,0");
    await bench.exchange('AT+QMTSUB=0,9,"a",0', OK, "\r\n+QMTSUB: 0,9,2\r\n", "\r\n+QMTSTAT: 0,6\r\n");
  });

  for (const [escapeAnswer, answer] of [["ok", OK], ["error", ERROR]] as const) {
    it(`cancels with ESC, answering ${escapeAnswer}`, async () => {
      await start({ variants: { escapeAnswer } }).connect(broker.port);
      bench.say('AT+QMTPUB=0,0,0,0,"t/a"\r');
      await bench.expect("\r\n> ");
      bench.say("hel<1B>");
      await bench.expect(answer);
      await bench.quiet();
      assert.deepEqual(published, []);
    });
  }

  it("refuses message id 0 at QoS 1", async () => {
    await start().connect(broker.port);
    await bench.exchange('AT+QMTPUB=0,0,1,0,"t/a",5', "\r\n+CME ERROR: 50\r\n");
    await bench.exchange("AT+CMEE=0", OK);
    await bench.exchange('AT+QMTPUB=0,0,1,0,"t/a",5', ERROR);
  });

  it("reports pings that are not answered", async () => {
    start();
    await bench.exchange('AT+QMTCFG="keepalive",0,1', OK);
    await bench.exchange('AT+QMTCFG="timeout",0,1', OK);
    await bench.connect(broker.port);
    bench.modem.fault("drop-in:pingresp,0");
    await bench.expect("\r\n+QMTSTAT: 0,2\r\n");
  });

  it("connects to Alibaba Cloud with the credentials that aliauth gives", async () => {
    const seen: string[] = [];
    const own = await startBroker({
      authenticate: (client, user, password, done) => {
        seen.push(client.id, user ?? "", password?.toString() ?? "");
        done(null, true);
      },
    });
    start();
    await bench.exchange('AT+QMTCFG="aliauth",0', OK);
    await bench.exchange('AT+QMTCFG="ALIAUTH",0,"pk","dev-1","secret"', OK);
    await bench.exchange('AT+QMTCFG="aliauth",0', `\r\n+QMTCFG: "aliauth","pk","dev-1","secret"\r\n${OK}`);
    await bench.connect(own.port);
    // HMAC-SHA1 of "clientIddev-1deviceNamedev-1productKeypk" with the secret, computed apart.
    assert.deepEqual(seen, [
      "dev-1|securemode=3,signmethod=hmacsha1|",
      "dev-1&pk",
      "b0c371d2d9f68c643f1a9eefbcd30f3a7e29fdc0",
    ]);
    bench.close();
    await own.close();
  });
});
