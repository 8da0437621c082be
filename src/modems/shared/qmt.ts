/**
 * What BC35-G and NM28 share: NM28's MQTT commands are Quectel's QMT set under other names (dialects.md 5, P18). Which
 * commands there are, and in which order they are answered, is each family's own.
 */
import { ResultCode, WireId, type Request } from "../../at/requests/request";
import type { Fields } from "../../at/responses/fields";
import { frozen } from "../../bytes/frozen";
import { integer } from "../../checks";
import { BrokerError, ModemError, NetworkError, type MQTTModemError } from "../../errors";
import { codes, CONNACK_CODES, meaning } from "../../modem/codes";
import type { DriverOptions, LinkListener } from "../../modem/family";
import { Link } from "../../modem/link";
import type { Modem } from "../../modem/modem";
import { Kind } from "../../modem/script";

/** What both families can be told beyond what all modems can. */
export interface QMTOptions extends DriverOptions {
  /** Seconds that the modem waits for the broker's acknowledgement, 1–60, default 10. */
  packetTimeout?: number;
  /** How often the modem sends a packet again, 0–10 (NM28: 1–10), default 3. */
  retries?: number;
}

/** Their names. */
export const QMT_OPTIONS = frozen({ packetTimeout: 1, retries: 1 } satisfies Record<Exclude<keyof QMTOptions, keyof DriverOptions>, 1>);

/** What they say; some of it only one of them. */
export const enum Say {
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

/** `<result>` of OPEN: S1 3.2.3, S4 1.2. */
const OPEN_RESULTS = codes(`
  -1 the network could not be opened; check host, port and coverage, and that the broker listens there
  1 a parameter is wrong
  2 the MQTT connection is in use already
  3 the PDP context could not be activated; check the SIM, the APN and the coverage
  4 the host's name could not be resolved; check the name, or use the address
  5 connecting failed; check that the broker listens at this host and port
`);

/** What the modems have where they are told nothing else, in seconds and times. */
const PACKET_TIMEOUT = 10, RETRIES = 3;
/** Above what a modem's result can be: a CONNACK return code stands behind it. */
const RETURN_CODE = 256;

/** What the drivers for BC35-G and NM28 share. */
export abstract class QMT extends Link {
  readonly packetTimeout: number;
  readonly retries: number;

  /** @param least retries that the family must have */
  constructor(modem: Modem, link: number, options: QMTOptions, client: LinkListener, least: number) {
    super(modem, link, options, client);
    this.packetTimeout = integer("modem.packetTimeout", options.packetTimeout ?? PACKET_TIMEOUT, 1, 60);
    this.retries = integer("modem.retries", options.retries ?? RETRIES, least, 10);
  }

  get wantsTimeout(): boolean {
    return this.packetTimeout !== PACKET_TIMEOUT || this.retries !== RETRIES;
  }

  get ackPatience(): number {
    return this.packetTimeout * (this.retries + 1) * 1000 + 5000;
  }

  /** `<idx>,<result>[,<ret_code>]` behind CONN, while CONNECT is owed: only 0 and 0 are success. */
  protected connected(fields: Fields): void {
    const result = fields.int(1);
    if (result === Result.Retransmission) return this.extend(Kind.Connect, WireId.Any);
    const returnCode = fields.int(2, 0); // may be missing
    if (returnCode < 0) return; // damaged
    this.resolve(Kind.Connect, WireId.Any, result === Result.Acknowledged && returnCode > 0 ? RETURN_CODE + returnCode : result);
  }

  /** The result says why, whatever final follows it (dialects.md 5.1). */
  protected override refusal(request: Request, code: number): MQTTModemError | null {
    const { result } = request;
    return result === 0 || result === ResultCode.Pending || result === ResultCode.Unspecified ? super.refusal(request, code) : this.resultError(request, result);
  }

  protected resultError(request: Request, code: number): MQTTModemError {
    const name = request.command!.name;
    const report = `+${name.slice(3)} ${code}`;
    switch (request.kind) {
      case Kind.Open:
        return new NetworkError("OPEN_FAILED", `no connection to ${this.settings.host.string}:${this.settings.port}: ${meaning(OPEN_RESULTS, code)} (${report})`, code);
      case Kind.Connect:
        return code > RETURN_CODE
          ? new BrokerError("CONNECTION_REFUSED", `the broker refused the connection: ${meaning(CONNACK_CODES, code - RETURN_CODE)} (return code ${code - RETURN_CODE})`, code - RETURN_CODE)
          : new BrokerError("CONNECT_FAILED", `the broker did not answer CONNECT, however often the modem sent it (${report})`, code);
      case Kind.Subscribe:
        return new BrokerError("SUBSCRIBE_FAILED", `the broker did not acknowledge the subscription, however often the modem sent it (${report})`, code);
      case Kind.Unsubscribe:
        return new BrokerError("UNSUBSCRIBE_FAILED", `the broker did not acknowledge the end of the subscription, however often the modem sent it (${report})`, code);
      case Kind.Publish:
        return new BrokerError("PUBLISH_FAILED", `the broker did not acknowledge the message, however often the modem sent it; whether it arrived is not known (${report})`, code);
      default:
        return new ModemError("COMMAND_REFUSED", `${name} failed with the modem's result ${code}`, code);
    }
  }
}
