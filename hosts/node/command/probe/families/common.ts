// The questions that every modem is asked: 3GPP TS 27.007, ITU-T V.250, and what users have seen.
import { OK, type Kept, type Question, type Scene, type Table } from "../question";
import { linesOf } from "../recording";

const CEREG: Kept = { name: "cereg", read: "AT+CEREG?", value: /\+CEREG: ?(\d)[,\r\n]/, restore: ([, mode]) => `AT+CEREG=${mode}` };

const kept: readonly Kept[] = [
  { name: "cmee", read: "AT+CMEE?", value: /\+CMEE: ?(\d)/, restore: ([, mode]) => `AT+CMEE=${mode}`, otherwise: "AT+CMEE=0" },
  CEREG,
  { ...CEREG, name: "cereg, if known", ifKnown: true },
  {
    name: "cpsms",
    read: "AT+CPSMS?",
    value: /\+CPSMS: ?(\d(?:,[^\r\n]*)?)/,
    restore: ([, fields]) => `AT+CPSMS=${fields.replace(/,+$/, "").replaceAll(/"?([01]{8})"?/g, '"$1"')}`,
    ifKnown: true,
  },
];

const scenes: readonly Scene[] = [
  {
    id: "errors",
    changes: ["cmee"],
    steps: [
      { at: "AT+CMEE=1", as: "set" },
      { at: "AT+CMEE?", as: "cmee" },
      { at: "AT+MMQPROBE", as: "unknown" },
    ],
  },
  { id: "garbage", steps: [{ data: "probe\r", final: 0, then: /ERROR/, within: 3000, as: "garbage" }] },
  { id: "echo", steps: [{ at: "ATE0" }, { at: "AT", as: "echo" }] },
  {
    id: "registration",
    steps: [{ at: "AT+CEREG?", as: "cereg" }, { at: "AT+CGATT?" }, { at: "AT+CFUN?" }, { at: "AT+CPIN?", as: "sim" }, { at: "AT+COPS?" }, { at: "AT+CSQ" }],
  },
  {
    id: "location",
    needs: ["network"],
    changes: ["cereg"],
    steps: [
      { at: "AT+CEREG=5", must: /OK/ },
      { at: "AT+CEREG?", as: "cereg5" },
    ],
  },
  { id: "missing SIM", needs: ["no-sim"], changes: ["cmee"], steps: [{ at: "AT+CMEE=1" }, { at: "AT+CPIN?", as: "sim" }, { at: "AT+CGATT?", as: "sim" }] },
  {
    id: "SIM removed",
    needs: ["sim", "hands"],
    steps: [
      {
        hands: "take the SIM card out, and put it back after five seconds (only where the board allows that while it is on)",
        listen: 30_000,
        until: /\+CPIN: ?(?!READY)/,
        as: "removed",
      },
    ],
  },
  { id: "clock", needs: ["sim", "waited"], steps: [{ at: "AT+CCLK?", as: "clock" }] },
  {
    id: "power saving strings",
    changes: ["cpsms"],
    steps: [
      { at: "AT+CPSMS?", must: /\+CPSMS/, as: "read" },
      { at: 'AT+CPSMS=0,,,"01000011","00000101"', as: "quoted" },
      { at: "AT+CPSMS=0,,,01000011,00000101", as: "bare" },
    ],
  },
];

/** Fifteen minutes: how far the modem's clock and this machine's may be apart. */
const SLACK = 15 * 60_000;

/** Nothing to tell apart. */
export const SAME_HOUR = "no zone told, so both are the same";

/** Whether the hour of `+CCLK` is UTC or local: this machine's clock knows. */
export function clockKind(text: string): string | undefined {
  const found = /\+CCLK: ?"?(\d{2,4})\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d)(?:([+-]\d{1,2}))?/.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const told = Date.UTC((year % 100) + 2000, month - 1, day, hour, minute, second),
    zone = Number(found[7] ?? 0) * 15 * 60_000;
  const near = (time: number): boolean => Math.abs(time - Date.now()) < SLACK;
  if (zone === 0) return near(told) ? SAME_HOUR : "neither";
  return near(told) ? "UTC" : near(told - zone) ? "local" : "neither";
}

/** Whether the answer has a time. */
const TIME = /\+CCLK: ?"?\d/;

