import BC35G from "../../src/modems/bc35g";
import { equal, sameLines, thrown } from "./support/check";
import { Answering, m531x, ml302, nm28 } from "./support/answering";
import { Obedient, Session } from "./support/session";

/** What every family is told until it is asked for the network. */
const AWAKE = ["AT", "ATE0", "AT+CMEE=1", "AT+CMEE?"];

/** How a restart looks: what the command is answered with, and what the modem prints when it has started. */
const RESTARTS = [
  { name: "BC35-G", command: "AT+NRB", answer: "", banner: "\\r\\nREBOOTING\\r\\n\\r\\nREBOOT_CAUSE_APPLICATION_AT\\r\\nNeul \\r\\nOK\\r\\n" },
  { name: "M531X", command: "AT+CMRB", answer: "OK", banner: "\\r\\nREBOOTING..\\r\\n\\r\\n*ATREADY: 1\\r\\n\\r\\n+CPIN: READY\\r\\n" },
  { name: "ML302", command: "AT+TRB", answer: "OK", banner: "" },
  { name: "NM28", command: "AT+CFUN=1,1", answer: "OK", banner: "\\r\\nRDY\\r\\n" },
] as const;

interface Bench {
  session: Session;
  modem: { commands: string[]; serve(): void };
}

/** A client that begins with `recover`, and a modem that answers everything but the command to restart. */
function bench(name: string, recover: string, refuse: RegExp | null = null): Bench {
  const restart = RESTARTS.find((each) => each.name === name)!;
  if (name === "BC35-G") {
    const session = new Session({ modem: { io: BC35G, recover } });
    const modem = new Obedient(session);
    modem.deaf = restart.command;
    return { session, modem };
  }
  const family = [m531x, ml302, nm28].find((each) => each.name === name)!;
  const session = new Session({ modem: { io: family.io, recover } });
  const modem = new Answering(session, family);
  modem.instead = (command) => (refuse?.test(command) ? ["ERROR"] : undefined);
  return { session, modem };
}

describe("bringing the modem back before a connection is made", () => {
  for (const { name, command, answer, banner } of RESTARTS) {
    it(`${name}: leaves the network and attaches again`, () => {
      const { session, modem } = bench(name, "attach");
      modem.serve();
      session.mustTell("control 2");
      sameLines(modem.commands.slice(0, 8), [...AWAKE, "AT+CGATT?", "AT+CGATT=0", "AT+CGATT=1", "AT+CGATT?"]);
    });

    it(`${name}: restarts, and is brought up anew when it says that it has started, or answers again`, () => {
      const { session, modem } = bench(name, "restart");
      modem.serve();
      sameLines(modem.commands.splice(0), [...AWAKE, "AT+CGATT?", command]);
      equal(answer === "OK" || answer === "", true);
      if (banner === "") session.pass(4900);
      session.mustTell();
      if (banner === "") session.pass(200);
      else session.says(banner);
      modem.serve();
      session.mustTell("control 2");
      sameLines(modem.commands.slice(modem.commands.lastIndexOf("AT"), modem.commands.lastIndexOf("AT") + 5), [...AWAKE, "AT+CGATT?"]);
      equal(modem.commands.includes(command), false, "restarted a second time");
    });

    it(`${name}: goes on when nothing is heard of the restart`, () => {
      const { session, modem } = bench(name, "restart");
      modem.serve();
      session.pass(20_000);
      modem.serve();
      session.mustTell("control 2");
    });
  }

  it("M531X: tries the other model's command where it is refused one, and goes on where it is refused both", () => {
    for (const [refuse, tried] of [[/CMRB/, ["AT+CMRB", "AT+NRB"]], [/CMRB|NRB/, ["AT+CMRB", "AT+NRB", "AT+CGATT?"]]] as const) {
      const { session, modem } = bench("M531X", "restart", refuse);
      modem.serve();
      sameLines(modem.commands.slice(AWAKE.length + 1, AWAKE.length + 1 + tried.length), tried);
      session.pass(20_000);
      modem.serve();
      session.mustTell("control 2");
    }
  });

  it("attaches although leaving the network is refused", () => {
    const { session, modem } = bench("NM28", "attach", /CGATT=0/);
    modem.serve();
    session.mustTell("control 2");
    sameLines(modem.commands.slice(4, 8), ["AT+CGATT?", "AT+CGATT=0", "AT+CGATT=1", "AT+CGATT?"]);
  });

  it("is told as a stage of its own", () => {
    const stages: string[] = [];
    const session = new Session({ modem: { io: ml302.io, recover: "attach" }, on: { stage: (_, stage: string) => stages.push(stage) } });
    new Answering(session, ml302).serve();
    sameLines(stages, ["preparing", "recovering", "attaching", "connecting", "online"]);
  });

  it("refuses a word that is none", () => {
    equal(thrown(() => new Session({ modem: { recover: "reset" } })).argument, "modem.recover");
  });

  it("NM28: leaves a modem alone on which another client is online", () => {
    const first = new Session({ modem: { io: nm28.io } });
    const modem = new Answering(first, nm28);
    modem.serve();
    first.mustTell("control 2");
    modem.commands.splice(0);
    const second = new Session({ modem: { io: nm28.io, shared: first.client, recover: "restart" } });
    modem.serve();
    second.mustTell("control 2");
    sameLines(modem.commands.slice(0, 1), ["AT+MQTTCLOSE=1"]);
    first.mustTell();
  });
});
