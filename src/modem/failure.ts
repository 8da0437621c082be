import { NetworkError, type MQTTModemError } from "../errors";

/** The connection that there was is no more. @param how goes on after "the connection to the broker" */
export function linkLost(how: string, code?: number): MQTTModemError {
  return new NetworkError("LINK_LOST", `the connection to the broker ${how}`, code);
}
