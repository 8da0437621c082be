/** The command `modem-mqtt`. */
import { Command, CommanderError } from "commander";
import { modemNames } from "modem-mqtt/node";
import { virtualModemCommand } from "../../virtual-modem/command";
import { applyOptionFiles } from "./defaults";
import { demoCommand } from "./demo";
import { Exit, report } from "./exit";
import { infoCommand } from "./info";
import { watchPipes } from "./pipes";
import { probeCommand } from "./probe";
import { pubCommand } from "./pub";
import { subCommand } from "./sub";

declare const VERSION: string; // the bundler sets it

/** Environment variables that count as unset when they are empty. */
const VARIABLES = ["MODEM_MQTT_USERNAME", "MODEM_MQTT_PASSWORD", "MODEM_MQTT_PIN", "MODEM_MQTT_APN_PASSWORD"];

/** The password of a URL, which commander's errors repeat. The pattern leaves out the form of a URL that a message shows. */
const PASSWORD = /(\w:\/\/(?!\[user\[:password\])[^\s:@/]*:)[^\s/]*@/g;

/** Settings for each command: commander does not hand them down to subcommands. */
function prepare(command: Command): Command {
  return command
    .helpOption("--help", "show this")
    .allowExcessArguments(false)
    .configureOutput({
      outputError: (text, write) =>
        write(
          text
            .replace(/^error: /, "modem-mqtt: ")
            .replace(/argument '[^]*' is invalid/, inOneLine)
            .replace(/\n(?=\(Did you mean)/, " ")
            .replaceAll(PASSWORD, "$1***@"),
        ),
    })
    .exitOverride();
}

async function main(): Promise<void> {
  watchPipes();
  for (const name of VARIABLES) if (process.env[name] === "") delete process.env[name];
  const names = await modemNames();
  const withFiles = [pubCommand(names), subCommand(names), infoCommand(names), probeCommand(names, VERSION)];
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
  // commander has already reported the error.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? Exit.Done : Exit.Usage;
  else report(error);
});

/** A text with its control characters escaped, so that an error that shows it stays one line. */
function inOneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, (control) => JSON.stringify(control).slice(1, -1));
}
