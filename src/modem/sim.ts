import { frozen } from "../bytes/frozen";
import { ModemError, NetworkError, type MQTTModemError } from "../errors";
import { CME_ERRORS, meaning } from "./codes";

/** What keeps a modem from the network for good, and what to do about it. A wait does not help. */
const CAUSES = frozen([
  ["NO_SIM", [10, 310], "the modem has no SIM; insert one, and check that it lies right"],
  ["PIN_REQUIRED", [5, 6, 11, 17, 40, 42, 44, 46, 311, 312, 317], "the SIM wants its PIN; enter it, or switch the PIN off"],
  ["PUK_REQUIRED", [7, 12, 18, 41, 43, 45, 47, 316, 318], "the SIM is blocked, and wants its PUK; unblock it, in a telephone for example"],
  ["SIM_FAILED", [13, 15, 313, 315], "the SIM does not work in this modem; check its contacts, and try another one"],
  [
    "REGISTRATION_DENIED",
    [32, 103, 106, 107, 111, 112, 113],
    "the network refuses this modem or its SIM; check that the SIM is activated, its data plan, and whether it may roam",
  ],
] as const);

/** The same for a number of `+CME ERROR`, or null where that may pass. @param said what the modem has said, if it was not that error */
export function refusedService(code: number, said = `+CME ERROR: ${code}, ${meaning(CME_ERRORS, code)}`): MQTTModemError | null {
  for (let i = 0; i < CAUSES.length; i++) {
    const [name, numbers, text] = CAUSES[i];
    if (!(numbers as readonly number[]).includes(code)) continue;
    return name === "REGISTRATION_DENIED" ? new NetworkError(name, `${text} (${said})`, code) : new ModemError(name, `${text} (${said})`, code);
  }
  return null;
}

/** `<stat>` of `+CEREG` is 3. */
export function registrationDenied(): MQTTModemError {
  return new NetworkError("REGISTRATION_DENIED", `${CAUSES[CAUSES.length - 1][2]} (AT+CEREG? says 3, registration denied)`, 3);
}
