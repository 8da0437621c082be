// Commands of the application's own beside MQTT, on each family: their lines, their final, and that nothing they do confuses the channel.
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import ML302 from "../../src/care/ml302";
import NM28 from "../../src/care/nm28";
import { CARE_OPTIONS } from "../../src/care/options";
import * as plain from "./support/answering";
import { online, Answering, type Family } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { inbox, stillWorks, type Inbox } from "./support/inbox";
import { Life } from "./support/life";
import { Session } from "./support/session";

const bc35g: Family = { ...plain.bc35g, io: BC35G }, m531x: Family = { ...plain.m531x, io: M531X };
const ml302: Family = { ...plain.ml302, io: ML302 }, nm28: Family = { ...plain.nm28, io: NM28 };
const FAMILIES = [bc35g, m531x, ml302, nm28];

/** What became of the commands of a test, in their order. */
class Commands {
  readonly ended: string[] = [];
  constructor(readonly session: { client: any }) {}

  run(line: string, options: Record<string, unknown> = {}): this {
    this.session.client.modem.command(line, options, (error: any, lines: readonly string[]) =>
      void this.ended.push(`${line}: ${error === null ? "" : `${error.code}${error.modemCode === undefined ? "" : ` ${error.modemCode}`} `}${lines.join(" | ")}`.trimEnd()));
    return this;
  }

  must(...ended: string[]): void {
    sameLines(this.ended.splice(0), ended, "commands");
  }
}

/** A session with commands; the modem answers them as told. */
function bench(family: Family, answers: Record<string, string[]> = {}, modemOptions: Record<string, any> = {}): Inbox & { commands: Commands } {
  const at = inbox(family, { pollInterval: 3_600_000, ...modemOptions });
  at.modem.instead = (line) => answers[line];
  return { ...at, commands: new Commands(at.session) };
}

