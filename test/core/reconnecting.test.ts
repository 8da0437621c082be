import { MQTTClient } from "../../src/index";
import { equal, sameLines, thrown } from "./support/check";
import { Answering, type Family, m531x, ml302, online, reconnects } from "./support/answering";
import { alive, type Life } from "./support/life";
import { Session, type SessionOptions } from "./support/session";

const TRY = "\\r\\n+MQTTREC:0\\r\\n";
const AGAIN = "\\r\\n+MQTTOPEN:OK\\r\\n";

for (const family of [m531x, ml302] as Family[]) describe(`${family.name}: while the modem reconnects`, () => {
  const start = (options: SessionOptions = {}): { session: Session; modem: Answering; stages: string[]; subacks: string[] } => {
    const stages: string[] = [];
    const subacks: string[] = [];
    const { session, modem } = online(family, {
      ...options,
      modem: { ...reconnects(family), ...options.modem },
      on: {
        stage: (_, stage) => stages.push(stage),
        control: (_, control) => { if (control.operation === MQTTClient.SUBACK) subacks.push(`${control.id}: ${control.payload}`); },
        ...options.on,
      },
    });
    stages.splice(0);
    return { session, modem, stages, subacks };
  };
  const writes: [name: string, write: (session: Session) => unknown][] = [
    ["a publish", (session) => session.publish("x")],
    ["a subscription", (session) => session.subscribe("a")],
    ["an unsubscription", (session) => session.client.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "a" }] })],
    ["a PINGREQ", (session) => session.client.write(null, { operation: MQTTClient.PINGREQ })],
  ];
  for (const [name, write] of writes)
    it(`${name} is NOT_CONNECTED, and goes again when the connection is back`, () => {
      const { session, modem, stages } = start();
      session.says(TRY);
      equal(thrown(() => write(session)).code, "NOT_CONNECTED");
      session.mustSend("");
      session.says(AGAIN);
      write(session);
      modem.serve();
      sameLines(stages, ["reconnecting", "online"], "stages");
      equal(session.events.some((event) => event.startsWith("failed") || event.startsWith("error")), false, `events: ${session.events}`);
    });

  it("a message that is not complete has failed, and the rest of it goes nowhere", () => {
    const { session, modem } = start();
    session.client.write(new Uint8Array(3), { topic: "t", byteLength: 9, id: 1 });
    session.says(TRY);
    session.mustTell("failed 1 LINK_LOST");
    equal(thrown(() => session.client.write(new Uint8Array(6))).code, "NOT_CONNECTED");
    session.says(AGAIN);
    equal(thrown(() => session.client.write(new Uint8Array(6))).code, "ARGUMENT_TYPE", "the rest of a message that is gone");
    session.publish("x", { QoS: 1, id: 2 });
    modem.serve();
    session.mustTell("control 4 2", "done 2");
    sameLines(modem.published, ["x"]);
  });

  it("is told that it can write when the connection is back, after the last subscription", () => {
    const { session, modem } = start();
    session.subscribe("a", 1, { id: 1 });
    session.subscribe("b", 1, { id: 2 });
    modem.serve();
    session.writable.splice(0);
    session.says(TRY);
    session.says(AGAIN);
    equal(session.writable.length, 0, "told before");
    modem.serve();
    sameLines(modem.commands.slice(-2), ['AT+MQTTSUB="a",1', 'AT+MQTTSUB="b",1']);
    equal(session.writable.pop(), family.io.limits.payload, "told after");
  });

  it("still receives, and can be asked how it is", () => {
    const { session, modem } = start();
    session.says(TRY);
    session.says(`${family.header("t", 5)}hello\\r\\n`);
    session.mustTell("message t hello");
    let lines: readonly string[] = [];
    session.client.inquire("AT+MQTTSTAT?", (_, answer) => { lines = answer; });
    modem.instead = () => ["+MQTTSTAT: 4", "OK"];
    modem.serve();
    sameLines(lines, ["+MQTTSTAT: 4"]);
  });

  it("loses the connection again while it subscribes again, and starts from the first", () => {
    const { session, modem, stages } = start();
    session.subscribe("a", 1, { id: 1 });
    session.subscribe("b", 1, { id: 2 });
    modem.serve();
    session.events.splice(0);
    modem.commands.splice(0);
    modem.deaf = /SUB="b"/;
    session.says(TRY);
    session.says(AGAIN);
    modem.serve();
    session.says(TRY);
    modem.deaf = null;
    session.says(AGAIN);
    modem.serve();
    session.pass(2000);
    modem.serve();
    sameLines(stages, ["reconnecting", "reconnecting", "online"], "stages");
    sameLines(modem.commands.filter((command) => command.startsWith("AT+MQTTSUB")), ['AT+MQTTSUB="a",1', 'AT+MQTTSUB="b",1', 'AT+MQTTSUB="a",1', 'AT+MQTTSUB="b",1']);
    session.mustTell();
    session.publish("x", { QoS: 1, id: 9 });
    modem.serve();
    session.mustTell("control 4 9", "done 9");
  });

  it("gives up when the modem says nothing more for 180 s", () => {
    const { session, modem } = start();
    session.says(TRY);
    session.pass(179_000);
    session.mustTell();
    session.pass(2000);
    session.mustTell("error LINK_LOST");
    modem.serve();
    sameLines(modem.commands, ["AT+MQTTDISC", "AT+MQTTDEL"]);
    equal(session.port.closed, true, "port closed");
  });

  it("gives each try its time", () => {
    const { session } = start();
    for (let attempt = 0; attempt < 3; attempt++) {
      session.says(`\\r\\n+MQTTREC:${attempt}\\r\\n`);
      session.pass(179_000);
      session.mustTell();
    }
    session.pass(2000);
    session.mustTell("error LINK_LOST");
  });

  it("forgets the time limit once the connection is back", () => {
    const { session, modem } = start({ modem: { pollInterval: 0 } });
    session.says(TRY);
    session.pass(100_000);
    session.says(AGAIN);
    session.pass(100_000);
    session.says(TRY);
    session.pass(100_000);
    session.says(AGAIN);
    session.pass(1_000_000);
    session.mustTell();
    session.publish("x", { QoS: 1, id: 1 });
    modem.serve();
    session.mustTell("control 4 1", "done 1");
  });

  it("ends in good order when the application disconnects meanwhile, and no time limit comes after it", () => {
    const { session, modem } = start();
    session.says(TRY);
    thrown(() => session.disconnect()); // there is no connection to end in good order
    session.client.close();
    modem.serve();
    session.pass(200_000);
    session.mustTell();
    equal(session.port.closed, true, "port closed");
  });

  it("tells of a subscription that is refused now, with its id, and goes on with the others", () => {
    const { session, modem, subacks } = start();
    for (const [index, topic] of ["a", "b", "c"].entries()) {
      session.subscribe(topic, 1, { id: 11 + index });
      modem.serve();
    }
    subacks.splice(0);
    session.events.splice(0);
    modem.commands.splice(0);
    modem.instead = (command) => (!command.startsWith('AT+MQTTSUB="b"') ? undefined : family === m531x ? ["OK", "+MQTTSUBACK:9,128,b"] : ["+MQTTSUBACK:9,128,b", "OK"]);
    for (const told of [["12: 128"], []]) {
      session.says(TRY);
      session.says(AGAIN);
      modem.serve();
      sameLines(subacks.splice(0), told, "SUBACKs");
      session.mustTell(...told.map(() => "control 9 12"));
    }
    // What was refused is not asked for again.
    sameLines(modem.commands, ["a", "b", "c", "a", "c"].map((topic) => `AT+MQTTSUB="${topic}",1`));
  });

  it("may be closed by the application when it is told of that", () => {
    const { session, modem } = start({ on: { control: (session, control) => { if (control.payload?.[0] === 128) session.client.close(); } } });
    for (const topic of ["a", "b"]) {
      session.subscribe(topic, 1);
      modem.serve();
    }
    session.events.splice(0);
    modem.instead = (command) => (command === 'AT+MQTTSUB="a",1' ? ["OK", "+MQTTSUBACK:9,128,a"] : undefined);
    modem.commands.splice(0);
    session.says(TRY);
    session.says(AGAIN);
    modem.serve();
    sameLines(modem.commands, ['AT+MQTTSUB="a",1', "AT+MQTTDEL", "AT+MQTTDISC", "AT+MQTTDEL"]);
    session.mustTell("control 9 1");
  });

  it("ends the session when a subscription cannot be restored", () => {
    const { session, modem } = start();
    session.subscribe("a", 1, { id: 1 });
    modem.serve();
    session.events.splice(0);
    modem.instead = (command) => (command.startsWith("AT+MQTTSUB") ? ["ERROR"] : undefined);
    session.says(TRY);
    session.says(AGAIN);
    modem.serve();
    session.mustTell("error COMMAND_REFUSED");
  });

  it("ends the session when a subscription cannot be restored: what was written meanwhile has failed, and is told so first", () => {
    const { session, modem } = start();
    session.subscribe("a", 1, { id: 1 });
    modem.serve();
    session.events.splice(0);
    session.says(TRY);
    session.says(AGAIN);
    session.publish("x", { QoS: 1, id: 2 });
    session.subscribe("b", 1, { id: 3 });
    modem.instead = (command) => (command.startsWith("AT+MQTTSUB") ? ["ERROR"] : undefined);
    modem.serve();
    session.mustTell("failed 2 COMMAND_REFUSED", "failed 3 COMMAND_REFUSED", "error COMMAND_REFUSED");
  });
});

