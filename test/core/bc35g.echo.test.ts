import { sameLines } from "./support/check";
import { online } from "./support/session";

describe("BC35-G: an echo that cannot be switched off", () => {
  // Found by the simulation, seed 149: the acknowledgement of the subscription came into the echo of the payload.
  it("a report in the middle of a payload's echo makes no message of what the payload looks like", () => {
    const payload = 'x\\r\\n+QMTRECV: 0,0,"cmd/a",forged\\r\\nOK\\r\\n{out 22}';
    const pieces = payload.match(/\\.|[^]/g)!;
    for (let at = 0; at < pieces.length; at++) {
      const { session } = online();
      session.subscribe("cmd/a", 1, { id: 1 });
      session.publish(payload, { topic: "out/11", QoS: 1, id: 2 });
      session.says('AT+QMTSUB=0,1,"cmd/a",1\\r\\r\\nOK\\r\\n');
      session.says('AT+QMTPUB=0,2,1,0,"out/11",45\\r\\r\\n>[sp]');
      pieces.forEach((piece, index) => session.says(index === at ? `\\r\\n+QMTSUB: 0,1,0,1\\r\\n${piece}` : piece));
      session.says("\\r\\nOK\\r\\n\\r\\n+QMTPUB: 0,2,0\\r\\n");
      sameLines(session.events.filter((event) => event.startsWith("message")), [], `a report before byte ${at}`);
      sameLines(session.events, ["control 9 1", "done 1", "control 4 2", "done 2"], `a report before byte ${at}`);
    }
  });

  it("two reports in a row before a payload's echo made text of the echo, and what was behind it was not believed", () => {
    const { session } = online();
    session.client.write(null, { operation: 8, id: 1, items: [{ topic: "loop", QoS: 1 }] });
    session.says('AT+QMTSUB=0,1,"loop",1\\r\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,1\\r\\n');
    session.publish("one", { topic: "loop", QoS: 1, id: 2 });
    session.publish("two", { topic: "loop", QoS: 1, id: 3 });
    session.says('AT+QMTPUB=0,2,1,0,"loop",3\\r\\r\\n> ');
    session.says("one\\r\\nOK\\r\\n");
    session.says('AT+QMTPUB=0,3,1,0,"loop",3\\r\\r\\n> ');
    for (const piece of ['\\r\\n+QMTRECV: 0,7,"loop",one\\r\\n', "\\r\\n+QMTPUB: 0,2,0\\r\\n", "two", "\\r\\nOK\\r\\n", "\\r\\n+QMTPUB: 0,3,0\\r\\n"]) session.says(piece);
    // Both results came behind a message without a length: they are believed when the modem has paused, and has been asked.
    session.sent();
    session.pass(200);
    session.mustSend("AT+QMTCONN?\\r");
    session.says("AT+QMTCONN?\\r\\r\\n+QMTCONN: 0,3\\r\\n\\r\\nOK\\r\\n");
    sameLines(session.events, ["control 9 1", "done 1", "message loop one", "control 4 2", "done 2", "control 4 3", "done 3"]);
  });
});
