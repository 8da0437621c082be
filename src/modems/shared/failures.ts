import { commandName } from "../../at/commands/command";
import type { Request } from "../../at/requests/request";
import { BrokerError, ModemError, NetworkError, type MQTTModemError } from "../../errors";
import { meaning } from "../../at/responses/codes";
import { CONNACK_CODES, RETURN_CODE } from "../../modem/codes";
import type { FailedLink } from "../../modem/family";
import { Kind } from "../../modem/script";

/** Codes of our own for results of China Mobile's modems that have none. */
export const enum Failure {
  /** `+MQTTOPEN:FAIL`, `+MQTTCONACK: FAIL`. */
  Open = 1,
  /** `+MQTTDISC` while a connection was being opened: the modem has given up. */
  GaveUp = 2,
  Timeout = 3,
}

/** The error for a result of these modems. */
export function chinaMobileResultError(request: Request, code: number, { settings, options }: FailedLink<{ ackTimeout: number }>): MQTTModemError {
  const what = commandName(request.command!);
  if (request.kind === Kind.Open) {
    const where = `${settings.host.string}:${settings.port}`;
    if (code > RETURN_CODE)
      return new BrokerError(
        "CONNECTION_REFUSED",
        `the broker refused the connection: ${meaning(CONNACK_CODES, code - RETURN_CODE)} (return code ${code - RETURN_CODE})`,
        code - RETURN_CODE,
      );
    return code === Failure.GaveUp
      ? new NetworkError(
          "OPEN_FAILED",
          `no connection to ${where}: the modem has given up after its own tries (+MQTTDISC); check host, port, coverage, user name and password`,
        )
      : new NetworkError("OPEN_FAILED", `no connection to ${where} (+MQTTOPEN:FAIL); check host, port, coverage, user name and password`);
  }
  if (code === Failure.Timeout)
    return new BrokerError("ACK_TIMEOUT", `the broker did not acknowledge ${what} within ${options.ackTimeout} s (+MQTTTO); whether it was done is not known`);
  return new ModemError("COMMAND_REFUSED", `${what} failed with the modem's result ${code}`, code);
}
