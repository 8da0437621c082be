// What a driver's own tables take for granted, as facts: a new family has them by being there.
import type { Family } from "../../../../src/modem/family";
import type { Fact, Kind, Verdict } from "./fact";
import type { Question } from "./question";
import { linesOf, type Recording } from "./recording";
import { FINAL } from "./wire";

/** What has been seen in all exchanges. */
export interface Evidence {
  readonly family: Family;
  /** The exchanges whose lines are reports and results, and no test forms. */
  readonly recordings: ReadonlyMap<string, Recording>;
  /** The facts that the questions have led to. */
  readonly answered: readonly Fact[];
  readonly questions: readonly Question[];
  /** Bit/s at which the modem answers. */
  readonly baud: number;
}

const fact = (kind: Kind, id: string, asks: string, assumed: string | null, verdict: Verdict, rest: Partial<Fact> = {}): Fact => ({
  id: `${kind} ${id}`,
  kind,
  asks,
  source: "the driver's tables",
  assumed,
  verdict,
  found: null,
  why: null,
  advice: null,
  exchange: null,
  ...rest,
});

/** The facts of the driver's tables. */
export function driverFacts(evidence: Evidence): Fact[] {
  return [...commandFacts(evidence), ...lineFacts(evidence), ...limitFacts(evidence), ...optionFacts(evidence), ...otherFacts(evidence)];
}

// ---- commands

/** The name of a command line: `AT+QMTOPEN`. */
export const nameOf = (line: string): string => /^AT[+*]?\w*/.exec(line)?.[0] ?? line;

/** For each command that was sent: the exchange in which it ended with OK, or null where it never did. */
function endings(recordings: ReadonlyMap<string, Recording>): Map<string, string | null> {
  const result = new Map<string, string | null>();
  for (const [id, { events }] of recordings) {
    let name: string | undefined,
      text = "";
    for (const event of events) {
      if (event.who === "sent" && /^AT\S*\r$/.test(event.text)) {
        name = nameOf(event.text);
        text = "";
        if (!result.has(name)) result.set(name, null);
      } else if (event.who === "received" && name !== undefined) {
        text += event.text;
        if (!FINAL.test(text)) continue;
        if (/(?:^|[\r\n])OK/.test(FINAL.exec(text)![0])) result.set(name, result.get(name) ?? id);
        name = undefined;
      }
    }
  }
  return result;
}

function commandFacts({ family, recordings, answered }: Evidence): Fact[] {
  const { connect, disconnect, close, subscribe, unsubscribe, publish, publishQoS0, poll, recovery } = family;
  const all = [...connect, ...disconnect, ...close, subscribe, unsubscribe, publish, publishQoS0, poll, ...recovery.attach];
  const names = new Set(all.flatMap((command) => (command === undefined ? [] : nameOf(command.line))));
  const ended = endings(recordings),
    wasConnected = answered.some(({ id, found }) => id === "connectedState" && found === "yes");
  return [...names].map((name) => {
    const asks = `Is ${name} taken?`,
      exchange = ended.get(name);
    if (exchange === undefined) return fact("command", name, asks, "OK", "not tried", { why: "it was not sent" });
    if (exchange === null && !wasConnected) return fact("command", name, asks, "OK", "not tried", { why: "it was refused, but there was no connection" });
    if (exchange === null) return fact("command", name, asks, "OK", "different", { found: "never OK" });
    return fact("command", name, asks, "OK", "confirmed", { found: "OK", exchange });
  });
}

// ---- lines

type Row = Family["responses"]["responses"][number];

/** The fields behind a row's name, or undefined where the line is another one. */
function fieldsOf({ text }: Row, line: string): string[] | undefined {
  const name = line.slice(0, line.indexOf(":") < 0 ? undefined : line.indexOf(":")).replaceAll(" ", "");
  if (text.endsWith("_") ? !line.startsWith(text) : name !== text) return undefined;
  return line.includes(":") ? line.slice(line.indexOf(":") + 1).split(",") : [];
}

