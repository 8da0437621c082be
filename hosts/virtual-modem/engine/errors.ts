// Errors of the AT interface, and of the virtual modem as a library.

/**
 * Thrown by command handlers: ends the command with `+CME ERROR: <code>`, or with `ERROR` while `AT+CMEE` is 0.
 */
export class CmeError extends Error {
  override readonly name = "CmeError";
  /** A code of `cmeTexts`, or one of the modem family's own. */
  readonly code: number;

  constructor(code: number) {
    super(`+CME ERROR: ${code}`);
    this.code = code;
  }
}

/** Thrown by command handlers: ends the command with a bare `ERROR`, whatever `AT+CMEE` is. */
export class PlainError extends Error {
  override readonly name = "PlainError";
}

/** Thrown by command handlers: ends the command with its message as a line, or with `ERROR` while `AT+CMEE` is 0. */
export class LineError extends Error {
  override readonly name = "LineError";
}

/**
 * How a handler ended its command by an exception; undefined for any other exception. Compares names, because a family is a module
 * that is loaded at run time and may have its own copy of these classes.
 */
export function commandError(error: unknown): { readonly code?: number | string } | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "CmeError") return { code: (error as CmeError).code };
  if (error.name === "LineError") return { code: error.message };
  return error.name === "PlainError" ? {} : undefined;
}

/** The values of {@link VirtualModemError.code}. */
export type VirtualModemErrorCode = "UNKNOWN_MODEM" | "UNKNOWN_VARIANT" | "UNKNOWN_FAULT" | "BAD_OPTION" | "NO_PTY" | "NOT_INSTALLED" | "CLOSED";

/** A wrong option, or a pseudo-terminal that could not be made. */
export class VirtualModemError extends Error {
  override readonly name = "VirtualModemError";
  readonly code: VirtualModemErrorCode;

  constructor(code: VirtualModemErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Codes of 3GPP TS 27.007 that the common commands use. */
export const cme = {
  notAllowed: 3,
  notSupported: 4,
  wrongPassword: 16,
  noNetwork: 30,
  badParameters: 50,
  busy: 159,
} as const;

/**
 * The words of `+CME ERROR` after `AT+CMEE=2`, by code: 3GPP TS 27.007 9.2 and 27.005 3.2.5, as the Quectel
 * BC35-G&BC28&BC95 R2.0 AT manual V1.0, chapter 6, tables 3 and 4, spells them.
 */
export const cmeTexts: Readonly<Record<number, string>> = {
  3: "Operation not allowed",
  4: "Operation not supported",
  5: "Need to enter PIN",
  10: "SIM not inserted",
  11: "SIM PIN required",
  12: "SIM PUK required",
  13: "SIM failure",
  14: "SIM busy",
  16: "Incorrect password",
  23: "Memory failure",
  30: "No network service",
  50: "Incorrect parameters",
  51: "Command implemented but currently disabled",
  52: "Command aborted by user",
  100: "Unknown",
  148: "Unspecified GPRS error",
  149: "PDP authentication failure",
  159: "Uplink busy/flow control",
  300: "ME failure",
  301: "SMS service of ME reserved",
  302: "Operation not allowed",
  303: "Operation not supported",
  304: "Invalid PDU mode parameter",
  305: "Invalid text mode parameter",
  310: "USIM not inserted",
  311: "USIM PIN required",
  312: "PH-USIM PIN required",
  313: "USIM failure",
  314: "USIM busy",
  315: "USIM wrong",
  316: "USIM PUK required",
  317: "USIM PIN2 required",
  318: "USIM PUK2 required",
  320: "Memory failure",
  321: "Invalid memory index",
  322: "Memory full",
  330: "SMSC address unknown",
  331: "No network service",
  332: "Network timeout",
  340: "No +CNMA acknowledgement expected",
  500: "Unknown error",
};
