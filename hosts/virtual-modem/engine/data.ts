// The data phase: raw bytes after a prompt, counted or ended by Ctrl-Z. A settle time may follow counted data.

import type { DataPhase } from "./family";

const ctrlZ = 0x1a;
const escape = 0x1b;

/** Collects the bytes of one data phase. With a count every byte is data, also ESC and, as a rule, Ctrl-Z. */
export class DataCollector {
  readonly phase: DataPhase;
  cancelled = false;
  /** Whether to ignore bytes beyond the maximum until the final result. */
  surplusIgnored = false;
  /** How many bytes came in the settle time. */
  surplus = 0;
  readonly #bytes: number[] = [];

  constructor(phase: DataPhase) {
    this.phase = phase;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Whether all counted bytes have come, and the phase waits for silence or Ctrl-Z. */
  get settling(): boolean {
    const { length, settle } = this.phase;
    return settle !== undefined && this.#bytes.length === length;
  }

  /** Reads bytes from the front of `input`. @returns how many belong to the phase, and whether it has ended */
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
