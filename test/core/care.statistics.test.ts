// What is counted of a modem with care.
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import ML302 from "../../src/care/ml302";
import NM28 from "../../src/care/nm28";
import { bc35g, m531x, ml302, nm28, online, type Family } from "./support/answering";
import { equal, thrown } from "./support/check";

const FAMILIES: Family[] = [{ ...bc35g, io: BC35G }, { ...m531x, io: M531X }, { ...ml302, io: ML302 }, { ...nm28, io: NM28 }];

for (const family of FAMILIES) describe(`${family.name}: statistics`, () => {
  it("bytes and messages both ways, connections, and seconds in each stage", () => {
    const { session, modem } = online(family, { modem: { pollInterval: 3_600_000 } });
    const before = { ...session.client.modem.statistics };
    equal(before.connections, 1);
    equal(before.bytesSent > 100 && before.bytesReceived > 50, true, `${before.bytesSent} sent, ${before.bytesReceived} received`);
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    session.publish("again", { QoS: 0 });
    modem.serve();
    const heard = `${family.header("t", 5)}12345\\r\\n`;
    for (let i = 0; i < 3; i++) session.says(heard);
    session.pass(61_000);
    modem.serve();
    const view = session.client.modem.statistics;
    equal(view.messagesSent, 2, "messages sent");
    equal(view.messagesReceived, 3, "messages received");
    equal(view.bytesSent > before.bytesSent + 10, true);
    equal(view.bytesReceived > before.bytesReceived + 15, true);
    equal(view.seconds.online, 61, "seconds online");
    equal(view.restarts, 0);
    equal(view, session.client.modem.statistics, "the same object");
  });

  it("a publish that fails is no message", () => {
    const { session, modem } = online(family, { modem: { pollInterval: 3_600_000 } });
    modem.instead = (line) => (/PUB/.test(line) ? ["ERROR"] : undefined);
    session.publish("hello", { QoS: 1, id: 7 });
    modem.serve();
    equal(session.client.modem.statistics.messagesSent, 0);
  });
});

describe("statistics", () => {
  it("restarts and failures by their cause", () => {
    const { session } = online(FAMILIES[0]), { modem } = session.client;
    const view = modem.statistics;
    session.says("\\r\\nREBOOT_CAUSE_SECURITY_RESET_PIN\\r\\n");
    session.mustTell("error MODEM_RESTARTED");
    equal(modem.statistics.restarts, 1);
    equal(view.failures.MODEM_RESTARTED, 1);
  });

  it("a plain driver keeps none", () => equal(thrown(() => online(bc35g).session.client.modem.statistics).code, "NOT_SUPPORTED"));
});
