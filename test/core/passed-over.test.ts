import { bc35g, m531x, ml302, nm28, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { inbox, stillWorks, type Inbox } from "./support/inbox";
import { Life } from "./support/life";

// A stranger's topic has a line's end in it. What comes behind it without a pause may be that message's, and is not believed.

/** The message, and in one piece with it whatever the modem says to what it is asked now. */
function drown({ session, modem }: Inbox, family: Family): void {
  const receive = session.port.receive;
  const pieces: number[] = [];
  session.port.receive = (bytes) => void pieces.push(...bytes);
  session.says(`${family.header("cmd/x\\r\\ny", 2)}hi\\r\\n`);
  modem.serve();
  session.port.receive = receive;
  session.port.receive(pieces);
  session.pass(200);
}

/** Subscribed to `cmd/#` and nothing else. */
function online(family: Family, options: Record<string, any> = {}): Inbox {
  const box = inbox(family, options);
  box.session.subscribe("cmd/#", 0, { id: 9 });
  box.modem.serve();
  box.session.events.splice(0);
  box.modem.commands.splice(0);
  return box;
}

const told = ({ session }: Inbox): string[] => session.events.splice(0).filter((event) => event !== "overflow");

/** Time for the answer and the marker. */
function wait({ session, modem }: Inbox, milliseconds: number): void {
  for (let waited = 0; waited < milliseconds; waited += 500) {
    session.pass(500);
    modem.serve();
  }
}

const STATE: Record<string, string> = { "BC35-G": "AT+QMTCONN?", M531X: "AT+MQTTSTAT?", ML302: "AT+MQTTSTAT?", NM28: "AT+MQTTCONN?" };

for (const family of [bc35g, m531x, ml302, nm28]) describe(`${family.name}: an answer behind a stranger's message was not believed`, () => {
  it("and the subscription that it was to has failed", () => {
    const box = online(family);
    box.session.subscribe("other", 1, { id: 1 });
    drown(box, family);
    sameLines(told(box), []);
    wait(box, 30_000);
    wait(box, 30_000);
    sameLines(told(box), ["control 9 1", "done 1"]);
    stillWorks(box, family, "afterwards");
  });

  it("and an inquiry has failed, or had the lines of both answers", () => {
    const box = online(family);
    const answers: string[] = [];
    box.session.client.inquire(STATE[family.name], (error, lines) => answers.push(error?.code ?? lines.join("; ")));
    drown(box, family);
    sameLines(answers, []);
    wait(box, 10_000);
    equal(answers.length, 1, "answers");
    equal(/^\+\w+: ?[\d,]+$/.test(answers[0]), true, answers[0]);
    stillWorks(box, family, "afterwards");
  });

  it("and after three subscriptions that have failed so the session left the network", () => {
    const life = new Life(family, { retry: { first: 1000, longest: 1000, burst: 100, escalate: 1 } });
    life.modem.deaf = null;
    life.session.subscribe([{ topic: "a", QoS: 0 }]);
    life.pass(5000);
    life.modem.deaf = /SUB=/;
    life.says(family === m531x || family === ml302 ? "\\r\\n+MQTTDISC:OK\\r\\n" : family === nm28 ? "\\r\\n+MQTTSTAT:0,1\\r\\n" : "\\r\\n+QMTSTAT: 0,1\\r\\n");
    const given: string[] = [];
    let attempts = 0;
    for (let second = 0; second < 400; second++) {
      life.pass(1000);
      given.push(...life.given(/CGATT=0|CFUN=|NRB|CMRB|TRB/));
      attempts += life.events.splice(0).filter((event) => event.startsWith("connecting")).length;
    }
    equal(attempts > 3, true, `${attempts} attempts`);
    sameLines(given, []);
  });
});

for (const family of [m531x, ml302]) describe(`${family.name}: what was asked behind a stranger's message`, () => {
  if (family === m531x) it("the list of subscriptions was not believed, and read as if they were lost", () => {
    const box = online(family, { pollInterval: 60_000 });
    const { session, modem } = box;
    modem.deaf = /SUB\?/;
    session.pass(60_000);
    modem.serve();
    sameLines(modem.commands.splice(0), ["AT+MQTTSTAT?", "AT+MQTTSUB?"]);
    modem.deaf = null;
    session.says(`${family.header("cmd/x\\r\\ny", 2)}hi\\r\\n\\r\\n+MQTTSUB:\\r\\ncmd/#\\r\\n\\r\\nOK\\r\\n`);
    wait(box, 10_000);
    sameLines(told(box), []);
    equal(modem.commands.some((command) => command.startsWith("AT+MQTTSUB=")), false, "subscribed again");
    equal(modem.commands.includes("AT+MQTTSUB?"), true, "asked again");
  });

  for (const QoS of [1, 2] as const) it(`an acknowledgement at QoS ${QoS} was not believed, and the connection was given up, though the ids count up`, () => {
    const box = online(family, { pollInterval: 0 });
    const { session, modem } = box;
    session.publish("one", { QoS: 1, id: 1 });
    modem.serve();
    session.mustTell("control 4 1", "done 1");
    session.publish("two", { QoS, id: 2 });
    if (family === ml302) {
      session.sent();
      session.says("\\r\\n> ");
      equal(session.sent(), "two", "sent");
      session.says(`${family.header("cmd/x\\r\\ny", 2)}hi\\r\\n${QoS === 1 ? "\\r\\n+MQTTPUBACK:0,3\\r\\n" : "\\r\\n+MQTTPUBREC:0,3\\r\\n\\r\\n+MQTTPUBCOMP:0,3\\r\\n"}\\r\\nOK\\r\\n`);
      modem.id++;
    } else drown(box, family);
    sameLines(told(box), []);
    wait(box, 15_000 * QoS + 5000);
    sameLines(told(box), ["failed 2 COMMAND_TIMEOUT"]);
    session.publish("three", { QoS, id: 3 });
    modem.serve();
    sameLines(told(box), [...(QoS === 1 ? ["control 4 3"] : ["control 5 3", "control 7 3"]), "done 3"]);
    wait(box, 60_000);
    sameLines(told(box), []);
  });
});

describe("ML302: the list of subscriptions has each on a line of its own", () => {
  it("and only the last of them was counted", () => {
    const { session, modem, messages } = inbox(ml302, { pollInterval: 60_000, modemReconnects: true });
    session.subscribe("a", 0, { id: 1 });
    session.subscribe("b", 0, { id: 2 });
    modem.serve();
    session.events.splice(0);
    modem.commands.splice(0);
    modem.instead = (command) => (command === "AT+MQTTSUB?" ? ["+MQTTSUB: a,0", "+MQTTSUB: b,0", "OK"] : undefined);
    wait({ session, modem, messages }, 61_000);
    sameLines(modem.commands, ["AT+MQTTSTAT?", "AT+MQTTSUB?"]);
    sameLines(session.events, []);
  });
});

describe("ML302: a publish that was given up before its prompt was answered behind a stranger's message", () => {
  it("and the connection was given up half a minute later", () => {
    const box = online(ml302, { pollInterval: 0 });
    const { session } = box;
    session.publish("AT+CFUN=0\\r", { QoS: 2, id: 2 });
    session.sent();
    session.pass(5100);
    sameLines(told(box), ["failed 2 COMMAND_TIMEOUT"]);
    session.says(`${ml302.header("cmd/x\\r\\ny", 2)}hi\\r\\n\\r\\n> \\r\\n+MQTTPUBREC:0,2\\r\\n\\r\\n+MQTTPUBCOMP:0,2\\r\\n\\r\\nOK\\r\\n`);
    wait(box, 120_000);
    sameLines(told(box), []);
    stillWorks(box, ml302, "afterwards");
  });
});

describe("M531X: the OK to MQTTOPEN came behind its result", () => {
  it("and the attempt ended after five seconds, with a modem that did not answer", () => {
    const life = new Life(m531x, { modem: {} });
    life.modem.instead = (command) => (command.startsWith("AT+MQTTOPEN=") ? [] : undefined);
    life.pass(40_000);
    life.says("\\r\\n+MQTTOPEN:OK\\r\\n\\r\\nOK\\r\\n");
    life.pass(100);
    sameLines(life.events.splice(0).slice(-1), ["online"]);
  });
});

for (const family of [bc35g, ml302]) describe(`${family.name}: a prompt behind a stranger's message was not believed`, () => {
  for (const prompt of ["\\r\\n>", "\\r\\n>[sp]"]) it(`nor, for no line's end is behind it, anything that came afterwards: ${prompt}`, () => {
    const box = online(family);
    const { session, modem } = box;
    session.publish("AT+CFUN=0\\r", { QoS: 1, id: 2 });
    session.sent();
    session.says(`${family.header("cmd/x\\r\\ny", 2)}hi\\r\\n${prompt}`);
    session.pass(5100);
    sameLines(told(box), ["failed 2 COMMAND_TIMEOUT"]);
    equal(session.sent().includes("AT+CFUN"), false, "sent without a prompt");
    session.says(family === bc35g ? "\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,2,0\\r\\n" : "\\r\\n+MQTTPUBACK:0,2\\r\\n\\r\\nOK\\r\\n");
    session.publish("next", { QoS: 1, id: 3 });
    modem.id++;
    modem.serve();
    sameLines(told(box), ["control 4 3", "done 3"]);
    stillWorks(box, family, "afterwards");
  });
});

for (const family of [bc35g, ml302]) describe(`${family.name}: a prompt behind a stranger's message was not believed, and a message came without a line's end before it`, () => {
  const bare = (topic: string, length: number): string => family.header(topic, length).replace(/^\\r\\n/, "");
  for (const prompt of ["\\r\\n>", "\\r\\n>[sp]"]) {
    const begun = (): Inbox => {
      const box = inbox(family, { pollInterval: 0 });
      const { session } = box;
      session.subscribe("cmd/#", 0, { id: 9 });
      box.modem.serve();
      session.events.splice(0);
      session.publish("AT+CFUN=0\\r", { QoS: 1, id: 2 });
      session.sent();
      session.says(`${family.header("cmd/x\\r\\ny", 2)}hi\\r\\n${prompt}`);
      session.pass(200);
      session.mustTell("overflow");
      box.messages.splice(0);
      return box;
    };

    it(`the message was lost: ${prompt}`, () => {
      const box = begun();
      box.session.says(`${bare("cmd/z", 2)}ho\\r\\n`);
      box.session.pass(200);
      sameLines(box.messages, ["suspect cmd/z: ho"]);
    });

    it(`lines in a message that was too long for the ring were believed: ${prompt}`, () => {
      const box = begun();
      const topic = `cmd/${"y".repeat(3000)}`;
      const loss = family === bc35g ? "+QMTSTAT: 0,1" : "+MQTTDISC: OK";
      box.session.says(`${bare(topic, 40)}${loss}\\r${loss}\\r{}\\r\\n`);
      box.session.pass(200);
      box.modem.serve();
      sameLines(box.session.events.splice(0).filter((event) => event !== "overflow"), [], "told");
    });
  }
});

for (const family of [bc35g, ml302]) describe(`${family.name}: a prompt came when nobody waited for it any more, and a message without a line's end before it`, () => {
  it("the message was lost", () => {
    const box = inbox(family, { pollInterval: 0 });
    const { session } = box;
    session.subscribe("cmd/#", 0, { id: 9 });
    box.modem.serve();
    session.publish("AT+CFUN=0\\r", { QoS: 1, id: 2 });
    session.sent();
    session.pass(5100);
    session.says("\\r\\n> ");
    session.pass(200);
    session.says(`${family.header("cmd/z", 2).replace(/^\\r\\n/, "")}ho\\r\\n`);
    session.pass(200);
    sameLines(box.messages.map((line) => line.replace("suspect ", "")), ["cmd/z: ho"]);
  });
});