for (const family of FAMILIES) describe(`${family.name}: the application's own commands`, () => {
  it("have the lines of their answer, between messages and the client's own commands", () => {
    const at = bench(family, { "AT+CSQ": ["+CSQ: 17,99", "OK"], ATI: ["Maker", "Model", "OK"], "AT+CIMI": ["460012345678901", "OK"] });
    at.commands.run("AT+CSQ").run("ATI");
    at.session.publish("between", { QoS: 1, id: 7 });
    at.commands.run("AT+CIMI");
    at.modem.serve();
    at.commands.must("AT+CSQ: +CSQ: 17,99", "ATI: Maker | Model", "AT+CIMI: 460012345678901");
    sameLines(at.modem.published.splice(0), ["between"]);
    stillWorks(at, family, "afterwards");
  });

  it("are told the number of their error", () => {
    const at = bench(family, { "AT+COPS?": ["+CME ERROR: 30"], "AT+X": ["half of it", "ERROR"] });
    at.commands.run("AT+COPS?").run("AT+X");
    at.modem.serve();
    at.commands.must("AT+COPS?: COMMAND_REFUSED 30", "AT+X: COMMAND_REFUSED half of it");
    stillWorks(at, family, "afterwards");
  });

  it("a message in between, whose topic and payload look like finals, is no answer", () => {
    const at = bench(family);
    at.modem.deaf = /CGMR/;
    at.commands.run("AT+CGMR");
    at.modem.serve();
    at.session.says("\\r\\nfirst\\r\\n");
    for (const [topic, payload] of [["OK", "ERROR"], ["t", "OK"]] as const) at.session.says(`${family.header(topic, payload.length)}${payload}\\r\\n`);
    at.commands.must();
    at.session.says("\\r\\nsecond\\r\\n\\r\\nOK\\r\\n");
    at.session.pass(300);
    at.modem.deaf = null;
    at.modem.serve();
    // Where a message may go on in the next line, nothing that looks like a final is believed until the modem has paused.
    if (at.commands.ended.length > 0) at.commands.must("AT+CGMR: first | second");
    else {
      at.session.pass(10_000);
      at.modem.serve();
      at.commands.must("AT+CGMR: COMMAND_TIMEOUT first | second");
    }
    sameLines(at.messages.splice(0), ["OK: ERROR", "t: OK"]);
    stillWorks(at, family, "afterwards");
  });

  it("a final that comes too late ends no publish", () => {
    const at = bench(family);
    at.modem.deaf = /COPS=\?/;
    at.commands.run("AT+COPS=?", { timeout: 500 });
    at.modem.serve();
    at.session.publish("waits", { QoS: 1, id: 9 });
    at.session.pass(500);
    at.commands.must("AT+COPS=?: COMMAND_TIMEOUT");
    at.session.says('\\r\\n+COPS: (2,"x","y","46000",9)\\r\\n\\r\\nOK\\r\\n');
    equal(at.session.events.length, 0, at.session.events.join());
    at.modem.serve();
    sameLines(at.session.events.splice(0), ["control 4 9", "done 9"]);
    stillWorks(at, family, "afterwards");
  });

  it("a prompt: the command is refused, the modem told that there is no data, and the connection stays", () => {
    for (const prompt of family === nm28 ? ["\\r\\nCONNECT\\r\\n"] : ["\\r\\n> ", ">"]) {
      const at = bench(family);
      at.modem.deaf = /CMGS/;
      at.commands.run('AT+CMGS="123"');
      at.session.publish("waits", { QoS: 1, id: 9 });
      at.modem.serve();
      at.session.says(prompt);
      at.commands.must('AT+CMGS="123": COMMAND_REFUSED');
      const sent = at.session.sent();
      equal(sent, "<1B>AT+CMEE?\\r");
      at.session.says("\\r\\nOK\\r\\n\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
      at.modem.serve();
      sameLines(at.session.events.splice(0), ["control 4 9", "done 9"]);
      stillWorks(at, family, "afterwards");
    }
  });

  it("silence: the command is not answered, the probe is, and all goes on", () => {
    const at = bench(family);
    at.modem.deaf = /NOTHING/;
    at.commands.run("AT+NOTHING").run("AT");
    at.modem.serve();
    at.session.pass(9999);
    at.commands.must();
    at.session.pass(1);
    at.modem.serve();
    at.commands.must("AT+NOTHING: COMMAND_TIMEOUT", "AT:");
    stillWorks(at, family, "afterwards");
  });

  it("silence for good: each is told that the modem is silent", () => {
    const at = bench(family);
    at.modem.deaf = /^/;
    at.commands.run("AT+A").run("AT+B");
    at.modem.serve();
    for (let i = 0; i < 30; i++) {
      at.session.pass(1000);
      at.modem.serve();
    }
    at.commands.must("AT+A: COMMAND_TIMEOUT", "AT+B: MODEM_SILENT");
    sameLines(at.session.events.splice(0), ["error MODEM_SILENT"]);
    equal(thrown(() => at.commands.run("AT")).code, "CLOSED");
  });

  it("a question that the driver asks as well is the application's, and reports of that name stay reports", () => {
    const at = bench(family, { "AT+CGATT?": ["+CGATT: 1", "OK"], "AT+CEREG?": ["+CEREG: 1", "+CEREG: 0,1", "OK"], "AT+CPIN?": ["+CPIN: READY", "OK"] });
    at.commands.run("AT+CGATT?").run("AT+CEREG?").run("AT+CPIN?");
    at.modem.serve();
    at.commands.must("AT+CGATT?: +CGATT: 1", "AT+CEREG?: +CEREG: 0,1", "AT+CPIN?: +CPIN: READY");
    sameLines(at.session.events, []);
    stillWorks(at, family, "afterwards");
  });

  it("are never sent twice, whatever becomes of their answer", () => {
    const at = bench(family);
    at.modem.deaf = /ONCE/;
    at.commands.run("AT+ONCE", { timeout: 1000 });
    at.modem.serve();
    at.session.pass(1000);
    at.modem.serve();
    at.session.pass(20_000);
    at.modem.serve();
    equal(at.modem.commands.filter((line) => line === "AT+ONCE").length, 1);
    at.commands.must("AT+ONCE: COMMAND_TIMEOUT");
  });

  it("after close() none is told, and one that waits is not sent", () => {
    const at = bench(family);
    at.modem.deaf = /FIRST/;
    at.commands.run("AT+FIRST").run("AT+SECOND");
    at.modem.serve();
    at.session.client.close();
    at.session.pass(60_000);
    at.commands.must();
    equal(at.modem.commands.includes("AT+SECOND"), false);
    equal(thrown(() => at.commands.run("AT")).code, "CLOSED");
  });

  it("what is refused is refused before anything is sent", () => {
    const at = bench(family), { prefix } = { prefix: family === bc35g ? "AT+QMT" : "AT+MQTT" };
    const sent = at.modem.commands.length;
    for (const line of [`${prefix}PUB=0`, `${prefix}STAT?`, `${prefix.toLowerCase()}conn?`, "ATE1", "AT+CMEE=0", "no"]) equal(thrown(() => at.commands.run(line)).code, "ARGUMENT_RANGE", line);
    for (const line of ["AT\r", "AT\x1a", "AT+A;+B"]) equal(thrown(() => at.commands.run(line)).code, "ARGUMENT_CHARACTER", line);
    equal(thrown(() => at.session.client.modem.command("AT", undefined as any)).argument, "done");
    equal(thrown(() => at.session.client.modem.identity(undefined as any)).argument, "done");
    at.modem.serve();
    equal(at.modem.commands.length, sent);
  });
});

describe("own commands while the modem is brought up", () => {
  for (const family of FAMILIES) {
    it(`${family.name}: wait until modem and host are in step, and go between the questions for the network`, () => {
      const session = new Session({ modem: { io: family.io } }), modem = new Answering(session, family), commands = new Commands(session);
      let attached = false;
      commands.run("AT+CSQ");
      modem.instead = (line) => (line === "AT+CGATT?" && !attached ? ["+CGATT: 0", "OK"] : line === "AT+CSQ" ? ["+CSQ: 20,99", "OK"] : undefined);
      session.mustSend("AT\\r");
      session.says("\\r\\nOK\\r\\n");
      modem.serve();
      commands.must("AT+CSQ: +CSQ: 20,99");
      sameLines(modem.commands.slice(0, 4), ["ATE0", "AT+CMEE=1", "AT+CMEE?", "AT+CSQ"]);
      for (let i = 0; i < 30; i++) {
        session.pass(2000);
        modem.serve();
      }
      commands.run("AT+CSQ");
      modem.serve();
      commands.must("AT+CSQ: +CSQ: 20,99");
      attached = true;
      session.pass(2000);
      modem.serve();
      session.mustTell("control 2");
      commands.must();
    });

    it(`${family.name}: fail with the modem that does not answer`, () => {
      const session = new Session({ modem: { io: family.io } }), commands = new Commands(session).run("AT").run("AT+CSQ");
      session.pass(60_000);
      commands.must("AT: MODEM_SILENT", "AT+CSQ: MODEM_SILENT");
      session.mustTell("error MODEM_SILENT");
    });
  }

  it("one that restarts the modem is told that it has restarted", () => {
    const { session, modem } = online(bc35g), commands = new Commands(session);
    modem.deaf = /NRB/;
    commands.run("AT+NRB").run("AT");
    modem.serve();
    session.says("\\r\\nREBOOTING\\r\\n\\r\\nREBOOT_CAUSE_APPLICATION_AT\\r\\nNeul \\r\\nOK\\r\\n");
    session.mustTell("error MODEM_RESTARTED");
    commands.must("AT+NRB: MODEM_RESTARTED REBOOTING", "AT: MODEM_RESTARTED");
  });

  it("NM28: two clients of one modem have their commands in turn, and one that closes takes its own along", () => {
    const first = new Session({ modem: { io: nm28.io } }), modem = new Answering(first, nm28);
    modem.serve();
    const second = new Session({ modem: { io: nm28.io, shared: first.client } });
    modem.serve();
    const one = new Commands(first), two = new Commands(second);
    modem.instead = (line) => (line.startsWith("AT+") && /ONE|TWO/.test(line) ? [line.slice(3), "OK"] : undefined);
    one.run("AT+ONE1");
    two.run("AT+TWO1");
    one.run("AT+ONE2");
    two.run("AT+TWO2");
    second.client.close();
    modem.serve();
    one.must("AT+ONE1: ONE1", "AT+ONE2: ONE2");
    two.must();
    equal(modem.commands.includes("AT+TWO1") || modem.commands.includes("AT+TWO2"), false);
  });
});

describe("own commands in numbers", () => {
  it("one that is asked for again whenever it fails does not keep the host for ever", () => {
    const session = new Session({ modem: { io: bc35g.io } });
    let failed = 0;
    const again = (): void => session.client.modem.command("AT", (error) => {
      if (error !== null && ++failed < 1000) again();
    });
    again();
    session.pass(60_000);
    session.mustTell("error MODEM_SILENT");
    equal(failed, 2, "with the modem, and with the client");
  });


  it("32 may wait, and care's own are not kept from their turn by them", () => {
    const { session, modem } = online(bc35g), commands = new Commands(session);
    for (let i = 0; i < 33; i++) commands.run("AT");
    equal(thrown(() => commands.run("AT")).code, "BUSY");
    equal(thrown(() => session.client.modem.signal(() => {})).code, "BUSY");
    modem.serve();
    equal(commands.ended.length, 33);
    const waking = new Session({ modem: { io: BC35G } }), early = new Commands(waking), other = new Answering(waking, bc35g);
    for (let i = 0; i < 32; i++) early.run("AT");
    other.serve();
    equal(early.ended.length, 32);
    waking.mustTell("control 2");
  });
});

describe("modem.setup", () => {
  const SETUP = ["AT+SM=LOCK_FOREVER", { command: "AT+QREGSWT=2", optional: true }, { command: "AT+CTZU=1", timeout: 500, optional: true }];

  for (const family of FAMILIES) {
    it(`${family.name}: is sent before the network is waited for, and again after a restart`, () => {
      const life = new Life(family, { modem: { setup: SETUP } });
      life.serve();
      life.mustTell("restoring", "online");
      const isOwn = (line: string): boolean => /SM=|QREGSWT|CTZU/.test(line);
      const all = life.modem.commands.filter((line) => isOwn(line) || line === "AT+CGATT?" || line === "AT+CMEE?");
      sameLines(all, ["AT+CMEE?", "AT+SM=LOCK_FOREVER", "AT+QREGSWT=2", "AT+CTZU=1", "AT+CGATT?"]);
      life.modem.commands.splice(0);
      life.says({ "BC35-G": "\\r\\nREBOOT_CAUSE_SECURITY_RESET_PIN\\r\\n", M531X: "\\r\\n*ATREADY: 1\\r\\n", ML302: "\\r\\n+MATREADY\\r\\n", NM28: "\\r\\nRDY\\r\\n" }[family.name]!);
      life.pass(5000);
      sameLines(life.modem.commands.filter(isOwn), ["AT+SM=LOCK_FOREVER", "AT+QREGSWT=2", "AT+CTZU=1"]);
      life.mustBe("online");
    });

    it(`${family.name}: what is optional may be refused, and may stay without an answer`, () => {
      const life = new Life(family, { modem: { setup: SETUP } });
      life.modem.instead = (line) => (/QREGSWT/.test(line) ? ["+CME ERROR: 4"] : undefined);
      life.modem.deaf = /CTZU/;
      life.serve();
      life.pass(3000);
      life.mustTell("restoring", "online");
    });

    it(`${family.name}: what is not is an error that names the command`, () => {
      for (const answer of [["+CME ERROR: 50"], ["ERROR"]]) {
        let told: any = null;
        const life = new Life(family, { modem: { setup: SETUP }, acts: { state: (_, __, error) => void (error !== null && (told = error)) } });
        life.modem.instead = (line) => (/SM=/.test(line) ? answer : undefined);
        life.pass(100);
        life.mustTell("waiting COMMAND_REFUSED");
        equal(told.message.includes("AT+SM=LOCK_FOREVER") && told.message.includes("setup[0]"), true, told.message);
        equal(told.modemCode, answer[0] === "ERROR" ? undefined : 50);
      }
    });
  }

  it("secrets in quotes are not told", () => {
    let told: any = null;
    const life = new Life(ml302, { modem: { setup: ['AT+CGAUTH=1,1,"u","secret"'] }, acts: { state: (_, __, error) => void (error !== null && (told = error)) } });
    life.modem.instead = (line) => (/CGAUTH/.test(line) ? ["ERROR"] : undefined);
    life.pass(100);
    equal(told.message.includes("secret"), false, told.message);
  });

  it("is checked before the port is opened", () => {
    const wrong: [setup: unknown, argument: string][] = [
      ["AT", "modem.setup"], [[5], "modem.setup[0]"], [["AT", "ATE1"], "modem.setup[1]"], [["AT+QMTOPEN?"], "modem.setup[0]"], [[{ command: "AT\r" }], "modem.setup[0].command"],
      [[{ command: "AT", optional: 1 }], "modem.setup[0].optional"], [[{ command: "AT", timeout: 1 }], "modem.setup[0].timeout"], [[{ comand: "AT" }], "modem.setup[0].comand"], [[{}], "modem.setup[0].command"], [[null], "modem.setup[0]"],
    ];
    for (const [setup, argument] of wrong) equal(thrown(() => new Session({ modem: { io: BC35G, setup } })).argument, argument);
  });

});

describe("a plain driver", () => {
  it("refuses the options of care, with what to import", () => {
    for (const name of Object.keys(CARE_OPTIONS)) {
      const error = thrown(() => new Session({ modem: { [name]: "x" } }));
      equal(error.argument, `modem.${name}`);
      equal(error.code, "ARGUMENT_UNKNOWN");
      equal(error.message.includes("import modem-mqtt/care/bc35g in place of modem-mqtt/modems/bc35g"), true, error.message);
    }
  });

  it("has no client.modem, and tells what to import", () => {
    for (const family of [plain.bc35g, plain.m531x, plain.ml302, plain.nm28]) {
      const { client } = online(family).session, error = thrown(() => client.modem.command("AT", () => {}));
      equal(error.code, "NOT_SUPPORTED");
      equal(error.message.includes(`modem-mqtt/care/${family.io.name.toLowerCase()}`), true, error.message);
    }
  });
});
