// The data phase: raw bytes after a prompt, counted or ended by Ctrl-Z. Counted data may have a settle time after them.

import type { DataPhase } from "./family";

const ctrlZ = 0x1a;
const escape = 0x1b;

/** Collects the bytes of one data phase. With a count every byte is data, Ctrl-Z (as a rule) and ESC too. */
export class DataCollector {
  readonly phase: DataPhase;
  cancelled = false;
  /** Whether what the host sends beyond the maximum, until the final result, is to be ignored. */
  surplusIgnored = false;
  /** How many bytes came after the counted ones, in the settle time. */
  surplus = 0;
  readonly #bytes: number[] = [];

  constructor(phase: DataPhase) {
    this.phase = phase;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Whether the counted bytes are in, and silence or Ctrl-Z is waited for. */
  get settling(): boolean {
    const { length, settle } = this.phase;
    return settle !== undefined && this.#bytes.length === length;
  }

  /** Reads from the front of `input`. @returns how many bytes belong to the phase, and whether it is over */
  take(input: readonly number[]): { used: number; done: boolean } {
    const { length, maximum, settle, ctrlZEnds } = this.phase;
    const most = length ?? maximum;
    for (let used = 0; used < input.length; ) {
      const byte = input[used++];
      if (byte === ctrlZ && (this.settling || ctrlZEnds)) return { used, done: true };
      if (this.settling) {
        this.surplus++;
        continue;
      }
      if (length === undefined && (byte === ctrlZ || byte === escape)) {
        this.cancelled = byte === escape;
        return { used, done: true };
      }
      this.#bytes.push(byte);
      if (this.#bytes.length === most && (length === undefined || settle === undefined)) {
        this.surplusIgnored = length === undefined;
        return { used, done: true };
      }
    }
    return { used: input.length, done: false };
  }
}
