// `modem-mqtt virtual-modem`: the emulated modem as a command.

import { Command, type CommanderError, InvalidArgumentError, Option } from "commander";
// Imported by their public names, because the command is a bundle of its own and must use the library's classes.
import { TrafficTrace } from "modem-mqtt/node";
import {
  commonVariants,
  createVirtualModem,
  familyNames,
  faultHelp,
  loadFamily,
  readSettings,
  settingsHelp,
  settingsTable,
  type Trace,
  type VariantTable,
  type VirtualModem,
  VirtualModemError,
} from "modem-mqtt/virtual-modem";
import { whenGone } from "../node/command/pipes";

interface Flags {
  readonly modem: string;
  readonly link?: string;
  readonly baud?: number;
  readonly strictBaud?: boolean;
  readonly echo?: boolean;
  readonly seed?: number;
  readonly fault: readonly string[];
  readonly variant: readonly string[];
  readonly model?: string;
  readonly set: readonly string[];
  readonly identity: readonly string[];
  readonly start?: "running" | "booting" | "off";
  readonly autoBaud?: boolean;
  readonly bootTime?: number;
  readonly trace?: boolean;
  readonly help?: boolean;
}

function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

const collect = (text: string, before: readonly string[]): string[] => [...before, text];

/** Reads `NAME=VALUE` texts. */
function readPairs(flag: string, code: "UNKNOWN_VARIANT" | "BAD_OPTION", texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw new VirtualModemError(code, `${flag} takes NAME=VALUE, not "${text}"`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

/** The lines of an identity that has several are separated by `|`. */
function readIdentity(texts: readonly string[]): Record<string, string | string[]> {
  const several = (name: string): boolean => name === "firmware" || name === "product";
  return Object.fromEntries(
    Object.entries(readPairs("--identity", "BAD_OPTION", texts)).map(([name, value]) => [name, several(name) ? value.split("|") : value]),
  );
}

/** Writes the traffic to stderr as a client's `-d` does: with the client's directions, and secrets masked. */
function tracer(): (trace: Trace) => void {
  const traffic = new TrafficTrace((line) => process.stderr.write(line));
  return ({ direction, bytes }) => traffic.trace(direction === "rx" ? "sent" : "received", bytes);
}

function variantHelp(table: VariantTable): string[] {
  return Object.entries(table).map(([name, { values, about }]) => `${name}=${values.join("|")}\n      ${about}`);
}

async function help(): Promise<string> {
  const sections = [["Faults (name[:arg[,arg]], name@client… for one of several MQTT clients; counts: 0 for always; times in ms):", ...faultHelp()]];
  sections.push(["Settings of the device (--set PART.NAME=VALUE):", ...settingsHelp(settingsTable)]);
  sections.push(["Variants of every modem (the first value is the default):", ...variantHelp(commonVariants)]);
  for (const name of await familyNames()) {
    const { models = {}, title, variants } = await loadFamily(name);
    const others = "model" in variants || Object.keys(models).length === 0 ? [] : [`--model ${Object.keys(models).join("|")}`];
    sections.push([`Variants of ${name} (${title}):`, ...others, ...variantHelp(variants)]);
  }
  return sections.map(([head, ...rows]) => `\n${head}\n${rows.map((row) => `  ${row}\n`).join("")}`).join("");
}

async function run(flags: Flags): Promise<void> {
  const modem: VirtualModem = await createVirtualModem({
    modem: flags.modem,
    link: flags.link,
    baud: flags.baud,
    strictBaud: flags.strictBaud,
    echo: flags.echo,
    seed: flags.seed,
    faults: flags.fault,
    variants: readPairs("--variant", "UNKNOWN_VARIANT", flags.variant),
    model: flags.model,
    identity: readIdentity(flags.identity),
    start: flags.start,
    autoBaud: flags.autoBaud,
    bootTime: flags.bootTime,
    ...readSettings(settingsTable, flags.set),
    trace: flags.trace ? tracer() : undefined,
  });
  const stopped = new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
    // When nobody reads its output any more, it ends without a message.
    whenGone("stdout", resolve);
    whenGone("stderr", resolve);
  });
  process.stdout.write(`listening ${flags.link ?? modem.path}\n`);
  await stopped;
  await modem.close();
}

/** The beginning of every error message. */
const WHO = "modem-mqtt virtual-modem: ";

/** A message with the flag's name in place of the library's option at its beginning. */
function inFlags(message: string): string {
  return message
    .replace(/^(link|baud|seed) must/, "--$1 must")
    .replace(/^bootTime must/, "--boot-time must")
    .replace(/^strictBaud needs baud/, "--strict-baud needs --baud");
}

/** Errors that are wrong usage (exit 2); others are failures of this machine (exit 1). */
const usageErrors: readonly string[] = ["UNKNOWN_MODEM", "UNKNOWN_VARIANT", "UNKNOWN_FAULT", "BAD_OPTION"];

/**
 * The command `virtual-modem`, by itself or as a subcommand. It runs until SIGINT or SIGTERM. Wrong usage ends the process with status 2,
 * a machine without pseudo-terminals with 1, each with one line on stderr.
 */
export function virtualModemCommand(): Command {
  const command = new Command("virtual-modem");
  const modemOption = new Option("--modem <name>", "the modem to be").default("bc35g");
  command
    .description("run an emulated modem on a pseudo-terminal; it makes real MQTT connections")
    .addOption(modemOption)
    .option("--link <path>", "make a symbolic link to the pseudo-terminal, in place of a stale one, and remove it in the end")
    .option("--baud <n>", "pace the bytes as a UART at this rate does; 0: do not", integer)
    .option("--strict-baud", "a client at another rate than --baud reads and writes garbage")
    .option("--echo", "start with command echo on")
    .option("--seed <n>", "seed of what byte faults hit", integer)
    .option("--fault <spec>", "make something go wrong; may be repeated", collect, [])
    .option("--variant <name=value>", "behave as another document or firmware says; may be repeated", collect, [])
    .option("--model <name>", "be this model of the family, such as bc28 or m5311")
    .option("--set <part.name=value>", "set something of the device or around it; may be repeated", collect, [])
    .option("--identity <name=value>", "answer so: maker, model, imei, imsi, iccid, serial, firmware, product…; may be repeated", collect, [])
    .addOption(new Option("--start <state>", "be on, start with a banner, or be off").choices(["running", "booting", "off"]))
    .option("--boot-time <ms>", "so long from power to the banner", integer)
    .option("--auto-baud", "find the client's rate in its first command; with --strict-baud")
    .option("--trace", "show the traffic on stderr, as the client sends (→) and receives (←), secrets masked")
    // commander's own help is synchronous, and loading the families' tables is not.
    .helpOption(false)
    .option("--help", "show this, with every fault and variant")
    .allowExcessArguments(false)
    .configureOutput({
      outputError: (text, write) =>
        write(
          text
            .replace(/^error: /, WHO)
            .trimEnd()
            .replaceAll("\n", " ") + "\n",
        ),
    })
    .exitOverride((error: CommanderError) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .action(async (flags: Flags) => {
      try {
        if (flags.help) {
          modemOption.description += `: ${(await familyNames()).join(", ")}`;
          process.stdout.write(command.helpInformation() + (await help()));
        } else await run(flags);
      } catch (error) {
        if (!(error instanceof VirtualModemError)) throw error;
        process.stderr.write(`${WHO}${inFlags(error.message)}\n`);
        process.exitCode = usageErrors.includes(error.code) ? 2 : 1;
      }
    });
  return command;
}
