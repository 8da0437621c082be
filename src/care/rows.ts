import { frozen } from "../bytes/frozen";
import type { ClockHour } from "./clock";
import type { WantedAPN } from "./options";
import { addressOf, textOf } from "./readings";
import { fieldsOf, lineOf, numberOf } from "./fields";
import type { Signal, Supply } from "../modem/told";
import { rsrpOfCESQ, rsrqOfCESQ, rssiOfCSQ, rxlev } from "./signal";
import type { Pulses } from "./power";
import { Radio } from "./sleep-timers";

/** A question, and what its answer tells of `S`. One that the modem refuses tells nothing. */
export interface Question<S> {
  readonly ask: string;
  readonly read: (lines: readonly string[], told: S) => void;
}

/** What is otherwise from family to family in the care of a modem: most of it is 27.007's. */
export interface CareRows {
  // ---- SIM
  /** Enters the PIN. */
  readonly pin: (pin: string) => string;
  /** How often the PIN may still be tried, where the answer to that command tells its refusal in a line: or −1. */
  readonly pinRefused?: (lines: readonly string[]) => number | null;
  readonly iccid: readonly string[];

  // ---- the network
  /** The context that MQTT uses. */
  readonly cid: number;
  /** Sets that context. */
  readonly context: (cid: number, apn: WantedAPN, type: string) => string;
  /** Sets user and password, where that is a command of its own. */
  readonly credentials?: (cid: number, apn: WantedAPN) => string;
  /** The IP version where neither the application nor the modem has said one. */
  readonly type: string;
  /** The context is set with the radio off. */
  readonly setsContextOffline: boolean;
  /** Asks the bands, and sets them with the radio off. */
  readonly bands?: { readonly ask: string; readonly name: string; readonly set: (bands: readonly number[]) => string };
  /** Has `AT+COPS?` tell MCC and MNC; null where it does anyhow. */
  readonly numericOperator: string | null;
  /** Has registration reported: the first that the modem takes. */
  readonly reports: readonly string[];
  /** The context is activated by command. */
  readonly activates: boolean;
  /** The modem is attached before it has an address, and MQTT needs one. */
  readonly waitsForAddress: boolean;

  // ---- sleep
  readonly radio: Radio;
  /** `<AcT-type>` of `+CEDRXS`. */
  readonly edrx: number;
  /** PSM comes back by itself whenever the modem attaches. */
  readonly psmReturns: boolean;
  /** Has the modem say when it goes to sleep, and then when it wakes; empty where no document has a command for that. */
  readonly sleepReports: readonly string[];
  /** Whether a line that a start prints tells that the modem has only woken up. Left out: no wake-up prints one. */
  readonly wakes?: (line: string) => boolean;

  // ---- pins and UART
  /** How long its pins are held, as far as documents say it. */
  readonly pulses: Pulses;
  /** Sets the bit rate for as long as the modem is not restarted; and the rates that the documents list, where they do. */
  readonly rate?: { readonly set: (baud: number) => string; readonly all?: readonly number[] };

  // ---- how it is
  readonly firmware: Question<{ firmware: string | undefined }>;
  /** Beside `AT+CSQ`. */
  readonly signal: readonly Question<Signal>[];
  readonly cell: readonly Question<{ band: number | undefined }>[];
  readonly hour: ClockHour;
  readonly supply: readonly Question<Supply>[];
}

/** `AT+CSQ`, which every modem has. */
export const CSQ: Question<Signal> = frozen({
  ask: "AT+CSQ",
  read(lines, told) {
    const line = lineOf(lines, "+CSQ");
    if (line !== undefined) told.rssi = rssiOfCSQ(numberOf(fieldsOf(line)[0]));
  },
});

/** `+CESQ: <rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>`. */
export const CESQ: Question<Signal> = frozen({
  ask: "AT+CESQ",
  read(lines, told) {
    const line = lineOf(lines, "+CESQ");
    if (line === undefined) return;
    const [level, , , , quality, power] = fieldsOf(line).map(numberOf);
    told.rssi ??= rxlev(level);
    told.rsrq = rsrqOfCESQ(quality);
    told.rsrp = rsrpOfCESQ(power);
  },
});

/** What 27.007 says, and no document of a family contradicts. */
export const COMMON_ROWS: CareRows = frozen({
  pin: (pin) => `AT+CPIN="${pin}"`,
  iccid: ["AT+ICCID", "AT+CCID"],
  cid: 1,
  context: (cid, { name }, type) => `AT+CGDCONT=${cid},"${type}","${name}"`,
  credentials: (cid, { authentication, user, password }) => `AT+CGAUTH=${cid},${authentication ?? 0},"${user}","${password}"`,
  type: "IP",
  setsContextOffline: false,
  numericOperator: "AT+COPS=3,2",
  reports: ["AT+CEREG=5", "AT+CEREG=2", "AT+CEREG=1"],
  activates: false,
  waitsForAddress: false,
  radio: Radio.Wide,
  edrx: 4,
  psmReturns: false,
  pulses: {},
  sleepReports: [],
  firmware: {
    ask: "AT+CGMR",
    read(lines, told) {
      told.firmware = textOf(lines, "+CGMR")?.replace(/^Revision: */, "");
    },
  },
  signal: [CESQ],
  cell: [],
  hour: "local",
  supply: [],
} satisfies CareRows);

/** The IP address in the answer to `AT+CGPADDR`: undefined where there is none yet, null where no line tells of addresses. */
export function addressIn(lines: readonly string[]): string | undefined | null {
  return lineOf(lines, "+CGPADDR") === undefined ? null : addressOf(lines);
}
