import { Outcome, ResultCode, Skipped, WireId, type Request } from "../../at/requests/request";
import { Byte } from "../../at/responses/bytes";
import { FieldKind, type Fields } from "../../at/responses/fields";
import { frozen } from "../../bytes/frozen";
import { Text } from "../../bytes/text";
import type { HookedLink } from "../../modem/hook";
import { Kind } from "../../modem/script";
import { Failure } from "./failures";
import { IDS, PacketIds } from "./packet-ids";

/** `+CME ERROR` of an ML302 whose acknowledgement has not come in time (7.4). */
const ACK_TIMEOUT = 616;
const REFUSED = 128;
/** In place of what cannot be read. */
const UNREADABLE = -1;
const BACKSLASH = 0x5c;
/** As the scan of S3 prints the dup flag 0 once (C-1). */
const LETTER_O = frozen(new Text("O", "O", 1));
const HEX_CODES = frozen(["0x00", "0x01", "0x02", "0x80"].map((code) => new Text("code", code, 4)));

/** Ends publishes, subscribes and unsubscribes of modems that choose the packet ids by themselves: see {@link PacketIds}. */
export class Acknowledgements {
  private readonly link: HookedLink;
  readonly ids = new PacketIds();
  /** This modem reports PUBRECs. Some firmware may report the end of a publish at QoS 2 alone. */
  private reportsReceived = false;
  /** This modem prints the final of a command before its result, as S2 has it and S3 has not. */
  private finalFirst = false;

  constructor(link: HookedLink) {
    this.link = link;
  }

  /** `+MQTTPUBACK` and `+MQTTPUBCOMP`: `<packId>,<dup>`, or the other way round. The one publish under way is meant, unless the report is late. */
  published(fields: Fields, QoS: number): void {
    const {
      ids,
      link: { chat },
    } = this;
    const request = this.link.pending(Kind.Publish),
      id = packetId(fields);
    if (request === null || request.QoS !== QoS || id < 0) return;
    const early = chat.awaitsFinal(request);
    if (this.isRepetition(request, id, early)) return ids.doubt(Kind.Publish);
    if (!ids.isOf(Kind.Publish, id)) return;
    if (!early && !request.reported) this.finalFirst = true;
    chat.resolve(request, 0);
  }

  /**
   * Whether what acknowledges the publish is the last one's acknowledgement, printed again, though its id does not tell. At QoS 2
   * the PUBREC is missing; and a modem that prints finals first prints no acknowledgement before the final.
   */
  private isRepetition(request: Request, id: number, early: boolean): boolean {
    if (this.ids.tells(Kind.Publish)) return false;
    if (request.QoS === 2 && request.granted === 0 && this.reportsReceived) return true;
    return early && this.finalFirst && this.ids.isLast(Kind.Publish, id);
  }

  /** `+MQTTPUBREC`, with the same fields. */
  received(fields: Fields): void {
    const request = this.link.pending(Kind.Publish),
      id = packetId(fields);
    if (id < 0 || request === null || request.QoS !== 2 || !this.ids.mayBe(Kind.Publish, id)) return;
    this.reportsReceived = true;
    this.link.received(request);
    request.granted = 1;
  }

  /** `+MQTTSUBACK: <packId>,<code>,<topic>`. */
  subscribed(fields: Fields): void {
    const request = this.link.pending(Kind.Subscribe),
      code = grantOf(fields, 1);
    if (request === null || code < 0 || this.isAnothers(request, fields, 2) || !this.ids.isOf(Kind.Subscribe, fields.int(0))) return;
    request.granted = 0;
    request.grant(0, code);
    this.link.chat.resolve(request, 0);
  }

  /** `+MQTTUNSUBACK:<packId>,<topic>`. */
  unsubscribed(fields: Fields): void {
    const request = this.link.pending(Kind.Unsubscribe);
    if (request !== null && !this.isAnothers(request, fields, 1) && this.ids.isOf(Kind.Unsubscribe, fields.int(0))) this.link.chat.resolve(request, 0);
  }

