import type { Ring } from "../../bytes/ring";
import { Byte } from "../responses/bytes";

/** What has come of an echo. */
export const enum Echoed {
  /** All that has come is alike, and more may. */
  Part,
  Whole,
  /** Something else may be a line in the middle of it. */
  Interrupted,
  /** Something else shows that it is none. */
  None,
}

/** Bytes that were sent, and may come back. They stay in the ring until all of them have. */
export class Echo {
  private source!: Uint8Array;
  private at = 0;
  private end = 0;
  private first = 0;
  /** One blank more may come: that of the prompt. */
  private blank = false;
  /** Bytes that may come of the end of the line that was before: carriage returns, and a line feed at last. */
  ending = 0;

  /** `source[start … end)` was sent. @param ending bytes that may come of the end of the line that the prompt was */
  expect(source: Uint8Array, start: number, end: number, ending: number): void {
    this.source = source;
    this.at = start;
    this.end = end;
    this.first = start;
    this.blank = true;
    this.ending = ending;
  }

  /** Whether a part has come back. */
  get begun(): boolean {
    return this.at > this.first;
  }

  /** Compares what has come from `at` on with what was sent. Where that is over, the ring's head is what to go on with. */
  follow(ring: Ring, at: number): Echoed {
    const bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    const sent = this.source, end = this.end;
    let index = this.at;
    while (at !== tail && index < end) {
      const byte = bytes[at & mask]!;
      if (this.ending > 0) {
        const skipped = byte === (this.ending > 1 ? Byte.CR : Byte.LF);
        this.ending = skipped ? this.ending - 1 : 0;
        if (skipped) {
          at = (at + 1) | 0;
          continue;
        }
      }
      // A modem may repeat no line feed, and an error that has come in between has ended the line.
      let next = index;
      while (next < end && byte !== sent[next] && (sent[next] === Byte.CR || sent[next] === Byte.LF)) next++;
      if (next < end && byte === sent[next]) {
        index = next + 1;
        if (byte !== Byte.Blank) this.blank = false;
      } else if (this.blank && byte === Byte.Blank) this.blank = false; // the prompt's
      else return this.breakOff(ring, at, index);
      at = (at + 1) | 0;
    }
    this.at = index;
    const whole = index === end;
    if (whole || ring.free === 0) ring.head = at;
    return whole ? Echoed.Whole : Echoed.Part;
  }

  /**
   * Something else has come than what was sent. Where a line may begin there, or at the last CR that was alike, it is a report
   * in the middle of the echo, which goes on behind it; otherwise it is no echo after all. What is a line from the payload's
   * first byte on is taken for the modem's: nothing shows that the payload is echoed.
   */
  private breakOff(ring: Ring, at: number, index: number): Echoed {
    const sent = this.source, byte = ring.bytes[at & ring.mask]!;
    let start = index;
    do start--; while (start >= this.first && sent[start] !== Byte.CR);
    if ((byte === Byte.CR || byte === Byte.LF) && start !== this.first) start = index;
    const line = (at - index + start) | 0;
    if (start < this.first || ((line - ring.head) | 0) < 0) return Echoed.None;
    ring.head = line;
    this.at = start;
    return Echoed.Interrupted;
  }
}
