import type { Command } from "../at/commands/command";
import { ownCommand, withoutSecrets } from "../at/own/own-command";
import type { Line } from "../at/responses/response-table";
import { ArgumentError } from "../errors";

/** What an application's own commands are looked up in: of a family. */
export interface OwnLines {
  /** What its modems report. */
  readonly table: readonly Line[];
  /** How its MQTT commands begin, which are the client's. */
  readonly mqtt: string;
}

/** Makes a command of the application's own for this family. @param name the argument's, for errors @throws ArgumentError */
export function ownCommandOf({ table, mqtt }: OwnLines, name: string, line: unknown, timeout: number): Command {
  const command = ownCommand(name, line, table, timeout);
  if (
    command.line
      .replace(/ /g, "")
      .toUpperCase()
      .replace(/^(AT)[^+*^$%#@!]+/, "$1") // basic commands may stand before it
      .startsWith(mqtt)
  )
    throw new ArgumentError(
      "ARGUMENT_RANGE",
      name,
      withoutSecrets(command.line),
      `must not be one of the modem's MQTT commands (${mqtt}…), which are the client's; inquire() sends those that only ask`,
    );
  return command;
}
