import { bc35g, m531x, ml302, nm28, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { bytesOf } from "./support/exchange";
import { inbox, stillWorks, type Inbox } from "./support/inbox";

// At 9600 bit/s the modem prints a message of 4,200 bytes for more than four seconds. It has not gone silent then: its answers come behind it.

/** A message whose topic is longer than the ring, at 9600 bit/s. */
function prints({ session }: Inbox, family: Family, seconds: number): void {
  const header = bytesOf(`${family.header(`cmd/${"x".repeat(seconds * 960)}`, 2)}hi\\r\\n`);
  for (let at = 0; at < header.length; at += 96) {
    session.port.receive(header.slice(at, at + 96));
    session.pass(100);
  }
}

const MARKER = "AT+CMEE?\\r";
const IN_STEP = "\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n";

for (const family of [bc35g, m531x, ml302, nm28]) describe(`${family.name}: strangers' messages took longer than the answer may`, () => {
  it("and the modem, which was asked whether it is in step, was called silent", () => {
    const box = inbox(family);
    const { session, modem } = box;
    session.subscribe("cmd/#", 0, { id: 9 });
    modem.serve();
    session.events.splice(0);
    session.subscribe("other", 0, { id: 1 });
    session.sent();
    for (let waited = 0; !session.sent().endsWith(MARKER); waited++) {
      equal(waited < 90, true, "the marker is not sent");
      session.pass(1000);
    }
    prints(box, family, 30);
    // What it has been asked it answers without a pause behind the message: that is not believed, and asked again.
    session.says(IN_STEP.repeat(5));
    session.pass(200);
    sameLines(session.events.splice(0).filter((event) => event !== "overflow"), ["failed 1 COMMAND_TIMEOUT"]);
    modem.serve();
    session.pass(5000);
    modem.serve();
    stillWorks(box, family, "afterwards");
  });

  it("and a subscription failed, though the modem had not come to answer it", () => {
    const box = inbox(family);
    const { session, modem } = box;
    session.subscribe("cmd/#", 0, { id: 9 });
    modem.serve();
    session.events.splice(0);
    session.subscribe("other", 0, { id: 1 });
    prints(box, family, 70);
    session.pass(300);
    session.events.splice(0);
    modem.serve();
    sameLines(session.events.splice(0), ["control 9 1", "done 1"]);
    stillWorks(box, family, "afterwards");
  });
});

for (const family of [m531x, ml302]) for (const QoS of [1, 2]) describe(`${family.name}: a stranger's topic pretends a length that is longer than the ring`, () => {
  it(`and the answers to a publish at QoS ${QoS} were swallowed with it: the connection was given up`, () => {
    const box = inbox(family, { pollInterval: 0 });
    const { session, modem } = box;
    session.subscribe("cmd/#", 0, { id: 9 });
    modem.serve();
    session.events.splice(0);
    session.publish("mine", { QoS, id: 1 });
    session.sent();
    if (family === ml302) {
      session.says("\\r\\n>[sp]");
      session.mustSend("mine");
    }
    const answers = QoS === 1 ? "+MQTTPUBACK:1,0" : "+MQTTPUBREC:1,0\\r\\n\\r\\n+MQTTPUBCOMP:1,0";
    session.says(`${family.header(`cmd/${"x".repeat(1100)}${family === ml302 ? '"' : ""},1883,c`, 2)}hi\\r\\n\\r\\nOK\\r\\n\\r\\n${answers}\\r\\n`);
    for (let second = 0; second < 120; second++) {
      session.pass(1000);
      modem.serve();
    }
    sameLines(session.events.splice(0).filter((event) => event !== "overflow" && !event.startsWith("control")), ["failed 1 COMMAND_TIMEOUT"]);
    stillWorks(box, family, "afterwards");
  });
});
