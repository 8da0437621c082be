import { ModemError, NetworkError, type ErrorCode, type MQTTModemError } from "../errors";
import { CME_ERRORS, meaning } from "../at/responses/codes";

/** What keeps a modem from the network for good: the error's code, the numbers of `+CME ERROR`, and what to do about it. A wait does not help. */
const CAUSES = `
  NO_SIM 10 310: the modem has no SIM; insert one, and check that it lies right
  PIN_REQUIRED 5 6 11 17 40 42 44 46 311 312 317: the SIM wants its PIN; enter it, or switch the PIN off
  PUK_REQUIRED 7 12 18 41 43 45 47 316 318: the SIM is blocked, and wants its PUK; unblock it, in a telephone for example
  SIM_FAILED 13 15 313 315: the SIM does not work in this modem; check its contacts, and try another one
  REGISTRATION_DENIED 32 103 106 107 111 112 113: the network refuses this modem or its SIM; check that the SIM is activated, its data plan, and whether it may roam
`;

/** Of {@link CAUSES}. */
const NOT_ALLOWED = 32;

/** The same for a number of `+CME ERROR`, or null where that may pass. @param said what the modem has said, if it was not that error */
export function refusedService(code: number, said = `+CME ERROR: ${code}, ${meaning(CME_ERRORS, code)}`, number = code): MQTTModemError | null {
  const cause = new RegExp(`^ *(\\w+)[ \\d]* ${code}\\b[ \\d]*: (.+)$`, "m").exec(CAUSES);
  if (cause === null) return null;
  const [, name, text] = cause;
  return new (name === "REGISTRATION_DENIED" ? NetworkError : ModemError)(name as ErrorCode, `${text} (${said})`, number);
}

/** `<stat>` of `+CEREG` is 3. */
export function registrationDenied(): MQTTModemError {
  return refusedService(NOT_ALLOWED, "AT+CEREG? says 3, registration denied", 3)!;
}
