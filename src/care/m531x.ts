/**
 * China Mobile M5310-A, M5311, M5312 and M5313 with care. Under one MQTT dialect there are two platforms: the M5310-A has the chip and
 * the commands of a BC35-G, and the M5311 has commands of its own (its AT specification v2.4). `ATI` says which it is. Of M5312 and M5313
 * no document is public: they get what 27.007 says.
 */
import { frozen } from "../bytes/frozen";
import M531X from "../modems/m531x";
import { fieldsOf, lineOf, numberOf } from "./fields";
import { NEUL_ROWS } from "./neul";
import { textOf } from "./readings";
import { COMMON_ROWS, type CareRows } from "./rows";
import { tenths } from "./signal";
import { Radio } from "./sleep-timers";
import { withCare } from "./with-care";

/** A field of `*ENGINFOSC: <earfcn>,<offset>,<pci>,<cell>,<rsrp>,<rsrq>,<rssi>,<snr>,<band>,…`; NaN where there is none. */
function engineering(lines: readonly string[], field: number): number {
  const line = lineOf(lines, "*ENGINFOSC");
  return line === undefined ? NaN : numberOf(fieldsOf(line)[field]);
}

/** What all of them have of 27.007, on NB-IoT. */
const NB_ROWS: CareRows = frozen({
  ...COMMON_ROWS,
  radio: Radio.Narrow,
  edrx: 5,
  // M5311, in a public driver. Which module it is shows only once it is on; those of an M5310-A are the board's affair.
  pulses: { on: 500, off: 2100 },
} satisfies CareRows);

const M5311_ROWS: CareRows = frozen({
  ...NB_ROWS,
  iccid: ["AT+ICCID"],
  context: (_cid, { user, password, name }, type) => `AT*CGDEFCONT="${type}","${name}","${user}","${password}"`,
  credentials: undefined, // in the same command
  setsContextOffline: true,
  reports: ["AT+CEREG=5", "AT+CEREG=2"],
  sleepReports: ["AT*SLEEP=1", "AT*MATWAKEUP=1"],
  waitsForAddress: true,
  rate: { set: (baud) => `AT+IPR=${baud}` },
  firmware: {
    ask: "AT+SWVER",
    read(lines, told) {
      told.firmware = textOf(lines, "+SWVER");
    },
  },
  signal: [
    {
      ask: "AT*ENGINFO=0",
      read(lines, told) {
        told.rsrp = tenths(engineering(lines, 4));
        told.rsrq = tenths(engineering(lines, 5));
        told.rssi = tenths(engineering(lines, 6)) ?? told.rssi;
        told.sinr = tenths(engineering(lines, 7));
      },
    },
  ],
  cell: [
    {
      ask: "AT*ENGINFO=0",
      read(lines, told) {
        const band = engineering(lines, 8);
        told.band = band > 0 ? band : undefined;
      },
    },
  ],
} satisfies CareRows);

const M531X_WITH_CARE = withCare(M531X, {
  rows: NB_ROWS,
  mqtt: "+MQTT",
  reports: ["+NPSMR", "+CSCON", "+CEDRXP", "+NPTWEDRXP", "+CTZV", "+CTZE", "+CTZEU", "*GOTOSLEEP", "*MATWAKEUP", "*WAKEUP", "*SMPUKBLKD", "*MSQN", "+IP"],
  variants: [
    ["M5310", NEUL_ROWS],
    ["M5311", M5311_ROWS],
  ],
});

export { M531X_WITH_CARE as M531X, M531X_WITH_CARE as default };
