import type { Operation } from "./operation";
import type { Operations } from "./operations";
import type { Writer } from "./writer";

/** The part of the transmit buffer where payloads wait, first in first out, until the modem asks for them. */
export class Staging {
  readonly #writer: Writer;
  readonly #operations: Operations;
  #tail: number;
  /** How many payloads wait. */
  #count = 0;

  constructor(writer: Writer, operations: Operations) {
    this.#writer = writer;
    this.#operations = operations;
    this.#tail = writer.staging;
  }

  /** How long a payload {@link reserve} can take now, in bytes. @param pinned nothing may be moved */
  room(pinned: boolean): number {
    const size = this.#writer.buffer.length;
    if (pinned) return size - this.#tail;
    let used = 0;
    if (this.#count > 0)
      for (let operation = this.#operations.first; operation !== null; operation = operation.next) if (operation.staged) used += operation.length;
    return size - this.#writer.staging - used;
  }

  /** Keeps `length` bytes for the operation's payload; false when there is no room now. */
  reserve(operation: Operation, length: number, pinned: boolean): boolean {
    operation.length = length;
    operation.filled = 0;
    if (length === 0) return true;
    const size = this.#writer.buffer.length;
    if (this.#tail + length > size) {
      if (pinned) return false;
      this.compact();
      if (this.#tail + length > size) return false;
    }
    operation.offset = this.#tail;
    operation.staged = true;
    this.#count++;
    this.#tail += length;
    return true;
  }

  /** The payload needs its place no more. */
  release(operation: Operation): void {
    if (!operation.staged) return;
    operation.staged = false;
    this.#count--;
    if (this.#count === 0) this.#tail = this.#writer.staging;
  }

  /** Moves the waiting payloads together; they lie in the order in which their operations were taken. */
  private compact(): void {
    const buffer = this.#writer.buffer;
    let to = this.#writer.staging;
    for (let operation = this.#operations.first; operation !== null; operation = operation.next) {
      if (!operation.staged) continue;
      if (operation.offset !== to) buffer.copyWithin(to, operation.offset, operation.offset + operation.length);
      operation.offset = to;
      to += operation.length;
    }
    this.#tail = to;
  }
}
