import type { Ring } from "../../bytes/ring";
import { Byte } from "../lines/bytes";
import { afterBlanks } from "../lines/delimiters";
import { Next, whatFollows } from "../lines/follows";
import { Header, Length } from "./header";
import { Found, Mode } from "./payload";

/** A way to read a topic without quotes. */
interface Reading {
  payload: number;
  length: number;
  topicEnd: number;
  next: number;
}

/**
 * Payloads with a length. It is believed where a line ends, or a known one begins, behind as many bytes; where the ring cannot
 * hold them, they are handed on as they come (dialects.md 6.1).
 */
export abstract class Counted extends Header {
  /** What fits, in `Mode.Reading`: made for the first topic that can be read in two ways. */
  private reading: Reading | null = null;

  /** Remembers the line up to `end`: the next message may begin so. */
  protected abstract remember(end: number, style: boolean): void;

  /** Whether the message ends where its length says. */
  protected frame(): Found {
    const ring = this.ring;
    const payload = this.payload;
    const length = this.value;
    const end = (payload + length) | 0;
    if (((end - ring.head + 4) | 0) > ring.mask + 1) {
      if (this.mode === Mode.Reading) return this.prefer();
      this.mode = Mode.Stream;
      this.length = length;
      return Found.Nothing;
    }
    const over = (ring.tail - end) | 0;
    if (over < 2) return Found.Nothing;
    let ending = this.endingAt(end);
    if (ending > 0) return this.fit(payload, (end + ending) | 0);
    if (ending === 0 && this.byte(payload) === Byte.Blank) {
      if (over < 3) return Found.Nothing;
      ending = this.endingAt((end + 1) | 0);
      if (ending > 0) return this.fit((payload + 1) | 0, (end + 1 + ending) | 0);
    }
    if (ending < 0) return Found.Nothing;
    // In the middle of a line's end it cannot be.
    const splits = this.byte(end) === Byte.LF && length > 0 && this.byte((end - 1) | 0) === Byte.CR;
    switch (splits ? Next.Other : whatFollows(ring, this.lexicon, end, true)) {
      case Next.Unknown: return Found.Nothing;
      case Next.Known: return this.fit(payload, end);
    }
    if (this.mode === Mode.Reading) return this.prefer();
    // Not its length. A comma in the topic may have made it look like one (dialects.md 6.1, step 7).
    if (this.quoted) this.distrust();
    else {
      this.newPiece(payload);
      this.mode = Mode.Length;
    }
    return Found.Nothing;
  }

  override silence(): Found {
    if (this.mode === Mode.Reading) return this.acceptFit();
    if (this.mode === Mode.Frame) {
      const found = this.silentFrame();
      if (found !== Found.Nothing) return found;
    } else if (this.mode === Mode.Stream) {
      // Fewer bytes than were announced: some were lost, or the length was wrong.
      this.suspect = true;
      return this.ends(this.withoutEnding(), this.ring.tail);
    } else if (this.mode === Mode.Length && this.candidates > 0) this.distrust();
    return super.silence();
  }

  /** Silence behind a length: whether as many bytes are there as it says, or nearly. */
  private silentFrame(): Found {
    const tail = this.ring.tail, payload = this.payload;
    const over = (tail - payload - this.value) | 0;
    // No line ending at all, as from M531X before guide revision 1.1; or the rest of one.
    if (over === 0 && this.value >= 2 && this.isEnding((tail - 2) | 0)) {
      // A length that counts the line's end as well (C-6), or a payload that ends like a line, from the old firmware.
      this.suspect = true;
      return this.whole(this.value - 2, tail);
    }
    if (over === 0 || (over === 1 && this.byte((tail - 1) | 0) === Byte.CR)) return this.accept(payload, tail);
    if (over === 1 && this.byte(payload) === Byte.Blank) return this.accept((payload + 1) | 0, tail);
    this.distrust();
    return Found.Nothing;
  }

  /** The message may be `value` bytes from `payload`, what is behind it at `next`. */
  private fit(payload: number, next: number): Found {
    if (this.quoted || this.mode === Mode.Reading || this.opened) return this.accept(payload, next);
    if (this.knows(this.topicEnd)) {
      // Without a comma in it, and so the only reading.
      if (this.candidates === 1 && this.firstPiece === this.piece) this.remember(this.piece, false);
      return this.accept(payload, next);
    }
    this.mode = Mode.Reading;
    const fit = this.reading ??= { payload: 0, length: 0, topicEnd: 0, next: 0 };
    fit.payload = payload;
    fit.length = this.value;
    fit.topicEnd = this.topicEnd;
    fit.next = next;
    return this.prefer();
  }

  /**
   * Where the payload that fits begins with a number and a comma, or has one between commas, the topic may be longer: goes
   * on to the next reading whose topic is subscribed, if that of the fit is not (dialects.md 6.1, step 7).
   */
  private prefer(): Found {
    const ring = this.ring;
    let end = (this.reading!.payload + this.reading!.length) | 0;
    const line = ring.find(Byte.LF, this.payload); // which no topic has
    if (((line - end) | 0) < 0) end = line;
    for (let at = this.payload; ;) {
      const comma = ring.find(Byte.Comma, at);
      if (((comma - end) | 0) >= 0) return this.acceptFit();
      const length = decimal(ring, at, comma);
      if (length >= 0) {
        this.endTopic(at);
        if (this.knows(this.topicEnd)) {
          this.payload = (comma + 1) | 0;
          this.value = length;
          return this.frame();
        }
      }
      at = (comma + 1) | 0;
    }
  }

  /** No other reading is better than the one that fits. */
  private acceptFit(): Found {
    const fit = this.reading!;
    this.topicEnd = fit.topicEnd;
    this.value = fit.length;
    return this.accept(fit.payload, fit.next);
  }

  /** How long the line ending at `position` is, of which two bytes are there: CR LF, or this modem's own; 0 for none, −1 for not known yet. */
  private endingAt(position: number): number {
    if (this.isEnding(position)) return 2;
    const next = (position + 1) | 0;
    if (this.returns < 2 || this.byte(position) !== Byte.CR || this.byte(next) !== Byte.CR) return 0;
    return ((next + 1) | 0) === this.ring.tail ? -1 : this.isEnding(next) ? 3 : 0;
  }

  /** Whether CR LF stands at `position`. */
  private isEnding(position: number): boolean {
    return this.byte(position) === Byte.CR && this.byte((position + 1) | 0) === Byte.LF;
  }

  // ---- a message that the ring cannot hold

  /** Hands on what there is of it, in good portions. */
  protected stream(): Found {
    const ring = this.ring;
    let length = (ring.tail - this.payload) | 0;
    if (length < this.value && ring.free > (ring.mask >> 1)) return Found.Nothing;
    if (length > this.value) length = this.value;
    this.value -= length;
    return this.part(length, this.value > 0);
  }
}

/** The number that stands alone, but for blanks before it, from `start` to `end`; −1 when it is none, or no length. */
function decimal(ring: Ring, start: number, end: number): number {
  let at = afterBlanks(ring, start);
  if (at === end) return -1;
  let value = 0;
  for (; at !== end; at = (at + 1) | 0) {
    const byte = ring.bytes[at & ring.mask]!;
    if (byte < Byte.Digit0 || byte > Byte.Digit9) return -1;
    value = value * 10 + byte - Byte.Digit0;
    if (value > Length.LONGEST) return -1;
  }
  return value;
}
