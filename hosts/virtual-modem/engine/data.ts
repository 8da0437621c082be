// The data phase: raw bytes after a prompt, counted or ended by Ctrl-Z.

import type { DataPhase } from "./family";

const ctrlZ = 0x1a;
const escape = 0x1b;

/** Collects the bytes of one data phase. With a count every byte is data, Ctrl-Z and ESC too. */
export class DataCollector {
  readonly phase: DataPhase;
  cancelled = false;
  /** Whether what the host sends beyond the maximum, until the final result, is to be ignored. */
  surplusIgnored = false;
  readonly #bytes: number[] = [];

  constructor(phase: DataPhase) {
    this.phase = phase;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Reads from the front of `input`. @returns how many bytes belong to the phase, and whether it is over */
  take(input: readonly number[]): { used: number; done: boolean } {
    const { length, maximum } = this.phase;
    const most = length ?? maximum;
    for (let used = 0; used < input.length; ) {
      const byte = input[used++];
      if (length === undefined && (byte === ctrlZ || byte === escape)) {
        this.cancelled = byte === escape;
        return { used, done: true };
      }
      this.#bytes.push(byte);
      if (this.#bytes.length === most) {
        this.surplusIgnored = length === undefined;
        return { used, done: true };
      }
    }
    return { used: input.length, done: false };
  }
}
