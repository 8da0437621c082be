// From what was seen to the report.
import type { Family } from "../../../../src/modem/family";
import { driverFacts, strangers, type Evidence } from "./driver-facts";
import { judge, type Fact } from "./fact";
import { mask, maskFields, shown } from "./mask";
import type { Question, Settings } from "./question";
import type { Recording } from "./recording";
import { maskedFact, reported, type Recorded, type Report } from "./report";

/** What a probe has seen, and what it was. */
export interface Seen {
  readonly family: Family;
  readonly modem: Omit<Report["modem"], "driver" | "baud">;
  readonly driver: string;
  readonly baud: number;
  readonly version: string;
  readonly had: Report["had"];
  readonly error: unknown;
  readonly questions: readonly Question[];
  /** By the scene: what was seen, or why it could not be performed. */
  readonly outcomes: ReadonlyMap<string, Recording | string>;
  readonly recorded: readonly Recorded[];
  readonly settings: Settings;
  /** Only some questions were asked: the driver's other tables are left out. */
  readonly isPart: boolean;
  readonly secrets: readonly string[];
  readonly putBack: Report["putBack"];
}

/** Makes the report. Nothing in it names SIM, device, address or user. */
export function reportOf(seen: Seen): Report {
  const { family, modem, driver, baud, version, had, error, questions, outcomes, recorded, settings, isPart, secrets, putBack } = seen;
  const answered = questions.map((question) => judge(question, question.untried ?? outcomes.get(question.scene) ?? "the probe ended before", settings));
  const recordings = new Map(recorded.flatMap(({ id, recording, isPrivate }) => (isPrivate ? [] : [[id, recording] as const])));
  const evidence: Evidence = { family, recordings, answered, questions, baud };
  const unknown = strangers(evidence);
  const messages = family.responses.responses.flatMap(({ text, topic }) => (topic === undefined ? [] : text));
  const facts = [...answered.map(withKind(family)), ...(isPart ? [] : driverFacts(evidence))].map((fact) => maskedFact(fact, secrets));
  const count = (verdict: Fact["verdict"]): number => facts.filter((fact) => fact.verdict === verdict).length;
  return {
    schema: 1,
    version,
    date: new Date().toISOString().slice(0, 10),
    ended: error === undefined ? "all that could be asked was asked" : shown(mask((error as Error).message, secrets)),
    modem: { driver, ...modem, baud },
    had,
    counts: { confirmed: count("confirmed"), different: count("different"), "not tried": count("not tried") },
    facts,
    unknownLines: [...new Set(unknown.map((line) => shown(maskFields(line, secrets))))],
    putBack: putBack.map((row) => ({ ...row, command: shown(maskFields(row.command, secrets)) })),
    exchanges: recorded.map((one) => reported(one, secrets, { strangers: unknown, messages })),
  };
}

/** A question about an inquiry of the driver's, or a row of its care, is a fact of its tables. */
const withKind =
  ({ inquiries }: Family) =>
  (fact: Fact): Fact => {
    if (fact.id.startsWith("care ")) return { ...fact, kind: "care" };
    return inquiries.some(({ line }) => line === fact.id) ? { ...fact, kind: "inquiry" } : fact;
  };
