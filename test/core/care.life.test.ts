// Sessions over modems with care: what is done again at each connection, and what never.
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import ML302 from "../../src/care/ml302";
import NM28 from "../../src/care/nm28";
import { bc35g, m531x, ml302, nm28, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { Life } from "./support/life";
import { MQTTClient } from "../../src/index";
import { Answering, online } from "./support/answering";
import { Session } from "./support/session";

const FAMILIES: Family[] = [{ ...bc35g, io: BC35G }, { ...m531x, io: M531X }, { ...ml302, io: ML302 }, { ...nm28, io: NM28 }];

for (const family of FAMILIES) describe(`${family.name} with care: a session`, () => {
  it("connects to a modem that answers OK to everything", () => {
    const life = new Life(family);
    life.pass(100);
    life.mustTell("restoring", "online");
  });

  it("a PIN that was refused is tried once, however often the modem is brought up again", () => {
    const life = new Life(family, { modem: { pin: "1234" }, retry: { first: 1000, longest: 1000, burst: 100 } });
    life.modem.instead = (line) => (line === "AT+CPIN?" ? ["+CPIN: SIM PIN", "OK"] : /CPINR/.test(line) ? ["ERROR"] : /PIN=/.test(line) ? ["+CME ERROR: 16"] : undefined);
    life.pass(100);
    life.mustTell("waiting PIN_REFUSED");
    life.pass(60_000);
    equal(life.given(/PIN=/).length, 1, "tries");
    equal(life.events.some((event) => event.includes("PIN_REQUIRED")), true, life.events.join());
    // Somebody has entered it elsewhere.
    life.modem.instead = null;
    life.pass(5000);
    life.mustBe("online");
  });

  it("a PIN that was refused is not tried by the next client of the same modem", () => {
    const errors: string[] = [], clients: unknown[] = [];
    const session = new Session({
      modem: { io: family.io, pin: "1234" },
      on: {
        error(first) {
          clients.push(new MQTTClient({ host: "broker.example", modem: { io: family.io, shared: first.client, pin: "1234" }, onError: ({ code }) => void errors.push(code) }));
        },
      },
    });
    const modem = new Answering(session, family);
    modem.instead = (line) => (line === "AT+CPIN?" ? ["+CPIN: SIM PIN", "OK"] : /CPINR/.test(line) ? ["ERROR"] : /PIN=/.test(line) ? ["+CME ERROR: 16"] : undefined);
    modem.serve();
    session.mustTell("error PIN_REFUSED 16");
    session.pass(1);
    modem.serve();
    sameLines(errors, ["PIN_REFUSED"]);
    equal(modem.commands.filter((line) => /PIN=/.test(line)).length, 1, "tries");
  });

  it("a SIM that is locked when the network is to be left has its PIN entered, and the network is joined", () => {
    const session = new Session({ modem: { io: family.io, pin: "1234", recover: "attach" } }), modem = new Answering(session, family);
    let isLocked = true;
    modem.instead = (line) => {
      if (/PIN=/.test(line)) isLocked = false;
      if (line === "AT+CGATT?" && isLocked) return ["+CME ERROR: 11"];
      return line === "AT+CPIN?" ? [`+CPIN: ${isLocked ? "SIM PIN" : "READY"}`, "OK"] : undefined;
    };
    for (let i = 0; i < 5; i++) {
      modem.serve();
      session.pass(1000);
    }
    session.mustTell("control 2");
    equal(modem.commands.filter((line) => /PIN=/.test(line)).length, 1, "tries");
  });

  it("all is done again after a restart", () => {
    const life = new Life(family, { modem: { apn: "internet", psm: false } });
    life.pass(100);
    life.mustTell("restoring", "online");
    const first = life.modem.commands.splice(0);
    life.says({ "BC35-G": "\\r\\nREBOOT_CAUSE_SECURITY_RESET_PIN\\r\\n", M531X: "\\r\\n*ATREADY: 1\\r\\n", ML302: "\\r\\n+MATREADY\\r\\n", NM28: "\\r\\nRDY\\r\\n" }[family.name]!);
    life.pass(5000);
    const again = life.modem.commands.slice(life.modem.commands.indexOf("AT"));
    sameLines(again.filter((line) => !line.includes("MQTT") && !line.includes("QMT")), first.filter((line) => !line.includes("MQTT") && !line.includes("QMT")));
    life.mustBe("online");
  });

  it("a restart in the middle of it begins it anew", () => {
    const life = new Life(family, { modem: { apn: "internet" } });
    life.modem.deaf = /CGDCONT/;
    life.pass(100);
    life.modem.deaf = null;
    life.says({ "BC35-G": "\\r\\nREBOOT_CAUSE_SECURITY_RESET_PIN\\r\\n", M531X: "\\r\\n*ATREADY: 1\\r\\n", ML302: "\\r\\n+MATREADY\\r\\n", NM28: "\\r\\nRDY\\r\\n" }[family.name]!);
    life.pass(10_000);
    life.mustBe("online");
  });

  it("a modem that is silent in the middle of it is told as such", () => {
    const life = new Life(family, { modem: { apn: "internet" } });
    life.modem.deaf = /./;
    life.modem.instead = null;
    life.pass(60_000);
    equal(life.events.some((event) => event === "waiting MODEM_SILENT"), true, life.events.join());
  });

  it("the session's own face asks the modem, and tells when there is none", () => {
    const life = new Life(family);
    life.pass(100);
    let signal: any;
    life.modem.instead = (line) => (line === "AT+CSQ" ? ["+CSQ: 20,99", "OK"] : undefined);
    life.session.modem.signal((error, told) => void (signal = error ?? told));
    life.serve();
    equal(signal.rssi, -73);
    equal(signal.word, "excellent");
  });
});

for (const [family, lost] of [[bc35g, "+QMTSTAT: 0,1"], [nm28, "+MQTTSTAT:0,1"]] as const) describe(`${family.name} with care: a connection that ends`, () => {
  const io = family === bc35g ? BC35G : NM28;
  it("what was asked and not answered is answered with that, once", () => {
    const { session, modem } = online({ ...family, io });
    const told: string[] = [];
    modem.deaf = /CSQ|CGMI|CGMR/;
    const note = (what: string) => (error: any): void => void told.push(`${what} ${error?.code}`);
    session.client.modem.command("AT+CSQ", note("first"));
    session.client.modem.command("AT+CGMR", note("second"));
    session.client.modem.identity(note("identity"));
    modem.serve();
    session.says(`\\r\\n${lost}\\r\\n`);
    sameLines(told, ["first OUTCOME_UNKNOWN", "second OUTCOME_UNKNOWN", "identity OUTCOME_UNKNOWN"]);
    sameLines(session.events.splice(0).map((event) => event.slice(0, 15)), ["error LINK_LOST"]);
    for (let i = 0; i < 20; i++) {
      modem.serve();
      session.pass(1000);
    }
    equal(told.length, 3, "answers");
    equal(modem.commands.filter((line) => /CGMR|CGMI/.test(line)).length, 0, "commands that nobody waits for");
  });

  it("a client that has disconnected itself has its last question answered, too", () => {
    const { session, modem } = online({ ...family, io });
    let code = "";
    modem.deaf = /CSQ/;
    session.client.modem.command("AT+CSQ", { timeout: 60_000 }, (error) => void (code += error?.code));
    session.disconnect();
    for (let i = 0; i < 80; i++) {
      modem.serve();
      session.pass(1000);
    }
    equal(["CLOSED", "COMMAND_TIMEOUT", "OUTCOME_UNKNOWN"].includes(code), true, code);
  });
});
