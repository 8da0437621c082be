import BC35G from "../../src/modems/bc35g";
import { ONLINE } from "./exchanges/bc35g";
import { equal, sameLines } from "./support/check";
import { play } from "./support/exchange";
import { online, stillWorks } from "./support/session";

/**
 * A BC35-G tells no length, so a payload ends with its line (dialects.md 6.2). What stands in the line is the payload's,
 * whatever it looks like.
 */
const WITHIN_A_LINE = [
  "plain", "a,b,,c,", '"quoted"', '"', '""', 'a","b', "OK", "ERROR", ">", "> ", "+CME ERROR: 50", "+QMTSTAT: 0,1", '+QMTRECV: 0,0,"u",v',
  "+QMTPUB: 0,1,0", "REBOOT_CAUSE_X", "AT+CFUN=0", " leading", "  two", "trailing ", "\\r", "a\\rb", "\\rOK\\r", "\\0", "\\0\\0a\\0",
  "<1A>", "<1B>", "<7F>", "这是测试数据", "<E8><BF>", ",", ",,", " ",
];

describe("BC35-G: payloads that look like something else, within a line", () => {
  for (const payload of WITHIN_A_LINE) {
    const shown = payload.replace("<E8><BF>", "\ufffd\ufffd").replace(/\\0/g, "<00>");
    const told = ["message t " + shown].map((text) => text.trimEnd());
    it(JSON.stringify(payload), () => {
      for (const pieces of ["whole", "bytewise"]) {
        const { session, modem } = online();
        session.subscribe("a");
        session.publish("x", { QoS: 1 });
        session.sent();
        const line = `\\r\\n+QMTRECV: 0,0,"t",${payload}\\r\\n`;
        if (pieces === "whole") session.says(line);
        else for (const byte of line.match(/\\.|<..>|[^]/gu)!) session.says(byte);
        sameLines(session.events.splice(0), told, pieces);
        session.says("\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n");
        session.mustTell("control 9 1", "done 1");
        modem.serve();
        stillWorks(session, modem, pieces);
      }
    });
  }
});

describe("BC35-G: payloads of several lines, whose further lines are noise", () => {
  /** The second line of a payload, and what becomes of a subscription that waits for its final meanwhile. */
  const NOISE = ["second", "> ", "+QMTPUB: 0,9,0", "+CSQ: 1,99", "AT+CFUN=0", "at home", '"', "+CMEE: 0", "{", ""];
  for (const second of NOISE)
    it(`${JSON.stringify(second)}: neither a message nor an answer`, () => {
      const { session, modem } = online();
      session.subscribe("a");
      session.sent();
      session.says(`\\r\\n+QMTRECV: 0,0,"t",first\\r\\n${second}\\r\\n`);
      session.mustTell("message t first");
      session.says("\\r\\nOK\\r\\n\\r\\n+QMTSUB: 0,1,0,0\\r\\n");
      session.mustTell("control 9 1", "done 1");
      stillWorks(session, modem);
    });

  // A final that is good is taken for the modem's, and so is a SUBACK; an error is not, for the next command would go out too early.
  for (const second of ["OK", "ERROR", "+CME ERROR: 3", "+CMS ERROR: 500", "+QMTSUB: 0,1,0,0"])
    it(`${second}: the subscription goes well, and the commands after it are right`, () => {
      const { session, modem } = online();
      session.subscribe("a");
      session.subscribe("b");
      session.message(`first\\r\\n${second}`);
      modem.serve();
      session.pass(10_000);
      modem.serve();
      const events = session.events.splice(0);
      sameLines(events.filter((event) => / 1( |$)/.test(event)), ["control 9 1", "done 1"], "the first");
      sameLines(events.filter((event) => / 2( |$)/.test(event)), ["control 9 2", "done 2"], "the second");
      for (let i = 0; i < 5; i++) stillWorks(session, modem, `exchange ${i + 1}`);
    });

  it("a line feed alone, and a carriage return alone, do not end a line that \\r\\n ends", () => play({ name: "lf", script: `${ONLINE}
    ← \\r\\n+QMTRECV: 0,0,"t",a\\nOK\\nb\\r\\r\\n
    = message t a\\nOK\\nb\\r` }, BC35G));
});

/** Every report that the modem has for losing the connection, or itself. */
const LOSSES = [...[1, 2, 3, 4, 5, 6, 7].map((code) => `+QMTSTAT: 0,${code}`), "REBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET", "REBOOT_CAUSE_X"];
/** Reports that mean something only while they are owed. */
const OTHERS = [
  "+QMTOPEN: 0,0", "+QMTOPEN: 0,-1", "+QMTCLOSE: 0,0", "+QMTCONN: 0,0,0", "+QMTCONN: 0,0,5", "+QMTCONN: 0,1", "+QMTDISC: 0,0", "+QMTSUB: 0,1,0,1", "+QMTUNS: 0,3,0",
  "+QMTPUB: 0,1,0", "+QMTPUB: 0,2,2", "+QMTPUBREL: 0,1,1", '+QMTCFG: "version",4', '+QMTTENAUTH: 0,"stolen"', "+CMEE: 0", "+CGATT: 0", "OK", "ERROR", "+CME ERROR: 3", "+CMS ERROR: 500",
  ">", "> ", "AT+QMTCLOSE=0", "Neul",
];
/** Where it stands in a payload that has line ends. */
const PLACES: [name: string, place: (report: string) => string][] = [
  ["at the end", (report) => `x\\r\\n${report}`],
  ["in the middle", (report) => `x\\r\\n${report}\\r\\ny`],
  ["at the beginning", (report) => `\\r\\n${report}\\r\\nx`],
  ["behind an empty line", (report) => `x\\r\\n\\r\\n${report}\\r\\n`],
  ["behind noise", (report) => `x\\r\\n+CSQ: 1,99\\r\\nnoise\\r\\n${report}`],
  ["twice", (report) => `x\\r\\n${report}\\r\\n${report}`],
];

