import { m531x, ml302, nm28, online, type Family } from "./support/answering";
import { sameLines } from "./support/check";
import { isTried } from "./support/positions";
import { online as bc35gOnline, type Session, type SessionOptions } from "./support/session";

interface Modem {
  name: string;
  connect: (options: SessionOptions) => Session;
  prompt: string;
  /** The lines that answer a publish, in the order of the modem's document; `#` is the id on the wire. */
  lines: (QoS: number) => string[];
  /** How a line of it can be another one: what is replaced, and with what. */
  others: [name: string, replaced: string, by: string][];
}

const END = "\\r\\n";
const line = (text: string) => `${END}${text}${END}`;
const counted = (family: Family) => ({ name: family.name, connect: (options: SessionOptions) => online(family, options).session });
const RESULTS: Modem["others"] = [
  ["of another id", ",#,0", ",9#,0"], ["of the id before", ",#,0", ",42,0"], ["that tells of a failure", ",#,0", ",#,2"], ["that tells of a retransmission", ",#,0", ",#,1"],
  ["of another connection", "0,#", "1,#"], ["without its last field", ",#,0", ",#"], ["with a field more", ",#,0", ",#,0,1"], ["with an id that goes on", ",#,0", ",#0,0"],
];

const MODEMS: Modem[] = [
  {
    name: "BC35-G", connect: (options) => bc35gOnline(options).session, prompt: `${END}>[sp]`,
    lines: () => ["OK", "+QMTPUB: 0,#,0"],
    others: [...RESULTS, ["without a blank", "+QMTPUB: ", "+QMTPUB:"], ["with blanks everywhere", ",", ", "]],
  },
  { ...counted(m531x), prompt: "", lines: (QoS) => ["OK", ...(QoS === 1 ? ["+MQTTPUBACK:#,0"] : [])], others: [["of another id", "#,0", "77,0"]] },
  { ...counted(ml302), prompt: `${END}>[sp]`, lines: (QoS) => [...(QoS === 1 ? ["+MQTTPUBACK: 0,#"] : []), "OK"], others: [["of another id", "0,#", "0,77"]] },
  {
    ...counted(nm28), prompt: `${END}CONNECT${END}`,
    lines: () => ["+MQTTPUBEX:0,#,0", "OK"],
    others: [...RESULTS, ["with a blank", "PUBEX:", "PUBEX: "]],
  },
];

/** What the modem says to a publish, a piece at a time. */
type Answer = string[];
interface Case {
  name: string;
  answer: (prompt: string[], lines: string[]) => Answer;
}

const each = (lines: string[]) => lines.map(line);
const all = (lines: string[]) => lines.map(line).join("");

