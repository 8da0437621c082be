// The questions about the modem as a device.
import { causeWords, readRegistration, statusWords, technologyWords } from "../../../../../src/care/registration";
import { OK, type Question } from "../question";
import { answerOf, type Recording } from "../recording";
import { sleepQuestions } from "./sleep";

/** Test forms, which change nothing and send nothing: what the modem knows. Those that may act or scan are left out. */
// biome-ignore format: a list
export const FORMS: readonly string[] = [
  "+CFUN", "+CPIN", "+CPINR", "+CEREG", "+CGREG", "+CREG", "+C5GREG", "+CSCON", "+CGATT", "+CGDCONT", "+CGAUTH", "+CGACT", "+CGPADDR",
  "+CSQ", "+CESQ", "+CCLK", "+CTZR", "+CTZU", "+CPSMS", "+CEDRXS", "+CEDRXRDP", "+CEER", "+CBC", "+IPR",
  "+NPIN", "+NBAND", "+NCONFIG", "+NITZ", "+NPSMR", "+NUESTATS", "+NATSPEED", "+NPTWEDRXS", "+QCHIPINFO", "+QCSQ", "+QCFG",
  "*SLEEP", "*MATWAKEUP", "*WAKETIME", "*CGDEFCONT", "*ENGINFO", "*CMBAND", "*EDRXCFG", "+TAUAC", "+MLPMCFG",
];
/** They tell numbers of device and SIM, which the report hides: only which command tells what is of use. */
export const NUMBERS: readonly string[] = ["AT+CGSN", "AT+CGSN=1", "AT+GSN", "AT+CIMI", "AT+ICCID", "AT+CCID", "AT+NCCID", "AT+QCCID"];
/** An hour, and five minutes: long enough that the modem does not sleep during the exchange, unless the network grants less. */
export const ASKED = { periodic: "00000110", active: "00100101" } as const;
/** A cycle of 40.96 s, which both NB-IoT and LTE have. */
export const CYCLE = "0011";

const refused = ["refused", /ERROR/] as const;
const found = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1];

/** The line of a registration, as the driver reads it. */
function registrationOf(recording: Recording, label: string): ReturnType<typeof readRegistration> {
  const line = answerOf(recording.received(label)).find((each) => /^\+C\w*REG:/.test(each));
  return line === undefined ? null : readRegistration(line);
}

/** Which of the texts are those of steps that were taken. */
const taken = (recording: Recording, labels: readonly string[]): string[] => labels.filter((label) => OK.test(recording.received(label)));