const either = (yes: RegExp, first: string, second: string) => (text: string) => (yes.test(text) ? first : second);
const questions: readonly Question[] = [
  {
    id: "lineEnd",
    asks: "How does a line end?",
    fact: "dialects.md 1, rule 2",
    scene: "registration",
    tells: [
      ["crcrlf", /\r\r\n/],
      ["crlf", /[^\r]\r\n/],
    ],
    assumes: "crlf",
  },
  {
    id: "echo",
    asks: "Does ATE0 switch the echo off?",
    fact: "V.250 6.2.4; dialects.md 1, rule 10",
    scene: "echo",
    in: "echo",
    tells: [
      ["stuck", /AT\r/],
      ["switchable", OK],
    ],
    assumes: "switchable",
  },
  {
    id: "garbage",
    asks: "What is answered to a line without AT?",
    fact: "V.250 5.2.1",
    scene: "garbage",
    in: "garbage",
    tells: [
      ["error", /ERROR/],
      ["ignored", /^(?:\s|probe)*$/],
    ],
    assumes: "ignored",
  },
  {
    id: "unknown",
    asks: "What is answered to a command that does not exist?",
    fact: "Quectel AT manual 1.2; 27.007 9.2",
    scene: "errors",
    in: "unknown",
    tells: [
      ["cme", /\+CME ERROR/],
      ["error", /[\r\n]ERROR/],
    ],
    assumes: "error",
  },
  {
    id: "cmee",
    asks: "What does AT+CMEE? answer?",
    fact: "27.007 9.1; field reports",
    scene: "errors",
    tells: (recording) => {
      if (!OK.test(recording.received("set"))) return "unknown";
      const text = recording.received("cmee");
      if (/\+CMEE: ?\d/.test(text)) return "known";
      if (OK.test(text)) return "ok";
      return either(/\+CME ERROR/, "cme", "error")(text);
    },
    assumes: "known",
  },
  {
    id: "registration",
    asks: "Is AT+CEREG known?",
    fact: "27.007 10.1.22; modem-care.md 1.1",
    scene: "registration",
    in: "cereg",
    tells: [
      ["known", /\+CEREG:/],
      ["unknown", /ERROR/],
    ],
    assumes: "known",
  },
  {
    id: "cereg5",
    asks: "What does AT+CEREG? print behind the state, in mode 5?",
    fact: "modem-care.md 14 no. 8, M-15",
    scene: "location",
    in: "cereg5",
    tells: [
      ["quoted area, cell, technology and routing area", /\+CEREG: ?5,\d,"[\dA-F]+","[\dA-F]+",\d+,"/i],
      ["quoted area and cell, then the technology", /\+CEREG: ?5,\d,"[\dA-F]+","[\dA-F]+",\d/i],
      ["quoted area, routing area and cell", /\+CEREG: ?5,\d,"[\dA-F]+","[\dA-F]+","/i],
      ["bare area and cell, then the technology", /\+CEREG: ?5,\d,[\dA-F]+,[\dA-F]+,\d/i],
      ["nothing", /\+CEREG: ?5,\d *[\r\n]/],
    ],
  },
  {
    id: "simErrors",
    asks: "With what numbers is a SIM told that is missing or locked?",
    fact: "27.005 3.2.5, 27.007 9.2.1",
    scene: "missing SIM",
    in: "sim",
    tells: [
      ["300", /\+CME ERROR: ?31\d/],
      ["10", /\+CME ERROR: ?1\d\b/],
      ["words", /\+CME ERROR: ?[A-Z]/i],
    ],
    assumes: "10",
  },
  {
    id: "simReports",
    asks: "Is a SIM reported that has been taken out?",
    fact: "field reports of +CPIN: NOT READY",
    scene: "SIM removed",
    in: "removed",
    tells: [
      ["present", /\+CPIN: ?(?!READY)|\+CPIN: ?READY/],
      ["absent", /^\s*$/],
    ],
    assumes: "absent",
  },
  {
    id: "clockQuotes",
    asks: "Does the time stand in quotes?",
    fact: "modem-care.md M-2",
    scene: "clock",
    in: "clock",
    tells: [
      ["quoted", /\+CCLK: ?"/],
      ["bare", /\+CCLK: ?\d/],
    ],
  },
  {
    id: "clock",
    asks: "Is the hour of AT+CCLK? UTC or local?",
    fact: "modem-care.md 14 no. 5, M-1",
    scene: "clock",
    tells: (recording) => {
      const text = recording.received("clock");
      return TIME.test(text) || !OK.test(text) ? clockKind(text) : "no time told";
    },
  },
  {
    id: "cpsmsStrings",
    asks: "Must the strings of AT+CPSMS be quoted?",
    fact: "modem-care.md 14 no. 3, M-8",
    scene: "power saving strings",
    tells: (recording) => {
      const quoted = OK.test(recording.received("quoted")),
        bare = OK.test(recording.received("bare"));
      return quoted ? (bare ? "either" : "quoted") : bare ? "bare" : "neither";
    },
    assumes: "either",
  },
];

export const common: Table = { kept, scenes, questions };

/** Which lines have a blank behind the colon. Needs lines with and without one where the documents have both. */
export function colonQuestion(scene: string): Question {
  return {
    id: "colon",
    asks: "Does a blank follow the colon?",
    fact: "dialects.md 1, rule 6",
    scene,
    tells: (recording) => {
      const heads = linesOf(recording.received()).flatMap((line) => /^\+[A-Z\d]+:( ?)/.exec(line)?.[1] ?? []);
      if (heads.length === 0) return undefined;
      return heads.every((blank) => blank === " ") ? "space" : heads.every((blank) => blank === "") ? "none" : "documented";
    },
    assumes: "documented",
  };
}
