// AT+NUESTATS: P3 4.2. Powers and ratios are in tenths of a dBm or a dB; what was not measured is -32768.

import type { CommandSpec, Modem } from "../engine/family";

const unmeasured = -32_768;
const tenths = (value: number | "unknown"): number => (value === "unknown" ? unmeasured : Math.round(value * 10));

/** The example of P3, where no setting says more. */
const example = { earfcn: 3734, pci: 105, mode: 4, transmitPower: 100, transmitTime: 859, receiveTime: 26_543, coverageLevel: 0 } as const;

export function radioStatistics({ device, model }: Modem): CommandSpec[] {
  const { radio, settings } = device;
  // BC28-CNV prints its own prefix, a plus and a blank.
  const prefix = model === "bc28" ? "+NUESTATS: " : "";
  const rows = (): string[] => {
    const { band, cell, rsrp, rsrq, rssi, sinr } = settings.mobile;
    const seen = (value: number | "unknown"): number => tenths(radio.registered ? value : "unknown");
    return [
      `Signal power:${seen(rsrp)}`,
      `Total power:${seen(rssi)}`,
      `TX power:${example.transmitPower}`,
      `TX time:${example.transmitTime}`,
      `RX time:${example.receiveTime}`,
      `Cell ID:${parseInt(cell, 16)}`,
      `ECL:${example.coverageLevel}`,
      `SNR:${seen(sinr)}`,
      `EARFCN:${example.earfcn}`,
      `PCI:${example.pci}`,
      `RSRQ:${seen(rsrq)}`,
      `OPERATOR MODE:${example.mode}`,
      `CURRENT BAND:${band}`,
    ];
  };
  return [
    {
      name: "+NUESTATS",
      test: ["NUESTATS:(RADIO,CELL)"],
      execute: (call) => call.line(...rows().map((row) => prefix + row)),
      set: (call) => {
        const { args } = call;
        const { rsrp, rsrq, rssi, sinr } = settings.mobile;
        const cell = `NUESTATS:CELL,${example.earfcn},${example.pci},1,${[rsrp, rsrq, rssi, sinr].map(tenths).join(",")}`;
        switch (args.expect(1).text(0)) {
          case "RADIO":
            return call.line(...rows().map((row) => `NUESTATS:RADIO,${row}`));
          case "CELL":
            if (radio.registered) call.line(cell);
            return;
          default:
            args.refuse();
        }
      },
    },
  ];
}
