import { m531x, ml302, nm28, online } from "./support/answering";
import { sameLines } from "./support/check";
import { inbox } from "./support/inbox";

// A message that begins as the last one did is not read field by field again.
describe("a message that begins as the last one did", () => {
  it("had the flags of a line in between that was no message", () => {
    const told: string[] = [];
    const { session } = online(m531x, {
      modem: { payloadEncoding: "hex" },
      on: {
        readable(session, count, { topic, QoS, retain, duplicate }) {
          session.client.read(new Uint8Array(count));
          told.push(`${topic} ${QoS} ${retain} ${duplicate}`);
        },
      },
    });
    session.subscribe("t");
    session.says("\\r\\nOK\\r\\n\\r\\n+MQTTSUBACK:1,0,t\\r\\n");
    const message = "\\r\\n+MQTTPUBLISH:0,1,0,7,t,4,6869\\r\\n";
    session.says(message);
    session.says("\\r\\n+MQTTPUBLISH:1,2,1\\r\\n");
    session.says(message);
    sameLines(told, ["t 1 false false", "t 1 false false"]);
  });

  it("had its topic although another reading of it has been subscribed since, and it is not", () => {
    const { session, modem, messages } = inbox(m531x);
    const message = "\\r\\n+MQTTPUBLISH:0,0,0,0,a,7,5,hello\\r\\n";
    session.subscribe("a");
    modem.serve();
    session.says(message);
    session.client.write(null, { operation: 10, items: [{ topic: "a" }] });
    session.subscribe("a,7");
    modem.serve();
    session.says(message);
    sameLines(messages, ["a: 5,hello", "a,7: hello"]);
  });

  for (const family of [m531x, ml302, nm28]) it(`${family.name}: had the last one's topic, though its own went on behind a comma or a quote`, () => {
    const quoted = family === ml302;
    for (const topic of quoted ? ['a","b', 'a",b', 'a"b'] : ["a,b", "a,", "a,,b", "a, b", "a,9x", "a,b,30"]) {
      const { session, modem, messages } = inbox(family);
      session.subscribe("#");
      modem.serve();
      session.says(`${family.header("a", 5)}hello\\r\\n`);
      session.says(`${family.header("a", 5)}again\\r\\n`);
      session.says(`${family.header(topic, 5)}other\\r\\n`);
      session.pass(200);
      session.says(`${family.header("a", 5)}hello\\r\\n`);
      sameLines(messages.filter((message) => !message.startsWith("suspect ")),
        ["a: hello", "a: again", ...(quoted && topic.startsWith('a",') ? [] : [`${topic}: other`]), "a: hello"], topic);
    }
  });
});
