// What the SDK's mqtt/js, its examples and Node-RED's MQTT nodes do with an ECMA-419 client, and rely on.

import { MQTTClient } from "../../src/index";
import { m531x, ml302, nm28, Answering, online, type Family } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { Obedient, online as bc35gOnline, Session, stillWorks, type SessionOptions } from "./support/session";

const { SUBSCRIBE, UNSUBSCRIBE } = MQTTClient;
const bytes = (text: string): ArrayBuffer => Uint8Array.from([...text].map((c) => c.charCodeAt(0))).buffer;

/** A client after another one on the same modem. */
function after(first: Session, options: SessionOptions = {}): Session {
  const session = new Session({ ...options, modem: { shared: first.client, ...options.modem } });
  if (session.port === undefined) session.port = first.port;
  return session;
}

describe("options as consumers write them", () => {
  const opened = (client: Record<string, any>): string[] => {
    const session = new Session({ client });
    const modem = new Obedient(session);
    modem.serve();
    session.mustTell("control 2");
    return modem.commands;
  };

  it("a port in digits, as a URL has it, and nothing else that is no number", () => {
    equal(opened({ port: "8883" }).includes('AT+QMTOPEN=0,"broker.example.com",8883'), true);
    for (const port of ["", "1883\rAT", "1e3", " 80", "0x50"]) equal(thrown(() => new Session({ client: { port } })).code, "ARGUMENT_TYPE", port);
    for (const port of ["70000", "-1", "0", "1.5"]) equal(thrown(() => new Session({ client: { port } })).code, "ARGUMENT_RANGE", port);
  });

  it("no will: null", () => equal(opened({ will: null }).includes('AT+QMTCFG="will",0,0'), true));

  it("a will without a message: an empty one; retain as a number", () => {
    const commands = opened({ will: { topic: bytes("gone"), retain: 0 } });
    equal(commands.some((line) => /^AT\+QMTCFG="will",0,1,0,0,"gone",""$/.test(line)), true, commands.join());
  });

  for (const nobody of ["", null, undefined])
    it(`no user: ${nobody === "" ? "an empty string" : nobody}`, () =>
      equal(opened({ user: nobody, password: nobody, id: "x" }).includes('AT+QMTCONN=0,"x"'), true));

  it("target becomes a property; format can only be buffer", () => {
    const target = {};
    equal(new Session({ client: { target, format: "buffer" } }).client.target, target);
    equal("target" in new Session().client, false, "target without the option");
    equal(thrown(() => new Session({ client: { format: "number" } })) instanceof RangeError, true);
  });
});

describe("connecting", () => {
  it("CONNACK comes first, then onWritable with what can be written", () => {
    const told: string[] = [];
    const session = new Session({ on: { control: ({ }, { operation }) => told.push(`control ${operation}`), writable: (_, count) => told.push(`writable ${count}`) } });
    new Obedient(session).serve();
    sameLines(told, ["control 2", "writable 1024"]);
  });

  it("a refusal is onError alone: whoever takes CONNACK for success would subscribe", () => {
    const session = new Session();
    const modem = new Obedient(session);
    modem.deaf = "AT+QMTCONN";
    modem.serve();
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTCONN: 0,0,5\\r\\n");
    session.mustTell("error CONNECTION_REFUSED 5");
  });
});

describe("publishing in parts", () => {
  it("onWritable follows each part, on an empty stack, and counts what is left; null stands for no options", () => {
    const { session, modem } = bc35gOnline();
    session.writable.splice(0);
    equal(session.client.write(bytes("ab"), { topic: bytes("t/a") as ArrayBuffer, byteLength: 6, id: 1, QoS: 1 }), 4, "after the first part");
    equal(session.writable.length, 0, "calls from inside write");
    session.pass(0);
    sameLines(session.writable.splice(0).map(String), ["4"], "onWritable");
    equal(session.client.write(new DataView(bytes("xcdy"), 1, 2), null as any), 2, "after the second part");
    session.pass(0);
    sameLines(session.writable.splice(0).map(String), ["2"], "onWritable");
    equal(session.client.write(bytes("ef"), null as any) > 0, true, "after the last part");
    modem.serve();
    session.mustTell("control 4 1", "done 1");
    sameLines(modem.published, ["abcdef"]);
    session.pass(0);
    equal(session.writable.includes(0), false, "never 0");
  });

  it("onWritable comes once where the message has been written whole meanwhile, with the room for the next one", () => {
    const { session } = bc35gOnline();
    session.writable.splice(0);
    session.client.write(bytes("ab"), { topic: "t", byteLength: 4 });
    session.client.write(bytes("cd"));
    session.pass(0);
    sameLines(session.writable.splice(0).map(String), ["1020"], "onWritable");
  });

  it("no onWritable after close()", () => {
    const { session } = bc35gOnline();
    session.writable.splice(0);
    session.client.write(bytes("ab"), { topic: "t", byteLength: 4 });
    session.client.close();
    session.pass(0);
    equal(session.writable.length, 0, "calls");
  });
});

