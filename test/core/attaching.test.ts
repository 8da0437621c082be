import BC35G from "../../src/modems/bc35g";
import { bc35g, m531x, ml302, nm28 } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { Life, LOST } from "./support/life";
import { Session } from "./support/session";

const FAMILIES = [bc35g, m531x, ml302, nm28];
/** Answers to questions about the network, in place of the family's own. */
const answering = (answers: Record<string, string[]>) => (command: string): string[] | undefined => answers[command];
/** A modem that is not attached, whose registration is `stat`. */
const waiting = (stat: number, more: Record<string, string[]> = {}) =>
  answering({ "AT+CGATT?": ["+CGATT: 0", "OK"], "AT+CEREG?": [`+CEREG: 0,${stat}`, "OK"], "AT+CPIN?": ["+CPIN: READY", "OK"], ...more });
/** The error that a state was told with. */
const toldWith = (life: Life): any => told.get(life);
const told = new WeakMap<Life, any>();
const begun = (family: any, instead: ((command: string) => string[] | undefined) | null, options: any = {}): Life => {
  const life: Life = new Life(family, { ...options, acts: { state: (each, _, error) => void (error !== null && told.set(each, error)) } });
  life.modem.instead = instead;
  return life;
};

for (const family of FAMILIES) describe(`${family.name}: waiting for the network`, () => {
  it("a first search of nine minutes is not cut short", () => {
    const life = begun(family, waiting(2));
    life.pass(540_000, 1000);
    life.mustTell();
    equal(life.given(/CGATT=|NRB|CMRB|TRB|CFUN=/).length, 0, "commands that begin the search anew");
    life.modem.instead = null;
    life.pass(5000);
    life.mustTell("restoring", "online");
  });

  it("a search of hours is begun anew by nobody: the network is not left, and the modem not restarted", () => {
    const life = begun(family, waiting(2), { modem: { attachTimeout: 60_000 } });
    life.pass(3_600_000, 1000);
    equal(toldWith(life).code, "NOT_ATTACHED");
    equal(life.given(/CGATT=|NRB|CMRB|TRB|CFUN=/).length, 0, "commands that begin the search anew");
  });

  it("a network that the modem is not on is not left before it is joined", () => {
    const life = begun(family, waiting(0), { modem: { attachTimeout: 5000 } });
    life.pass(12_000);
    sameLines(life.given(/CGATT=/), ["AT+CGATT=1"]);
  });

  it("firmware without AT+CEREG? and AT+CPIN? attaches by AT+CGATT? alone", () => {
    const life = begun(family, waiting(2, { "AT+CEREG?": ["ERROR"], "AT+CPIN?": ["+CME ERROR: 4"] }));
    life.pass(10_000);
    life.modem.instead = null;
    life.pass(5000);
    life.mustTell("restoring", "online");
  });

  it("AT+CEREG? is believed where AT+CGATT? stays at 0, or is refused, and both keep to it", () => {
    for (const attached of [["+CGATT: 0", "OK"], ["ERROR"]])
      for (const registered of ["+CEREG: 0,1", "+CEREG:2,5,\"1A2B\",\"01A2D101\",9"]) {
        const life = begun(family, waiting(2, { "AT+CGATT?": attached, "AT+CEREG?": [registered, "OK"] }));
        life.pass(6000);
        life.mustTell("restoring", "online");
      }
  });

  it("a report of the registration is not taken for the answer, and has the modem asked at once", () => {
    for (const report of ["+CEREG: 1", '+CEREG: 1,"1A2B","01A2D101",9', "+CEREG:1,1234,0318886E,9,,,,"]) {
      const life = begun(family, waiting(2, { "AT+CEREG?": [report, "+CEREG: 1,2", "OK"] }));
      life.pass(10_000);
      life.mustTell();
    }
    const life = begun(family, waiting(2));
    life.pass(5100);
    life.modem.instead = null;
    life.says("\\r\\n+CEREG: 1\\r\\n");
    life.clock.pass(1);
    life.serve();
    life.mustTell("restoring", "online");
  });

  for (const [code, said] of [
    ["NO_SIM", "+CME ERROR: 310"], ["NO_SIM", "+CME ERROR: 10"], ["NO_SIM", "+CME ERROR: SIM not inserted"], ["PIN_REQUIRED", "+CME ERROR: 311"], ["PIN_REQUIRED", "+CME ERROR: 11"],
    ["PIN_REQUIRED", "+CME ERROR: SIM PIN required"], ["PIN_REQUIRED", "+CME ERROR: 312"], ["PIN_REQUIRED", "+CME ERROR: 40"], ["PUK_REQUIRED", "+CME ERROR: 41"],
    ["PIN_REQUIRED", "+CME ERROR: 6"], ["NO_SIM", "+CME ERROR: SIM card not inserted"], ["NO_SIM", "+CME ERROR: (U)SIM not inserted"], ["NO_SIM", "+CME ERROR: SIM card is not inserted"], ["PUK_REQUIRED", "+CME ERROR: 12"], ["PUK_REQUIRED", "+CME ERROR: 316"],
    ["SIM_FAILED", "+CME ERROR: 13"], ["SIM_FAILED", "+CME ERROR: 313"], ["SIM_FAILED", "+CME ERROR: 15"], ["SIM_FAILED", "+CME ERROR: SIM failure"], ["REGISTRATION_DENIED", "+CME ERROR: 111"],
  ] as const)
    it(`${said} was asked again for two minutes, and reported without its number: ${code}, at once`, () => {
      const life = begun(family, answering({ "AT+CGATT?": [said] }));
      life.pass(100);
      life.mustTell(`waiting ${code}`);
      const error = toldWith(life), number = /\d+/.exec(said);
      equal(error.message.includes("+CME ERROR: "), true, error.message);
      if (number !== null) equal(error.modemCode, Number(number[0]));
      life.pass(300_000, 1000);
      equal(life.given(/CGATT=0/).length, 0, "network left");
    });

  for (const [code, said] of [["NO_SIM", "NOT INSERTED"], ["NO_SIM", "SIM REMOVED"], ["PIN_REQUIRED", "SIM PIN"], ["PUK_REQUIRED", "SIM PUK"], ["SIM_FAILED", "SIM FAILURE"]] as const)
    it(`+CPIN: ${said}, and nothing of it in AT+CGATT?: ${code}, at once`, () => {
      const life = begun(family, waiting(0, { "AT+CPIN?": [`+CPIN: ${said}`, "OK"] }));
      life.pass(100);
      life.mustTell(`waiting ${code}`);
      equal(toldWith(life).message.includes(said), true, toldWith(life).message);
    });

  it("a SIM that is busy is waited for", () => {
    for (const said of ["+CME ERROR: 14", "+CME ERROR: 314", "+CME ERROR: SIM busy"]) {
      const life = begun(family, answering({ "AT+CGATT?": [said], "AT+CEREG?": [said], "AT+CPIN?": [said] }));
      life.pass(20_000);
      life.mustTell();
      life.modem.instead = null;
      life.pass(5000);
      life.mustTell("restoring", "online");
    }
  });

  it("a registration that is denied is said after seconds, and one that is denied once is waited for", () => {
    const life = begun(family, waiting(3));
    life.pass(2500);
    life.mustTell("waiting REGISTRATION_DENIED");
    equal(toldWith(life).modemCode, 3);
    const lucky = begun(family, waiting(3));
    lucky.pass(500);
    lucky.modem.instead = waiting(2);
    lucky.pass(10_000);
    lucky.mustTell();
  });

  it("the time that is over says what the modem has said last", () => {
    const life = begun(family, waiting(8), { modem: { attachTimeout: 3000 } });
    life.pass(4500);
    equal(toldWith(life).code, "NOT_ATTACHED");
    equal(toldWith(life).message.includes("8, emergency calls alone"), true, toldWith(life).message);
  });

  for (const [answer, said] of [[["+CPIN: NOT READY", "OK"], "AT+CPIN? says NOT READY"], [["+CME ERROR: 14"], "+CME ERROR: 14, SIM busy"], [["+CME ERROR: SIM busy"], "+CME ERROR: 14, SIM busy"]] as const)
    it(`a SIM that is not ready all the time (${answer[0]}) was reported without a word of it`, () => {
      const life = begun(family, waiting(0, { "AT+CPIN?": [...answer] }), { modem: { attachTimeout: 3000 } });
      life.pass(4500);
      equal(toldWith(life).code, "NOT_ATTACHED");
      equal(toldWith(life).message.includes(said), true, toldWith(life).message);
    });
});

