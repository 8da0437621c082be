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

/** Wrong usage. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, Exit.Usage);
  }
}

/** The flags for the names of arguments in the library's errors. */
const FLAGS: readonly (readonly [argument: RegExp, flag: string])[] = [
  [/^will\.topic$/, "--will-topic"],
  [/^will\.(message|payload)$/, "--will-payload"],
  [/^will\.qos$/i, "--will-qos"],
  [/^(modem\.|modemOptions\.)?receiving$/, "--receiving"],
  [/^(modem\.|modemOptions\.)?payloadEncoding$/, "--payload-encoding"],
  [/^(modem\.|modemOptions\.)?bootTimeout$/, "--boot-timeout"],
  [/^(modem\.)?apn\.user$/, "--apn-user"],
  [/^(modem\.)?apn\.password$/, "--apn-password"],
  [/^(modem\.)?apn\.authentication$/, "--apn-auth"],
  [/^(modem\.)?apn\.type$/, "--apn-type"],
  [/^(modem\.)?apn(\.name)?$/, "--apn"],
  [/^(modem\.)?pin$/, "--pin"],
  [/^(modem\.)?operator$/, "--operator"],
  [/^(modem\.)?bands(\[\d+\])?$/, "--bands"],
  [/^(modem\.)?psm\.active$/, "the first number of --psm"],
  [/^(modem\.)?psm\.periodic$/, "the second number of --psm"],
  [/^(modem\.)?edrx$/, "--edrx"],
  [/^(modem\.)?setup\[\d+\](\.command)?$/, "--setup"],
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

/** The flags for what messages call options. */
const OPTIONS: readonly (readonly [named: RegExp, flag: string])[] = [
  [/\(attachTimeout\)/g, "(--attach-timeout)"],
  [/\((?:modem\.)?psm\.periodic\)/g, "(the second number of --psm)"],
  // In seconds here.
  [/(\d+)000 to (\d+)000 milliseconds: asleep/, "$1 to $2 seconds: asleep"],
  [/^(keepAlive must .*: asleep .*; got \d+)000$/, "$1"],
  [/\b(the )?option roaming\b/g, "--no-roaming"],
  [/\b(?:the )?option (apn|pin|operator|bands)\b/g, "--$1"],
  [/\boption setup\[\d+\]; with optional: true it may fail/g, "--setup; with ? before it, it may be refused"],
  [/\bthe SIM wants its PIN; enter it, or/g, "the SIM wants its PIN; give it (--pin, or MODEM_MQTT_PIN), or"],
];

/** An error's message, with flags rather than names of arguments and options. */
export function wordsOf(error: Error): string {
  const message = OPTIONS.reduce((text, [named, flag]) => text.replace(named, flag), error.message);
  if (!(error instanceof ArgumentError) || !message.startsWith(error.argument)) return message;
  const flag = FLAGS.find(([argument]) => argument.test(error.argument))?.[1];
  if (flag === undefined) return message;
  // The library's message suggests a similar option, which is no flag.
  return flag + ((error.code as string) === "ARGUMENT_UNKNOWN" ? " is nothing that this modem can be told" : message.slice(error.argument.length));
}

/** The exit status for an error, or undefined when the error is a bug of this program. */
export function statusOf(error: unknown): Exit | undefined {
  if (error instanceof CommandError) return error.status;
  if (error instanceof ArgumentError) return Exit.Usage;
  return error instanceof MQTTModemError || isSystemError(error) ? Exit.Failed : undefined;
}

/** Runs a command's work and reports an exception as one line on stderr and an exit status. */
export async function run(work: () => Promise<Exit>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    report(error);
  }
}

/** Writes an error to stderr and sets the exit status. @throws `error` when it is a bug of this program */
export function report(error: unknown): void {
  const status = statusOf(error);
  if (status === undefined) throw error;
  process.stderr.write(`modem-mqtt: ${wordsOf(error as Error).replaceAll(/\s*\n\s*/g, " ")}\n`);
  process.exitCode = status;
}

/** Whether the system reported the error: a file that does not exist, a port that is in use. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}
