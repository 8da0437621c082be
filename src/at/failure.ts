import { Outcome } from "./requests/request";
import { ModemError, type MQTTModemError } from "../errors";
import { CME_ERRORS, meaning } from "./responses/codes";

/** The error for a command that did not end well, where the result line says nothing more exact. @param name the command's */
export function failure(name: string, outcome: Outcome, code: number): MQTTModemError {
  switch (outcome) {
    case Outcome.Refused:
      return code < 0
        ? new ModemError("COMMAND_REFUSED", `the modem refused ${name} with ERROR and gave no reason; is the modem's family the one that was named?`)
        : new ModemError("COMMAND_REFUSED", `the modem refused ${name}: +CME ERROR: ${code} (${meaning(CME_ERRORS, code)})`, code);
    case Outcome.TimedOut:
      return new ModemError("COMMAND_TIMEOUT", `the modem did not answer ${name} in time; whether it was carried out is not known`);
    default: // Outcome.TooLong: result lines are each family's own affair
      return new ModemError("COMMAND_REFUSED", `${name} with these texts is longer than the transmit buffer; nothing was sent; use shorter ones`);
  }
}