/** Whether a line has the fields that its row wants. */
function fits({ numbers, topic }: Row, fields: readonly string[]): boolean {
  if (topic !== undefined) return fields.length > topic && fields.slice(0, topic).every((field) => /^ ?-?\d+$/.test(field));
  if (numbers === undefined) return true;
  const [least, most] = numbers;
  return fields.length >= least && fields.slice(0, most).every((field) => /^ ?-?\d+ *$/.test(field));
}

function lineFacts({ family, recordings }: Evidence): Fact[] {
  return family.responses.responses.map((row) => {
    const asks = `Is ${row.text} printed as the driver reads it?`;
    let damaged: Partial<Fact> | undefined;
    for (const [exchange, recording] of recordings)
      for (const line of linesOf(recording.received())) {
        const fields = fieldsOf(row, line);
        // A test form's answer has ranges; what a question is answered with may be otherwise than the report of that name.
        if (fields === undefined || (row.numbers === undefined ? /^ ?\(/ : /^ ?[("]/).test(fields[0] ?? "")) continue;
        if (fits(row, fields)) return fact("line", row.text, asks, null, "confirmed", { found: line, exchange });
        damaged ??= { found: line, exchange };
      }
    if (damaged !== undefined) return fact("line", row.text, asks, null, "different", damaged);
    return fact("line", row.text, asks, null, "not tried", { why: "the modem has not printed it" });
  });
}

/** Lines that look like reports, that answer no command, and that the driver's table does not have. */
export function strangers({ family, recordings }: Evidence): string[] {
  const rows = family.responses.responses,
    all = [...recordings.values()];
  const asked = new Set(all.flatMap(({ events }) => events.flatMap(({ who, text }) => (who === "sent" ? nameOf(text).slice(2) : []))));
  const found = all.flatMap((recording) => linesOf(recording.received())).filter((line) => /^[+*^][A-Z]/.test(line));
  return [...new Set(found.filter((line) => !asked.has(/^[+*^]\w+/.exec(line)![0]) && !rows.some((row) => fieldsOf(row, line) !== undefined)))];
}

// ---- limits, options, and the rest

/** The question that goes to a limit. */
const LIMIT_QUESTIONS: Readonly<Record<string, string>> = {
  topic: "longTopic",
  payload: "payloadLimit",
  window: "windowFull",
  grantsEach: "subValues",
  topics: "subValues",
  escapes: "backslashInTopic",
};

/** A fact that one of the questions has answered already. */
function answeredBy(kind: Kind, id: string, asks: string, assumed: string, question: string | undefined, answered: readonly Fact[]): Fact {
  const found = answered.find((one) => one.kind === "question" && one.id === question);
  if (found === undefined) return fact(kind, id, asks, assumed, "not tried", { why: "no question is about it" });
  const { verdict, why, advice, exchange } = found;
  return fact(kind, id, asks, assumed, verdict, { found: found.found && `${found.id}: ${found.found}`, why, advice, exchange });
}

function limitFacts({ family: { limits }, answered }: Evidence): Fact[] {
  return Object.entries(limits).map(([name, value]) =>
    answeredBy("limit", name, `Is the limit "${name}" right?`, String(value), LIMIT_QUESTIONS[name], answered),
  );
}

function optionFacts({ family: { options = {} }, answered, questions }: Evidence): Fact[] {
  return Object.entries(options).map(([name, row]) => {
    const assumed = row === null || typeof row === "boolean" ? String(row) : "choices" in row ? row.choices[row.otherwise] : String(row.otherwise ?? null);
    return answeredBy("option", name, `Is the default of the option "${name}" right?`, assumed, questions.find(({ option }) => option === name)?.id, answered);
  });
}

function otherFacts({ family, answered, baud }: Evidence): Fact[] {
  const { states, poll } = family;
  const rate = fact(
    "other",
    "baud",
    "Does the modem answer at the rate that the driver takes for the factory's?",
    String(family.baud),
    baud === family.baud ? "confirmed" : "different",
    {
      found: String(baud),
    },
  );
  const asks = `Is ${poll.line} answered with ${states.connected} while connected?`;
  return [rate, answeredBy("other", "state", asks, String(states.connected), "connectedState", answered)];
}
