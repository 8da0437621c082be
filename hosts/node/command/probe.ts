import { access, open, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { findBaud, findModem, loadDriver } from "modem-mqtt/node";
import { host } from "./broker";
import { finding, tracing, withRate } from "./connection";
import { CommandError, Exit, run, UsageError } from "./exit";
import { addPortOptions, AUTO, integer, interruption, type PortFlags } from "./options";
import type { Consent } from "./probe/question";
import { OwnBroker } from "./probe/own-broker";
import { probeModem } from "./probe/probe-modem";
import type { Probed } from "./probe/probe-options";
import { questionIds } from "./probe/plan";
import { markdown, type Report } from "./probe/report";
import { NO_TABLE, TABLES } from "./probe/tables";
import { Progress } from "./progress";

interface ProbeFlags extends PortFlags {
  host?: string;
  port?: number;
  username?: string;
  pw?: string;
  /** The port of this program's own broker. */
  listen?: number;
  output?: string;
  json?: boolean;
  yes?: boolean;
  only?: string[];
  /** Minutes. */
  time: number;
  /** Seconds. */
  attachTimeout: number;
}

const MQTT_PORT = 1883;

export function probeCommand(names: readonly string[], version: string): Command {
  return addPortOptions(new Command("probe"), names)
    .description("ask a real module what the documents leave open, and write a report")
    .option("-h, --host <host>", "a broker, as the modem reaches it; without one nothing is sent over the air", host)
    .option("-p, --port <n>", `the broker's port (default: ${MQTT_PORT}, or that of --listen)`, integer(1, 65535))
    .addOption(new Option("-u, --username <name>", "user name").argParser(plain).env("MODEM_MQTT_USERNAME"))
    .addOption(new Option("-P, --pw <password>", "password; others on this machine can see it here").argParser(plain).env("MODEM_MQTT_PASSWORD"))
    .option("--listen <port>", "be the broker too, at this port, which the modem reaches under -h and -p: most questions need it", integer(0, 65535))
    .option("-o, --output <file>", "where the report goes; -: to stdout (default: modem-mqtt-probe.md, or .json)")
    .option("--json", "the report as JSON")
    .option("-y, --yes", "agree to sending data, to sleep and to a restart; without it and without a terminal they are not tried")
    .option("--only <question>", "only this question; may be repeated", (id: string, before: string[] = []) => [...before, id])
    .option("--time <minutes>", "after so long no further exchange begins", integer(1, 600), 30)
    .option("--attach-timeout <seconds>", "how long the modem may take until it has a network", integer(0, 3600), 300)
    .action((flags: ProbeFlags) => run(() => probe(flags, version)));
}

async function probe(flags: ProbeFlags, version: string): Promise<Exit> {
  if (flags.listen !== undefined && flags.host === undefined) throw new UsageError("--listen needs -h: the address under which the modem reaches this machine");
  if (flags.host === undefined && (flags.port !== undefined || flags.username !== undefined)) throw new UsageError("-p and -u need a broker: -h");
  if (flags.pw !== undefined && flags.username === undefined) throw new UsageError("a password needs a user name: -u, or MODEM_MQTT_USERNAME");
  if (flags.modem !== AUTO) await mustExist(flags.only, flags.modem);
  const file = fileOf(flags);
  const isNew = file !== undefined && (await mustBeWritable(file));
  const signal = interruption();
  const progress = new Progress();
  let probed: Probed;
  const own = flags.listen === undefined ? undefined : new OwnBroker();
  try {
    const listening = await own?.listen(flags.listen!);
    const trace = tracing(flags, progress, [flags.pw]);
    const { modem, baud } = await chosen(flags, signal, progress, trace);
    if (flags.modem === AUTO) await mustExist(flags.only, modem);
    const family = await loadDriver(modem);
    const table = TABLES[modem] ?? NO_TABLE;
    probed = await probeModem({
      serial: flags.serial,
      baud,
      modem,
      family,
      table,
      version,
      signal,
      trace,
      own,
      broker: flags.host === undefined ? undefined : { host: flags.host, port: flags.port ?? listening ?? MQTT_PORT, user: flags.username, password: flags.pw },
      consent: (kind, text) => consent(flags, progress, signal, kind, text),
      only: flags.only,
      within: flags.time * 60_000,
      attachTimeout: flags.attachTimeout * 1000,
      onProgress: progress.waitFor,
    });
  } catch (error) {
    if (isNew) await rm(file);
    throw error;
  } finally {
    progress.done();
    await own?.close();
  }
  await write(flags, probed.report);
  if (probed.error !== undefined) throw probed.error;
  return Exit.Done;
}

/** The modem and the rate, as the flags name them or as they are found. */
async function chosen(flags: ProbeFlags, signal: AbortSignal, progress: Progress, trace: ReturnType<typeof tracing>): Promise<{ modem: string; baud: number }> {
  const options = finding(flags, signal, progress, trace);
  const baud = flags.baud === AUTO ? undefined : flags.baud;
  if (flags.modem === AUTO) return withRate(baud, () => findModem({ ...options, baud }));
  await loadDriver(flags.modem); // reports an unknown name before the port is opened
  return { modem: flags.modem, baud: await withRate(baud, () => findBaud({ ...options, baud })) };
}

/** @throws UsageError for a question that this modem is not asked */
async function mustExist(only: readonly string[] = [], modem: string): Promise<void> {
  const ids = questionIds(await loadDriver(modem), TABLES[modem] ?? NO_TABLE);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new UsageError(`--only: ${modem} is asked no question "${unknown}"; there are: ${ids.join(", ")}`);
}

/** Asks at the terminal. Without one, `--yes` answers, except where hands are needed. */
async function consent({ yes }: ProbeFlags, progress: Progress, signal: AbortSignal, kind: Consent, text: string): Promise<boolean> {
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (kind !== "hands" && yes === true) return true;
  if (!isTerminal || (kind === "hands" && yes === true)) return false;
  progress.done();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C for itself.
  terminal.on("SIGINT", () => process.emit("SIGINT"));
  try {
    return /^y(es)?$/i.test((await terminal.question(`${text}? [y/N] `, { signal })).trim());
  } catch {
    return false; // Ctrl-C
  } finally {
    terminal.close();
  }
}

/** The file of the report; undefined: stdout. */
function fileOf({ output, json }: ProbeFlags): string | undefined {
  return output === "-" ? undefined : (output ?? `modem-mqtt-probe.${json ? "json" : "md"}`);
}

/** Half an hour later it would be too late to find out. An older report stays as it is. @returns whether there was no such file */
async function mustBeWritable(file: string): Promise<boolean> {
  const isNew = await access(file).then(
    () => false,
    () => true,
  );
  await (await open(file, "a")).close();
  return isNew;
}

/** A report that cannot be written to its file goes to stdout: it has cost half an hour. */
async function write(flags: ProbeFlags, report: Report): Promise<void> {
  const text = flags.json ? `${JSON.stringify(report, null, 2)}\n` : markdown(report);
  if (flags.modem !== AUTO) await mustExist(flags.only, flags.modem);
  const file = fileOf(flags);
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(file, text);
  } catch (error) {
    process.stdout.write(text);
    throw new CommandError(`the report could not be written to ${file}, and is on stdout: ${(error as Error).message}`, Exit.Failed, error);
  }
  const { confirmed, different, "not tried": notTried } = report.counts;
  process.stderr.write(`modem-mqtt: ${confirmed} confirmed, ${different} different, ${notTried} not tried; the report is in ${file}\n`);
}

/** A text that can stand in quotes in a command. */
function plain(text: string): string {
  if (/["\x00-\x1f\x7f]/.test(text)) throw new InvalidArgumentError("It must have no quotes and no control characters: no modem takes them.");
  return text;
}