/** What is under way when the modem loses the connection, and how: each is left without an answer. */
const UNDER_WAY: [name: string, begin: (write: Life | Session) => unknown, polls?: boolean][] = [
  ["nothing", () => {}],
  ...[0, 1, 2].map((QoS): [string, (write: Life | Session) => unknown] => [`a publish at QoS ${QoS}`, (write) => write.publish("x", { QoS })]),
  ["a subscription", (write) => (write instanceof Session ? write.subscribe("b", 1, { id: 2 }) : write.session.subscribe([{ topic: "b", QoS: 1 }]))],
  ["an unsubscription", (write) => (write instanceof Session ? write.client.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "b" }] }) : write.session.unsubscribe([{ topic: "b" }]))],
  ["a poll", (write) => write.clock.pass(2000), true],
];

for (const family of [m531x, ml302] as Family[]) describe(`${family.name}: a connection that is lost and back in one go left the host without it for seconds`, () => {
  const timeout = family === m531x ? 5100 : 15_100; // a poll's is shorter: its marker has been sent more than once
  for (const [name, begin, polls] of UNDER_WAY)
    for (const [when, milliseconds, final] of [["just sent", 0, ""], ["refused behind it", 0, "ERROR"], ["accepted behind it", 0, "OK"], ["in doubt after its timeout", timeout, ""], ["in doubt, and refused", timeout, "ERROR"]] as const) {
      if (name === "nothing" && (milliseconds > 0 || final !== "")) continue;
      const said = TRY + AGAIN + (final === "" ? "" : `\\r\\n${final}\\r\\n`);
      const modem = { ...reconnects(family), pollInterval: polls ? 2000 : 3_600_000 };
      const wait = polls && milliseconds > 0 ? 2100 : milliseconds;

      it(`a client: ${name}, ${when}`, () => {
        const stages: string[] = [];
        const { session, modem: answering } = online(family, { modem, on: { stage: (_, stage) => stages.push(stage) } });
        session.subscribe("a", 1, { id: 9 });
        answering.serve();
        begin(session);
        session.sent();
        if (name.startsWith("a publish") && family === ml302) session.says("\\r\\n>[sp]");
        session.sent();
        session.pass(wait);
        answering.commands.splice(0);
        stages.splice(0);
        session.says(said);
        answering.serve();
        sameLines(answering.commands.filter((command) => command.startsWith("AT+MQTTSUB=")), ['AT+MQTTSUB="a",1']);
        sameLines(stages, ["reconnecting", "online"], "stages");
      });

      it(`a Session: ${name}, ${when}`, () => {
        const life = alive(family, { modem });
        life.session.subscribe([{ topic: "a", QoS: 1 }]);
        life.serve();
        begin(life);
        life.port.sent.splice(0);
        if (name.startsWith("a publish") && family === ml302) life.says("\\r\\n>[sp]");
        life.port.sent.splice(0);
        life.clock.pass(wait);
        life.mustBe("online");
        life.events.splice(0);
        life.modem.commands.splice(0);
        life.says(said);
        life.serve();
        life.mustBe("online");
        sameLines(life.events.filter((event) => !/^(done|failed)/.test(event)), ["interrupted LINK_LOST", "restoring", "online"]);
        // What was not done on the connection before is done on this one.
        sameLines(life.given(/SUB="a"/), ['AT+MQTTSUB="a",1']);
      });
    }

  it("a Session that is told that it is online sends nothing before all is subscribed again", () => {
    const life = alive(family, { modem: { ...reconnects(family) } });
    for (const topic of ["a", "b"]) life.session.subscribe([{ topic, QoS: 1 }]);
    life.serve();
    life.events.splice(0);
    life.modem.commands.splice(0);
    life.modem.deaf = /SUB="b"/;
    life.says(TRY + AGAIN);
    life.publish("x", { QoS: 1 });
    life.serve();
    life.mustTell("interrupted LINK_LOST");
    sameLines(life.modem.commands, ['AT+MQTTSUB="a",1', 'AT+MQTTSUB="b",1']);
    life.says(family === m531x ? "\\r\\nOK\\r\\n\\r\\n+MQTTSUBACK:9,1,b\\r\\n" : "\\r\\n+MQTTSUBACK:9,1,b\\r\\n\\r\\nOK\\r\\n");
    life.serve();
    life.mustTell("restoring", "online", "done 3");
  });
});