/** How a modem of each family tells that there is no way to the broker, or that it refuses. */
const AWAY: [family: typeof bc35g, command: RegExp, answers: string[][]][] = [
  [bc35g, /OPEN=/, [["OK", "+QMTOPEN: 0,-1"], ["OK", "+QMTOPEN: 0,4"], ["OK", "+QMTOPEN: 0,5"], ["ERROR"]]],
  [bc35g, /CONN=/, [["OK", "+QMTCONN: 0,2"], ["OK", "+QMTCONN: 0,0,3"], ["OK", "+QMTSTAT: 0,4", "+QMTCONN: 0,2"], ["ERROR"], ["+CME ERROR: 3"]]],
  [m531x, /OPEN=/, [["OK", "+MQTTOPEN:FAIL"], ["OK", "+MQTTREC:0", "+MQTTREC:1", "+MQTTREC:2", "+MQTTDISC:OK"], ["ERROR"]]],
  [ml302, /OPEN=/, [["+CME ERROR: 603"], ["+CME ERROR: 604"], ["ERROR"], ["OK", "+CME ERROR: 603"], ["+CME ERROR: 607"], ["+CME ERROR: 608"], ["+CME ERROR: 612"], ["+CME ERROR: 617"]]],
  [nm28, /OPEN=/, [["+MQTTOPEN:0,-1", "ERROR"], ["+MQTTOPEN:0,4", "ERROR"], ["+MQTTOPEN:0,5", "ERROR"], ["ERROR"], ["+MQTTOPEN:0,5", "+CME ERROR: 100"]]],
  [nm28, /CONN=/, [["+MQTTCONN:0,2", "ERROR"], ["+MQTTCONN:0,0,3", "OK"], ["ERROR"], ["+CME ERROR: 3"], ["+MQTTCONN:0,2", "+CME ERROR: 100"]]],
];
/** The same where the modem takes the command, or goes on with the connection, and never tells of its outcome. */
const UNTOLD: [family: typeof bc35g, command: RegExp, answer: string[], code: string][] = [
  [bc35g, /OPEN=/, ["OK"], "OPEN_FAILED"], [bc35g, /CONN=/, ["OK"], "CONNECT_FAILED"], [bc35g, /CONN=/, ["OK", "+QMTCONN: 0,1,1"], "CONNECT_FAILED"],
  [m531x, /OPEN=/, [], "OPEN_FAILED"], [m531x, /OPEN=/, ["OK"], "OPEN_FAILED"], [m531x, /OPEN=/, ["OK", "+MQTTTO:1"], "OPEN_FAILED"],
  [ml302, /OPEN=/, [], "OPEN_FAILED"],
  [nm28, /OPEN=/, [], "OPEN_FAILED"], [nm28, /OPEN=/, ["OK"], "OPEN_FAILED"], [nm28, /CONN=/, [], "CONNECT_FAILED"], [nm28, /CONN=/, ["OK"], "CONNECT_FAILED"],
];
const LOSSES: Record<string, string> = { "BC35-G": "\\r\\n+QMTSTAT: 0,2\\r\\n", M531X: "\\r\\n+MQTTDISC:OK\\r\\n", ML302: "\\r\\n+MQTTDISC: OK\\r\\n", NM28: LOST };

