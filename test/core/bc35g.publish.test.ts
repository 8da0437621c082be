import { MQTTClient } from "../../src/index";
import BC35G from "../../src/modems/bc35g";
import { ONLINE } from "./exchanges/bc35g";
import { equal, sameLines, thrown } from "./support/check";
import { bytesOf, play } from "./support/exchange";
import { online, stillWorks, type Session } from "./support/session";

const busy = (run: () => unknown, what: string) => equal(thrown(run).code, "BUSY", what);
/** The modem takes the payload and says OK; the broker's acknowledgement is still owed. */
const accept = (session: Session) => {
  session.says("\\r\\n> ");
  session.says("\\r\\nOK\\r\\n");
  return session.sent();
};

describe("publishes in flight", () => {
  it("the sixth is refused with BUSY, nothing of it is sent, and onWritable follows the first that ends", () => {
    const { session, modem } = online();
    session.writable.splice(0);
    for (let i = 1; i <= 5; i++) {
      const left = session.publish("x", { QoS: 1 });
      equal(left > 0, i < 5, `room after publish ${i}`);
      accept(session);
    }
    busy(() => session.publish("x", { QoS: 1 }), "the sixth");
    session.mustSend("");
    sameLines(session.writable.map(String), []);
    session.says("\\r\\n+QMTPUB: 0,3,0\\r\\n");
    session.mustTell("control 4 3", "done 3");
    equal(session.writable.length, 1, "calls of onWritable");
    session.publish("y", { QoS: 1, id: 3 });
    busy(() => session.publish("x", { QoS: 1 }), "the sixth again");
    for (const id of [1, 2, 4, 5]) session.says(`\\r\\n+QMTPUB: 0,${id},0\\r\\n`);
    session.events.splice(0);
    modem.serve();
    session.mustTell("control 4 3", "done 3");
    stillWorks(session, modem);
  });

  it("there is room inside onDone and onControl for the one that has ended", () => {
    const { session } = online({ on: { done: (self) => { self.publish("next", { QoS: 1, id: 77 }); } } });
    for (let i = 0; i < 5; i++) {
      session.publish("x", { QoS: 1 });
      accept(session);
    }
    session.says("\\r\\n+QMTPUB: 0,1,0\\r\\n");
    session.mustTell("control 4 1", "done 1");
    session.mustSend('AT+QMTPUB=0,77,1,0,"t/a",4\\r');
  });

  it("a third subscription at a time is refused with BUSY; publishes have their own room", () => {
    const { session, modem } = online();
    session.subscribe("a");
    session.subscribe("b");
    busy(() => session.subscribe("c"), "the third");
    session.publish("x");
    modem.serve();
    stillWorks(session, modem);
  });

  it("what may wait is bounded by the buffer: BUSY, and onWritable says how much there is room for", () => {
    const { session, modem } = online();
    session.writable.splice(0);
    equal(session.publish("a".repeat(600)), 424, "room");
    busy(() => session.publish("b".repeat(425)), "too much");
    equal(session.publish("c".repeat(424)), 0, "room");
    busy(() => session.publish("d"), "one byte");
    busy(() => session.publish(""), "an empty message");
    modem.serve();
    sameLines(modem.published, ["a".repeat(600), "c".repeat(424)], "published");
    equal(session.writable.at(-1), 1024, "room");
    stillWorks(session, modem);
  });

  it("whatever onWritable or write says there is room for can be written", () => {
    const { session, modem } = online();
    let room = 1024;
    for (let i = 0; i < 300; i++) {
      const length = Math.min(room, 1 + ((i * 131) % 700));
      if (length > 0) {
        const id = 1 + (i % 60_000);
        room = session.publish(String.fromCharCode(97 + (i % 26)).repeat(length), { QoS: i % 3, id });
      }
      if (room === 0 || i % 4 === 0) modem.serve(1 + (i % 5));
      room = session.writable.at(-1) !== undefined && session.events.length > 0 ? session.client.write(null, { operation: MQTTClient.PINGREQ }) : room;
      session.events.splice(0);
    }
    modem.serve();
    for (const payload of modem.published) equal(payload, payload[0].repeat(payload.length), "payload");
    stillWorks(session, modem);
  });
});