const CASES: Case[] = [
  { name: "the same answer", answer: (prompt, lines) => [...prompt, all(lines)] },
  { name: "the same answer, a line at a time", answer: (prompt, lines) => [...prompt, ...each(lines)] },
  { name: "the same answer, and all of it again", answer: (prompt, lines) => [...prompt, all(lines), all(lines), ...prompt] },
  { name: "the same answer, each line twice", answer: (prompt, lines) => [...prompt, ...prompt, all(lines.flatMap((line) => [line, line]))] },
  { name: "the lines in the other order", answer: (prompt, lines) => [...prompt, all([...lines].reverse())] },
  { name: "the answer before the prompt", answer: (prompt, lines) => [all(lines), ...prompt] },
  { name: "the answer with the prompt", answer: (prompt, lines) => [prompt.join("") + all(lines)] },
  { name: "the prompt alone", answer: (prompt) => prompt },
  { name: "no prompt, and nothing else", answer: () => [] },
  { name: "all but the last line", answer: (prompt, lines) => [...prompt, all(lines.slice(0, -1))] },
  { name: "all but the first line", answer: (prompt, lines) => [...prompt, all(lines.slice(1))] },
  { name: "the last line cut short", answer: (prompt, lines) => [...prompt, all(lines).slice(0, -6), line("+CPIN?")] },
  { name: "the first line cut short", answer: (prompt, lines) => [...prompt, all(lines).slice(0, 9), all(lines)] },
  { name: "the last line cut short, and the rest late", answer: (prompt, lines) => [...prompt, all(lines).slice(0, -6), "~1000", all(lines).slice(-6)] },
  { name: "the first line with more behind it", answer: (prompt, lines) => [...prompt, line(`${lines[0]}AY`), all(lines)] },
  { name: "lines with a blank at the end", answer: (prompt, lines) => [...prompt, all(lines.map((line) => `${line}[sp]`))] },
  { name: "lines that end in LF", answer: (prompt, lines) => [...prompt, all(lines).replaceAll("\\r", "")] },
  { name: "lines that end in CR", answer: (prompt, lines) => [...prompt, all(lines).replaceAll("\\n", "")] },
  { name: "lines that end in CR CR LF", answer: (prompt, lines) => [...prompt, all(lines).replaceAll(END, "\\r\\r\\n")] },
  { name: "lines without an empty one between them", answer: (prompt, lines) => [...prompt, END + lines.map((line) => line + END).join("")] },
  { name: "an error in place of the answer", answer: (prompt) => [...prompt, line("ERROR")] },
  { name: "an error with a number in place of the answer", answer: (prompt) => [...prompt, line("+CME ERROR: 608")] },
  { name: "an error in place of the prompt", answer: () => [line("ERROR")] },
  { name: "an error in place of the last line", answer: (prompt, lines) => [...prompt, all(lines.slice(0, -1)), line("ERROR")] },
  { name: "an error in front of the answer", answer: (prompt, lines) => [...prompt, line("ERROR") + all(lines)] },
  { name: "a line that nobody knows in between", answer: (prompt, lines) => [line("+FOO: 1"), ...prompt, line("+FOO: 1"), lines.map(line).join(line("+FOO: 1"))] },
  { name: "a line about something else in between", answer: (prompt, lines) => [line("+CMEE: 1"), ...prompt, lines.map(line).join(line("+CGATT: 1"))] },
  { name: "a restart in between", answer: (prompt, lines) => [...prompt, line("RDY") + line("*ATREADY: 1") + line("REBOOT_CAUSE_X"), all(lines)] },
  { name: "a restart before the prompt", answer: (prompt, lines) => [line("RDY") + line("*ATREADY: 1") + line("REBOOT_CAUSE_X"), ...prompt, all(lines)] },
  { name: "the loss of the connection in between", answer: (prompt, lines) => [...prompt, lines.map(line).join(line("+QMTSTAT: 0,1") + line("+MQTTDISC:OK") + line("+MQTTSTAT:0,1"))] },
  { name: "an answer that is very late", answer: (prompt, lines) => [...prompt, "~100000", all(lines)] },
  { name: "an answer after the marker", answer: (prompt, lines) => [...prompt, "~46000", line("+CMEE: 1") + line("OK"), all(lines)] },
  { name: "a prompt that is very late", answer: (prompt, lines) => ["~6000", ...prompt, all(lines)] },
  { name: "a result that is very late", answer: (prompt, lines) => [...prompt, line("OK"), "~100000", all(lines)] },
  { name: "a subscription behind it", answer: (prompt, lines) => ["subscribe", ...prompt, ...each(lines), line("OK"), line("+QMTSUB: 0,45,0,0") + line("+MQTTSUB:0,45,0,0") + line("+MQTTSUBACK:1,0,s")] },
  { name: "no prompt, but that of the subscription behind it", answer: (prompt, lines) => ["subscribe", "~6000", line("+CMEE: 1") + line("OK"), ...prompt, ...each(lines)] },
  { name: "its client gone", answer: (prompt, lines) => [...prompt, "close", ...each(lines), ...each(lines)] },
  { name: "its client gone before the prompt", answer: (prompt, lines) => ["close", ...prompt, ...each(lines), ...each(lines)] },
  { name: "its client gone between its lines", answer: (prompt, lines) => [...prompt, line(lines[0]), "close", ...each(lines.slice(1)), ...each(lines)] },
  { name: "the echo of the payload", answer: (prompt, lines) => [...prompt, `hello${all(lines)}`] },
];

/** How the publishes before it were answered, all of them well. */
const WAYS: [name: string, said: (prompt: string[], lines: string[]) => Answer][] = [
  ["at once", (prompt, lines) => [...prompt, all(lines)]],
  ["a line at a time", (prompt, lines) => [...prompt, ...each(lines)]],
  ["in the other order", (prompt, lines) => [...prompt, ...each([...lines].reverse())]],
  // Where the result is the end of it.
  ["with OK before the prompt", (prompt, lines) => lines.length === 1 ? [...prompt, all(lines)] : [line("OK"), ...prompt, ...each(lines.filter((text) => text !== "OK"))]],
];

/** What came of a publish: what was sent, and what the application was told. */
function played(modem: Modem, QoS: number, answer: Answer, { before, bytewise }: { before: ((session: Session, id: number) => void) | null; bytewise: boolean }): string[] {
  const session = modem.connect({ modem: { pollInterval: 3_600_000 } });
  session.sent();
  if (before !== null) for (const id of [41, 42]) before(session, id);
  session.events.splice(0);
  const trace: string[] = [];
  const look = (what: string) => trace.push(`${what}: ${session.sent()} ${session.events.splice(0).join(", ")}`);
  session.publish("hello", { QoS, id: 43 });
  look("publish");
  for (const piece of answer) {
    if (piece.startsWith("~")) session.pass(Number(piece.slice(1)));
    else if (piece === "publish") session.publish("world", { QoS, id: 44 });
    else if (piece === "subscribe") session.subscribe("s", 0, { id: 45 });
    else if (piece === "close") session.client.close();
    else if (!bytewise) session.says(piece);
    else for (const byte of piece.match(/\\.|\[sp\]|[^]/g) ?? []) session.says(byte);
    look(piece);
  }
  for (const milliseconds of [500, 1000, 50_000]) {
    session.pass(milliseconds);
    look(`~${milliseconds}`);
  }
  return trace;
}

