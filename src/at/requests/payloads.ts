import type { Bytes } from "../../platform";
import { Offset, type Request } from "./request";
import { Requests } from "./requests";
import { roomier as roomier } from "../commands/writer";

/** Who knows whether a payload that waits must stay where it is. */
export interface PayloadPin {
  readonly pinned: boolean;
}

/** The requests under way with their payloads, which wait first in first out until the modem asks for them. */
export class RequestsWithPayloads extends Requests {
  /** The payloads, each from its `offset` on. A larger one takes this one's place when a payload needs it. */
  payloads: Uint8Array;
  private readonly mostBytes: number;
  private readonly native: Bytes;
  private tail = 0;
  /** How many payloads wait. */
  private staged = 0;

  /** @param most bytes that may wait */
  constructor(most: number, native: Bytes) {
    super();
    this.payloads = roomier(null, 0, most);
    this.mostBytes = most;
    this.native = native;
  }

  /** No payload waits. */
  get isEmpty(): boolean {
    return this.staged === 0;
  }

  /** How long a payload {@link reserve} can take now, in bytes. @param pinned nothing may be moved */
  room(pinned: boolean): number {
    if (pinned) return this.mostBytes - this.tail;
    let used = 0;
    if (this.staged > 0)
      for (let request = this.first; request !== null; request = request.next) if (request.offset !== Offset.None) used += request.length;
    return this.mostBytes - used;
  }

  /** Keeps `length` bytes for the request's payload; false when there is no room now. */
  reserve(request: Request, length: number, pinning: PayloadPin): boolean {
    request.length = length;
    if (length === 0) return true;
    let end = this.tail + length;
    if (end > this.payloads.length) {
      if (!pinning.pinned) this.compact();
      end = this.tail + length;
      if (end > this.mostBytes) return false;
      if (end > this.payloads.length) this.payloads = roomier(this.payloads, end, this.mostBytes);
    }
    request.offset = this.tail;
    this.tail = end;
    this.staged++;
    return true;
  }

  /** Copies `bytes` to where the last `left` of the request's payload begin. */
  fill(request: Request, bytes: Uint8Array, left: number): void {
    this.native.copy(this.payloads, request.offset + request.length - left, bytes, 0, bytes.length);
  }

  /** The payload needs its place no more. */
  release(request: Request): void {
    if (request.offset === Offset.None) return;
    request.offset = Offset.None;
    this.staged--;
    if (this.staged === 0) this.tail = 0;
  }

  /** Moves the waiting payloads together; they lie in the order in which their requests were taken. */
  private compact(): void {
    const buffer = this.payloads;
    let to = 0;
    for (let request = this.first; request !== null; request = request.next) {
      if (request.offset === Offset.None) continue;
      if (request.offset !== to) buffer.copyWithin(to, request.offset, request.offset + request.length);
      request.offset = to;
      to += request.length;
    }
    this.tail = to;
  }
}