  /**
   * Whether the line ends with another topic than the request's, so that it is late, and an earlier request's (dialects.md 6.4).
   * The topic may be missing, have quotes, and blanks and backslashes where the command had none.
   */
  private isAnothers(request: Request, fields: Fields, field: number): boolean {
    if (fields.length(field) === 0) return false;
    const { ring, decoder } = this.link.chat,
      { bytes, mask } = ring,
      end = decoder.lineEnd;
    const topic = request.items![0].text.bytes;
    let at = fields.start(field),
      matched = 0;
    for (;;) {
      while (at !== end && isVague(bytes[at & mask])) at = (at + 1) | 0;
      while (matched < topic.length && isVague(topic[matched])) matched++;
      if (at === end || matched === topic.length || bytes[at & mask] !== topic[matched]) break;
      at = (at + 1) | 0;
      matched++;
    }
    return matched < topic.length || (at !== end && bytes[at & mask] !== Byte.Quote);
  }

  /** `+MQTTTO`: the modem waits no more for the acknowledgement of the one of this kind. */
  timedOut(kind: Kind): void {
    const request = this.link.pending(kind);
    if (request === null) return;
    // A publish that the host has given up before has had its time: nothing comes for it any more.
    if (kind === Kind.Publish && !request.reported) this.ids.late();
    this.link.chat.resolve(request, Failure.Timeout);
  }

  /** A request has ended. */
  onDone(request: Request, outcome: Outcome, code: number): void {
    const {
        ids,
        link: { chat, number },
      } = this,
      { kind } = request;
    if (kind > Kind.Unsubscribe || (kind === Kind.Publish && request.QoS === 0)) return;
    if (request.reported && outcome !== Outcome.TimedOut) return; // the ids have been told when it timed out
    if (outcome === Outcome.Refused && code === ACK_TIMEOUT) {
      if (kind === Kind.Publish && request.result === ResultCode.Pending) ids.late(); // otherwise +MQTTTO has reported it
    } else if (outcome === Outcome.Refused || (outcome === Outcome.Failed && code !== Failure.Timeout) || (outcome === Outcome.Done && code !== 0))
      ids.unsent(kind);
    else if (outcome === Outcome.TimedOut) {
      // The modem has accepted it, so that it has had an id, which is none of the next one's.
      const tells = ids.tells(kind) && (request.answerSkipped === Skipped.Line || !chat.inDoubt);
      if (!tells) ids.unsent(kind);
      ids.timedOut(kind);
      // Its id differs from the next one's, or what has come for it was perhaps its own: nothing is to be waited for.
      if (kind === Kind.Publish && (tells || request.answerSkipped === Skipped.Line || ids.hasDoubted(kind)) && chat.find(number, kind, WireId.Any) === request)
        chat.resolve(request, Failure.Timeout);
    }
  }
}

/** Whether the modem may leave the byte out of a topic that it repeats, or put it in. */
function isVague(byte: number): boolean {
  return byte === Byte.Blank || byte === BACKSLASH;
}

/**
 * The packet id in `<packId>,<dup>` or `<dup>,<packId>`: the flag is 0 or 1, and an id at the least 1 (dialects.md 6.3). 0 where
 * neither is one, `UNREADABLE` where a field is no number.
 */
function packetId(fields: Fields): number {
  const first = pairField(fields, 0),
    second = fields.count > 1 ? pairField(fields, 1) : 0;
  if (fields.count === 0 || first < 0 || second < 0 || (first > 1 && second > 1)) return UNREADABLE;
  const id = first > second ? first : second;
  return id > IDS ? UNREADABLE : id;
}

function pairField(fields: Fields, index: number): number {
  return fields.is(index, LETTER_O) ? 0 : fields.int(index, UNREADABLE);
}

/** The code of a SUBACK as the modems print it: 0, 1, 2, or anything else for a refusal; or as S2's table does, `0x00` and so on. */
function grantOf(fields: Fields, index: number): number {
  if (fields.kind(index) === FieldKind.Integer) return fields.int(index);
  for (let code = 0; code < HEX_CODES.length; code++) if (fields.is(index, HEX_CODES[code])) return code < 3 ? code : REFUSED;
  return UNREADABLE;
}
