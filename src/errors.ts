/**
 * Every error of this package is an instance of {@link MQTTModemError} and has a `code` that a program can test.
 * The message says what happened, what was expected, and what to do.
 */

/** An argument was refused before a byte was sent. */
export type ArgumentCode =
  | "ARGUMENT_TYPE"
  | "ARGUMENT_RANGE"
  | "ARGUMENT_LENGTH"
  | "ARGUMENT_CHARACTER"
  | "ARGUMENT_WILDCARD"
  // An option, or another named thing, that does not exist.
  | "ARGUMENT_UNKNOWN";

/** The call does not fit the client's state. */
export type StateCode =
  | "NOT_CONNECTED"
  | "CLOSED"
  | "BUSY"
  | "NOT_SUPPORTED"
  // Of a session: the queue dropped the message, the store keeps it for the next session, or the store failed.
  | "DROPPED"
  | "KEPT"
  | "STORE_FAILED"
  // Of a store: another process or client uses it.
  | "STORE_LOCKED";

/** The modem itself failed or misbehaved. */
export type ModemCode =
  | "MODEM_SILENT"
  | "MODEM_RESTARTED"
  | "COMMAND_REFUSED"
  | "COMMAND_TIMEOUT"
  | "RECEIVE_OVERFLOW"
  | "PORT_FAILED"
  // Of the SIM: it is missing, it asks for its PIN or PUK, it has refused the PIN, or it does not work.
  | "NO_SIM"
  | "PIN_REQUIRED"
  | "PIN_REFUSED"
  | "PUK_REQUIRED"
  | "SIM_FAILED";

/** The cellular network or the connection to the broker failed. */
export type NetworkCode =
  | "NOT_ATTACHED"
  | "REGISTRATION_DENIED"
  // Told by drivers with care: no network is found; the modem is registered, and has no data service; it has no data connection.
  | "NO_COVERAGE"
  | "ATTACH_FAILED"
  | "PDP_FAILED"
  | "OPEN_FAILED"
  | "LINK_LOST"
  | "OUTCOME_UNKNOWN"
  | "CREDENTIALS_FETCH_FAILED";

/** The broker refused, or did not acknowledge. */
export type BrokerCode =
  | "CONNECTION_REFUSED"
  | "CONNECT_FAILED"
  | "SUBSCRIPTION_REFUSED"
  | "SUBSCRIBE_FAILED"
  | "UNSUBSCRIBE_FAILED"
  | "PUBLISH_FAILED"
  | "DISCONNECT_FAILED"
  | "ACK_TIMEOUT";

export type ErrorCode = ArgumentCode | StateCode | ModemCode | NetworkCode | BrokerCode;

export class MQTTModemError extends Error {
  /** For programs to test. */
  readonly code: ErrorCode;
  /** The modem's number for the error (CME error, result, return code), or undefined when it gave none. */
  readonly modemCode: number | undefined;

  constructor(code: ErrorCode, message: string, modemCode?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    // Not by assignment: a preloaded prototype is frozen on XS, and assigning to a property that is frozen in the prototype throws.
    Object.defineProperty(this, "name", { value: new.target.name, configurable: true, writable: true });
    this.code = code;
    this.modemCode = modemCode;
  }

  /** For `JSON.stringify`, which leaves out an Error's message and name because they are not enumerable. */
  toJSON(): { name: string; code: ErrorCode; message: string; modemCode: number | undefined } {
    return { name: this.name, code: this.code, message: this.message, modemCode: this.modemCode };
  }
}

/** An argument was refused before a byte was sent. */
export class ArgumentError extends MQTTModemError {
  /** The argument's name, as the caller wrote it: `topic`, `will.message`, `port`. */
  readonly argument: string;
  /** The value that was refused; a description when it is a secret. */
  readonly value: unknown;
  /** What was expected, as the rest of a sentence that begins with the argument's name. */
  readonly expected: string;

  constructor(code: ArgumentCode, argument: string, value: unknown, expected: string) {
    // The value of an unknown option is not shown: it may be a secret.
    super(code, code === "ARGUMENT_UNKNOWN" ? `${argument} ${expected}` : `${argument} ${expected}; got ${describe(value)}`);
    this.argument = argument;
    this.value = value;
    this.expected = expected;
  }
}

/** The call does not fit the state of the client, session or store. */
export class StateError extends MQTTModemError {}

/** The modem failed, refused a command, restarted or fell silent. */
export class ModemError extends MQTTModemError {}

/** The cellular network or the connection to the broker failed. */
export class NetworkError extends MQTTModemError {}

/** The broker refused or did not answer. */
export class BrokerError extends MQTTModemError {
  /** CONNACK's return code, 1–5, when the broker refused the connection and the modem reports the code; else −1. */
  get returnCode(): number {
    return this.code === "CONNECTION_REFUSED" && this.modemCode !== undefined && this.modemCode <= 5 ? this.modemCode : -1;
  }
}

/** The message of anything that was thrown, or that a host reported: it may be no Error and may have no message. */
export function wordsOf(error: unknown): string {
  const { message } = Object(error) as { message?: unknown };
  if (typeof message === "string" && message !== "") return message;
  return typeof error === "string" && error !== "" ? error : "without a reason";
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value == null) return String(value);
  return typeof value === "object" ? `an object (${(value as object).constructor?.name ?? "Object"})` : `a ${typeof value}`;
}
