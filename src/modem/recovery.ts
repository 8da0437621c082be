import type { Command } from "../at/commands/command";
import type { ErrorCode, MQTTModemError } from "../errors";

/** How much is done anew before a connection is made again. */
export const enum Level {
  /** The TCP connection and the MQTT connection: these modems make no new one of the second over the first. */
  Connect,
  /** The modem leaves the network, and with it its PDP context, and attaches again. */
  Attach,
  /** The modem's radio is switched off and on: of drivers with care. */
  Radio,
  /** The modem is restarted by command. */
  Restart,
  /** The modem's reset pin is pulled. */
  Reset,
  /** The modem is switched off and on by its power key: of drivers with care. */
  Power,
}

/** The same, in words. */
export const LEVELS = Object.freeze(["connect", "attach", "radio", "restart", "reset", "power"] as const);
export type LevelName = (typeof LEVELS)[number];

/** How a family is brought back. A list is empty where no document has a command, and that level is passed over. */
export interface Recovery {
  /** One after the other; one that fails does not keep the next one back. */
  readonly attach: readonly Command[];
  /** The first that the modem does not refuse. */
  readonly restart: readonly Command[];
  /** What only more than a new connection helps against, by code and the modem's own number. */
  readonly causes: readonly (readonly [code: ErrorCode, modemCode: number, level: Level])[];
}

/**
 * The least that may help against an error of the modem's or the network's, by its code; more is done when that has failed
 * several times. An error that is not here is the broker's, or of the way to it, or nothing that a modem does about its
 * network mends (a SIM that is missing): however often it comes, a new connection is all that is tried.
 */
const LEAST: Readonly<Partial<Record<ErrorCode, Level>>> = Object.freeze({
  NOT_ATTACHED: Level.Attach,
  NO_COVERAGE: Level.Attach,
  ATTACH_FAILED: Level.Attach,
  PDP_FAILED: Level.Attach,
  // Who does not answer cannot be told to restart.
  MODEM_SILENT: Level.Reset,
  // It answers, but not as it should.
  COMMAND_TIMEOUT: Level.Connect,
  COMMAND_REFUSED: Level.Connect,
  SIM_FAILED: Level.Connect,
});

/** The most that may help, where that is not all that there is: a context that the network refuses is not mended by a pin. */
const MOST: Readonly<Partial<Record<ErrorCode, Level>>> = Object.freeze({ PDP_FAILED: Level.Restart });

/** The least that may help against an error, or null where more than a new connection never does. */
export function levelFor(error: MQTTModemError, { causes }: Recovery): Level | null {
  for (let i = 0; i < causes.length; i++) if (causes[i][0] === error.code && causes[i][1] === error.modemCode) return causes[i][2];
  return LEAST[error.code] ?? null;
}

/** The most that may. */
export function highestFor({ code }: MQTTModemError): Level {
  return MOST[code] ?? Level.Power;
}
