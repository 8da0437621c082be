import type { Command } from "../at/commands/command";
import { ownCommand } from "../at/commands/own-command";
import { ArgumentError } from "../errors";
import type { Family } from "./family";

/** Makes a command of the application's own for this family. @param name the argument's, for errors @throws ArgumentError */
export function ownCommandOf(family: Family, name: string, line: unknown, timeout: number): Command {
  const command = ownCommand(name, line, family.responses.responses, timeout),
    prefix = `AT${family.commandPrefix}`;
  if (command.line.replace(/ /g, "").toUpperCase().startsWith(prefix))
    throw new ArgumentError(
      "ARGUMENT_RANGE",
      name,
      line,
      `must not be one of the modem's MQTT commands (${prefix}…), which are the client's; inquire() sends those that only ask`,
    );
  return command;
}
