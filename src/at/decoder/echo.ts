import type { Ring } from "../../bytes/ring";
import { Byte } from "../responses/bytes";

/** How what has come compares with what was sent. */
export const enum Echoed {
  /** All that has come is the same, and more may follow. */
  Part,
  /** All of it has come. */
  Whole,
  /** Something else has come, which may be a line in the middle of the echo. */
  Interrupted,
  /** Something else has come, which shows that the modem does not echo. */
  None,
}

/** Recognises bytes that were sent and come back, for a modem may echo the payload. What comes back stays in the ring until all of it has come. */
export class Echo {
  private source!: Uint8Array;
  /** Positions in the source: of the byte that is to come back next, of the end, and of the beginning. */
  private at = 0;
  private end = 0;
  private first = 0;
  /** The prompt's blank may still come. */
  private blank = false;
  /** Bytes that may still come of the end of the line before: carriage returns, and a line feed at last. */
  ending = 0;

  /** `source[start … end)` was sent. @param ending bytes that may still come of the end of the line that the prompt was */
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

  /** Compares what has come, from `at` on, with what was sent. Unless that is `Part`, the decoder goes on at the ring's head. */
  follow(ring: Ring, at: number): Echoed {
    const bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    const sent = this.source,
      end = this.end;
    let index = this.at;
    while (at !== tail && index < end) {
      const byte = bytes[at & mask];
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
      } else if (this.blank && byte === Byte.Blank)
        this.blank = false; // the prompt's
      else return this.breakOff(ring, at, index);
      at = (at + 1) | 0;
    }
    this.at = index;
    const whole = index === end;
    if (whole || ring.free === 0) ring.head = at;
    return whole ? Echoed.Whole : Echoed.Part;
  }

  /**
   * Something else has come than what was sent. Where a line may begin there, or began at the last CR that was the same, the line is
   * a report in the middle of the echo, and the echo goes on behind it; otherwise it is no echo after all. A line that begins with the
   * payload's first byte is taken for the modem's own, for nothing shows yet that the modem echoes the payload.
   */
  private breakOff(ring: Ring, at: number, index: number): Echoed {
    const sent = this.source,
      byte = ring.bytes[at & ring.mask];
    let start = index;
    do start--;
    while (start >= this.first && sent[start] !== Byte.CR);
    if ((byte === Byte.CR || byte === Byte.LF) && start !== this.first) start = index;
    const line = (at - index + start) | 0;
    if (start < this.first || ((line - ring.head) | 0) < 0) return Echoed.None;
    ring.head = line;
    this.at = start;
    return Echoed.Interrupted;
  }
}