for (const receiving of ["line", "idle"]) describe(`BC35-G, receiving "${receiving}": a report in a payload of several lines was believed`, () => {
  for (const [name, place] of PLACES)
    it(`${name}: the connection is there, and goes on`, () => {
      for (const report of [...LOSSES, ...OTHERS]) {
        const { session, modem } = online({ modem: { receiving } });
        session.message(place(report));
        session.pass(200);
        modem.serve();
        session.pass(3000);
        modem.serve();
        equal(session.events.some((event) => /^(error|failed|done|control)/.test(event)), false, `${report}: ${session.events}`);
        session.message("the next one");
        session.pass(200);
        session.events.splice(0);
        session.subscribe("s", 0, { id: 9 });
        modem.serve();
        sameLines(session.events.splice(0), ["control 9 9", "done 9"], report);
      }
    });

  it("while a command is under way, too", () => {
    for (const report of LOSSES) {
      const { session, modem } = online({ modem: { receiving } });
      session.subscribe("s", 0, { id: 9 });
      session.message(`x\\r\\n${report}`);
      session.pass(200);
      modem.serve();
      session.pass(1000);
      modem.serve();
      sameLines(session.events.filter((event) => !event.startsWith("message")), ["control 9 9", "done 9"], report);
    }
  });

  it("+QMTSTAT behind a message that has nothing to do with it is believed when the modem says so", () => {
    for (const state of ["", "+QMTCONN: 0,1", "+QMTCONN: 0,4"]) {
      const { session, modem } = online({ modem: { receiving, pollInterval: 0 } });
      modem.state = state;
      session.says('\\r\\n+QMTRECV: 0,0,"t",x\\r\\n\\r\\n+QMTSTAT: 0,1\\r\\n');
      session.pass(200);
      modem.serve();
      session.mustTell("message t x", "error LINK_LOST 1");
    }
  });

  it("a restart behind a message is believed when the modem says so", () => {
    const { session } = online({ modem: { receiving } });
    session.says('\\r\\n+QMTRECV: 0,0,"t",x\\r\\n\\r\\nREBOOT_CAUSE_SECURITY_PMU_POWER_ON_RESET\\r\\nNeul\\r\\nOK\\r\\n');
    session.pass(200);
    session.mustTell("message t x");
    session.mustSend("AT+CMEE?\\r");
    session.says("\\r\\n+CMEE: 0\\r\\n\\r\\nOK\\r\\n");
    session.mustTell("error MODEM_RESTARTED");
  });

  it("a loss that was only alleged does not colour a later one", () => {
    const { session, modem } = online({ modem: { receiving } });
    session.message("x\\r\\n+QMTSTAT: 0,3");
    session.pass(200);
    modem.serve();
    session.events.splice(0);
    for (let i = 0; i < 300; i++) session.says("\\r\\n+CSQ: 20,99,20,99\\r\\n");
    session.says("\\r\\n+QMTSTAT: 0,6\\r\\n");
    session.mustTell("error LINK_LOST 6");
  });
});

describe("BC35-G: topics as they come", () => {
  const TOPICS: [written: string, topic: string][] = [
    ['"a/b c"', "a/b c"], ['"a,b"', "a,b"], ['"a"b"', 'a"b'], ['"""', '"'], ['"中/文"', "中/文"], ["bare/topic", "bare/topic"], ["42", "42"],
    ["-1", "-1"], ['"42"', "42"], ['""', ""], ['"t" ', "t"], ["bare ", "bare"], [`"${"x".repeat(255)}"`, "x".repeat(255)],
  ];
  for (const [written, topic] of TOPICS)
    it(`${written.slice(0, 20)}, known or not`, () => {
      const { session } = online();
      for (let i = 0; i < 3; i++) session.says(`\\r\\n+QMTRECV: 0,0,${written},p\\r\\n`);
      session.mustTell(...Array(3).fill(`message ${topic} p`));
    });

  it("more topics than are remembered, again and again, none mistaken for another", () => {
    const { session } = online();
    for (let round = 0; round < 3; round++)
      for (let i = 0; i < 30; i++) {
        session.message(String(i), `topic/${String(i % 27).padStart(2, "0")}`);
        session.mustTell(`message topic/${String(i % 27).padStart(2, "0")} ${i}`);
      }
  });

  it("a password that cannot be quoted, as the modem may fetch one, is an error and nothing is thrown", () => {
    for (const password of [`"${"x".repeat(300)}"`, '"a<7F>b"', '"a<01>b"']) play({
      name: password, options: { password: undefined, modem: { tencent: { productId: "p", deviceName: "d", deviceSecret: "s" } } },
      script: `${ONLINE.slice(0, ONLINE.indexOf("  → AT+QMTOPEN"))}
        → AT+QMTTENAUTH="p","d","p@d","s"\\r
        ← \\r\\nOK\\r\\n
        ← \\r\\n+QMTTENAUTH: 0,${password}\\r\\n
        = error CREDENTIALS_FETCH_FAILED -1
        → AT+QMTCLOSE=0\\r`,
    }, BC35G);
  });
});
