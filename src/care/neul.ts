import { frozen } from "../bytes/frozen";
import { fieldsOf, lineOf, unquoted } from "./fields";
import { numberBehind } from "./readings";
import { COMMON_ROWS, type CareRows } from "./rows";
import { tenths } from "./signal";
import { Radio } from "./sleep-timers";

/** The tries that are left by `+NPIN:ERROR wrong PIN <n>`, or −1; null where the line is no refusal. */
function refusedByNPIN(lines: readonly string[]): number | null {
  const line = lineOf(lines, "+NPIN"),
    said = line === undefined ? "OK" : unquoted(fieldsOf(line)[0]);
  if (said === "OK") return null;
  const tries = /(\d+)\D*$/.exec(said);
  return tries === null ? -1 : Number(tries[1]);
}

/**
 * Newer modules of this kind (chip XY1100) print a start's banner when they wake from deep sleep, with one of these causes (their maker's
 * sources): their timer, bytes on the UART, another pin. None of the 24 causes that the BC35-G manual lists is among them.
 */
function wakeUpBanner(line: string): boolean {
  return /APPLICATION_RTC|SECURITY_EXTERNAL_PIN|WAKEUP_DSLEEP/.test(line);
}

/** In tenths of a dB or dBm, by the word that stands before it. */
const measured = (lines: readonly string[], word: string): number | undefined => tenths(numberBehind(lines, word));

/** What modules of the Hi2115 chip have in common (BC35-G, BC28, M5310-A): its commands begin with N. */
export const NEUL_ROWS: CareRows = frozen({
  ...COMMON_ROWS,
  pin: (pin) => `AT+NPIN=0,"${pin}"`,
  pinRefused: refusedByNPIN,
  iccid: ["AT+NCCID"],
  cid: 0, // the initial default context, which comes up by itself
  type: "IPV4V6",
  setsContextOffline: true,
  bands: { ask: "AT+NBAND?", name: "+NBAND", set: (bands) => `AT+NBAND=${bands.join()}` },
  numericOperator: null, // there is no other format
  waitsForAddress: true,
  radio: Radio.Narrow,
  edrx: 5,
  rate: {
    // The modem is at the old rate again unless it hears the host within 5 s; not stored; 2 is the factory's <sync_mode>.
    set: (baud) => `AT+NATSPEED=${baud},5,0,2`,
    all: [2400, 4800, 9600, 57_600, 115_200, 230_400, 460_800, 921_600],
  },
  sleepReports: ["AT+NPSMR=1"], // BC35-G AT manual V1.0; of an M5310-A, public drivers
  wakes: wakeUpBanner,
  signal: [
    {
      ask: "AT+NUESTATS",
      read(lines, told) {
        told.rsrp = measured(lines, "Signal power");
        told.rsrq = measured(lines, "RSRQ");
        told.sinr = measured(lines, "SNR");
        told.rssi = measured(lines, "Total power") ?? told.rssi;
      },
    },
  ],
  cell: [
    {
      ask: "AT+NUESTATS",
      read(lines, told) {
        const band = numberBehind(lines, "CURRENT BAND");
        told.band = band > 0 ? band : undefined;
      },
    },
  ],
  hour: "utc",
} satisfies CareRows);
