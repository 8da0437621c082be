// What the driver's care takes for granted, as questions: one at the least for each of its rows.
import { contextOf } from "../../../../src/care/readings";
import { readRegistration, technologyWords } from "../../../../src/care/registration";
import { CSQ, type CareRows } from "../../../../src/care/rows";
import { Radio } from "../../../../src/care/sleep-timers";
import type { CareAbout } from "../../../../src/care/care";
import { care, reading, setter, untried } from "./care-forms";
import { READINGS, SETTINGS, setters, SIGNAL } from "./care-scenes";
import { RESTART } from "./driver-questions";
import { REPORT_COMMANDS } from "./families/sleep";
import { clockKind, SAME_HOUR } from "./families/common";
import { OK, type Question } from "./question";
import { answerOf, type Recording } from "./recording";

const SIGNAL_UNITS = { rssi: " dBm", rsrp: " dBm", rsrq: " dB", sinr: " dB" };
const SUPPLY_UNITS = { temperature: " degrees Celsius", voltage: " mV" };
const HOURS: Readonly<Record<string, string>> = { UTC: "utc", local: "local" };

const numbersIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, number]) => number);
const isTaken = (recording: Recording, label: string): boolean => OK.test(recording.received(label));
const yes = (is: boolean): string => (is ? "yes" : "no");

