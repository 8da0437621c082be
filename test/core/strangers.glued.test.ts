import { bc35g, m531x, ml302, nm28, online, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { inbox, stillWorks, type Inbox } from "./support/inbox";

// A line that comes without a pause behind a message may be that message's: where it has no length, and where its topic, below a wildcard,
// has line ends in it and looks like a whole message. It is no error, no loss and no restart until the modem has paused, and been asked.

/** A stranger's message, then lines of his that look like the modem's own. */
const glued = (family: Family, ...lines: string[]): string =>
  `${family.header("cmd/x", 2)}hi\\r\\n${lines.map((line) => `\\r\\n${line}\\r\\n`).join("")}`;

const PUBLISH: Record<string, string> = { "BC35-G": "AT+QMTPUB=", ML302: "AT+MQTTPUB=", NM28: "AT+MQTTPUBEX=" };
const PROMPT: Record<string, string> = { "BC35-G": "\\r\\n> ", ML302: "\\r\\n> ", NM28: "\\r\\nCONNECT\\r\\n" };
const RESULT: Record<string, string> = {
  "BC35-G": "\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,1,0\\r\\n", ML302: "\\r\\n+MQTTPUBACK:0,1\\r\\n\\r\\nOK\\r\\n", NM28: "\\r\\n+MQTTPUBEX:0,1,0\\r\\n\\r\\nOK\\r\\n",
};
const LOSSES: Record<string, string[]> = {
  "BC35-G": ["+QMTSTAT: 0,1", "REBOOT_CAUSE_X"],
  M531X: ["+MQTTDISC:OK", "+MQTTREC:0", "+MQTTOPEN:OK", "*ATREADY: 1", "+CPIN: READY"],
  ML302: ["+MQTTDISC: OK", "+CME ERROR: 617", "+CME ERROR: 615", "+MATREADY", "+CPIN: READY"],
  NM28: ["+MQTTDISC:0,0", "+MQTTSTAT:0,1", "+MQTTCONN:0,0", "RDY"],
};
/** What is asked for the connection, and what says that it is gone. */
const STATE: Record<string, [string, string]> = {
  "BC35-G": ["AT+QMTCONN?", "+QMTCONN: 0,1"], M531X: ["AT+MQTTSTAT?", "+MQTTSTAT:1"], ML302: ["AT+MQTTSTAT?", "+MQTTSTAT: 0"], NM28: ["AT+MQTTCONN?", "+MQTTCONN:0,0"],
};

function listening(family: Family): Inbox {
  const box = inbox(family, { pollInterval: 20_000 });
  box.session.subscribe("cmd/#", 0, { id: 9 });
  box.modem.serve();
  box.session.events.splice(0);
  return box;
}

for (const family of [bc35g, ml302, nm28]) describe(`${family.name}: a stranger's ERROR came before the prompt`, () => {
  for (const error of ["ERROR", "+CME ERROR: 3", "+CMS ERROR: 500"]) it(`${error}: no other command went into the data phase`, () => {
    const box = listening(family);
    const { session } = box;
    session.publish("mine", { QoS: 1, id: 1 });
    session.subscribe("other", 0, { id: 2 });
    equal(session.sent().startsWith(PUBLISH[family.name]), true, "the publish");
    session.says(glued(family, error));
    session.mustSend("");
    session.says(PROMPT[family.name]);
    session.mustSend("mine");
    session.pass(200);
    session.says(RESULT[family.name]);
    session.mustTell("control 4 1", "done 1");
    box.modem.serve();
    session.mustTell("control 9 2", "done 2");
    stillWorks(box, family, "afterwards");
  });

  it("and no prompt: the message is sent as it was meant, and nothing else before it", () => {
    const box = listening(family);
    const { session } = box;
    session.publish("mine", { QoS: 1, id: 1 });
    session.subscribe("other", 0, { id: 2 });
    session.sent();
    session.says(glued(family, "ERROR"));
    session.pass(5200);
    session.mustSend("mine");
    session.says(RESULT[family.name]);
    session.mustTell("control 4 1", "done 1");
  });

  it("behind the payload: the publish is not told refused", () => {
    const box = listening(family);
    const { session } = box;
    session.publish("mine", { QoS: 1, id: 1 });
    session.sent();
    session.says(PROMPT[family.name]);
    session.mustSend("mine");
    session.says(glued(family, "ERROR"));
    session.pass(200);
    session.mustTell();
    box.modem.serve();
    session.says(RESULT[family.name]);
    session.mustTell("control 4 1", "done 1");
  });
});

for (const family of [bc35g, m531x, ml302, nm28]) describe(`${family.name}: lines behind a stranger's message`, () => {
  for (const loss of LOSSES[family.name]) {
    it(`${loss}: was believed, and the connection is there`, () => {
      const box = listening(family);
      box.session.says(glued(family, loss));
      box.session.mustTell();
      box.session.pass(200);
      box.modem.serve();
      box.session.mustTell();
      stillWorks(box, family, "afterwards");
    });
  }

  it("a loss that is one is told of when the modem has been asked", () => {
    const box = listening(family);
    const [question, gone] = STATE[family.name];
    box.modem.instead = (command) => (command === question ? [gone, "OK"] : undefined);
    box.session.says(glued(family, LOSSES[family.name][0]));
    box.session.pass(200);
    box.modem.serve();
    sameLines(box.session.events.splice(0).map((event) => event.replace(/ 1$/, "")), ["error LINK_LOST"]);
  });

  it("a restart that is one is told of when the modem has been asked", () => {
    const box = listening(family);
    box.modem.instead = (command) => (command === "AT+CMEE?" ? ["+CMEE: 0", "OK"] : undefined);
    box.session.says(glued(family, LOSSES[family.name].find((line) => /REBOOT|ATREADY|RDY/.test(line))!));
    box.session.pass(200);
    box.modem.serve();
    box.session.mustTell("error MODEM_RESTARTED");
  });

  it("what looks like the answer to the question about the connection is asked again", () => {
    const box = listening(family);
    const [question, gone] = STATE[family.name];
    box.session.pass(20_000);
    box.session.mustSend(`${question}\\r`);
    box.session.says(glued(family, gone, "OK"));
    box.session.mustTell();
    box.session.pass(200);
    box.modem.serve();
    box.session.mustTell();
    stillWorks(box, family, "afterwards");
  });

  it("what looks like the answer of a modem that has restarted is asked again", () => {
    const box = listening(family);
    box.session.says(glued(family, LOSSES[family.name].at(-1)!));
    box.session.pass(200);
    equal(box.session.sent().includes("AT+CMEE?\\r"), true, "the question");
    box.session.says(glued(family, "+CMEE: 0", "OK"));
    box.session.mustTell();
    box.session.pass(3000);
    box.modem.serve();
    box.session.mustTell();
    stillWorks(box, family, "afterwards");
  });
});

describe("a final that came before a command went out was taken for its answer", () => {
  for (const family of [bc35g, ml302, nm28]) it(`${family.name}: in one piece with the message that the application answered`, () => {
    const messages: string[] = [];
    const { session, modem } = online(family, { on: { readable(self, count, { topic }) {
      self.client.read(new Uint8Array(count));
      messages.push(topic!);
      if (messages.length > 1) return;
      self.publish("mine", { QoS: 1, id: 1 });
      self.subscribe("other", 0, { id: 2 });
    } } });
    session.subscribe("cmd/x", 0, { id: 9 });
    modem.serve();
    session.events.splice(0);
    session.says(glued(family, "OK", "ERROR"));
    sameLines(messages, ["cmd/x"]);
    modem.serve();
    session.pass(200);
    modem.serve();
    sameLines(session.events.splice(0).filter((event) => event.startsWith("done") || event.startsWith("failed")), ["done 1", "done 2"]);
    sameLines([...modem.published], family === m531x ? [] : ["mine"]);
  });
});
