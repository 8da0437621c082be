// The error codes of S3 2.2, by the names of the vendor's header (P11; dialects 7.4).

import type { Failure } from "../../cmiot/family";
import type { Operation, QoS } from "../../mqtt-types";

export const codes = {
  notActive: 600,
  parameter: 601,
  connected: 602,
  connectFailed: 603,
  connectTimeout: 604,
  suback: 605,
  subscribed: 606,
  unknownData: 607,
  sendFailed: 608,
  publish: 609,
  pubrec: 610,
  pubcomp: 611,
  puback: 612,
  socket: 613,
  credentials: 614,
  reconnectFailed: 615,
  ackTimeout: 616,
  connectionLost: 617,
  unsuback: 618,
  pubrel: 619,
  disconnected: 620,
  unsubscribe: 621,
} as const;

/** P11: 614 for CONNACK 2 and 4; the other codes have none of their own. */
const credentialCodes: readonly number[] = [2, 4];

const failures: Readonly<Record<Exclude<Failure, object>, number>> = {
  dns: codes.connectFailed,
  refused: codes.connectFailed,
  unreachable: codes.connectFailed,
  dropped: codes.connectFailed,
  timeout: codes.connectTimeout,
  unanswered: codes.connectTimeout,
  pdp: codes.notActive,
  socket: codes.socket,
};

/** The code of an MQTTOPEN that failed. */
export function openCode(failure: Failure): number {
  if (typeof failure !== "object") return failures[failure];
  return credentialCodes.includes(failure.connack) ? codes.credentials : codes.connectFailed;
}

/** The code of a packet that cannot be read. */
export const malformedCodes: Readonly<Record<string, number>> = {
  publish: codes.publish,
  pubrec: codes.pubrec,
  pubcomp: codes.pubcomp,
  puback: codes.puback,
  suback: codes.suback,
  unsuback: codes.unsuback,
  pubrel: codes.pubrel,
};

/** The code of an acknowledgement that does not come, where it is not 616 for all. */
export function timeoutCode(operation: Exclude<Operation, "connect">, qos: QoS): number {
  if (operation === "subscribe") return codes.suback;
  if (operation === "unsubscribe") return codes.unsuback;
  if (operation === "pubrel") return codes.pubcomp;
  return qos === 2 ? codes.pubrec : codes.puback;
}