/** The questions about each row. */
const QUESTIONS: { readonly [row in keyof CareRows]?: (rows: CareRows) => readonly Question[] } = {
  pin: (rows) => setter("pin", "Is the command known that enters the PIN?", setters(rows).pin),
  pinRefused: ({ pinRefused }) =>
    pinRefused === undefined ? [] : [untried("pinRefused", "Is a wrong PIN told as the driver reads it?", "+NPIN:ERROR wrong PIN", "no PIN is entered")],
  iccid: ({ iccid }) => [
    care("iccid", `Does ${iccid.join(" or ")} tell the SIM's number?`, {
      scene: "the SIM's number",
      tells: (recording) => iccid.find((at) => answerOf(recording.received(at)).some((line) => /(?:^|\D)\d\d[\dA-F]{16,20}"?$/i.test(line))) ?? "no",
      assumes: iccid.join(" or "),
      fits: (found) => iccid.includes(found),
    }),
  ],
  cid: ({ cid }) => [
    care("cid", "Which context has the modem's address?", {
      scene: "contexts",
      in: "addresses",
      tells: (recording) => {
        const all = numbersIn(recording.received("addresses"), /\+CGPADDR: ?(\d+),"?[\dA-F]*[.:]/gi);
        return all.join(", ") || "none";
      },
      assumes: String(cid),
      fits: (found) => found.split(", ").includes(String(cid)),
    }),
  ],
  context: (rows) => setter("context", "Is the command known that sets the context?", setters(rows).context),
  credentials: (rows) => setter("credentials", "Is the command known that sets user and password of the context?", setters(rows).credentials),
  type: ({ cid, type }) => [
    care("type", `What type has the context ${cid}?`, {
      scene: "contexts",
      tells: (recording) => {
        const text = recording.received("contexts");
        const context = contextOf(answerOf(text), cid);
        return context === null ? (OK.test(text) ? "there is none" : undefined) : context.type;
      },
      assumes: type,
    }),
  ],
  setsContextOffline: ({ setsContextOffline }) => [
    untried(
      "setsContextOffline",
      "Must the radio be off when the context is set?",
      yes(setsContextOffline),
      "it would take an APN away that cannot be put back",
    ),
  ],
  bands: (rows) =>
    rows.bands === undefined
      ? []
      : [
          ...setter("bands", "Is the command known that sets the bands?", setters(rows).bands),
          care("bands, asked", "Are the bands told as the driver reads them?", {
            scene: SETTINGS,
            in: rows.bands.ask,
            tells: [
              ["read", new RegExp(`\\${rows.bands.name}: ?\\d+(?:,\\d+)*[\\r\\n]`)],
              ["refused", /ERROR/],
              ["otherwise", /OK/],
            ],
            assumes: "read",
          }),
        ],
  numericOperator: ({ numericOperator }) => [
    care(
      "numericOperator",
      numericOperator === null ? "Does AT+COPS? tell the operator in digits?" : `Does AT+COPS? tell it in digits after ${numericOperator}?`,
      {
        scene: numericOperator === null ? "network" : "operator in digits",
        in: "operator",
        tells: [
          ["digits", /\+COPS: ?\d,2,"?\d{5,6}"?/],
          ["a name", /\+COPS: ?\d,\d,/],
        ],
        assumes: "digits",
      },
    ),
  ],
  reports: ({ reports }) => [
    care("reports", "Which mode of AT+CEREG is the first that is taken?", {
      scene: "registration modes",
      tells: (recording) => reports.find((line) => isTaken(recording, `mode ${line.at(-1)}`)) ?? "none",
      assumes: reports.join(" or "),
      fits: (found) => found !== "none",
    }),
  ],
  activates: ({ activates }) => [
    care("activates", "Must the context be activated by a command after a start?", {
      scene: RESTART,
      in: "active at start",
      tells: [
        ["no", /\+CGACT: ?\d+,1/],
        ["yes", /\+CGACT: ?\d+,0/],
      ],
      assumes: yes(activates),
    }),
  ],
  waitsForAddress: ({ waitsForAddress }) => [
    care("waitsForAddress", "Is the modem attached before it has an address?", {
      scene: RESTART,
      tells: ({ notes }) => {
        const later = /AT\+CGPADDR is answered so after ([\d.]+) s/.exec(notes);
        return later === null ? undefined : yes(Number(later[1]) >= 1);
      },
      assumes: waitsForAddress ? "yes or no" : "no",
      fits: (found) => waitsForAddress || found === "no",
    }),
  ],
  radio: ({ radio }) => [
    care("radio", "Is it NB-IoT, whose eDRX cycles differ?", {
      scene: "network",
      tells: (recording) => {
        const line = answerOf(recording.received("registration")).find((each) => each.startsWith("+CEREG"));
        return technologyWords((line === undefined ? null : readRegistration(line))?.technology ?? -1);
      },
      assumes: radio === Radio.Narrow ? "NB-IoT" : "another than NB-IoT",
      fits: (found) => (found === "NB-IoT") === (radio === Radio.Narrow),
    }),
  ],
  edrx: ({ edrx }) => [
    care("edrx", "Which types does AT+CEDRXS take?", {
      scene: "eDRX",
      tells: (recording) => {
        const types = /\+CEDRXS: ?\([^)]*\),\(([^)]*)\)/.exec(recording.received("types"))?.[1];
        return types ?? (isTaken(recording, "off with its type") ? String(edrx) : undefined);
      },
      assumes: String(edrx),
      fits: (found) => inRange(edrx, found),
    }),
  ],
  psmReturns: ({ psmReturns }) => [
    care("psmReturns", "Is power saving mode on after a start, although it was switched off?", {
      scene: RESTART,
      in: "power saving at start",
      tells: [
        ["yes", /\+CPSMS: ?1/],
        ["no", /\+CPSMS: ?0/],
        ["there is none", /ERROR/],
      ],
      assumes: psmReturns ? "yes or no" : "no",
      fits: (found) => psmReturns || found !== "yes",
    }),
  ],
  sleepReports: ({ sleepReports }) => [
    care("sleepReports", "Which commands that have sleep reported are known?", {
      scene: "sleep",
      tells: (recording) => REPORT_COMMANDS.filter((line) => isTaken(recording, line)).join(", ") || "none",
      assumes: sleepReports.join(", ") || "none",
    }),
  ],
  wakes: ({ wakes }) => [
    care("wakes", "Is a banner that a wake-up prints told from that of a start?", {
      scene: "sleep",
      tells: (recording) => /REBOOT_CAUSE_\w+/.exec(recording.received("wake"))?.[0] ?? "no banner",
      assumes: wakes === undefined ? "no banner" : "no banner, or a cause that the driver knows",
      fits: (found) => found === "no banner" || wakes?.(found) === true,
    }),
  ],
  pulses: ({ pulses }) => [
    untried(
      "pulses",
      "Are the pins held long enough?",
      Object.entries(pulses)
        .map(([pin, time]) => `${pin} ${time} ms`)
        .join(", ") || "not known",
      "a serial port has none of them",
    ),
  ],
  rate: (rows) => {
    const { rate } = rows,
      name = setters(rows).rate;
    if (rate === undefined) return [];
    const known = setter("rate", "Is the command known that sets the bit rate?", name);
    if (rate.all === undefined) return known;
    const all = care("rate, all", "Which bit rates does it take?", {
      scene: SETTINGS,
      tells: (recording) => numbersIn(recording.received(`${name}=?`), /(?<=[(,])(\d{3,7})(?=[,)])/g).join(", ") || undefined,
      assumes: rate.all.join(", "),
      fits: (found) => rate.all!.every((each) => found.split(", ").includes(String(each))),
    });
    return [...known, all];
  },
  firmware: ({ firmware }) => [reading("firmware", READINGS, firmware, {})],
  signal: ({ signal }) => [CSQ, ...signal].map((each) => reading("signal", SIGNAL, each, SIGNAL_UNITS)),
  cell: ({ cell }) => cell.map((each) => reading("cell", SIGNAL, each, {})),
  hour: ({ hour }) => [
    care("hour", "Is the hour of AT+CCLK? UTC or local, as the driver takes it?", {
      scene: "clock",
      tells: (recording) => {
        const kind = clockKind(recording.received("clock"));
        return kind === undefined ? undefined : (HOURS[kind] ?? kind);
      },
      assumes: hour,
      fits: (found) => found === hour || found === SAME_HOUR,
    }),
  ],
  supply: ({ supply }) => supply.map((each) => reading("supply", READINGS, each, SUPPLY_UNITS)),
};

/** Whether the number is in a text such as `2,4-5`. */
function inRange(number: number, text: string): boolean {
  return text.split(",").some((part) => {
    const [least, most = least] = part.split("-").map(Number);
    return number >= least && number <= most;
  });
}

/** A row that no question is about is in the report all the same. */
const unasked = (row: string): Question => untried(row, `Is the row "${row}" right?`, "what the driver's source says", "no question is about it yet");

/** The questions that the rows lead to. */
export function careQuestions({ variants }: Pick<CareAbout, "variants">, rows: CareRows): readonly Question[] {
  const words = variants.map(([word]) => word);
  const which: readonly Question[] =
    words.length === 0
      ? []
      : [
          care("variants", `Does ATI name one of the platforms that the driver knows: ${words.join(", ")}?`, {
            scene: "beginning",
            tells: (recording) => words.find((word) => recording.received("product").includes(word)) ?? "none of them",
            assumes: words.join(" or "),
            fits: (found) => words.includes(found),
          }),
        ];
  return [...which, ...Object.keys(rows).flatMap((row) => QUESTIONS[row as keyof CareRows]?.(rows) ?? [unasked(row)])];
}
