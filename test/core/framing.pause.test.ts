import { bc35g, m531x, ml302, nm28 } from "./support/answering";
import { sameLines } from "./support/check";
import { inbox, stillWorks } from "./support/inbox";

describe("a pause in the middle of a message", () => {
  it('BC35-G, receiving "idle": half a line was taken for the whole message', () => {
    const box = inbox(bc35g, { receiving: "idle" });
    const { session, messages } = box;
    session.subscribe("t", 0, { id: 9 });
    box.modem.serve();
    session.says(`${bc35g.header("t", 0)}half`);
    session.pass(500);
    sameLines(messages, []);
    session.says(" more\\r\\n");
    session.pass(500);
    sameLines(messages.splice(0), ["t: half more"]);
  });

  for (const family of [m531x, ml302, nm28])
    it(`${family.name}: a length that is too great takes no line of the modem's with it, and the message is marked`, () => {
      const box = inbox(family);
      const { session, messages } = box;
      session.subscribe("t", 0, { id: 9 });
      box.modem.serve();
      session.says(`${family.header("t", 500)}short\\r\\n\\r\\n+CSQ: 20,99\\r\\n\\r\\n${family.name === "NM28" ? "+MQTTPUBEX:0,9,0" : "+MQTTPUBACK:9,0"}\\r\\n`);
      session.pass(500);
      sameLines([messages[0]?.slice(0, 16)], ["suspect t: short"]);
      box.modem.serve();
      session.pass(500);
      box.modem.serve();
      stillWorks(box, family, "afterwards");
    });
});
