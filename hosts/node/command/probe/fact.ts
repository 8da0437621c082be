import type { Question, Settings } from "./question";
import type { Recording } from "./recording";

export type Verdict = "confirmed" | "different" | "not tried";

/** Which of the driver's tables a fact is from, or a question of a document's. */
export type Kind = "question" | "care" | "command" | "inquiry" | "line" | "limit" | "option" | "other";

/** What has come out about one fact. */
export interface Fact {
  readonly id: string;
  readonly kind: Kind;
  readonly asks: string;
  /** Where it is from. */
  readonly source: string;
  /** What the driver, or the document, takes for granted; null: any value is as good. */
  readonly assumed: string | null;
  readonly verdict: Verdict;
  /** What was found, or null. */
  readonly found: string | null;
  /** Why it was not tried, or null. */
  readonly why: string | null;
  /** What to tell the driver, or null. */
  readonly advice: string | null;
  /** The exchange that shows it, or null. */
  readonly exchange: string | null;
}

/** The fact that a question leads to. @param outcome the recording, or why there is none */
export function judge(question: Question, outcome: Recording | string, settings: Settings): Fact {
  const { id, asks, fact: source, assumes, advice, scene, fits = (found) => found === assumes } = question;
  const base = { id, kind: "question", asks, source, assumed: assumes ?? null, advice: null, exchange: scene } as const;
  if (typeof outcome === "string") return { ...base, verdict: "not tried", found: null, why: outcome, exchange: null };
  const found = valueOf(question, outcome, settings);
  if (found === undefined) return { ...base, verdict: "not tried", found: null, why: "nothing in the exchange shows it, or it has a form that nobody knew" };
  const verdict = assumes === undefined || fits(found) ? "confirmed" : "different";
  return { ...base, verdict, found, why: null, advice: advice?.[found] ?? null };
}

function valueOf({ in: labels, tells }: Question, recording: Recording, settings: Settings): string | undefined {
  if (typeof tells === "function") return tells(recording, settings);
  const names = typeof labels === "string" ? [labels] : labels;
  if (names?.some((label) => recording.has(label)) === false) return undefined;
  const text = names === undefined ? recording.received() : names.map((label) => recording.received(label)).join("");
  return tells.find(([, pattern]) => pattern.test(text))?.[0];
}
