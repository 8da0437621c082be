/** The command `modem-mqtt`. */
import { Command, CommanderError } from "commander";
import { virtualModemCommand } from "../../virtual-modem/command";
import { demoCommand } from "./demo";
import { Exit } from "./exit";
import { infoCommand } from "./info";
import { pubCommand } from "./pub";
import { subCommand } from "./sub";

declare const VERSION: string; // put in by the bundler

/** A subcommand's own settings do not reach its parents' children: each command gets them here. */
function prepare(command: Command): Command {
  return command
    .helpOption("--help", "show this")
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "modem-mqtt: ")) })
    .exitOverride();
}

const program = prepare(new Command("modem-mqtt"))
  .description("MQTT through a cellular modem's own client, over its serial port")
  .version(VERSION, "--version", "show the version")
  .addCommand(prepare(demoCommand()))
  .addCommand(prepare(pubCommand()))
  .addCommand(prepare(subCommand()))
  .addCommand(prepare(infoCommand()))
  .addCommand(virtualModemCommand());

program.parseAsync().catch((error: unknown) => {
  // commander has said already what was wrong.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? Exit.Done : Exit.Usage;
  else throw error;
});
