import { equal, sameLines } from "./support/check";
import { m531x, ml302, nm28, online } from "./support/answering";
import { Session, online as onlineBC35G } from "./support/session";

// Each of these was what no test noticed when `npm run mutate` broke it.

describe("a line that the modem says at a moment when it could be taken for another", () => {
  it("BC35-G: an OK while the command is still going out is nobody's: the rest of it goes out", () => {
    const { session } = onlineBC35G({ gulp: 5 });
    session.publish("x", { QoS: 1, id: 7 });
    const begun = session.port.sent.length;
    session.says("\\r\\nOK\\r\\n");
    equal(begun, 5, "bytes that the port has taken");
    session.mustSend('AT+QMTPUB=0,7,1,0,"t/a",1\\r');
    session.says("\\r\\n>");
    session.mustSend("x");
    session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,7,0\\r\\n");
    session.mustTell("control 4 7", "done 7");
    equal(session.client.counters.strayFinals, 1, "finals that belonged to nothing");
  });

  for (const family of [m531x, ml302])
    it(`${family.name}: a PUBACK does not end a publish at QoS 2, nor a PUBCOMP one at QoS 1`, () => {
      const { session, modem } = online(family);
      const [ack, rec, comp] = family === m531x
        ? ["+MQTTPUBACK:1,0", "+MQTTPUBREC:1,0", "+MQTTPUBCOMP:1,0"] : ["+MQTTPUBACK:0,1", "+MQTTPUBREC:0,1", "+MQTTPUBCOMP:0,1"];
      const say = (line: string) => session.says(`\\r\\n${line}\\r\\n`);
      for (const [QoS, wrong, ...right] of [[2, ack, rec, comp], [1, comp, ack]] as const) {
        modem.instead = (command) => (!command.startsWith("AT+MQTTPUB=") ? undefined : family === m531x ? ["OK"] : { prompt: "\\r\\n>[sp]", length: 1, then: [] });
        session.publish("x", { QoS, id: QoS });
        modem.serve();
        say(wrong);
        session.mustTell();
        for (const line of right) say(line);
        if (family === ml302) say("OK");
        session.mustTell(...(QoS === 2 ? ["control 5 2", "control 7 2", "done 2"] : ["control 4 1", "done 1"]));
      }
    });

  it("NM28: a late report about another client ends nothing, though it has the same id", () => {
    const { session: first, modem } = online(nm28);
    const second = new Session({ client: { id: "dev-2" }, modem: { io: nm28.io, shared: first.client, link: 1 } });
    second.port = first.port;
    modem.serve();
    second.mustTell("control 2");
    modem.deaf = /MQTTSUB=/;
    first.subscribe("a", 1, { id: 5 });
    modem.serve();
    first.says("\\r\\n+MQTTSUB:1,5,2\\r\\n");
    sameLines([...first.events, ...second.events], []);
    first.says("\\r\\n+MQTTSUB:0,5,0,1\\r\\n\\r\\nOK\\r\\n");
    first.mustTell("control 9 5", "done 5");
  });

  it("BC35-G: an answer that begins like the payload, where commands are echoed and payloads are not", () => {
    const { session } = onlineBC35G();
    session.publish("\\r\\nOKAY", { QoS: 1, id: 7 });
    const command = session.sent();
    session.says(`${command}\\r\\r\\n>`);
    session.mustSend("\\r\\nOKAY");
    session.says("\\r\\nOK\\r\\n");
    session.says("\\r\\n+QMTPUB: 0,7,0\\r\\n");
    session.mustTell("control 4 7", "done 7");
  });
});
