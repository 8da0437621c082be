import type { Text } from "../bytes/text";
import type { Bytes } from "../platform";
import type { Command } from "./command";
import type { Operation, OperationOwner } from "./operation";

const QUOTE = 0x22;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;

/**
 * The one transmit buffer. Command lines are written at its beginning, straight from numbers and bytes; payloads wait
 * in its rest, first in first out, until the modem asks for them.
 */
export class Writer {
  readonly buffer: Uint8Array;
  /** Where the waiting payloads begin; the command line has the bytes before. */
  readonly staging: number;
  /** Bytes of command line written since {@link begin}. */
  length = 0;
  /** Whether the line did not fit. It must not be sent then. */
  overflow = false;
  readonly #native: Bytes;

  // The publish whose line is still there, up to its payload: the next one is likely to have the same.
  #command: Command | null = null;
  #owner: OperationOwner | null = null;
  #topic: Text | null = null;
  #payload = 0;
  /** QoS and the retain flag. */
  #flags = 0;
  #id = 0;
  /** Where the id ends. */
  #idEnd = 0;
  #kept = 0;

  constructor(command: number, staging: number, native: Bytes) {
    this.buffer = new Uint8Array(command + staging);
    this.staging = command;
    this.#native = native;
  }

  begin(): void {
    this.length = 0;
    this.overflow = false;
    this.#command = null;
  }

  /** The line so far is what {@link again} finds there for a publish like this one. */
  keep(command: Command, operation: Operation): void {
    if (this.overflow) return;
    this.#command = command;
    this.#owner = operation.owner;
    this.#topic = operation.topic;
    this.#payload = operation.length;
    this.#flags = operation.QoS * 2 + operation.retain;
    this.#id = operation.wire;
    this.#kept = this.length;
  }

  /** Whether the publish's line is there, up to its payload, but for an id that has been put in its place now. */
  again(command: Command, operation: Operation): boolean {
    if (this.#command !== command || this.#topic !== operation.topic || this.#payload !== operation.length ||
        this.#flags !== operation.QoS * 2 + operation.retain || this.#owner !== operation.owner || !this.renumber(operation.wire)) return false;
    this.length = this.#kept;
    return true;
  }

  /** Writes the last digits of the id anew; false where it has more or fewer than the one before. */
  private renumber(id: number): boolean {
    let before = this.#id, at = this.#idEnd;
    this.#id = id;
    while (id !== before) {
      if (id <= 0 || before <= 0) return false;
      this.buffer[--at] = DIGIT_0 + (id % 10);
      id = (id / 10) | 0;
      before = (before / 10) | 0;
    }
    return true;
  }

  /** The id that a result will carry. */
  id(id: number): void {
    this.int(id);
    this.#idEnd = this.length;
  }

  byte(byte: number): void {
    if (this.length < this.staging) this.buffer[this.length++] = byte;
    else this.overflow = true;
  }

  /** Literal parts of a command: they come from a driver's table, never from an application. */
  literal(bytes: Uint8Array): void {
    const length = bytes.length;
    if (this.length + length > this.staging) {
      this.overflow = true;
      return;
    }
    this.#native.copy(this.buffer, this.length, bytes, 0, length);
    this.length += length;
  }

  /** A quoted string. Nothing but a checked {@link Text} is ever quoted. */
  quoted(text: Text): void {
    const bytes = text.bytes, length = bytes.length;
    const at = this.length;
    if (at + length + 2 > this.staging) {
      this.overflow = true;
      return;
    }
    this.buffer[at] = QUOTE;
    this.#native.copy(this.buffer, at + 1, bytes, 0, length);
    this.buffer[at + 1 + length] = QUOTE;
    this.length = at + length + 2;
  }

  int(value: number): void {
    if (value >= 0 && value < 10) return this.byte(DIGIT_0 + value);
    if (value < 0) {
      this.byte(MINUS);
      value = -value;
    }
    let divisor = 1;
    while (value >= divisor * 10) divisor *= 10;
    for (; divisor > 1; divisor = (divisor / 10) | 0) this.byte(DIGIT_0 + (((value / divisor) | 0) % 10));
    this.byte(DIGIT_0 + (value % 10));
  }

  /** The staged bytes from `offset` on as upper-case hex digits. */
  hex(offset: number, length: number): void {
    if (this.length + length * 2 > this.staging) {
      this.overflow = true;
      return;
    }
    this.#native.hex(this.buffer, this.length, this.buffer, offset, length);
    this.length += length * 2;
  }

  /** Puts `length` bytes of `source` at `offset` of the staging part. */
  stage(offset: number, source: Uint8Array, length: number): void {
    this.#native.copy(this.buffer, offset, source, 0, length);
  }
}
