import type { Bytes } from "../../platform";
import { roomier } from "../commands/writer";
import { Offset, type Request } from "./request";
import type { Requests } from "./requests";

/** The payloads of requests that wait until the modem asks for them, in one buffer, first in first out. */
export class Payloads {
  /** Each payload stands here from its request's `offset` on. A larger buffer takes this one's place when a payload needs it. */
  bytes: Uint8Array;
  /** The request whose payload must stay where it is: it is being written, or its echo is compared with it. */
  private pinned: Request | null = null;
  private readonly requests: Requests;
  private readonly mostBytes: number;
  private readonly native: Bytes;
  private tail = 0;
  /** Bytes of the payloads that wait. */
  used = 0;

  /** @param most bytes that may wait */
  constructor(requests: Requests, most: number, native: Bytes) {
    this.requests = requests;
    this.bytes = roomier(null, 0, most);
    this.mostBytes = most;
    this.native = native;
  }

  /** How long a payload {@link reserve} can take now, in bytes. */
  get room(): number {
    return this.mostBytes - (this.pinned === null ? this.used : this.tail);
  }

  /**
   * Keeps `length` bytes of the buffer for the request's payload, and copies `bytes` to where the last `left` of them begin; false
   * when there is no room now.
   */
  reserve(request: Request, length: number, bytes: Uint8Array, left: number): boolean {
    request.length = length;
    if (length === 0) return true;
    let end = this.tail + length;
    if (end > this.bytes.length) {
      if (this.pinned === null) this.compact();
      end = this.tail + length;
      if (end > this.mostBytes) return false;
      if (end > this.bytes.length) this.bytes = roomier(this.bytes, end, this.mostBytes);
    }
    request.offset = this.tail;
    this.tail = end;
    this.used += length;
    this.native.copy(this.bytes, end - left, bytes, 0, bytes.length);
    return true;
  }

  /** Copies `bytes` to where the last `left` bytes of the request's payload begin. */
  fill(request: Request, bytes: Uint8Array, left: number): void {
    this.native.copy(this.bytes, request.offset + request.length - left, bytes, 0, bytes.length);
  }

  /** The payload must stay where it is until it is released. */
  pin(request: Request): void {
    if (request.offset !== Offset.None) this.pinned = request;
  }

  /** The payload is needed no more. */
  release(request: Request): void {
    if (this.pinned === request) this.pinned = null;
    if (request.offset === Offset.None) return;
    request.offset = Offset.None;
    if ((this.used -= request.length) === 0) this.tail = 0;
  }

  /** Moves the waiting payloads together. They stand in the order in which their requests were taken. */
  private compact(): void {
    const buffer = this.bytes;
    let to = 0;
    for (let request = this.requests.first; request !== null; request = request.next) {
      if (request.offset === Offset.None) continue;
      if (request.offset !== to) buffer.copyWithin(to, request.offset, request.offset + request.length);
      request.offset = to;
      to += request.length;
    }
    this.tail = to;
  }
}
