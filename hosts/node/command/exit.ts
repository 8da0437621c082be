import { ArgumentError, MQTTModemError } from "modem-mqtt/node";

/** The exit statuses of the command. */
export const enum Exit {
  Done = 0,
  /** The modem, the network or the broker failed. */
  Failed = 1,
  /** Wrong usage. */
  Usage = 2,
  /** `-W` ran out, as with mosquitto_sub. */
  TimedOut = 27,
}

/** What the user asked for cannot be meant. */
export class UsageError extends Error {}

/** Runs a command's work and turns what it throws into one line on stderr and an exit status. */
export async function run(work: () => Promise<Exit>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof MQTTModemError || isSystemError(error))) throw error;
    process.stderr.write(`modem-mqtt: ${error.message}\n`);
    process.exitCode = error instanceof UsageError || error instanceof ArgumentError ? Exit.Usage : Exit.Failed;
  }
}

/** A file that is not there, a port that is taken. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}
