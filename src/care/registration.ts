import { meaning, type CodeText } from "../at/responses/codes";
import { fieldsOf, numberOf, unquoted } from "./fields";

/** What a line `+CEREG`, `+CGREG` or `+CREG` tells: 27.007 7.2, 10.1.20 and 10.1.22. */
export interface Registration {
  /** Whether it is a report, and not the answer to the question. */
  readonly isReport: boolean;
  readonly status: number;
  /** The tracking or location area, as hexadecimal digits; "" where it is not told, as with all texts here. */
  readonly area: string;
  /** The cell's identity, as hexadecimal digits. */
  readonly cell: string;
  /** `<AcT>`, or −1. */
  readonly technology: number;
  /** Why the network has refused the modem: a cause of 24.301, or one of the modem's own, or −1. */
  readonly cause: number;
  /** Whether the cause is the modem's own. */
  readonly isOwnCause: boolean;
  /** The granted timers of PSM, as bits: T3324 and T3412 extended. */
  readonly active: string;
  readonly periodic: string;
}

// In functions, because XS keeps no regular expression in flash.

function isShortNumber(field: string | undefined): boolean {
  return field !== undefined && /^\d\d?$/.test(field);
}

function timerBits(field: string): string {
  return /^[01]{8}$/.test(field) ? field : "";
}

/**
 * Reads the line, whatever its vendor puts into it; null where it tells no status. An answer has a number more in front than a
 * report, which is told by the second field: behind a report's status stands an area, in quotes or of four characters.
 */
export function readRegistration(line: string): Registration | null {
  const fields = fieldsOf(line);
  const isReport = !isShortNumber(fields[1]);
  const status = numberOf(fields[isReport ? 0 : 1]);
  if (!(status >= 0)) return null;
  const rest = fields.slice(isReport ? 1 : 2),
    at = technologyAt(rest),
    tail = rest.slice(at + 1);
  // A routing area may stand before the causes: then one more field than the norm has follows.
  const first = tail.length % 2,
    cause = numberOf(tail[first + 1]);
  const [active = "", periodic = ""] = tail.length - first >= 4 ? tail.slice(-2).map(unquoted) : [];
  return {
    isReport,
    status,
    area: unquoted(rest[0]),
    cell: at > 1 ? unquoted(rest[at - 1]) : unquoted(rest[1]),
    technology: isShortNumber(rest[at]) ? Number(rest[at]) : -1,
    cause: cause >= 0 ? cause : -1,
    isOwnCause: cause >= 0 && numberOf(tail[first]) === 1,
    active: timerBits(active),
    periodic: timerBits(periodic),
  };
}

/** Where `<AcT>` stands: behind the areas and the cell, in whatever number they come. Where the modem has no cell, in the norm's place. */
function technologyAt(rest: readonly string[]): number {
  if (unquoted(rest[0]) === "" && unquoted(rest[1]) === "") return 2;
  const at = rest.findIndex((field, index) => index > 0 && isShortNumber(field));
  return at < 0 ? 2 : at;
}

/** A registration with which MQTT can work, at home. */
export function isHome(status: number): boolean {
  return status === 1 || status === 9;
}

/** The same in a foreign network. */
export function isRoaming(status: number): boolean {
  return status === 5 || status === 10;
}

/** Either of them. */
export function isRegistered({ status }: Pick<Registration, "status">): boolean {
  return isHome(status) || isRoaming(status);
}

const STATUSES: CodeText = `
  0 not registered
  1 registered
  2 searching
  3 denied
  4 out of coverage
  5 registered, roaming
  6 SMS only
  7 SMS only, roaming
  8 emergency calls only
  9 registered
  10 registered, roaming
`;

/** The status in words. */
export function statusWords(status: number): string {
  return status < 0 || status > 10 ? "unknown" : meaning(STATUSES, status);
}

const TECHNOLOGIES: CodeText = `
  0 GSM
  1 GSM
  2 UMTS
  3 EDGE
  4 HSDPA
  5 HSUPA
  6 HSPA
  7 LTE
  8 LTE Cat M1
  9 NB-IoT
  10 5G
  11 5G
  12 5G
  13 LTE and 5G
`;

/** The radio technology in words, by `<AcT>`; undefined where the modem has not told it. */
export function technologyWords(technology: number): string | undefined {
  return technology < 0 || technology > 13 ? undefined : meaning(TECHNOLOGIES, technology);
}

/** EMM causes: 24.301 9.9.3.9. */
const CAUSES: CodeText = `
  2 the network does not know this SIM
  3 this SIM is not allowed
  5 this modem is not accepted (IMEI)
  6 this modem is not allowed
  7 the SIM has no data service
  8 the SIM has no service
  9 the network has lost this SIM's identity
  10 the network has detached the modem
  11 this network is not allowed
  12 this tracking area is not allowed
  13 roaming is not allowed in this tracking area
  14 no data service in this network
  15 no suitable cell in this tracking area
  16 the network cannot be reached for a while
  17 network failure
  18 the circuit-switched domain is not available
  19 the data connection was refused; check the APN
  20 the SIM has refused the network's authentication (MAC failure)
  21 the SIM's authentication is out of step
  22 congestion
  23 security capabilities do not match
  24 the security mode was rejected
  25 this closed group is not allowed
  26 the network's authentication was not accepted
  35 the requested service is not authorised in this network
  39 the service is not available for a while
  40 no data connection was made
  42 severe network failure
  95 an incorrect message
  96 invalid mandatory information
  97 a message that does not exist
  98 a message that does not fit the state
  99 an information element that does not exist
  100 a conditional information element is wrong
  101 a message that does not fit the state
  111 protocol error
`;

/** Why the network has refused the modem, in words; undefined where it has not said. */
export function causeWords({ cause, isOwnCause }: Pick<Registration, "cause" | "isOwnCause">): string | undefined {
  if (cause < 0) return undefined;
  return isOwnCause ? `the modem's own cause ${cause}` : `${meaning(CAUSES, cause)} (cause ${cause})`;
}
