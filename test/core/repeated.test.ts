import { sameLines } from "./support/check";
import { m531x, ml302, type Family } from "./support/answering";
import { inbox } from "./support/inbox";

// The modem repeated a line, both in one piece, and the next publish went out between the two: from the callback that told of the first.
const REPEATED: [Family, QoS: number, says: string, tells: string[]][] = [
  [m531x, 1, "+MQTTPUBACK:1,0", ["control 4 1", "done 1"]],
  [m531x, 2, "+MQTTPUBCOMP:1,0", ["control 5 1", "control 7 1", "done 1"]],
  [ml302, 1, "+MQTTPUBACK:0,1", ["control 4 1", "done 1"]],
  [ml302, 2, "+MQTTPUBCOMP:0,1", ["control 5 1", "control 7 1", "done 1"]],
];

for (const [family, QoS, says, tells] of REPEATED) describe(`${family.name}: ${says} came twice in one piece`, () => {
  it("and ended the publish that was sent between the two", () => {
    const { session } = inbox(family, {}, { done: (at, id) => { if (id === 1) at.publish("b", { QoS, id: 2 }); } });
    const prompts = family === ml302;
    session.publish("a", { QoS, id: 1 });
    session.sent();
    if (prompts) {
      session.says("\\r\\n> ");
      session.sent();
    }
    session.says("\\r\\nOK\\r\\n");
    session.events.splice(0);
    session.says(`\\r\\n${says}\\r\\n\\r\\n${says}\\r\\n`);
    sameLines(session.events.splice(0), tells);
    session.sent();
    if (prompts) {
      session.says("\\r\\n> ");
      session.sent();
    }
    session.says("\\r\\nOK\\r\\n");
    sameLines(session.events.splice(0), [], "the second has no acknowledgement yet");
  });
});
