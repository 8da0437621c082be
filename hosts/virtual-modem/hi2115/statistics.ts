// AT+NUESTATS: P3 4.2. Powers and ratios are in tenths of a dBm or a dB; what was not measured is -32768.

import type { CommandSpec, Modem } from "../engine/family";

const unmeasured = -32_768;
const tenths = (value: number | "unknown"): number => (value === "unknown" ? unmeasured : Math.round(value * 10));

/** The example of P3, where no setting says more. */
const example = { earfcn: 3734, pci: 105, mode: 4, transmitPower: 100, transmitTime: 859, receiveTime: 26_543, coverageLevel: 0 } as const;

/** Counters, as P3's examples have them: they stand still here. */
const counters: Readonly<Record<string, readonly string[]>> = {
  THP: ["RLC UL,100", "RLC DL,98", "MAC UL,103", "MAC DL,100"],
  BLER: [
    "RLC UL BLER,10",
    "RLC DL BLER,5",
    "MAC UL BLER,8",
    "MAC DL BLER,3",
    "Total TX bytes,1080",
    "Total RX bytes,900",
    "Total TX blocks,80",
    "Total RX blocks,80",
    "Total RTX blocks,100",
    "Total ACK/NACK RX,100",
  ],
};

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
      test: ["NUESTATS:(RADIO,CELL,BLER,THP)"],
      execute: (call) => call.line(...rows().map((row) => prefix + row)),
      set: (call) => {
        const { args } = call;
        const { rsrp, rsrq, rssi, sinr } = settings.mobile;
        const cell = `NUESTATS:CELL,${example.earfcn},${example.pci},1,${[rsrp, rsrq, rssi, sinr].map(tenths).join(",")}`;
        const type = args.expect(1).text(0).toUpperCase();
        if (type === "RADIO") call.line(...rows().map((row) => `NUESTATS:RADIO,${row}`));
        else if (Object.hasOwn(counters, type)) call.line(...counters[type].map((row) => `NUESTATS:${type},${row}`));
        else if (type !== "CELL") args.refuse();
        else if (radio.registered) call.line(cell);
      },
    },
  ];
}