describe("acknowledgements of QoS 2", () => {
  it("PUBREC and PUBCOMP, where the modem tells both", () => {
    const { session, modem } = online(m531x);
    modem.deaf = /MQTTPUB/;
    session.publish("x", { QoS: 2, id: 7 });
    modem.serve();
    session.says("\\r\\nOK\\r\\n\\r\\n+MQTTPUBREC:1,0\\r\\n\\r\\n+MQTTPUBREC:1,0\\r\\n");
    session.mustTell("control 5 7");
    session.says("\\r\\n+MQTTPUBCOMP:1,0\\r\\n");
    session.mustTell("control 7 7", "done 7");
  });

  it("PUBREC when PUBREL is said to be sent again", () => {
    const { session } = bc35gOnline();
    session.publish("x", { QoS: 2, id: 7 });
    session.says("\\r\\n>\\r\\nOK\\r\\n\\r\\n+QMTPUBREL: 0,7,1\\r\\n");
    session.mustTell("control 5 7");
    session.says("\\r\\n+QMTPUB: 0,7,0\\r\\n");
    session.mustTell("control 7 7", "done 7");
  });

  it("both, where the modem tells the end alone, which there is not without PUBREC", () => {
    const { session, modem } = bc35gOnline();
    session.publish("x", { QoS: 2, id: 7 });
    modem.serve();
    session.mustTell("control 5 7", "control 7 7", "done 7");
  });

  it("none where it fails", () => {
    const { session } = bc35gOnline();
    session.publish("x", { QoS: 2, id: 7 });
    session.says("\\r\\n>\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,7,2\\r\\n");
    session.mustTell("failed 7 PUBLISH_FAILED 2");
  });

  it("no PUBCOMP after close() at PUBREC", () => {
    const { session, modem } = bc35gOnline({ on: { control: (self, { operation }) => { if (operation === MQTTClient.PUBREC) self.client.close(); } } });
    session.publish("x", { QoS: 2, id: 7 });
    modem.serve();
    session.mustTell("control 5 7");
  });
});

for (const family of [m531x, ml302, nm28] as Family[]) describe(`${family.name}: one SUBSCRIBE of several topics`, () => {
  const topics = ["a", "b/+", "c/#"];
  const items = topics.map((topic, QoS) => ({ key: topic, topic: bytes(topic), QoS }));
  const subscribe = (session: Session, id: number) => session.client.write(null, { operation: SUBSCRIBE, items, id });

  it("goes out topic by topic, and is acknowledged once, with a grant for each in their order", () => {
    const payloads: string[] = [];
    const { session, modem } = online(family, { on: { control: (_, { payload }) => { if (payload) payloads.push(payload.join()); } } });
    subscribe(session, 7);
    modem.serve();
    session.mustTell("control 9 7", "done 7");
    equal(modem.commands.length, 3, "commands");
    for (let i = 0; i < 3; i++) equal(modem.commands[i].includes(`"${topics[i]}"`), true, modem.commands[i]);
    sameLines(payloads, ["0,1,2"]);
    session.client.write(null, { operation: UNSUBSCRIBE, items, id: 8 });
    modem.serve();
    session.mustTell("control 11 8", "done 8");
  });

  it("fails as a whole, and sends nothing more, when one of its commands fails", () => {
    const { session, modem } = online(family);
    let count = 0;
    modem.instead = (command) => (/SUB=/.test(command) && ++count === 2 ? ["ERROR"] : undefined);
    subscribe(session, 7);
    modem.serve();
    session.mustTell("failed 7 COMMAND_REFUSED");
    equal(modem.commands.filter((command) => /SUB=/.test(command)).length, 2, "commands");
  });

  it("can be written twice; then the count is 0 until one of them is over", () => {
    const { session, modem } = online(family);
    session.writable.splice(0);
    equal(subscribe(session, 7) > 0, true, "after the first");
    equal(session.client.write(null, { operation: UNSUBSCRIBE, items, id: 8 }), 0, "after the second");
    equal(thrown(() => subscribe(session, 9)).code, "BUSY");
    modem.serve();
    equal(session.events.filter((event) => event === "done 7" || event === "done 8").length, 2, "done");
    equal(session.writable.length > 0 && !session.writable.includes(0), true, "onWritable");
  });

  it("ends with the client", () => {
    const { session, modem } = online(family);
    subscribe(session, 7);
    session.client.close();
    modem.serve();
    session.pass(10_000);
    session.mustTell();
    equal(session.port.closed, true, "closed");
  });
});