/** Those of a BC35-G, which may have several messages under way; those at QoS 0 have the same id. */
const SEVERAL: Case[] = [
  ["0", "0"], ["0", "2"], ["2", "0"],
].flatMap(([first, second]) => {
  const results = [`+QMTPUB: 0,0,${first}`, `+QMTPUB: 0,0,${second}`] as const;
  return [
    { name: `another publish under way, and the results ${first} and ${second}, each in its time`, answer: (prompt: string[]) => ["publish", ...prompt, line("OK"), line(results[0]), ...prompt, line("OK"), line(results[1])] },
    { name: `another publish under way, and the results ${first} and ${second} at the end`, answer: (prompt: string[]) => ["publish", ...prompt, line("OK"), ...prompt, line("OK") + line(results[0]), line(results[1])] },
    { name: `another publish under way, and the results ${first} and ${second} before its OK`, answer: (prompt: string[]) => ["publish", ...prompt, line("OK"), ...prompt, line(results[0]), line("OK"), line(results[1])] },
    { name: `another publish under way, and the results ${first} and ${second} before its prompt`, answer: (prompt: string[]) => ["publish", ...prompt, line("OK"), line(results[0]) + line(results[1]), ...prompt, line("OK")] },
  ];
});

/**
 * Up to the time limit of a publish that the modem has accepted. Where the publishes before it have shown that packet ids count up, nothing is
 * waited for then; before that the connection is given up.
 */
function untilTimeout(trace: string[]): string[] {
  const at = trace.findIndex((line) => line.includes("COMMAND_TIMEOUT"));
  return at < 0 ? trace : [...trace.slice(0, at), "COMMAND_TIMEOUT"];
}

for (const modem of MODEMS) describe(`${modem.name}: a publish is told of as if it were the first one, where the ones before it were answered well, and it has`, () => {
  const cases: Case[] = [
    ...CASES,
    ...(modem.name === "BC35-G" ? SEVERAL : []),
    ...modem.others.map(([name, replaced, by]): Case => ({
      name: `a result ${name}`, answer: (prompt, lines) => [...prompt, all(lines.map((line) => line.replaceAll(replaced, by)))],
    })),
    ...modem.others.map(([name, replaced, by]): Case => ({
      name: `a result ${name} in front of its own`, answer: (prompt, lines) => [...prompt, all(lines.flatMap((line) => (line.startsWith("+") ? [line.replaceAll(replaced, by), line] : [line])))],
    })),
  ];
  const prompt = modem.prompt === "" ? [] : [modem.prompt];
  for (const { name, answer } of cases)
    it(name, () => {
      for (const QoS of [0, 1]) {
        const wired = (id: number) => modem.lines(QoS).map((line) => line.replaceAll("#", String(modem.name === "BC35-G" && QoS === 0 ? 0 : id)));
        const mine = answer(prompt, modem.lines(QoS)).map((piece) => piece.replaceAll("#", modem.name === "BC35-G" && QoS === 0 ? "0" : "43"));
        for (const bytewise of [false, true]) {
          const compared = QoS === 1 && (modem.name === "M531X" || modem.name === "ML302") ? untilTimeout : (trace: string[]) => trace;
          const first = compared(played(modem, QoS, mine, { before: null, bytewise }));
          for (const [how, said] of WAYS) if (isTried())
            sameLines(compared(played(modem, QoS, mine, {
              bytewise,
              before(session, id) {
                session.publish("hello", { QoS, id });
                for (const piece of said(prompt, wired(id))) session.says(piece);
                session.sent();
              },
            })), first, `QoS ${QoS}, ${bytewise ? "byte by byte" : "in pieces"}, after publishes that were answered ${how}`);
        }
      }
    });
});

describe("M531X: an acknowledged publish whose line fills its buffer, or nearly", () => {
  // The line has 192 bytes at first, and each byte of the payload takes two.
  for (let length = 60; length <= 120; length++)
    it(`with ${length} bytes is not over at its OK`, () => {
      const session = MODEMS[1].connect({});
      session.events.splice(0);
      for (let times = 0; times < 3; times++) {
        session.publish("{".repeat(length), { QoS: 1, id: 43 });
        session.says(line("OK"));
        sameLines(session.events.splice(0), []);
        session.says(line("+MQTTPUBACK:9,0"));
        sameLines(session.events.splice(0).filter((event) => event.startsWith("done")), ["done 43"]);
      }
    });
});
