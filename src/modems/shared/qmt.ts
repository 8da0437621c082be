/**
 * What BC35-G and NM28 share: NM28's MQTT commands are Quectel's QMT set under other names (dialects.md 5, P18). Which
 * commands there are, and in which order they are answered, is each family's own.
 */
import { commandName } from "../../at/commands/command";
import { ResultCode, type Request } from "../../at/requests/request";
import { frozen } from "../../bytes/frozen";
import { BrokerError, ModemError, NetworkError, type MQTTModemError } from "../../errors";
import { meaning, type CodeText } from "../../at/responses/codes";
import { CONNACK_CODES, RETURN_CODE } from "../../modem/codes";
import type { FailedLink } from "../../modem/family";
import type { LinkOptions } from "../../modem/family-options";
import type { DriverOptions } from "../../modem/options";
import { Does, type ReportRow } from "../../modem/reports";
import { Kind } from "../../modem/script";
import type { OwnOptions } from "./own-options";

/** What both families can be told beyond what all modems can. */
export interface QMTOptions extends DriverOptions {
  /** Seconds that the modem waits for the broker's acknowledgement, 1–60, default 10. */
  packetTimeout?: number;
  /** How often the modem sends a packet again, 0–10 (NM28: 1–10), default 3. */
  retries?: number;
}

/** What the modems have where they are told nothing else, in seconds and times. */
const PACKET_TIMEOUT = 10,
  RETRIES = 3;

/** @param least retries that the family must have */
export function qmtOptions(least: number) {
  return {
    packetTimeout: { from: 1, to: 60, otherwise: PACKET_TIMEOUT },
    retries: { from: least, to: 10, otherwise: RETRIES },
  } satisfies OwnOptions<QMTOptions>;
}

export interface QMTValues extends LinkOptions {
  readonly packetTimeout: number;
  readonly retries: number;
  readonly wantsTimeout: boolean;
}

/** Adds what follows from these options to a link's values. */
export function settleQMT<V extends { packetTimeout: number; retries: number }>(values: V) {
  const { packetTimeout, retries } = values,
    resultTimeout = packetTimeout * (retries + 1) * 1000 + 5000;
  return Object.assign(values, { resultTimeout, wantsTimeout: packetTimeout !== PACKET_TIMEOUT || retries !== RETRIES });
}

/** What the modems report; some of it only one of them. */
export const enum Report {
  Open = 16,
  Close,
  Conn,
  Disc,
  Sub,
  Uns,
  Pub,
  PubRel,
  Cfg,
  Auth,
  Stat,
  PostVersion,
  Message,
  Restart,
}

/** `<result>` of CONN, SUB, UNS and PUB. */
export const enum Result {
  Acknowledged = 0,
  /** Progress, not the end. */
  Retransmission = 1,
  Failed = 2,
}

/** What the reports do in both families. Field 0 has the client's number. */
export const QMT_REPORTS: readonly ReportRow[] = frozen([
  { on: Report.Sub, does: Does.End, kind: Kind.Subscribe, id: 1, result: 2, progress: Result.Retransmission, grants: 3 },
  { on: Report.Uns, does: Does.End, kind: Kind.Unsubscribe, id: 1, result: 2, progress: Result.Retransmission },
  { on: Report.Open, does: Does.End, kind: Kind.Open, result: 1 },
  // Only a result of 0 with a return code of 0 is success.
  { on: Report.Conn, does: Does.End, kind: Kind.Connect, result: 1, progress: Result.Retransmission, returnCode: 2 },
  { on: Report.Disc, does: Does.End, kind: Kind.Disconnect, result: 1 },
  { on: Report.Close, does: Does.End, kind: Kind.Close, result: 1 },
]);

/** `<result>` of OPEN: S1 3.2.3, S4 1.2. */
const OPEN_RESULTS: CodeText = `
  -1 the network could not be opened; check host, port and coverage, and that the broker listens there
  1 a parameter is wrong
  2 the MQTT connection is in use already
  3 the PDP context could not be activated; check the SIM, the APN and the coverage
  4 the host's name could not be resolved; check the name, or use the address
  5 connecting failed; check that the broker listens at this host and port
`;

/** The error for a result of these families. */
export function qmtResultError(request: Request, code: number, { settings }: FailedLink): MQTTModemError {
  const name = commandName(request.command!);
  const report = `+${name.slice(3)} ${code}`;
  switch (request.kind) {
    case Kind.Open:
      return new NetworkError("OPEN_FAILED", `no connection to ${settings.host.string}:${settings.port}: ${meaning(OPEN_RESULTS, code)} (${report})`, code);
    case Kind.Connect:
      return code > RETURN_CODE
        ? new BrokerError(
            "CONNECTION_REFUSED",
            `the broker refused the connection: ${meaning(CONNACK_CODES, code - RETURN_CODE)} (return code ${code - RETURN_CODE})`,
            code - RETURN_CODE,
          )
        : new BrokerError("CONNECT_FAILED", `the broker did not answer CONNECT, however often the modem sent it (${report})`, code);
    case Kind.Subscribe:
      return new BrokerError("SUBSCRIBE_FAILED", `the broker did not acknowledge the subscription, however often the modem sent it (${report})`, code);
    case Kind.Unsubscribe:
      return new BrokerError(
        "UNSUBSCRIBE_FAILED",
        `the broker did not acknowledge the end of the subscription, however often the modem sent it (${report})`,
        code,
      );
    case Kind.Publish:
      return new BrokerError(
        "PUBLISH_FAILED",
        `the broker did not acknowledge the message, however often the modem sent it; whether it arrived is not known (${report})`,
        code,
      );
    default:
      return new ModemError("COMMAND_REFUSED", `${name} failed with the modem's result ${code}`, code);
  }
}

/** The error for a refused command that has had a result: the result says why, whatever final follows it (dialects.md 5.1). */
export function resultOfRefused(resultError: (request: Request, code: number, link: FailedLink) => MQTTModemError) {
  const error = resultError; // a parameter could be assigned, and XS would not keep in flash what refers to it
  return (request: Request, _code: number, link: FailedLink): MQTTModemError | null => {
    const { result } = request;
    return result === 0 || result === ResultCode.Pending || result === ResultCode.Unspecified ? null : error(request, result, link);
  };
}