describe("ids", () => {
  const idOf = (line: string) => Number(/=0,(\d+)/.exec(line)![1]);

  it("run from 1 to 65535 and begin again at 1", () => {
    const { session } = online();
    const { port } = session, items = [{ topic: "a", QoS: 0 }], refused = bytesOf("\\r\\nERROR\\r\\n");
    for (let expected = 1; expected <= 65_535 + 3; expected++) {
      session.client.write(null, { operation: MQTTClient.SUBSCRIBE, items });
      // Those around each thousand are looked at, and those around the end: to look takes longer than to do it.
      if (expected % 1000 < 2 || expected > 65_530) equal(idOf(session.sent()), expected > 65_535 ? expected - 65_535 : expected, "id");
      port.sent.length = 0;
      port.receive(refused);
      session.events.length = 0;
    }
  });

  it("skip those that are under way, whatever they are for", () => {
    const { session } = online();
    session.publish("x", { QoS: 1, id: 2 });
    accept(session);
    session.subscribe("a", 0, { id: 1 });
    session.says("\\r\\nOK\\r\\n");
    session.sent();
    session.publish("x", { QoS: 1 });
    equal(idOf(session.sent()), 3, "id");
    busy(() => session.publish("x", { QoS: 1, id: 2 }), "id 2");
    busy(() => session.subscribe("a", 0, { id: 3 }), "id 3");
    busy(() => session.client.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "a" }], id: 1 }), "id 1");
    session.mustSend("");
  });

  it("65535 explicitly, and 0 on the wire for QoS 0 only", () => {
    const { session } = online();
    session.publish("x", { QoS: 1, id: 65_535 });
    session.mustSend('AT+QMTPUB=0,65535,1,0,"t/a",1\\r');
    accept(session);
    session.publish("x", { QoS: 0, id: 65_534 });
    session.mustSend('AT+QMTPUB=0,0,0,0,"t/a",1\\r');
    accept(session);
    session.says("\\r\\n+QMTPUB: 0,0,0\\r\\n");
    session.mustTell("done 65534");
  });
});

