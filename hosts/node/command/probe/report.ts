// What comes out of a probe, for people and for programs. Nothing in it names SIM, device, address or user.
import type { Fact, Verdict } from "./fact";
import type { PutBack } from "./keeper";
import { mask, maskFields, maskMessages, maskStrangers, shown } from "./mask";
import type { Event, Recording, Who } from "./recording";

/** An exchange in the report. */
export interface ReportedExchange {
  readonly id: string;
  readonly lines: readonly {
    /** Seconds since the probe began. */
    readonly at: number;
    readonly who: Who;
    /** Control bytes are visible: `\r`, `\n`, `<1A>`. */
    readonly text: string;
  }[];
}

/** The report. `schema` is raised when a field changes its meaning. */
export interface Report {
  readonly schema: 1;
  /** The package's version. */
  readonly version: string;
  /** The day, as `2026-11-30`. */
  readonly date: string;
  /** Whether all was asked that could be asked; otherwise why not. */
  readonly ended: string;
  readonly modem: {
    readonly driver: string;
    readonly maker: string | null;
    readonly model: string | null;
    readonly firmware: string | null;
    readonly product: string | null;
    /** Bit/s. */
    readonly baud: number;
  };
  readonly had: {
    readonly sim: boolean;
    readonly network: boolean;
    readonly broker: "none" | "another" | "own";
  };
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly facts: readonly Fact[];
  /** Lines that look like reports, and that the driver does not know. */
  readonly unknownLines: readonly string[];
  readonly putBack: readonly PutBack[];
  readonly exchanges: readonly ReportedExchange[];
}

/** An exchange as it was recorded, and whether it may show what a user has set. */
export interface Recorded {
  readonly id: string;
  readonly recording: Recording;
  readonly isPrivate: boolean;
}

/** What is hidden in exchanges beside numbers and secrets. */
export interface Hidden {
  /** Lines of a form that nobody knows. */
  readonly strangers: readonly string[];
  /** The names of reports that bring messages, which may be an application's. */
  readonly messages: readonly string[];
}

/** Masks an exchange. Each direction is masked as a whole, so that a number that came in two pieces is found too. */
export function reported({ id, recording, isPrivate }: Recorded, secrets: readonly string[], { strangers, messages }: Hidden): ReportedExchange {
  const hide = (text: string, who: Who): string => {
    if (who === "sent" || !isPrivate) return mask(maskStrangers(text, strangers), secrets); // the commands are those of the tables
    return maskFields(maskMessages(text, messages), secrets);
  };
  const masked = new Map<Who, string>();
  for (const who of ["sent", "received", "note"] as const)
    masked.set(who, hide(recording.events.map((event) => (event.who === who ? event.text : "")).join(""), who));
  const taken = new Map<Who, number>();
  const pieces = recording.events.map((event): Event => {
    const start = taken.get(event.who) ?? 0;
    taken.set(event.who, start + event.text.length);
    return { ...event, text: masked.get(event.who)!.slice(start, start + event.text.length) };
  });
  return { id, lines: whole(pieces).map(({ at, who, text }) => ({ at: Math.round(at) / 1000, who, text: shown(text) })) };
}

/** Pieces joined to lines. */
function whole(pieces: readonly Event[]): Event[] {
  const lines: Event[] = [];
  for (const { at, who, text } of pieces)
    for (const part of text.split(/(?<=\n)(?=[^\r\n])/)) {
      const last = lines.at(-1);
      if (last !== undefined && last.who === who && who === "received" && !last.text.endsWith("\n"))
        lines[lines.length - 1] = { ...last, text: last.text + part };
      else lines.push({ at, who, text: part });
    }
  return lines;
}

/** A fact with everything masked that the modem wrote. */
export function maskedFact(fact: Fact, secrets: readonly string[]): Fact {
  const hidden = (text: string | null): string | null => (text === null ? null : shown(mask(text, secrets)));
  return { ...fact, found: hidden(fact.found), why: hidden(fact.why) };
}

const VERDICTS: readonly (readonly [verdict: Verdict, heading: string])[] = [
  ["different", "Different from what the driver takes for granted"],
  ["confirmed", "Confirmed"],
  ["not tried", "Not tried"],
];
const BROKERS: Readonly<Record<Report["had"]["broker"], string>> = { none: "none", another: "an ordinary one", own: "this program's own" };
const ARROWS: Readonly<Record<Who, string>> = { sent: "→", received: "←", note: "·" };

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text: string): string => (text === "" ? "" : `\`${text.replaceAll("`", "'")}\``);

/** The report as Markdown. */
export function markdown(report: Report): string {
  const { version, date, ended, modem, had, counts, facts, unknownLines, putBack, exchanges } = report;
  const out: string[] = [`# modem-mqtt probe: ${modem.model ?? modem.driver}`, ""];
  const row = (...cells: readonly string[]): void => void out.push(`| ${cells.map(cell).join(" | ")} |`);
  const heads = (...names: readonly string[]): void => {
    row(...names);
    out.push(`|${"---|".repeat(names.length)}`);
  };
  heads("", "");
  row("date, version", `${date}, modem-mqtt ${version}`);
  row("maker, model", `${modem.maker ?? "not told"}, ${modem.model ?? "not told"}`);
  row("firmware", code(modem.firmware ?? "not told"));
  row("ATI", code(modem.product ?? "not told"));
  row("driver, rate", `${modem.driver}, ${modem.baud} bit/s`);
  row("SIM, network, broker", `${had.sim ? "ready" : "none"}, ${had.network ? "attached" : "none"}, ${BROKERS[had.broker]}`);
  row("ended", ended);
  row("result", VERDICTS.map(([verdict]) => `${counts[verdict]} ${verdict}`).join(", "));
  for (const [verdict, heading] of VERDICTS) {
    const some = facts.filter((fact) => fact.verdict === verdict);
    if (some.length === 0) continue;
    out.push("", `## ${heading}`, "");
    if (verdict === "not tried") heads("fact", "question", "why");
    else heads("fact", "question", "assumed", "found", "exchange");
    for (const { id, asks, source, assumed, found, why, advice, exchange } of some)
      if (verdict === "not tried") row(code(id), `${asks} (${source})`, why ?? "");
      else
        row(
          code(id),
          `${asks} (${source})`,
          code(assumed ?? ""),
          code(found ?? "") + (advice === null ? "" : `; give the driver ${code(advice)}`),
          exchange ?? "",
        );
  }
  if (unknownLines.length > 0) out.push("", "## Lines that the driver does not know", "", ...unknownLines.map((line) => `- ${code(line)}`));
  out.push("", "## Put back", "");
  if (putBack.length === 0) out.push("Nothing had been changed.");
  for (const { name, command, isDone } of putBack) out.push(`- ${name}: ${code(command)}${isDone ? "" : ", which was **not** done"}`);
  out.push("", "## Exchanges", "", "Seconds since the beginning; → to the modem, ← from it, · beside the port.");
  for (const { id, lines } of exchanges)
    out.push(
      "",
      `### ${id}`,
      "",
      "```text",
      ...lines.map(({ at, who, text }) => `${at.toFixed(3).padStart(8)} ${ARROWS[who]} ${text.replaceAll("```", "'''")}`),
      "```",
    );
  return `${out.join("\n")}\n`;
}
