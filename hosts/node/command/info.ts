import { Command, Option } from "commander";
import { readModemInfo, type ModemReport } from "modem-mqtt/node";
import { finding, givenRate, tracing, withRate } from "./connection";
import { addDeviceOptions, deviceOptionsOf, type DeviceFlags } from "./device-flags";
import { Exit, run } from "./exit";
import { addPortOptions, interruption, type PortFlags } from "./options";
import { Progress } from "./progress";

interface InfoFlags extends PortFlags, DeviceFlags {
  json?: boolean;
  numbers?: "full" | "masked";
}

/** A printed row: how it is shown, or null where the row is left out. */
type Row = readonly [label: string, show: (found: ModemReport) => string | null];

const UNKNOWN = "not known";
const known = (value: string | null): string => value ?? UNKNOWN;
const withUnit = (value: number | null, unit: string): string | null => (value === null ? null : `${value} ${unit}`);
const yesOrNo = (value: boolean | null): string => (value === null ? UNKNOWN : value ? "yes" : "no");

/** What is known of a modem in any case is said to be unknown where it is not told; rows of what only some modems tell are left out. */
const ROWS: readonly Row[] = [
  ["maker", ({ maker }) => known(maker)],
  ["model", ({ model }) => known(model)],
  ["firmware", ({ firmware }) => known(firmware)],
  ["IMEI", ({ imei }) => known(imei)],
  ["SIM", ({ sim }) => known(sim)],
  ["ICCID", ({ iccid }) => known(iccid)],
  ["IMSI", ({ imsi }) => known(imsi)],
  ["radio", ({ radio }) => (radio === false ? "off" : null)],
  ["signal", signal],
  ["registration", ({ registration }) => known(registration)],
  ["refused", ({ cause }) => cause],
  ["attached", ({ attached }) => yesOrNo(attached)],
  ["operator", ({ operator }) => known(operator)],
  ["technology", ({ technology }) => technology],
  ["area, cell", ({ area, cell }) => (area === null && cell === null ? null : `${known(area)}, ${known(cell)}`)],
  ["band", ({ band }) => (band === null ? null : String(band))],
  ["address", ({ address }) => address],
  ["PSM", psm],
  ["time", time],
  ["temperature", ({ temperature }) => withUnit(temperature, "°C")],
  ["supply", ({ voltage }) => withUnit(voltage, "mV")],
  ["driver", ({ driver }) => known(driver)],
  ["rate", ({ baud }) => `${baud} bit/s`],
];

/** Numbers that belong to one SIM or one modem, and how many of their digits tell no more than whose they are: MCC and MNC, issuer, type. */
const NUMBERS = { imei: 8, iccid: 6, imsi: 5 } as const;

export function infoCommand(names: readonly string[]): Command {
  return addDeviceOptions(addPortOptions(new Command("info"), names))
    .description("what the modem says of itself, its SIM and the network")
    .option("--json", "as JSON; null for what the modem does not tell")
    .addOption(
      new Option("--numbers <how>", "IMEI, ICCID and IMSI in full, or masked for others to see (default: masked, with --json full)").choices([
        "full",
        "masked",
      ]),
    )
    .action((flags: InfoFlags) => run(() => info(flags)));
}

async function info(flags: InfoFlags): Promise<Exit> {
  const device = deviceOptionsOf(flags);
  const baud = await givenRate(flags);
  const signal = interruption();
  const progress = new Progress();
  let found: ModemReport;
  try {
    const trace = tracing(flags, progress, [flags.apnPassword]);
    found = await withRate(baud, () => readModemInfo({ ...finding(flags, signal, progress, trace), baud, ...device }));
  } finally {
    progress.done();
  }
  const shown = (flags.numbers ?? (flags.json ? "full" : "masked")) === "full" ? found : masked(found);
  process.stdout.write(flags.json ? `${JSON.stringify(shown, null, 2)}\n` : text(shown));
  return Exit.Done;
}

function masked(found: ModemReport): ModemReport {
  const shown = { ...found };
  for (const [name, digits] of Object.entries(NUMBERS) as [keyof typeof NUMBERS, number][])
    shown[name] = found[name]?.replace(/[^]/g, (digit, index: number) => (index < digits ? digit : "*")) ?? null;
  return shown;
}

function text(found: ModemReport): string {
  const rows = ROWS.map(([label, show]) => [label, show(found)] as const).filter(([, value]) => value !== null);
  const width = Math.max(...ROWS.map(([label]) => label.length)) + 2;
  return rows.map(([label, value]) => `${label.padEnd(width)}${value!.replaceAll("\n", `\n${" ".repeat(width)}`)}\n`).join("");
}

function signal({ signal: rssi, strength, rsrp, rsrq, sinr }: ModemReport): string {
  const parts = [
    rsrp === null ? null : `RSRP ${rsrp} dBm`,
    rsrq === null ? null : `RSRQ ${rsrq} dB`,
    sinr === null ? null : `SINR ${sinr} dB`,
    rssi === null ? null : `RSSI ${rssi} dBm`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? UNKNOWN : `${strength}: ${parts.join(", ")}`;
}

function psm({ psm: granted }: ModemReport): string | null {
  if (granted === null || granted.active === null) return null;
  return `awake for ${granted.active} s${granted.periodic === null ? "" : `, wakes after ${granted.periodic} s`}`;
}

function time({ time: utc, zone }: ModemReport): string | null {
  if (utc === null) return null;
  const ahead = zone === null ? "" : `, local time ${zone < 0 ? "-" : "+"}${clock(Math.abs(zone))}`;
  return `${utc.replace("T", " ").replace("Z", " UTC")}${ahead}`;
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
