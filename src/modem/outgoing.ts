import type { Chat } from "../at/chat/chat";
import type { Request } from "../at/requests/request";
import { decodableLength, encodedLength, encodeInPlace, Encoding } from "../bytes/encoding";
import { ArgumentError } from "../errors";
import { IdsFrom, type Family } from "./family";
import type { LinkOptions } from "./family-options";
import type { Hook } from "./hook";
import type { Limits } from "./limits";

/** Whose messages go out: a link. */
export interface OutgoingLink {
  readonly chat: Chat;
  readonly family: Family;
  readonly limits: Limits;
  readonly options: LinkOptions;
  readonly hook: Hook | null;
}

/** Messages that go out: the place of their payloads in the transmit buffer, their encoding, and the command that sends each. */
export class Outgoing {
  private readonly chat: Chat;
  private readonly link: OutgoingLink;
  private readonly encoding: Encoding;
  /** Bytes that one message can have. */
  readonly longest: number;
  /** Bytes that stand behind a payload. */
  private readonly tail: number;

  constructor(link: OutgoingLink, encoding: Encoding) {
    this.chat = link.chat;
    this.link = link;
    this.encoding = encoding;
    this.longest = decodableLength(encoding, link.limits.payload);
    this.tail = link.options.tail ?? 0;
  }

  /** Bytes that one message can have now. */
  get room(): number {
    const room = this.chat.payloads.room - this.tail;
    return room <= 0 ? 0 : this.encoding === Encoding.Raw ? room : decodableLength(this.encoding, room);
  }

  /** Refuses a payload that the family cannot send, beyond what its limits say. @throws ArgumentError */
  check(length: number): void {
    if (length > 0) return;
    const { emptyPayload } = this.link.family;
    if (emptyPayload !== undefined) throw new ArgumentError("ARGUMENT_LENGTH", "data", length, emptyPayload);
  }

  /** Keeps a place in the transmit buffer for a payload of `length` bytes that begins with `bytes`; false when there is no room now. */
  begin(request: Request, length: number, bytes: Uint8Array): boolean {
    const encoding = this.encoding,
      tail = this.tail;
    return this.chat.payloads.reserve(request, (encoding === Encoding.Raw ? length : encodedLength(encoding, length)) + tail, bytes, length + tail);
  }

  /** Adds a part to a payload of which `left` bytes are still to come. The encoded payload will begin before it. */
  add(request: Request, bytes: Uint8Array, left: number): void {
    this.chat.payloads.fill(request, bytes, left + this.tail);
  }

  /** Sends a message whose payload of `length` bytes is there; false when there is no room for it now. */
  send(request: Request, length: number): boolean {
    const link = this.link,
      options = link.options,
      family = link.family,
      idsFrom = family.packetIds,
      publish = family.publish,
      QoS = request.QoS,
      isQoS0 = QoS === 0;
    if (this.encoding !== Encoding.Raw) encodeInPlace(this.encoding, this.chat.payloads.bytes, request.offset, length);
    request.wireId = idsFrom === IdsFrom.Modem ? -1 : idsFrom === IdsFrom.HostButZero && isQoS0 ? 0 : request.id;
    request.resultTimeout = QoS === 2 ? (options.resultTimeoutQoS2 ?? options.resultTimeout) : options.resultTimeout;
    const command = publish === undefined ? link.hook!.publish!(request) : isQoS0 ? (family.publishQoS0 ?? publish) : publish;
    if (command === null) return false;
    this.chat.submit(request, command);
    return true;
  }
}
