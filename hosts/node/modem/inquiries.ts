// What every modem can be asked about itself: 3GPP TS 27.007 and ITU-T V.250, as data.
import { CME_ERRORS, meaning, type CodeTable } from "../../../src/modem/codes";
import type { Answer } from "./at-session";

/** What a modem says of itself and of the network. What it does not tell is null. */
export interface ModemInfo {
  maker: string | null;
  model: string | null;
  /** Several lines where the modem tells of several parts. */
  firmware: string | null;
  /** What `ATI` says: the lines are each maker's own. */
  product: string | null;
  imei: string | null;
  /** `ready`, or what keeps the SIM from being used. */
  sim: string | null;
  iccid: string | null;
  /** dBm; −113 and −51 stand for what is beyond them. */
  signal: number | null;
  registration: string | null;
  /** Whether the packet domain service is attached: without it there is no MQTT. */
  attached: boolean | null;
  /** A name, or MCC and MNC, as the modem gives it. */
  operator: string | null;
}

/** One thing to ask for. */
export interface Inquiry<Name extends keyof ModemInfo = keyof ModemInfo> {
  readonly name: Name;
  /** Commands that ask for it, until one is answered with something of use. */
  readonly lines: readonly string[];
  /** The answer, or null when it is of no use. */
  read(answer: Answer, line: string): ModemInfo[Name];
  /** Whether another command may still tell more. */
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

/** The fields behind the command's own name, without their quotes, of each line that has it. */
function rows({ lines }: Answer, line: string): string[][] {
  const name = /^AT(\+\w+)/.exec(line)![1]!;
  const own = lines.filter((text) => text.startsWith(`${name}:`));
  return own.map((text) => text.slice(name.length + 1).split(",").map((field) => field.trim().replace(/^"(.*)"$/, "$1")));
}

/** What a modem answers in words: whole lines, with or without the command's name, and no report in between. */
function words(answer: Answer, line: string): string | null {
  if (answer.outcome !== "ok") return null;
  const name = /^AT(\+\w+)?/.exec(line)![1];
  const own = answer.lines.map((text) => (name !== undefined && text.startsWith(`${name}:`) ? text.slice(name.length + 1).trim() : text));
  return own.filter((text) => text !== "" && !/^[+*^]/.test(text)).join("\n") || null;
}

/** The first run of so many digits. */
function digits(answer: Answer, pattern: RegExp): string | null {
  for (const text of answer.lines) {
    const found = pattern.exec(text);
    if (found !== null) return found[0].toUpperCase();
  }
  return null;
}

/** 27.007 9.2.1; the numbers from 310 on are Quectel's for the same. */
const SIM_ERRORS: CodeTable = [
  [10, "not inserted"],
  [11, "needs SIM PIN"],
  [12, "needs SIM PUK"],
  [13, "failed"],
  [14, "busy"],
  [15, "wrong"],
  ...CME_ERRORS.filter(([code]) => code >= 310 && code <= 318),
];

function sim(answer: Answer, line: string): string | null {
  if (SIM_ERRORS.some(([code]) => code === answer.code)) return meaning(SIM_ERRORS, answer.code);
  const state = rows(answer, line)[0]?.[0];
  return state === undefined ? null : state === "READY" ? "ready" : `needs ${state}`;
}

/** `<rssi>` of 0–31 in steps of 2 dBm from −113; 99 is not known: 27.007 8.5. */
function signal(answer: Answer, line: string): number | null {
  const level = Number(rows(answer, line)[0]?.[0] ?? 99);
  return level >= 0 && level <= 31 ? 2 * level - 113 : null;
}

function registration(answer: Answer, line: string): string | null {
  // `<n>,<stat>`; a report that comes in between has `<stat>` alone, or a string behind it.
  const state = rows(answer, line).find((row) => /^\d$/.test(row[1] ?? ""))?.[1];
  return state === undefined ? null : REGISTRATION[Number(state)] ?? `state ${state}`;
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
  // Without the 1 it is the maker's serial number, which most modems take for the IMEI: 27.007 5.4.
  { name: "imei", lines: ["AT+CGSN=1", "AT+CGSN"], read: (answer) => digits(answer, /\b\d{15}\b/) },
  { name: "sim", lines: ["AT+CPIN?"], read: sim },
  // Not in 27.007 before +CCID: each maker has its own.
  { name: "iccid", lines: ["AT+NCCID", "AT+ICCID", "AT+CCID"], read: (answer) => digits(answer, /\b\d{18,19}[\dA-F]?\b/i) },
  { name: "signal", lines: ["AT+CSQ"], read: signal },
  // LTE and NB-IoT, 5G, GPRS, GSM: 27.007 10.1.22, 10.1.47, 10.1.20, 7.2.
  {
    name: "registration", lines: ["AT+CEREG?", "AT+C5GREG?", "AT+CGREG?", "AT+CREG?"], read: registration,
    mayBeBetter: (value) => !value.startsWith("registered"),
  },
  { name: "attached", lines: ["AT+CGATT?"], read: attached },
  { name: "operator", lines: ["AT+COPS?"], read: (answer, line) => rows(answer, line)[0]?.[2] ?? null },
];