export function deviceQuestions(): readonly Question[] {
  return [
    {
      id: "simBusy",
      asks: "Is the SIM ready when the modem is asked first?",
      fact: "27.007 9.2.1: SIM busy",
      scene: "beginning",
      tells: (recording) => {
        const text = recording.received("sim");
        return /ERROR: ?(?:3?14\b|SIM busy)/i.test(text) ? `busy; ${/READY/.test(text) ? "ready later" : "not ready after a minute"}` : "at once";
      },
    },
    {
      id: "simState",
      asks: "What does AT+CPIN? answer?",
      fact: "27.007 8.3; modem-care.md 1.1 and 2.2",
      scene: "registration",
      in: "sim",
      tells: (recording) => found(recording.received("sim"), /(?:\+CPIN: ?|\+CME ERROR: ?)"?([^"\r\n]+)/) ?? found(recording.received("sim"), /(ERROR)/),
    },
    {
      id: "pinTries",
      asks: "Does AT+CPINR tell how often PIN and PUK may be tried?",
      fact: "27.007 8.65; modem-care.md 2.2",
      scene: "PIN counters",
      tells: (recording) => {
        const lines = answerOf(recording.received("tries")).filter((line) => line.startsWith("+CPINR"));
        return lines.map((line) => line.replace(/^\+CPINR: ?/, "")).join("; ") || found(recording.received("tries"), /(ERROR)/);
      },
    },
    {
      id: "imei",
      asks: "Which command tells the IMEI?",
      fact: "modem-care.md M-5",
      scene: "numbers of device and SIM",
      tells: (recording) =>
        NUMBERS.slice(0, 3)
          .filter((at) => answerOf(recording.received(at)).some((line) => /(?:^|\D)\d{15}$/.test(line)))
          .join(", ") || "none",
    },
    {
      id: "imsi",
      asks: "Does AT+CIMI print a name before the number?",
      fact: "modem-care.md B-1",
      scene: "numbers of device and SIM",
      in: "AT+CIMI",
      tells: [["named", /\+CIMI: ?\d{14,15}/], ["bare", /(?:^|[\r\n])\d{14,15}[\r\n]/], refused],
    },
    {
      id: "iccid",
      asks: "Which command tells the SIM's number?",
      fact: "modem-care.md 2.1, 14 no. 6",
      scene: "numbers of device and SIM",
      tells: (recording) =>
        NUMBERS.slice(4)
          .filter((at) => /\d\d[\dA-F]{16,20}/i.test(recording.received(at)))
          .join(", ") || "none of them",
    },
    {
      id: "deviceCommands",
      asks: "Which commands of the device does the modem know?",
      fact: "modem-care.md 14 nos. 6 and 7",
      scene: "test forms",
      tells: (recording) => taken(recording, FORMS).join(", ") || "none",
    },
    {
      id: "radioLevels",
      asks: "Which values does AT+CFUN take?",
      fact: "27.007 8.2; modem-care.md B-3",
      scene: "test forms",
      tells: (recording) => found(recording.received("+CFUN"), /\+CFUN: ?([^\r\n]+)/) ?? (recording.has("+CFUN") ? "not told" : undefined),
    },
    {
      id: "registrationModes",
      asks: "Which modes does AT+CEREG take?",
      fact: "27.007 10.1.22",
      scene: "registration modes",
      tells: (recording) => [1, 2, 3, 4, 5].filter((mode) => OK.test(recording.received(`mode ${mode}`))).join(", ") || "none",
    },
    {
      id: "registrationState",
      asks: "How is the modem registered?",
      fact: "27.007 10.1.22; modem-care.md 1.2",
      scene: "network",
      tells: (recording) => {
        const told = registrationOf(recording, "registration");
        return told === null
          ? found(recording.received("registration"), /(ERROR)/)
          : statusWords(told.status) + (told.cause < 0 ? "" : `: ${causeWords(told)}`);
      },
    },
    {
      id: "technology",
      asks: "What radio technology does AT+CEREG? tell?",
      fact: "27.007 10.1.22; modem-care.md 1.2",
      scene: "network",
      tells: (recording) => technologyWords(registrationOf(recording, "registration")?.technology ?? -1) ?? "none",
    },
    {
      id: "attached",
      asks: "What does AT+CGATT? answer?",
      fact: "27.007 10.1.9",
      scene: "network",
      tells: (recording) => found(recording.received("attached"), /\+CGATT: ?(\d)/) ?? found(recording.received("attached"), /((?:\+CME )?ERROR[^\r\n]*)/),
    },
    {
      id: "operator",
      asks: "How does AT+COPS? tell the operator?",
      fact: "27.007 7.3; modem-care.md 2.3",
      scene: "network",
      tells: (recording) => {
        const text = recording.received("operator");
        return found(text, /\+COPS: ?([^\r\n]*)/)?.replaceAll('"', "'") ?? found(text, /(ERROR)/);
      },
    },
    {
      id: "csq",
      asks: "Does AT+CSQ tell the signal?",
      fact: "27.007 8.5",
      scene: "network",
      in: "rssi",
      tells: [["not known", /\+CSQ: ?99/], ["told", /\+CSQ: ?\d/], refused],
    },
    {
      id: "cesq",
      asks: "Does AT+CESQ tell power and quality of the reference signal?",
      fact: "27.007 8.69; modem-care.md M-12",
      scene: "network",
      in: "quality",
      tells: [["not known", /\+CESQ: ?\d+,\d+,\d+,\d+,255,255/], ["told, with the level", /\+CESQ: ?(?!99)\d+,/], ["told", /\+CESQ: ?\d/], refused],
    },
    {
      id: "statisticsForm",
      asks: "How do the lines begin that tell the signal in detail?",
      fact: "modem-care.md 2.4, 3.2, M-6",
      scene: "network",
      in: "statistics",
      tells: [
        ["+NUESTATS:", /\+NUESTATS: ?Signal power/],
        ["NUESTATS:", /[^+]NUESTATS: ?Signal power/],
        ["Signal power:", /[\r\n]Signal power:/],
        ["*ENGINFOSC:", /\*ENGINFOSC:/],
        ["nothing", /OK/],
        refused,
      ],
    },
    {
      id: "addressForm",
      asks: "Does the address stand in quotes in AT+CGPADDR?",
      fact: "modem-care.md M-3",
      scene: "contexts",
      in: "addresses",
      tells: [["quoted", /\+CGPADDR: ?\d+,"[\d.:A-F]+"/i], ["bare", /\+CGPADDR: ?\d+,[\dA-F]+[.:]/i], ["no address", /\+CGPADDR: ?\d|OK/], refused],
    },
    {
      id: "cpsmsRead",
      asks: "What does AT+CPSMS? answer, as the modem was found?",
      fact: "modem-care.md 2.6, M-8",
      scene: "power saving strings",
      tells: (recording) => found(recording.received("read"), /\+CPSMS: ?([^\r\n]*)/)?.replaceAll('"', "'"),
    },
    {
      id: "edrxRead",
      asks: "What does AT+CEDRXS? answer, as the modem was found?",
      fact: "modem-care.md 2.6, M-8",
      scene: "eDRX",
      tells: (recording) =>
        found(recording.received("read"), /\+CEDRXS: ?([^\r\n]+)/)?.replaceAll('"', "'") ?? (OK.test(recording.received("read")) ? "nothing" : undefined),
    },
    {
      id: "edrxOff",
      asks: "How is eDRX switched off: AT+CEDRXS=0 alone, or with its type?",
      fact: "modem-care.md M-7",
      scene: "eDRX",
      tells: (recording) => {
        const [alone, typed] = ["off", "off with its type"].map((label) => OK.test(recording.received(label)));
        return alone ? (typed ? "either" : "alone") : typed ? "with its type" : "neither";
      },
    },
    {
      id: "edrxGranted",
      asks: `What does the network grant when a cycle of ${CYCLE} is asked for?`,
      fact: "27.007 7.41",
      scene: "granted eDRX",
      tells: (recording) => {
        const text = recording.received("granted"),
          told = /RDP: ?\d,"?[01]{4}"?,"?([01]{4})"?(?:,"?([01]{4}))?/.exec(text);
        if (told === null) return /ERROR/.test(text) ? "refused" : "nothing";
        return `${told[1] === CYCLE ? "as asked" : told[1]}${told[2] === undefined ? "" : `, window ${told[2]}`}`;
      },
    },
    {
      id: "psmGranted",
      asks: `What does the network grant when an active time of ${ASKED.active} and an update after ${ASKED.periodic} are asked for?`,
      fact: "27.007 10.1.22, modes 4 and 5",
      scene: "granted PSM",
      tells: (recording) => {
        const told = registrationOf(recording, "granted");
        if (told === null) return undefined;
        if (told.active === "" && told.periodic === "") return "nothing";
        return told.active === ASKED.active && told.periodic === ASKED.periodic ? "as asked" : `${told.active || "none"}, ${told.periodic || "none"}`;
      },
    },
    ...sleepQuestions(),
  ];
}
