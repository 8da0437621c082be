import { equal } from "./support/check";
import { m531x, nm28, online as familyOnline } from "./support/answering";
import { inbox } from "./support/inbox";
import { online, Session } from "./support/session";

/** Counts exactly what is given here; all else is 0. */
function mustCount(session: Session, counted: Partial<Session["client"]["counters"]> = {}): void {
  const expected: Session["client"]["counters"] = { unknownLines: 0, strayFinals: 0, overflows: 0, suspects: 0, ...counted };
  for (const [name, count] of Object.entries(session.client.counters)) equal(count, expected[name as keyof typeof expected], name);
}

describe("what went by and was nobody's is counted", () => {
  it("nothing where all went well", () => {
    const { session, modem } = online();
    session.publish("x", { QoS: 1, id: 1 });
    modem.serve();
    session.message("hello");
    mustCount(session);
  });

  it("lines that no driver knows, such as the rest of a message of several lines", () => {
    const { session } = online();
    session.message("one\\r\\ntwo\\r\\nthree");
    session.says("\\r\\n+CSQ: 20,99\\r\\n");
    mustCount(session, { unknownLines: 3 });
  });

  it("finals of no command, of a message that looks like one", () => {
    const { session } = online();
    session.message("one\\r\\nOK\\r\\nERROR");
    mustCount(session, { strayFinals: 2 });
  });

  it("lines longer than the ring", () => {
    const { session } = online({ modem: { receiveBuffer: 256 } });
    session.says(`\\r\\n${"x".repeat(300)}\\r\\n`);
    mustCount(session, { overflows: 1 });
  });

  it("messages that were never read", () => {
    const { session } = online({ modem: { receiveBuffer: 256 }, on: { readable: () => {} } });
    session.message("unread");
    for (let i = 0; i < 30; i++) session.message("behind it");
    equal(session.client.counters.overflows > 0, true, "overflows");
  });

  it("messages whose length is wrong, once each, however many parts they come in", () => {
    const box = inbox(m531x);
    for (const length of [3, 5, 9]) {
      box.session.says(`${m531x.header("t", length)}hello\\r\\n`);
      box.session.pass(200);
    }
    mustCount(box.session, { suspects: 2 });
    box.session.says(m531x.header("t", 6000));
    for (let i = 0; i < 10; i++) box.session.says("x".repeat(500));
    box.session.pass(200);
    mustCount(box.session, { suspects: 3 });
  });

  it("messages that are not written as was agreed", () => {
    const box = inbox(nm28, { payloadEncoding: "hex" });
    for (const text of ["6869", "none", "68 69"]) box.session.says(`${nm28.header("t", text.length)}${text}\\r\\n`);
    mustCount(box.session, { suspects: 2 });
  });

  it("for all clients of a modem together", () => {
    const { session } = familyOnline(nm28);
    const other = new Session({ client: { id: "other" }, modem: { io: nm28.io, shared: session.client } });
    session.says("\\r\\n+CSQ: 20,99\\r\\n");
    equal(other.client.counters.unknownLines, 1, "unknown lines");
  });
});
