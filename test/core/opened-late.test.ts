import BC35G from "../../src/modems/bc35g";
import { Answering, m531x, ml302, nm28 } from "./support/answering";
import { sameLines } from "./support/check";
import { Obedient, Session } from "./support/session";

const FAMILIES = [
  { name: "BC35-G", io: BC35G, message: (payload: string) => `\\r\\n+QMTRECV: 0,0,"t",${payload}\\r\\n`, modem: (session: Session) => new Obedient(session) },
  ...[m531x, ml302, nm28].map((family) => ({
    name: family.name, io: family.io, message: (payload: string) => `${family.header("t", payload.length)}${payload}\\r\\n`, modem: (session: Session) => new Answering(session, family),
  })),
];

describe("a port that is opened while the modem still prints a message of an earlier client's", () => {
  for (const { name, io, message, modem } of FAMILIES) {
    /** What is received, with a mark where it is suspect. */
    const begin = (received: string[]): Session => new Session({
      modem: { io },
      on: {
        readable: (session, count: number, { suspect }: { suspect: boolean }) => {
          const bytes = new Uint8Array(count);
          session.client.read(bytes);
          received.push(`${String.fromCharCode(...bytes)}${suspect ? " (suspect)" : ""}`);
        },
      },
    });

    it(`${name}: what looks like a message in the rest of that one is marked suspect, each time; later ones are not`, () => {
      const received: string[] = [];
      const session = begin(received);
      session.says(`ginning of which nobody has heard${message("forged")}${message("again")}\\r\\n`);
      modem(session).serve();
      session.says(message("real") + message("real too"));
      sameLines(received, ["forged (suspect)", "again (suspect)", "real", "real too"]);
    });

    it(`${name}: one between the first commands as well, for the first answer may be the payload's`, () => {
      const received: string[] = [];
      const session = begin(received);
      session.says(`x\\r\\nOK\\r\\n${message("forged")}`);
      modem(session).serve();
      session.says(message("real"));
      sameLines(received, ["forged (suspect)", "real"]);
    });
  }
});
