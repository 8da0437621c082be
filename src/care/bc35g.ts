/**
 * Quectel BC35-G and BC28 with care. The source is the AT manual of BC35-G, BC28 and BC95 R2.0, V1.0, with what public drivers and
 * captures of a BC28-CNV have shown.
 */
import { frozen } from "../bytes/frozen";
import BC35G from "../modems/bc35g";
import { NEUL_ROWS } from "./neul";
import { numberBehind } from "./readings";
import type { CareRows } from "./rows";
import { withCare } from "./with-care";

const ROWS: CareRows = frozen({
  ...NEUL_ROWS,
  pulses: { on: 300, reset: 100 }, // BC28, in public drivers; of the BC35-G itself nothing is public
  psmReturns: true, // BC28-CNV: whenever it attaches
  firmware: {
    ask: "ATI",
    read(lines, told) {
      told.firmware = lines
        .find((line) => line.startsWith("Revision:"))
        ?.slice("Revision:".length)
        .trim();
    },
  },
  supply: [
    {
      ask: "AT+QCHIPINFO=ALL",
      read(lines, told) {
        const temperature = numberBehind(lines, "TEMP"),
          voltage = numberBehind(lines, "VBAT");
        told.temperature = Number.isNaN(temperature) ? undefined : temperature;
        told.voltage = Number.isNaN(voltage) ? undefined : voltage;
      },
    },
  ],
} satisfies CareRows);

const BC35G_WITH_CARE = withCare(BC35G, {
  rows: ROWS,
  mqtt: "+QMT",
  reports: ["+NPSMR", "+CSCON", "+CEDRXP", "+NPTWEDRXP", "+NGACTR", "+CTZV", "+CTZE", "+CTZEU", "+QLWEVTIND"],
});

export { BC35G_WITH_CARE as BC35G, BC35G_WITH_CARE as default };
