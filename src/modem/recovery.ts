import type { Command } from "../at/commands/command";
import { frozen } from "../bytes/frozen";
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
export const LEVELS = frozen(["connect", "attach", "radio", "restart", "reset", "power"] as const);
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

/** The least that may help against an error, and the most that may. */
export type Reach = readonly [least: Level, most: Level];

/**
 * How far an error of the modem's or the network's climbs, by its code: more than the least is done when that has failed several
 * times. An error that is not here is the broker's, or of the way to it, or nothing that a modem does about its network mends (a SIM
 * that is missing): however often it comes, a new connection is all that is tried.
 */
const REACH: Readonly<Partial<Record<ErrorCode, Reach>>> = frozen({
  NOT_ATTACHED: [Level.Attach, Level.Power],
  NO_COVERAGE: [Level.Attach, Level.Power],
  ATTACH_FAILED: [Level.Attach, Level.Power],
  // A context that the network refuses is not mended by a pin.
  PDP_FAILED: [Level.Attach, Level.Restart],
  // Who does not answer cannot be told to restart.
  MODEM_SILENT: [Level.Reset, Level.Power],
  // It answers, but not as it should.
  COMMAND_TIMEOUT: [Level.Connect, Level.Power],
  COMMAND_REFUSED: [Level.Connect, Level.Power],
  SIM_FAILED: [Level.Connect, Level.Power],
} as const);

/** How far an error climbs, or null where more than a new connection never helps. */
export function reachOf(error: MQTTModemError, { causes }: Recovery): Reach | null {
  for (let i = 0; i < causes.length; i++) if (causes[i][0] === error.code && causes[i][1] === error.modemCode) return [causes[i][2], Level.Power];
  return REACH[error.code] ?? null;
}
