import type { Bytes } from "../../platform";
import { Offset, type Operation } from "./operation";
import { Operations } from "./operations";
import { roomier } from "./writer";

/** Who knows whether a payload that waits must stay where it is. */
export interface Pinning {
  readonly pinned: boolean;
}

/** The operations under way with their payloads, which wait first in first out until the modem asks for them. */
export class StagedOperations extends Operations {
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
      for (let operation = this.first; operation !== null; operation = operation.next) if (operation.offset !== Offset.None) used += operation.length;
    return this.mostBytes - used;
  }

  /** Keeps `length` bytes for the operation's payload; false when there is no room now. */
  reserve(operation: Operation, length: number, pinning: Pinning): boolean {
    operation.length = length;
    if (length === 0) return true;
    let end = this.tail + length;
    if (end > this.payloads.length) {
      if (!pinning.pinned) this.compact();
      end = this.tail + length;
      if (end > this.mostBytes) return false;
      if (end > this.payloads.length) this.payloads = roomier(this.payloads, end, this.mostBytes);
    }
    operation.offset = this.tail;
    this.tail = end;
    this.staged++;
    return true;
  }

  /** Copies `bytes` to where the last `left` of the operation's payload begin. */
  fill(operation: Operation, bytes: Uint8Array, left: number): void {
    this.native.copy(this.payloads, operation.offset + operation.length - left, bytes, 0, bytes.length);
  }

  /** The payload needs its place no more. */
  release(operation: Operation): void {
    if (operation.offset === Offset.None) return;
    operation.offset = Offset.None;
    this.staged--;
    if (this.staged === 0) this.tail = 0;
  }

  /** Moves the waiting payloads together; they lie in the order in which their operations were taken. */
  private compact(): void {
    const buffer = this.payloads;
    let to = 0;
    for (let operation = this.first; operation !== null; operation = operation.next) {
      if (operation.offset === Offset.None) continue;
      if (operation.offset !== to) buffer.copyWithin(to, operation.offset, operation.offset + operation.length);
      operation.offset = to;
      to += operation.length;
    }
    this.tail = to;
  }
}
