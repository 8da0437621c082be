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

/** Ends the command with a line on stderr and a status. */
export class CommandError extends Error {
  readonly status: Exit;

  constructor(message: string, status: Exit = Exit.Failed, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** What the user asked for cannot be meant. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, Exit.Usage);
  }
}

/** The command's own names for what the library's errors call arguments. */
const FLAGS: readonly (readonly [argument: RegExp, flag: string])[] = [
  [/^will\.topic$/, "--will-topic"],
  [/^will\.(message|payload)$/, "--will-payload"],
  [/^will\.qos$/i, "--will-qos"],
  [/^(modem\.|modemOptions\.)?receiving$/, "--receiving"],
  [/^(modem\.|modemOptions\.)?payloadEncoding$/, "--payload-encoding"],
  [/^(modem\.|modemOptions\.)?bootTimeout$/, "--boot-timeout"],
  [/topic/, "-t"],
  [/^(data|payload|message)$/, "the message"],
  [/^host$/, "-h"],
  [/^port$/, "-p"],
  [/^(id|clientId)$/, "-i"],
  [/^(user|username)$/, "-u"],
  [/^password$/, "-P"],
  [/^keepalive$/i, "-k"],
  [/^protocolVersion$/, "-V"],
  [/^modem$/, "--modem"],
  [/^serial$/, "--serial"],
  [/^(baud|baudRate)$/, "--baud"],
];

/** What an error says, in the command's words. */
export function wordsOf(error: Error): string {
  const { message } = error;
  if (!(error instanceof ArgumentError) || !message.startsWith(error.argument)) return message;
  const flag = FLAGS.find(([argument]) => argument.test(error.argument))?.[1];
  if (flag === undefined) return message;
  // The library would name an option of its own that is spelled alike.
  return flag + ((error.code as string) === "ARGUMENT_UNKNOWN" ? " is nothing that this modem can be told" : message.slice(error.argument.length));
}

/** The status that an error ends the command with, or undefined for a mistake in this program. */
export function statusOf(error: unknown): Exit | undefined {
  if (error instanceof CommandError) return error.status;
  if (error instanceof ArgumentError) return Exit.Usage;
  return error instanceof MQTTModemError || isSystemError(error) ? Exit.Failed : undefined;
}

/** Runs a command's work and turns what it throws into one line on stderr and an exit status. */
export async function run(work: () => Promise<Exit>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    report(error);
  }
}

/** @throws `error` where it is a mistake in this program */
export function report(error: unknown): void {
  const status = statusOf(error);
  if (status === undefined) throw error;
  process.stderr.write(`modem-mqtt: ${wordsOf(error as Error).replaceAll(/\s*\n\s*/g, " ")}\n`);
  process.exitCode = status;
}

/** A file that is not there, a port that is taken. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}
