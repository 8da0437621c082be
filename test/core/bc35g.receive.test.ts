import { equal, sameLines } from "./support/check";
import { visible } from "./support/exchange";
import { online, stillWorks, type Session } from "./support/session";

const pattern = (length: number, seed = 0) => Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * 7 + (i >> 6) + seed) % 93))).join("");

/** Reads every part, and checks what is told of it. */
function parts(session: Session, received: { text: string; fragments: number; whole: number }[]) {
  return (_: Session, count: number, options: any) => {
    if (options.topic !== undefined) received.push({ text: "", fragments: 0, whole: -1 });
    const message = received.at(-1)!;
    const bytes = new Uint8Array(count);
    if (count > 0) session.client.read(bytes);
    message.text += visible([...bytes]);
    message.fragments++;
    if (!options.more) message.whole = options.byteLength ?? -1;
  };
}

describe("messages and lines against the size of the ring", () => {
  for (const receiveBuffer of [64, 128, 256, 512, 1024, 2048])
    it(`ring of ${receiveBuffer}: every length, byte-exact, and nothing lost behind it`, () => {
      const received: { text: string; fragments: number; whole: number }[] = [];
      let session!: Session;
      const made = online({ modem: { receiveBuffer }, on: { readable: (_, ...values: [number, any]) => parts(session, received)(session, ...values) } });
      session = made.session;
      const lengths = [0, 1, 2, receiveBuffer - 30, receiveBuffer, 3 * receiveBuffer + 5];
      // Around the length that just fills the ring, every one.
      for (let length = receiveBuffer - 26; length < receiveBuffer - 14; length++) lengths.push(length);
      for (const length of lengths) {
        const payload = pattern(length, length).replace(/[\\<>[]/g, "x");
        session.says(`\\r\\n+QMTRECV: 0,0,"t",${payload}\\r\\n\\r\\n+QMTRECV: 0,0,"t",next\\r\\n`);
        const [message, next] = received.splice(0);
        equal(message.text, payload, `payload of ${length}`);
        equal(next.text, "next", `the message behind ${length}`);
        if (length < receiveBuffer - 20) equal(message.fragments, 1, `parts of ${length}`);
        if (length > receiveBuffer) equal(message.fragments > 1, true, `${length} in parts`);
        if (message.fragments === 1) equal(message.whole, length, "byteLength");
      }
    });

  for (const receiveBuffer of [64, 128, 256, 2048])
    it(`ring of ${receiveBuffer}: a line that is longer is dropped to its end, told of once, and the next one is fine`, () => {
      const { session, modem } = online({ modem: { receiveBuffer } });
      for (const length of [receiveBuffer, receiveBuffer + 1, 5 * receiveBuffer]) {
        // Its tail, at every place where the ring may end, looks like what it is not.
        session.subscribe("a", 0, { id: 1 });
        session.sent();
        session.says(`\\r\\n${"+QMTSTAT: 0,1,OK,".repeat(Math.ceil(length / 17)).slice(0, length)}\\r\\n`);
        sameLines(session.events.splice(0), ["overflow"], `a line of ${length}`);
        session.says("\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n");
        session.mustTell("control 9 1", "done 1");
      }
      stillWorks(session, modem);
    });

  it("the message behind one in parts that began with the same bytes has its topic", () => {
    const told: string[] = [];
    const { session } = online({
      modem: { receiveBuffer: 64 },
      on: { readable: (at, count, { topic, QoS, more }) => { at.client.read(count); told.push(`${topic} ${QoS} ${more}`); } },
    });
    const says = (payload: string) => session.says(`\\r\\n+QMTRECV: 0,0,"a/b",${payload}\\r\\n`);
    says("first");
    says("-".repeat(100));
    told.splice(1, told.length - 2);
    says("last");
    says("and again");
    sameLines(told, ["a/b 0 false", "undefined undefined false", "a/b 0 false", "a/b 0 false"]);
  });

  it("a topic that is longer than the ring is a line that is longer", () => {
    const { session, modem } = online({ modem: { receiveBuffer: 64 } });
    session.message("payload", pattern(100).replace(/["\\<>[]/g, "x"));
    session.mustTell("overflow");
    session.pass(200);
    stillWorks(session, modem);
  });

  it("echo of a command line that is longer than the ring, and of its payload", () => {
    const { session, modem } = online({ modem: { receiveBuffer: 64 } });
    session.publish("OK then", { topic: "t".repeat(100), QoS: 1 });
    const line = session.sent();
    session.says(`${line}\\r\\n> `);
    session.mustTell("overflow");
    session.mustSend("OK then");
    session.says("OK then\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n");
    session.mustTell("control 4 1", "done 1");
    stillWorks(session, modem);
  });
});

describe("reading", () => {
  const manual = (options: { receiveBuffer?: number } = {}) => {
    const calls: string[] = [];
    const made = online({ modem: options, on: { readable: (_, count, info) => { calls.push(`${count}${info.more ? "+" : ""}`); } } });
    return { ...made, calls };
  };
  const read = (session: Session, count?: number) => {
    const bytes = session.client.read(count as number);
    return bytes === undefined ? "nothing" : visible([...new Uint8Array(bytes)]);
  };

  it("later, in pieces, by count and into a buffer; what follows waits for it", () => {
    const { session, calls } = manual();
    session.says('\\r\\n+QMTRECV: 0,0,"t",abcdef\\r\\n\\r\\n+QMTRECV: 0,0,"t",ghi\\r\\n');
    sameLines(calls.splice(0), ["6"]);
    equal(read(session, 2), "ab", "first");
    const bytes = new Uint8Array(3);
    equal(session.client.read(bytes), 3, "into a buffer");
    equal(visible([...bytes]), "cde", "second");
    session.pass(10);
    sameLines(calls.splice(0), []);
    equal(read(session, 100), "f", "third");
    equal(read(session), "nothing", "until the next message is told of");
    session.pass(0);
    sameLines(calls.splice(0), ["3"]);
    equal(session.client.read(new Uint8Array(2).buffer), 2, "into an ArrayBuffer");
    equal(read(session), "i", "the rest");
    session.pass(0);
    equal(read(session), "nothing", "at the end");
  });

  it("later: the final behind the message counts when it is read", () => {
    const { session } = manual();
    session.subscribe("a");
    session.sent();
    session.says('\\r\\n+QMTRECV: 0,0,"t",abc\\r\\n\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n');
    session.mustTell();
    read(session);
    session.mustTell();
    session.pass(0);
    session.mustTell("control 9 1", "done 1");
  });

  it("later: what stands behind it comes although the port says meanwhile that there is nothing new", () => {
    const { session, calls } = manual();
    session.says('\\r\\n+QMTRECV: 0,0,"t",abc\\r\\n\\r\\n+QMTRECV: 0,0,"t",de\\r\\n');
    read(session);
    session.port.receiver.onReadable(0);
    session.pass(0);
    sameLines(calls, ["3", "2"]);
  });

  it("a part of a long message at a time: the rest comes when it has been read", () => {
    const { session, calls } = manual({ receiveBuffer: 64 });
    const payload = pattern(150).replace(/[\\<>[]/g, "x");
    session.says(`\\r\\n+QMTRECV: 0,0,"t",${payload}\\r\\n`);
    let text = "";
    for (let i = 0; i < 40 && text.length < 150; i++) {
      const got = read(session, 7);
      if (got !== "nothing") text += got;
      session.pass(1);
    }
    equal(text, payload, "payload");
    equal(calls.at(-1)!.endsWith("+"), false, "the last part is the last");
    session.mustTell();
  });

  it("never: when the ring is full the message is dropped and told of, and the rest goes on", () => {
    const { session, modem, calls } = manual({ receiveBuffer: 128 });
    session.message("unread");
    for (let i = 0; i < 10; i++) session.says("\\r\\n+CSQ: 20,99\\r\\n");
    session.mustTell("overflow");
    sameLines(calls.splice(0), ["6"]);
    session.subscribe("a");
    modem.serve();
    session.mustTell("control 9 1", "done 1");
  });

  it("never: messages longer than the ring, one after the other", () => {
    const { session } = manual({ receiveBuffer: 64 });
    for (let i = 0; i < 20; i++) {
      session.says('\\r\\n+QMTRECV: 0,0,"t",');
      for (let j = 0; j < 7; j++) session.says("z".repeat(31));
      session.says("\\r\\n");
    }
    equal(session.events.every((event) => event === "overflow"), true, "events");
    equal(session.events.length > 0, true, "told");
    session.events.splice(0);
    for (let i = 0; i < 20; i++) session.says("\\r\\n\\r\\n");
    session.events.splice(0);
    session.subscribe("a");
    for (const piece of ["\\r\\nOK\\r\\n", "\\r\\n+QMTSUB: 0,1,0,0\\r\\n"]) session.says(piece);
    session.mustTell("control 9 1", "done 1");
  });

});
