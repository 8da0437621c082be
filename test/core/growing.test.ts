import { equal, sameLines } from "./support/check";
import { m531x, ml302, online as answering } from "./support/answering";
import { online, stillWorks } from "./support/session";

const a = "a".repeat(200), b = "b".repeat(700), c = "c".repeat(124);

describe("what is to be sent has room when it is wanted", () => {
  it("a payload that is half sent is not disturbed by a longer one behind it", () => {
    const { session, modem } = online({ gulp: 60 });
    session.publish(a, { QoS: 1, id: 1 });
    session.mustSend('AT+QMTPUB=0,1,1,0,"t/a",200\\r');
    session.says("\\r\\n>");
    equal(session.port.sent.length > 0 && session.port.sent.length < 200, true, `${session.port.sent.length} bytes are sent`);
    equal(session.publish(b, { QoS: 1, id: 2 }), 124, "room");
    equal(session.publish(c, { QoS: 1, id: 3 }), 0, "room");
    session.mustSend(a);
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n");
    modem.serve();
    sameLines(modem.published, [b, c], "published");
    session.mustTell("control 4 1", "done 1", "control 4 2", "done 2", "control 4 3", "done 3");
    stillWorks(session, modem);
  });

  it("a message that is being written in parts keeps its beginning when others come before it and behind it", () => {
    const { session, modem } = online();
    session.publish(a, { id: 1 });
    session.publish("b".repeat(100), { id: 2, byteLength: 700 });
    session.client.write(new Uint8Array(600).fill(0x62));
    session.publish(c, { id: 3 });
    modem.serve();
    sameLines(modem.published, [a, b, c], "published");
    stillWorks(session, modem);
  });

  it("the echo of a payload is known although a longer one has been written meanwhile", () => {
    const { session, modem } = online();
    session.publish(a, { QoS: 1, id: 1 });
    session.says(session.sent());
    session.says("\\r\\n>");
    session.mustSend(a);
    session.publish(b, { QoS: 1, id: 2 });
    session.says(a);
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n");
    modem.serve();
    sameLines(modem.published, [b], "published");
    session.mustTell("control 4 1", "done 1", "control 4 2", "done 2");
    equal(session.client.counters.unknownLines, 0, "unknown lines");
    stillWorks(session, modem);
  });

  it("a command line grows wherever it gets too long", () => {
    const { session, modem } = online();
    for (let length = 225; length <= 255; length++) {
      session.subscribe("x".repeat(length), 1, { id: length });
      modem.serve();
    }
    sameLines(modem.commands.slice(-31), Array.from({ length: 31 }, (_, i) => `AT+QMTSUB=0,${225 + i},"${"x".repeat(225 + i)}",1`), "commands");
  });

  for (const [family, modemOptions] of [[m531x, {}], [ml302, { publishing: "inline" }]] as const)
    it(`${family.name}: a command line grows with the payload in it`, () => {
      const { session, modem } = answering(family, { modem: modemOptions });
      const payloads = [100, 110, 120, 200, 230, 240, 500, 512].map((length) => "x".repeat(length));
      for (const payload of payloads) {
        session.publish(payload, { QoS: 1 });
        modem.serve();
      }
      sameLines(modem.published, payloads, "published");
    });
});

describe("ML302: the ring holds what a modem prints of a topic", () => {
  const received = (topic: string, receiveBuffer?: number) => {
    const { session } = answering(ml302, { modem: receiveBuffer === undefined ? {} : { receiveBuffer } });
    session.says(`${ml302.header(topic, 2)}hi\\r\\n`);
    session.says(`${ml302.header("t", 2)}ok\\r\\n`);
    return session.events.splice(0);
  };
  const longest = "x".repeat(512), escaped = "\\\\".repeat(512);

  it("of 512 bytes, the longest", () => sameLines(received(longest), [`message ${longest} hi`, "message t ok"]));
  it("with an escape for each of them, where the ring has 2048", () => sameLines(received(escaped, 2048).map((event) => event.replaceAll("\\", "")), ["message  hi", "message t ok"]));
  it("with an escape for each of them, not where the ring has its 1024: that is told, and what follows is received", () =>
    sameLines(received(escaped), ["overflow", "message t ok"]));

  it("with an escape for each of them, where such a topic has been subscribed", () => {
    const { session, modem } = answering(ml302, { on: { readable: () => {} } });
    // The ring is about to begin anew, and has an unread message in it.
    for (let i = 0; i < 30; i++) {
      session.says(`${ml302.header("t", 2)}hi\\r\\n`);
      session.client.read();
    }
    session.says(`${ml302.header("t", 6)}unread\\r\\n`);
    session.subscribe("x".repeat(512), 0, { id: 1 });
    equal(String.fromCharCode(...new Uint8Array(session.client.read()!)), "unread", "what was in the ring");
    session.clock.pass(0);
    modem.serve();
    session.mustTell("control 9 1", "done 1");
    session.says(`${ml302.header(escaped, 2)}hi\\r\\n`);
    equal(session.client.read()?.byteLength, 2, "bytes");
    session.mustTell();
  });
});