describe("a broker that is away never costs the network", () => {
  for (const [family, command, answers] of AWAY) for (const answer of answers)
    it(`${family.name}: an hour of ${answer.join(", ")}`, () => {
      const life = new Life(family, { retry: { escalate: 2 }, reset: () => { throw new Error("reset"); } });
      life.serve();
      life.mustTell("restoring", "online");
      life.modem.instead = (line) => (command.test(line) && !line.includes("?") ? [...answer] : undefined);
      life.says(LOSSES[family.name]);
      life.pass(3_600_000, 500);
      equal(life.given(/OPEN=/).length > 30, true, "attempts");
      life.modem.instead = null;
      life.pass(70_000);
      life.mustBe("online");
      equal(life.events.some((event) => event.startsWith("recovering")), false, "recovering");
    });

  for (const [family, command, answer, code] of UNTOLD)
    it(`${family.name}: silence behind ${answer.join(", ") || "the command"} (${command.source}) had the network left, and the modem restarted`, () => {
      const life = begun(family, null, { retry: { escalate: 2 }, reset: () => { throw new Error("reset"); } });
      life.serve();
      life.mustTell("restoring", "online");
      life.modem.instead = (line) => (command.test(line) && !line.includes("?") ? [...answer] : undefined);
      life.says(LOSSES[family.name]);
      life.pass(3_600_000, 1000);
      equal(life.given(/OPEN=/).length > 12, true, "attempts");
      equal(toldWith(life).code, code);
      life.modem.instead = null;
      life.pass(240_000, 1000);
      life.mustBe("online");
      equal(life.events.some((event) => event.startsWith("recovering")), false, "recovering");
      equal(life.given(/CGATT=|NRB|CMRB|TRB|CFUN=/).length, 0);
    });

  it("a modem that does not even take the command does not work: it is brought back", () => {
    for (const command of [/OPEN=/, /CONN=/]) {
      const life = begun(bc35g, (line) => (command.test(line) ? [] : undefined), { retry: { escalate: 2, first: 1000, longest: 1000, burst: 100 } });
      life.pass(60_000);
      equal(toldWith(life).code, "COMMAND_TIMEOUT");
      equal(life.given(/CGATT=0/).length > 0, true);
    }
  });

  it("with escalate: 0, or false, nothing does, whatever fails", () => {
    for (const escalate of [0, false] as const) {
      const life = new Life(nm28, { modem: { attachTimeout: 3000 }, retry: { escalate, first: 1000, longest: 1000, burst: 100 } });
      life.modem.instead = (line) => (/CGATT/.test(line) ? ["+CGATT: 0", "OK"] : undefined);
      life.pass(120_000);
      life.modem.instead = (line) => (/OPEN=/.test(line) ? ["+MQTTOPEN:0,3", "ERROR"] : undefined);
      life.pass(120_000);
      equal(life.given(/CGATT=|CFUN=/).length, 0);
    }
  });

  it("a PDP context that cannot be activated does: the network is left and joined again, after the modem was asked for it", () => {
    for (const [family, answer] of [[bc35g, ["OK", "+QMTOPEN: 0,3"]], [nm28, ["+MQTTOPEN:0,3", "ERROR"]], [ml302, ["+CME ERROR: 600"]]] as const) {
      const life = new Life(family);
      life.modem.instead = (line) => (/OPEN=/.test(line) ? [...answer] : undefined);
      life.pass(2500);
      sameLines(life.given(/CGATT/).slice(0, 4), ["AT+CGATT?", "AT+CGATT?", "AT+CGATT=0", "AT+CGATT=1"]);
    }
  });
});

