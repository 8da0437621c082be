// What Quectel adds to the platform: P3 4.33, and the switch that its MQTT users need. And BC28, as captures of BC28-CNV show it.

import type { CommandSpec, Model, Modem } from "../../engine/family";
import { hi2115 } from "../../hi2115/dialect";

export function quectelCommands({ device }: Modem): CommandSpec[] {
  const { kept, settings } = device;
  return [
    {
      name: "+QCHIPINFO",
      test: ["+QCHIPINFO:(ALL,TEMP,VBAT)"],
      set: (call) => {
        const { temperature, voltage } = settings.supply;
        const values: Readonly<Record<string, number>> = { TEMP: temperature, VBAT: voltage };
        const wanted = call.args.expect(1).text(0).toUpperCase();
        if (wanted !== "ALL" && !Object.hasOwn(values, wanted)) call.args.refuse();
        call.line(...Object.keys(values).flatMap((name) => (wanted === "ALL" || wanted === name ? `+QCHIPINFO:${name},${values[name]}` : [])));
      },
    },
    // Drivers send it with 2 before they use MQTT. Nobody reads it.
    { name: "+QREGSWT", set: ({ args }) => void kept.values.set("QREGSWT", String(args.expect(1).integer(0, 0, 2))) },
  ];
}

export const bc28: Model = {
  identity: {
    model: "Quectel_BC28-CNV",
    product: ["Quectel", "BC28-CNV", "Revision:BC28CNVBAR02A03"],
    // `AT+CGSN` tells a serial number that begins so.
    serial: "MPD22I800000001",
  },
  dialect: {
    device: {
      ...hi2115,
      contextLine: (type, apn) => `"${type}","${apn}","",0,0,0,0,0,0`,
      factoryContexts: { 1: { type: "IP", apn: "HUAWEI.COM" } },
    },
  },
  // `+CPSMS:1,,,01000001,00000101` from the factory, and again after each attach.
  settings: { sleep: { factory: true, factoryEdrx: true } },
};