describe("payloads on their way out", () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);

  for (let gulp = 1; gulp <= 9; gulp++)
    it(`all 256 byte values, a port that takes ${gulp} at once`, () => {
      const { session } = online({ gulp });
      session.client.write(new Uint8Array(all), { topic: "t/a", QoS: 1 });
      session.mustSend('AT+QMTPUB=0,1,1,0,"t/a",256\\r');
      session.says("\\r\\n>");
      session.drain();
      sameLines(session.port.sent.splice(0).map(String), all.map(String), "payload");
      session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n");
      session.mustTell("control 4 1", "done 1");
    });

  it("written in parts with byteLength: nothing is sent before the last of them", () => {
    const { session, modem } = online();
    const write = (text: string, options?: any) => session.client.write(new Uint8Array([...text].map((c) => c.charCodeAt(0))), options);
    equal(write("ab", { topic: "t/a", byteLength: 6 }), 4, "room while it is not complete");
    busy(() => session.publish("x"), "another message");
    equal(thrown(() => write("01234")).code, "ARGUMENT_LENGTH", "too much");
    write("");
    write("cde");
    session.mustSend("");
    equal(write("f") > 0, true, "room when it is complete");
    modem.serve();
    sameLines(modem.published, ["abcdef"]);
    session.mustTell("done 1");
    write("", { topic: "t/a", byteLength: 1 });
    write("z");
    modem.serve();
    sameLines(modem.published, ["abcdef", "z"]);
  });

  it("waiting payloads are moved together when that makes room, also one that is being written in parts", () => {
    const { session, modem } = online();
    session.publish("a".repeat(300));
    session.publish("b".repeat(300));
    session.client.write(new Uint8Array(100).fill(0x63), { topic: "t/a", byteLength: 300 });
    session.sent();
    session.says("\\r\\n>");
    session.mustSend("a".repeat(300));
    session.says("\\r\\nOK\\r\\n");
    session.client.write(new Uint8Array(200).fill(0x63));
    session.publish("d".repeat(400));
    session.says("\\r\\n+QMTPUB: 0,0,0\\r\\n");
    session.events.splice(0);
    session.port.sent.length = 0;
    session.says("\\r\\n>");
    session.mustSend("b".repeat(300));
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,0,0\\r\\n");
    modem.serve();
    sameLines(modem.published, ["c".repeat(300), "d".repeat(400)]);
    stillWorks(session, modem);
  });

  it("room that was freed is not given away while a payload is going out", () => {
    const { session, modem } = online();
    session.publish("a".repeat(300));
    session.publish("b".repeat(300));
    session.sent();
    session.port.gulp = 100;
    session.says("\\r\\n>");
    session.drain();
    session.port.sent.length = 0;
    session.says("\\r\\nOK\\r\\n");
    session.drain();
    session.port.sent.length = 0;
    session.says("\\r\\n>");
    // The first 100 bytes of b are out; moving the rest now would send other bytes.
    busy(() => session.publish("c".repeat(600)), "c");
    session.drain();
    equal(String.fromCharCode(...session.port.sent.splice(0)), "b".repeat(300), "payload");
    session.port.gulp = Infinity;
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,0,0\\r\\n\\r\\n+QMTPUB: 0,0,0\\r\\n");
    session.mustTell("done 1", "done 2");
    stillWorks(session, modem);
  });
});

describe("echo that cannot be switched off", () => {
  /** An exchange with the command's echo before the answer and the payload's after the prompt. */
  const publish = (payload: string, prompt: string) => {
    const text = payload.replace(/^ | $/g, "[sp]");
    const command = `AT+QMTPUB=0,1,1,0,"t/a",${payload.replace(/\\[rn]/g, ".").length}\\r`;
    return { name: payload, script: `${ONLINE}
      ! publish t/a qos=1 : ${text}
      → ${command}
      ← ${command}\\r\\n${prompt.replace(/ $/, "[sp]")}
      → ${text}
      ← ${text}
      ← \\r\\nOK\\r\\n
      ← \\r\\n+QMTPUB: 0,1,0\\r\\n
      = puback 1
      = done 1` };
  };
  for (const payload of ["hello", "OK", "ERROR", "\\r\\nERROR\\r\\n", "ERROR\\r\\n", "+QMTSTAT: 0,1\\r\\n", "> ", " ERROR\\r\\n", "AT\\r", "\\nREBOOT_CAUSE_X\\r\\n", "+QMTPUB: 0,1,2\\r\\n"])
    for (const prompt of ["> ", ">"])
      it(`a payload ${payload} is not taken for what it looks like (prompt ${prompt})`, () => {
        const exchange = publish(payload, prompt);
        play(exchange, BC35G);
        play(exchange, BC35G, { bytewise: true });
        play(exchange, BC35G, { merged: true });
      });

  it("the echo of a payload is known although the next payload has been written meanwhile", () => {
    const { session } = online();
    session.publish("a".repeat(300));
    session.publish(`${"b".repeat(280)}\\r\\nERROR\\r\\n`, { QoS: 1 });
    session.sent();
    session.says("\\r\\n> \\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,0,0\\r\\n");
    session.says('AT+QMTPUB=0,2,1,0,"t/a",290\\r\\r\\n> ');
    session.sent();
    session.mustTell("done 1");
    try {
      session.publish("c".repeat(600));
    } catch (error: any) {
      equal(error.code, "BUSY", "error"); // to be refused is as good
    }
    session.says(`${"b".repeat(280)}\\r\\nERROR\\r\\n\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,2,0\\r\\n`);
    session.mustTell("control 4 2", "done 2");
  });
});