describe("what a modem tells of its SIM is no restart", () => {
  for (const family of FAMILIES) {
    it(`${family.name}: a connection outlives +CPIN: NOT READY, SIM REMOVED and SIM PIN`, () => {
      const life = new Life(family);
      life.serve();
      life.mustTell("restoring", "online");
      for (const said of ["NOT READY", "SIM REMOVED", "SIM PIN", "SIM PUK", "NOT INSERTED"]) life.says(`\\r\\n+CPIN: ${said}\\r\\n`);
      life.pass(10_000);
      life.mustTell();
    });

    it(`${family.name}: a SIM that comes back is none either, as AT+CMEE? shows`, () => {
      const life = new Life(family);
      life.serve();
      life.mustTell("restoring", "online");
      for (const said of ["NOT READY", "READY"]) life.says(`\\r\\n+CPIN: ${said}\\r\\n`);
      life.pass(10_000);
      life.mustTell();
    });
  }

  for (const family of [m531x, ml302])
    it(`${family.name}: +CPIN: READY alone is one`, () => {
      const life = new Life(family);
      life.serve();
      life.mustTell("restoring", "online");
      life.says("\\r\\n+CPIN: READY\\r\\n");
      life.mustTell("waiting MODEM_RESTARTED");
    });

  it("one that costs the connection is told of by the next attempt", () => {
    const life = begun(m531x, null);
    life.serve();
    life.mustTell("restoring", "online");
    life.says("\\r\\n+CPIN: SIM REMOVED\\r\\n\\r\\n+MQTTDISC:OK\\r\\n");
    life.modem.instead = answering({ "AT+CGATT?": ["+CGATT: 0", "OK"], "AT+CEREG?": ["+CEREG: 0,0", "OK"], "AT+CPIN?": ["+CPIN: SIM REMOVED", "OK"] });
    life.pass(1500);
    life.mustTell("waiting LINK_LOST", "connecting", "waiting NO_SIM");
  });
});

describe("a client without a session", () => {
  it("waits ten minutes for the network by default", () => {
    const session = new Session({ modem: { io: BC35G } });
    for (const answer of ["OK", "OK", "OK", "+CMEE: 1\\r\\n\\r\\nOK"]) session.says(`\\r\\n${answer}\\r\\n`);
    for (let time = 0; time < 598_000; time += 2000) {
      for (const answer of ["+CGATT: 0\\r\\n\\r\\nOK", "ERROR", "ERROR"]) session.says(`\\r\\n${answer}\\r\\n`);
      session.pass(2000);
      session.mustTell();
    }
  });
});