describe("a SUBSCRIBE that is longer than a BC35-G's command line, or has more topics", () => {
  it("goes out in as many commands as it needs", () => {
    const { session, modem } = bc35gOnline();
    modem.commands.splice(0);
    session.client.write(null, { operation: SUBSCRIBE, items: Array.from({ length: 12 }, (_, i) => ({ topic: `${i}/${"x".repeat(i === 0 ? 250 : i)}` })), id: 1 });
    modem.serve();
    session.mustTell("control 9 1", "done 1");
    sameLines(modem.commands.map((line) => String(line.split('"').length >> 1)), ["5", "5", "2"], "topics a command");
    modem.commands.splice(0);
    session.client.write(null, { operation: SUBSCRIBE, items: Array(5).fill({ topic: "x".repeat(250) }), id: 2 });
    modem.serve();
    session.mustTell("control 9 2", "done 2");
    sameLines(modem.commands.map((line) => String(line.split('"').length >> 1)), ["3", "2"], "topics a command");
    stillWorks(session, modem);
  });
});

describe("a SUBSCRIBE of topics at several QoS on a BC35-G, which tells one grant for all topics of a command", () => {
  it("goes out in commands of one QoS each, so that every topic's grant is told", () => {
    const payloads: string[] = [];
    const { session, modem } = bc35gOnline({ on: { control: (_, { payload }) => { if (payload) payloads.push(payload.join()); } } });
    modem.commands.splice(0);
    modem.deaf = "AT+QMTSUB";
    session.client.write(null, { operation: SUBSCRIBE, items: [0, 0, 2].map((QoS, i) => ({ topic: `t${i}`, QoS })), id: 1 });
    modem.serve();
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n");
    modem.serve();
    session.mustTell();
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,2\\r\\n");
    sameLines(modem.commands, ['AT+QMTSUB=0,1,"t0",0,"t1",0', 'AT+QMTSUB=0,1,"t2",2']);
    session.mustTell("control 9 1", "done 1");
    sameLines(payloads, ["0,0,2"]);
  });
});

describe("DISCONNECT, then close() at once", () => {
  it("still sends what was written before, disconnects in good order, and says nothing more", () => {
    const { session, modem } = bc35gOnline();
    session.publish("last words", { QoS: 1 });
    session.disconnect();
    session.client.close();
    modem.serve();
    session.pass(0);
    session.mustTell();
    sameLines(modem.published, ["last words"]);
    sameLines(modem.commands.slice(-2), ["AT+QMTDISC=0", "AT+QMTCLOSE=0"]);
    equal(session.port.closed, true, "closed");
  });

  it("ends within ten seconds although the modem says nothing any more", () => {
    const { session } = bc35gOnline();
    session.disconnect();
    session.client.close();
    session.pass(10_000);
    session.mustTell();
    equal(session.port.closed, true, "closed");
  });

  it("ends when the connection is lost meanwhile", () => {
    const { session, modem } = bc35gOnline();
    session.disconnect();
    session.client.close();
    session.says("\\r\\n+QMTSTAT: 0,1\\r\\n");
    modem.serve();
    session.pass(0);
    session.mustTell();
    equal(session.port.closed, true, "closed");
  });
});

