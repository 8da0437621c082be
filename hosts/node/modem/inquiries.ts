// Questions that every modem answers about itself, as data: 3GPP TS 27.007 and ITU-T V.250.
import { CME_ERRORS, meaning } from "../../../src/at/responses/codes";
import type { Answer } from "./at-session";

/** What a modem reports about itself, its SIM and the network. What it does not report is null. */
export interface ModemInfo {
  maker: string | null;
  model: string | null;
  /** Several lines when the modem reports several parts. */
  firmware: string | null;
  /** The answer to `ATI`, whose lines differ from maker to maker. */
  product: string | null;
  imei: string | null;
  /** `ready`, or why the SIM cannot be used. */
  sim: string | null;
  iccid: string | null;
  /** dBm; −113 stands for −113 or less, −51 for −51 or more. */
  signal: number | null;
  registration: string | null;
  /** Whether the modem is attached to the packet domain service, which MQTT needs. */
  attached: boolean | null;
  /** A name, or MCC and MNC, as the modem reports it. */
  operator: string | null;
}

/** One question. */
export interface Inquiry<Name extends keyof ModemInfo = keyof ModemInfo> {
  readonly name: Name;
  /** Commands to try until one gives a useful answer. */
  readonly lines: readonly string[];
  /** The value in an answer, or null when the answer has none. */
  read(answer: Answer, line: string): ModemInfo[Name];
  /** Whether another command may give a better value. */
  mayBeBetter?(value: ModemInfo[Name]): boolean;
}

/** +CEREG's `<stat>`: 27.007 10.1.22. */
const REGISTRATION: readonly string[] = [
  "not registered, and not searching",
  "registered at home",
  "searching",
  "denied",
  "unknown, out of coverage perhaps",
  "registered, roaming",
  "registered at home for SMS alone",
  "registered for SMS alone, roaming",
  "emergency calls alone",
];

/** For each line that begins with the command's name: its fields, without quotes. */
function rows({ lines }: Answer, line: string): string[][] {
  const name = /^AT(\+\w+)/.exec(line)![1];
  const own = lines.filter((text) => text.startsWith(`${name}:`));
  return own.map((text) =>
    text
      .slice(name.length + 1)
      .split(",")
      .map((field) => field.trim().replace(/^"(.*)"$/, "$1")),
  );
}

/** A textual answer: the lines without the command's name and without reports that came in between. */
function words(answer: Answer, line: string): string | null {
  if (answer.outcome !== "ok") return null;
  const name = /^AT(\+\w+)?/.exec(line)![1];
  const own = answer.lines.map((text) => (name !== undefined && text.startsWith(`${name}:`) ? text.slice(name.length + 1).trim() : text));
  return own.filter((text) => text !== "" && !/^[+*^]/.test(text)).join("\n") || null;
}

/** The first match of `pattern` in the lines. */
function digits(answer: Answer, pattern: RegExp): string | null {
  for (const text of answer.lines) {
    const found = pattern.exec(text);
    if (found !== null) return found[0].toUpperCase();
  }
  return null;
}

/** The numbers of 27.007 9.2.1; Quectel has 310 to 318 for the same errors. */
const SIM_ERRORS: Readonly<Record<number, string>> = {
  10: "not inserted",
  11: "needs SIM PIN",
  12: "needs SIM PUK",
  13: "failed",
  14: "busy",
  15: "wrong",
};

function sim(answer: Answer, line: string): string | null {
  const { code } = answer;
  if (code >= 310 && code <= 318) return meaning(CME_ERRORS, code);
  if (SIM_ERRORS[code] !== undefined) return SIM_ERRORS[code];
  const state = rows(answer, line)[0]?.[0];
  return state === undefined ? null : state === "READY" ? "ready" : `needs ${state}`;
}

/** `<rssi>` is 0–31 in steps of 2 dBm from −113 dBm; 99 is unknown: 27.007 8.5. */
function signal(answer: Answer, line: string): number | null {
  const level = Number(rows(answer, line)[0]?.[0] ?? 99);
  return level >= 0 && level <= 31 ? 2 * level - 113 : null;
}

function registration(answer: Answer, line: string): string | null {
  // The answer is `<n>,<stat>`. A report that comes in between has only `<stat>`, or a string after it.
  const state = rows(answer, line).find((row) => /^\d$/.test(row[1] ?? ""))?.[1];
  return state === undefined ? null : (REGISTRATION[Number(state)] ?? `state ${state}`);
}

function attached(answer: Answer, line: string): boolean | null {
  const state = rows(answer, line)[0]?.[0];
  return state === undefined ? null : state === "1";
}

export const INQUIRIES: readonly Inquiry<any>[] = [
  { name: "maker", lines: ["AT+CGMI"], read: words },
  { name: "model", lines: ["AT+CGMM"], read: words },
  { name: "firmware", lines: ["AT+CGMR"], read: words },
  { name: "product", lines: ["ATI"], read: words },
  // Without the 1 it asks for the maker's serial number, for which most modems give the IMEI: 27.007 5.4.
  { name: "imei", lines: ["AT+CGSN=1", "AT+CGSN"], read: (answer) => digits(answer, /\b\d{15}\b/) },
  { name: "sim", lines: ["AT+CPIN?"], read: sim },
  // Each maker has its own command; 27.007 has only +CCID, and only in later versions.
  { name: "iccid", lines: ["AT+NCCID", "AT+ICCID", "AT+CCID"], read: (answer) => digits(answer, /\b\d{18,19}[\dA-F]?\b/i) },
  { name: "signal", lines: ["AT+CSQ"], read: signal },
  // LTE and NB-IoT, 5G, GPRS, GSM: 27.007 10.1.22, 10.1.47, 10.1.20, 7.2.
  {
    name: "registration",
    lines: ["AT+CEREG?", "AT+C5GREG?", "AT+CGREG?", "AT+CREG?"],
    read: registration,
    mayBeBetter: (value) => !value.startsWith("registered"),
  },
  { name: "attached", lines: ["AT+CGATT?"], read: attached },
  { name: "operator", lines: ["AT+COPS?"], read: (answer, line) => rows(answer, line)[0]?.[2] ?? null },
];
