import type { Chat } from "../at/chat/chat";
import { ResultCode, WireId, type Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import { CommonResponse } from "../at/responses/response-table";
import { frozen } from "../bytes/frozen";
import type { MQTTModemError } from "../errors";
import { RETURN_CODE } from "./codes";
import type { Kind } from "./script";
import { Stage } from "./stage";

/** What a report does. */
export const enum Does {
  /** It ends the oldest request of a kind. */
  End,
  /** PUBREC has come for a publish. */
  Receive,
  /** PINGRESP has come. */
  Ping,
  /** The connection is lost. */
  Lose,
  /** The family's hook interprets it. */
  Hook,
}

/** One way to read a report. */
export interface ReportRow {
  /** The report, by its number in the response table. */
  readonly on: number;
  readonly does: Does;
  /** Of what it ends. */
  readonly kind?: Kind;
  /** The field with the request's id. Without it the oldest request of the kind is meant. */
  readonly id?: number;
  /** The field with the result; 0 is good. Without it the result is `code`. */
  readonly result?: number;
  readonly code?: number;
  /** This result means that the modem works on the request. */
  readonly progress?: number;
  /** From this field on the broker's grants, one for each topic. */
  readonly grants?: number;
  /** The field with a CONNACK return code, which may be missing. */
  readonly returnCode?: number;
  /** Which reports are meant. All, when left out. */
  readonly takes?: (fields: Fields) => boolean;
  /** The error for a loss. */
  readonly error?: (fields: Fields) => MQTTModemError;
  /** The loss counts while the link connects, too, if a request of this kind is under way. */
  readonly connecting?: Kind;
}

/** For each report the rows for it, by its number less `CommonResponse.Family`. The first row that applies is the one that counts. */
export type Reports = readonly (readonly ReportRow[])[];

/** Sorts rows by their reports. */
export function reports(...rows: readonly ReportRow[]): Reports {
  const sorted: ReportRow[][] = [];
  for (const row of rows) (sorted[row.on - CommonResponse.Family] ??= []).push(row);
  return frozen(Array.from(sorted, (each) => each ?? []));
}

/** About whom a report is: a link. */
export interface ReportedLink {
  readonly chat: Chat;
  readonly stage: Stage;
  /** The oldest request of a kind, with this id on the wire, whose result is still to come. */
  find(kind: Kind, id: number): Request | null;
  pending(kind: Kind): Request | null;
  received(request: Request): void;
  pinged(): void;
  /** A report of a loss. */
  loseReported(error: MQTTModemError): void;
}

/** Does what a row says that the hook does not interpret. @returns false where the row does not apply */
export function apply(row: ReportRow, link: ReportedLink, fields: Fields): boolean {
  switch (row.does) {
    case Does.End:
      return end(row, link, fields);
    case Does.Receive: {
      const request = requestOf(row, link, fields);
      if (request !== null) link.received(request);
      return true;
    }
    case Does.Ping:
      link.pinged();
      return true;
    default:
      return lose(row, link, fields);
  }
}

function requestOf({ kind, id }: ReportRow, link: ReportedLink, fields: Fields): Request | null {
  return link.find(kind!, id === undefined ? WireId.Any : fields.int(id));
}

function end(row: ReportRow, link: ReportedLink, fields: Fields): boolean {
  const request = requestOf(row, link, fields);
  if (request === null) return false;
  const { result: at, progress, grants, returnCode } = row,
    result = at === undefined ? (row.code ?? ResultCode.Unspecified) : fields.int(at);
  if (result === progress) link.chat.extend(request);
  else if (returnCode !== undefined) {
    const code = fields.int(returnCode, 0);
    if (code >= 0) link.chat.resolve(request, result === 0 && code > 0 ? RETURN_CODE + code : result); // otherwise the report is damaged
  } else {
    if (grants !== undefined && result === 0 && fields.count > grants) grant(request, fields, grants);
    link.chat.resolve(request, result);
  }
  return true;
}

/** A modem may tell one grant for several topics (dialects.md, A-12). */
function grant(request: Request, fields: Fields, first: number): void {
  const items = request.items!;
  request.granted = 0;
  for (let i = 0; i < items.length; i++) request.grant(i, fields.int(first + i, fields.int(first, items[i].QoS)));
}

function lose(row: ReportRow, link: ReportedLink, fields: Fields): boolean {
  if (row.takes !== undefined && !row.takes(fields)) return false;
  const { stage } = link;
  if (
    stage === Stage.Online ||
    stage === Stage.Reconnecting ||
    (stage === Stage.Connecting && row.connecting !== undefined && link.pending(row.connecting) !== null)
  )
    link.loseReported(row.error!(fields));
  return true;
}