describe("a client after one that has ended, on the same modem", () => {
  for (const when of ["inside onError, before close()", "inside onError, after close()", "later, while it is closing"])
    it(`${when}: waits until the port is free, and connects`, () => {
      let next: Session | undefined;
      const { session, modem } = bc35gOnline({ on: { error: (self) => {
        if (when.endsWith("after close()")) self.client.close();
        if (when.startsWith("inside")) next = after(self);
      } } });
      session.says("\\r\\n+QMTSTAT: 0,1\\r\\n");
      next ??= after(session);
      session.mustTell("error LINK_LOST 1");
      modem.serve();
      next.pass(0);
      session.pass(0);
      modem.serve();
      next.mustTell("control 2");
      equal(session.port.closed, false, "closed");
      const open = modem.commands.lastIndexOf('AT+QMTOPEN=0,"broker.example.com",1883');
      equal(modem.commands.lastIndexOf("AT+QMTCLOSE=0", open) > 0, true, "the old connection is closed before the new one is opened");
      stillWorks(next, modem);
      session.mustTell();
      next.client.close();
      modem.serve();
      equal(session.port.closed, true, "closed");
    });

  it("opens the port anew where it has been released already", () => {
    const { session } = bc35gOnline();
    session.says("\\r\\nREBOOT_CAUSE_X\\r\\n");
    equal(session.port.closed, true, "closed");
    const next = after(session);
    const modem = new Obedient(next);
    equal(next.port === session.port, false, "the same port");
    modem.serve();
    next.mustTell("control 2");
  });

  it("is told when the modem does not answer any more", () => {
    const { session } = bc35gOnline();
    session.client.close();
    const next = after(session);
    for (let i = 0; i < 100; i++) session.pass(1000);
    next.mustTell("error MODEM_SILENT");
    session.mustTell();
    equal(session.port.closed, true, "closed");
  });

  it("is told when the port fails", () => {
    const { session } = bc35gOnline();
    session.client.close();
    const next = after(session);
    session.port.receiver.onError(new Error("unplugged"));
    session.pass(0);
    next.mustTell("error PORT_FAILED");
    session.mustTell();
    equal(session.port.closed, true, "closed");
  });

  it("brings the modem up again when it restarts meanwhile", () => {
    const { session, modem } = bc35gOnline();
    session.client.close();
    const next = after(session);
    modem.forget();
    session.says("\\r\\nREBOOT_CAUSE_X\\r\\n");
    session.pass(0);
    modem.serve();
    next.mustTell("control 2");
    stillWorks(next, modem);
  });

  it("that is closed while it waits leaves no trace, and another one can wait in its place", () => {
    const { session, modem } = bc35gOnline();
    session.client.close();
    const second = after(session);
    equal(thrown(() => after(session)).code, "BUSY", "a third one meanwhile");
    second.client.close();
    const third = after(session);
    modem.serve();
    session.pass(0);
    modem.serve();
    third.mustTell("control 2");
    second.mustTell();
    stillWorks(third, modem);
  });

  it("is refused while the other one is connected: a BC35-G has one MQTT client", () => {
    const { session, modem } = bc35gOnline();
    equal(thrown(() => after(session)).code, "BUSY");
    stillWorks(session, modem);
  });

  it("with an argument that is refused does not keep the place", () => {
    const { session, modem } = online(m531x);
    session.client.close();
    equal(thrown(() => after(session, { modem: { io: m531x.io, ackTimeout: 30 }, client: { keepAlive: 20_000 } })).code, "ARGUMENT_RANGE");
    modem.serve();
    session.pass(0);
    equal(session.port.closed, true, "closed");
  });

  it("NM28: is connected beside another one without waiting, and takes a number that is being left", () => {
    const { session, modem } = online(nm28);
    const beside = after(session, { modem: { io: nm28.io } });
    modem.serve();
    beside.mustTell("control 2");
    session.client.close();
    const next = after(beside, { modem: { io: nm28.io, link: 0 } });
    modem.serve();
    session.pass(0);
    modem.serve();
    next.mustTell("control 2");
    beside.mustTell();
    equal(modem instanceof Answering, true);
  });
});
