/** The command `modem-mqtt`. */
import { Command, CommanderError } from "commander";
import { modemNames } from "modem-mqtt/node";
import { virtualModemCommand } from "../../virtual-modem/command";
import { applyOptionFiles } from "./defaults";
import { demoCommand } from "./demo";
import { Exit, report } from "./exit";
import { infoCommand } from "./info";
import { watchPipes } from "./pipes";
import { pubCommand } from "./pub";
import { subCommand } from "./sub";

declare const VERSION: string; // put in by the bundler

/** An empty variable is none. */
const VARIABLES = ["MODEM_MQTT_USERNAME", "MODEM_MQTT_PASSWORD"];

/** commander repeats what it refuses; a URL may have a password. Where an error says how a URL is written, there is none. */
const PASSWORD = /(\w:\/\/(?!\[user\[:password\])[^\s:@/]*:)[^\s/]*@/g;

/** A subcommand's own settings do not reach its parents' children: each command gets them here. */
function prepare(command: Command): Command {
  return command
    .helpOption("--help", "show this")
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "modem-mqtt: ").replace(/argument '[^]*' is invalid/, inOneLine).replace(/\n(?=\(Did you mean)/, " ").replaceAll(PASSWORD, "$1***@")) })
    .exitOverride();
}

async function main(): Promise<void> {
  watchPipes();
  for (const name of VARIABLES) if (process.env[name] === "") delete process.env[name];
  const names = await modemNames();
  const withFiles = [pubCommand(names), subCommand(names), infoCommand(names)];
  const program = prepare(new Command("modem-mqtt"))
    .description("MQTT through a cellular modem's own client, over its serial port")
    .version(VERSION, "--version", "show the version")
    .addCommand(prepare(demoCommand(names)))
    .hook("preSubcommand", (_, command) => {
      if (withFiles.includes(command)) applyOptionFiles(command, withFiles);
    });
  for (const command of withFiles) program.addCommand(prepare(command));
  await program.addCommand(virtualModemCommand()).parseAsync();
}

main().catch((error: unknown) => {
  // commander has said already what was wrong.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? Exit.Done : Exit.Usage;
  else report(error);
});

/** What was given is shown, and a line end in it is no second line of the error. */
function inOneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, (control) => JSON.stringify(control).slice(1, -1));
}
