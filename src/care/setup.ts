import { timeoutOf } from "../at/own/own-commands";
import { known } from "../checks";
import { ArgumentError, ModemError } from "../errors";
import type { SetupCommand } from "../modem/care-options";
import { ownCommandOf, type OwnLines } from "./own-command-of";
import type { ModemStep } from "./steps";

const NAMES = Object.freeze({ command: 1, optional: 1, timeout: 1 } satisfies Record<keyof SetupCommand, 1>);

/** The steps that send these commands. @throws ArgumentError */
export function setupSteps(own: OwnLines, setup: unknown): ModemStep[] {
  if (setup === undefined) return [];
  if (!Array.isArray(setup)) throw new ArgumentError("ARGUMENT_TYPE", "modem.setup", setup, "must be an array of AT commands");
  return setup.map((entry: unknown, index) => {
    const name = `modem.setup[${index}]`,
      isText = typeof entry === "string";
    if (!isText) known(name, entry, NAMES);
    const { command, optional, timeout } = isText ? ({ command: entry } as SetupCommand) : (entry as SetupCommand);
    if (optional !== undefined && typeof optional !== "boolean")
      throw new ArgumentError("ARGUMENT_TYPE", `${name}.optional`, optional, "must be true or false");
    const time = timeoutOf(`${name}.timeout`, timeout),
      { line } = ownCommandOf(own, isText ? name : `${name}.command`, command, time);
    if (/\+(CPIN|NPIN) *=(?! *\?)/i.test(line))
      throw new ArgumentError(
        "ARGUMENT_RANGE",
        name,
        "a secret",
        "must not enter a PIN: it would be sent at each attempt, and a third wrong one blocks the SIM; give it as pin",
      );
    return {
      ask: () => line,
      timeout: time,
      then: (_state, _lines, error) =>
        error === null || optional === true
          ? undefined
          : new ModemError(error.code, `${error.message} (option setup[${index}]; with optional: true it may fail)`, error.modemCode),
    };
  });
}
