import { Command } from "commander";
import { readModemInfo } from "modem-mqtt/node";
import { finding, givenRate, tracing, withRate } from "./connection";
import { Exit, run } from "./exit";
import { addPortOptions, interruption, type PortFlags } from "./options";
import { Progress } from "./progress";

type Info = Awaited<ReturnType<typeof readModemInfo>>;

interface InfoFlags extends PortFlags {
  json?: boolean;
}

/** The printed rows in their order; `unit` follows a known value. */
const ROWS: readonly (readonly [name: keyof Info, label: string, unit?: string])[] = [
  ["maker", "maker"],
  ["model", "model"],
  ["firmware", "firmware"],
  ["imei", "IMEI"],
  ["sim", "SIM"],
  ["iccid", "ICCID"],
  ["signal", "signal", " dBm"],
  ["registration", "registration"],
  ["attached", "attached"],
  ["operator", "operator"],
  ["driver", "driver"],
  ["baud", "rate", " bit/s"],
];

/** The words for unknown, true and false. */
const WORDS: Readonly<Record<string, string>> = { null: "not known", true: "yes", false: "no" };

export function infoCommand(names: readonly string[]): Command {
  return addPortOptions(new Command("info"), names)
    .description("what the modem says of itself and of the network")
    .option("--json", "as JSON; null for what the modem does not tell")
    .action((flags: InfoFlags) => run(() => info(flags)));
}

async function info(flags: InfoFlags): Promise<Exit> {
  const baud = await givenRate(flags);
  const signal = interruption();
  const progress = new Progress();
  let found: Info;
  try {
    found = await withRate(baud, () => readModemInfo({ ...finding(flags, signal, progress, tracing(flags, progress, [])), baud }));
  } finally {
    progress.done();
  }
  process.stdout.write(flags.json ? `${JSON.stringify(found, null, 2)}\n` : text(found));
  return Exit.Done;
}

function text(found: Info): string {
  const width = Math.max(...ROWS.map(([, label]) => label.length)) + 2;
  return ROWS.map(([name, label, unit = ""]) => {
    const value = found[name];
    const shown = WORDS[String(value)] ?? `${value}${unit}`;
    return `${label.padEnd(width)}${shown.replaceAll("\n", `\n${" ".repeat(width)}`)}\n`;
  }).join("");
}
