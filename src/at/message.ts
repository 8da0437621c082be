import { KEEPS, type Ring } from "../bytes/ring";
import { decodeInPlace, Encoding } from "../bytes/encoding";
import { Byte } from "./bytes";
import { FieldKind, Fields } from "./fields";
import { Next, whatFollows } from "./follows";
import { Framing, type Lexicon, type Line } from "./lexicon";

/** What looking for a message has come to. */
export const enum Found {
  /** More bytes are needed, or silence. */
  Nothing,
  /** `available` bytes can be read. */
  Part,
  /** The line is no message; it ends at `at`. */
  NoMessage,
}

const enum Mode {
  /** In the topic and the length of a message that tells its length. */
  Header,
  /** A length was found, and it is to be seen whether the message really ends there. */
  Frame,
  /** A length that is too long for the ring to be checked: handed on as it comes. */
  Stream,
  /** Without a length: up to the first end of line. */
  Line,
  /** Without a length that can be trusted: up to an end of line that a known line or silence follows. */
  Silence,
}

/** Where the header is. */
const enum Head {
  Begin,
  Quoted,
  /** In a topic without quotes, or in what may be the length after it: a comma decides. */
  Piece,
}

/** Whether a line begins as the last message did. */
export const enum Opening {
  Different,
  Same,
  /** So far. */
  Undecided,
}

/** A length above this is text that looks like one (dialects.md 6.1, step 9). */
const LONGEST = 65536;

/** A way to read a topic without quotes: made when the first one has two. */
class Reading {
  payload = 0;
  length = 0;
  topicEnd = 0;
  next = 0;
}

/** Who knows what is subscribed. */
export interface Subscribed {
  /** Whether the topic in the ring from `start` to `end` is. The line's fields before the topic have been read. */
  isSubscribed(start: number, end: number): boolean;
}

/**
 * The message that is being received: where it begins, how far it can be read, where it ends (dialects.md 6.1, 6.2).
 * The bytes stay in the ring until they are read.
 */
export class Message {
  /** Bytes that can be read now. */
  available = 0;
  /** Whether further parts follow. */
  more = false;
  /** Silence has followed what there was of it. */
  silent = false;
  /** The whole length, or −1 while it is not known. */
  length = -1;
  /** Whether the length was wrong, so that the end is a guess. */
  suspect = false;
  /** Whether the part is the message's first. */
  first = true;
  /** The next byte to look at; when the message is over, the first byte behind it. */
  at = 0;

  /** Takes one pair of quotes away from around a payload without a length, for firmware that puts it there. */
  stripQuotes = false;
  /** Payloads without a length end only where a known line or silence follows, so that they may have several lines. */
  untilSilence = false;
  /** Carriage returns that this modem puts before a line feed. */
  returns = 1;

  private readonly ring: Ring;
  readonly lexicon: Lexicon;
  /** The fields before the topic, then the topic. */
  readonly fields: Fields;
  private readonly subscribed: Subscribed;
  /** The line of the message under way, or of the last one. */
  line: Line | null = null;
  private mode: Mode = Mode.Line;
  private payload = 0;
  private blank = false;
  /** The firmware's quote before the payload has been taken away. */
  private stripped = false;

  private head: Head = Head.Begin;
  private topic = 0;
  private topicEnd = 0;
  private quoted = false;
  private piece = 0;
  private value = 0;
  /** Digits of the piece so far, or −1 when it is no number. */
  private digits = 0;
  private firstComma = 0;
  private hasComma = false;
  private candidates = 0;
  private firstPayload = 0;
  private firstTopicEnd = 0;
  private left = 0;

  /** One reading of a topic without quotes fits, and another, of a topic that is subscribed, is being looked at. */
  private fits = false;
  private reading: Reading | null = null;

  /**
   * The last message's line up to its length, or to its payload where it has none, is kept in the ring: the next one is
   * likely to begin so, and then its fields are the same and need not be read.
   */
  private openingLength = 0;
  /** With a length: the topic has quotes. Without: there are blanks after commas. */
  private openingStyle = false;
  private topicFrom = 0;
  private topicTo = 0;
  /** The present message begins as the last one did: for the same reader, with the same topic and flags. */
  opened = false;

  /** @param fields those of other lines */
  constructor(ring: Ring, lexicon: Lexicon, subscribed: Subscribed, fields: Fields) {
    this.ring = ring;
    this.lexicon = lexicon;
    this.fields = new Fields(ring, fields);
    this.subscribed = subscribed;
  }

  /** A payload without a length begins at `at`; `spaced` when the firmware puts blanks after commas. */
  beginUnframed(line: Line, at: number, spaced: boolean): void {
    this.begin(line, at);
    this.payload = at;
    const topic = line.topic!;
    if (this.fields.kind(topic) === FieldKind.Quoted) this.remember(at, this.fields.start(topic), this.fields.end(topic), spaced);
    this.blank = spaced;
    this.mode = this.untilSilence ? Mode.Silence : Mode.Line;
  }

  /** The topic of a message with a length begins at `at`. */
  beginFramed(line: Line, at: number): void {
    this.begin(line, at);
    this.mode = Mode.Header;
    this.head = Head.Begin;
    this.quoted = this.hasComma = this.fits = false;
    this.candidates = 0;
  }

  private begin(line: Line, at: number): void {
    this.line = line;
    this.at = at;
    this.first = true;
    this.suspect = false;
    this.length = -1;
    this.available = 0;
    this.blank = this.stripped = this.opened = this.silent = false;
  }

  /** Whether the line that begins at `start` begins as the last message did; the message has then begun. */
  opens(start: number): Opening {
    const ring = this.ring;
    const length = this.openingLength;
    if (length === 0) return Opening.Different;
    const has = (ring.tail - start) | 0;
    if (has < length) return ring.hasKept(start, has) ? Opening.Undecided : Opening.Different;
    if (!ring.hasKept(start, length)) return Opening.Different;
    const line = this.line!, fields = this.fields;
    const at = (start + length) | 0;
    this.begin(line, at);
    this.opened = true;
    this.topic = (start + this.topicFrom) | 0;
    this.topicEnd = (start + this.topicTo) | 0;
    fields.count = line.topic!;
    if (line.framing === Framing.Line) {
      fields.add(FieldKind.Quoted, 0, this.topic, this.topicEnd);
      this.payload = at;
      this.blank = this.openingStyle;
      this.mode = this.untilSilence ? Mode.Silence : Mode.Line;
    } else {
      this.mode = Mode.Header;
      this.head = Head.Piece;
      this.quoted = this.openingStyle;
      this.fits = this.hasComma = false;
      this.candidates = 0;
      this.newPiece((at - 1) | 0);
    }
    return Opening.Same;
  }

  /** The fields are another line's now, or who reads, or what is subscribed, has changed. */
  forget(): void {
    this.openingLength = 0;
  }

  /** Remembers the line up to `end`, and where its topic is. Positions of other texts among the fields would not be known again. */
  private remember(end: number, topic: number, topicEnd: number, style: boolean): void {
    const ring = this.ring, fields = this.fields;
    const length = (end - ring.head) | 0;
    if (length > KEEPS) return;
    for (let i = 0; i < this.line!.topic!; i++) if (fields.kind(i) > FieldKind.Integer) return;
    ring.keep(ring.head, length);
    this.openingLength = length;
    this.openingStyle = style;
    this.topicFrom = (topic - ring.head) | 0;
    this.topicTo = (topicEnd - ring.head) | 0;
  }

  /** Where the unread bytes begin. */
  get position(): number {
    return this.payload;
  }

  /** Whether silence would decide something. */
  get waitsForSilence(): boolean {
    return this.mode === Mode.Frame || this.mode === Mode.Stream || this.mode === Mode.Silence || (this.mode === Mode.Header && this.candidates > 0);
  }

  /** `length` bytes have been read. Returns where the unread ones begin. */
  consume(length: number): number {
    this.available -= length;
    this.first = false;
    return this.payload = (this.payload + length) | 0;
  }

  /**
   * Reads the message, which is there as a whole, as both ends have agreed to write it. One that is no such text, or that
   * comes in parts, stays as it is, and is marked.
   */
  decode(encoding: Encoding): void {
    if (encoding === Encoding.Raw) return;
    const length = this.more ? -1 : decodeInPlace(encoding, this.ring, this.payload, this.available);
    if (length < 0) this.suspect = true;
    else this.available = this.length = length;
  }

  /** Goes on looking for the end, or for the next part. */
  find(): Found {
    for (;;) {
      const mode = this.mode;
      const found = mode === Mode.Header ? this.header() : mode === Mode.Frame ? this.frame()
        : mode === Mode.Stream ? this.stream() : mode === Mode.Line ? this.endOfLine() : this.endBeforeKnown();
      if (found !== Found.Nothing || this.mode === mode) return found;
    }
  }

  /** Nothing has come for a while: decides what only silence can decide. */
  silence(): Found {
    this.silent = true;
    const tail = this.ring.tail;
    if (this.mode === Mode.Frame) {
      if (this.fits) return this.acceptFit();
      const over = (tail - this.payload - this.value) | 0;
      // No line ending at all, as from M531X before guide revision 1.1; or the rest of one.
      if (over === 0 && this.value >= 2 && this.isEnding((tail - 2) | 0)) {
        // A length that counts the line's end as well (C-6), or a payload that ends like a line, from the old firmware.
        this.suspect = true;
        return this.whole(this.value - 2, tail);
      }
      if (over === 0 || (over === 1 && this.byte((tail - 1) | 0) === Byte.CR)) return this.accept(this.payload, tail);
      if (over === 1 && this.byte(this.payload) === Byte.Blank) return this.accept((this.payload + 1) | 0, tail);
      this.distrust();
    } else if (this.mode === Mode.Stream) {
      // Fewer bytes than were announced: some were lost, or the length was wrong.
      const end = this.ends((tail - 1) | 0) ? (tail - 1 - this.returns) | 0 : tail;
      this.suspect = true;
      return this.whole((end - this.payload) | 0, tail);
    } else if (this.mode === Mode.Header && this.candidates > 0) this.distrust();
    if (this.mode !== Mode.Silence) return Found.Nothing;
    const found = this.endBeforeKnown();
    if (found !== Found.Nothing) return found;
    let end = tail;
    if (this.ends((end - 1) | 0)) end = (end - 1 - this.returns) | 0;
    else if (!this.suspect) return Found.Nothing; // in the middle of a line: it goes on
    return this.whole((end - this.payload) | 0, tail);
  }

  // ---- topic and length

  private header(): Found {
    if (this.head === Head.Begin && !this.topicBegins()) return this.at === this.ring.tail ? Found.Nothing : Found.NoMessage;
    if (this.head === Head.Quoted) {
      const found = this.quotedTopic();
      if (this.head === Head.Quoted) return found;
    }
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    for (;;) {
      let byte = 0;
      if (this.digits >= 0) {
        // A number is short: one that is not whole is read again.
        let at = this.piece, value = 0;
        while (at !== tail && (byte = bytes[at & mask]!) === Byte.Blank) at = (at + 1) | 0;
        const first = at;
        while (at !== tail && (byte = bytes[at & mask]!) >= Byte.Digit0 && byte <= Byte.Digit9 && value <= LONGEST) {
          value = value * 10 + byte - Byte.Digit0;
          at = (at + 1) | 0;
        }
        this.at = at;
        if (at === tail) return Found.Nothing;
        this.value = value;
        this.digits = value > LONGEST ? -1 : (at - first) | 0;
        if (byte === Byte.Comma && this.digits > 0) {
          const payload = (at + 1) | 0, end = (payload + value) | 0;
          // What most messages are: whole, and like the last one.
          if (this.opened && ((tail - end) | 0) >= 2 && bytes[end & mask] === Byte.CR && bytes[(end + 1) & mask] === Byte.LF) {
            this.payload = payload;
            this.at = (end + 2) | 0;
            this.available = this.length = value;
            this.more = false;
            this.fields.add(this.quoted ? FieldKind.Quoted : FieldKind.Bare, 0, this.topic, this.topicEnd);
            return Found.Part;
          }
          return this.candidate(payload);
        }
        if (byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF) {
          if (this.quoted) return this.withoutLength();
          this.digits = -1;
        }
      }
      let at = this.at;
      while (at !== tail && ((byte = bytes[at & mask]!) > Byte.Comma || (byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF))) at = (at + 1) | 0;
      this.at = at;
      if (at === tail) return Found.Nothing;
      if (byte !== Byte.Comma) return this.lineEnds();
      this.newPiece(at);
      this.at = this.piece;
    }
  }

  /** The first byte of the topic, or its quote; false when it has not come, or the line ends before it. */
  private topicBegins(): boolean {
    const tail = this.ring.tail;
    while (this.at !== tail && this.byte(this.at) === Byte.Blank) this.at = (this.at + 1) | 0;
    if (this.at === tail) return false;
    const byte = this.byte(this.at);
    if (byte === Byte.CR || byte === Byte.LF) return false;
    this.topic = this.at;
    if (byte === Byte.Quote) {
      this.topic = this.at = (this.at + 1) | 0;
      this.head = Head.Quoted;
    } else {
      this.piece = this.at;
      this.digits = -1; // the first piece is topic, whatever it looks like
      this.head = Head.Piece;
    }
    return true;
  }

  /** Looks for the quote that ends the topic: the one behind which a comma follows, or, a comma being missing, a number (C-5). */
  private quotedTopic(): Found {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    let at = this.at;
    for (;;) {
      let byte = 0;
      while (at !== tail && (byte = bytes[at & mask]!) !== Byte.Quote && byte !== Byte.CR && byte !== Byte.LF) at = (at + 1) | 0;
      this.at = at;
      if (at === tail) return Found.Nothing;
      if (byte !== Byte.Quote) return Found.NoMessage;
      let after = (at + 1) | 0;
      while (after !== tail && (byte = bytes[after & mask]!) === Byte.Blank) after = (after + 1) | 0;
      if (after === tail) return Found.Nothing; // decided when more has come
      const number = byte >= Byte.Digit0 && byte <= Byte.Digit9 && ((after - at) | 0) > 1;
      if (byte === Byte.Comma || number) {
        this.quoted = true;
        this.topicEnd = at;
        this.head = Head.Piece;
        this.newPiece(number ? (after - 1) | 0 : after);
        this.at = this.piece;
        return Found.Nothing;
      }
      if (byte === Byte.CR || byte === Byte.LF) return Found.NoMessage;
      at = after; // the quote belonged to the topic
    }
  }

  /** After the comma at `comma`: what follows may be the length. */
  private newPiece(comma: number): void {
    this.piece = (comma + 1) | 0;
    this.digits = 0;
    if (this.hasComma) return;
    this.hasComma = true;
    this.firstComma = comma;
  }

  /** The piece is a number, so the payload may begin at `payload`. */
  private candidate(payload: number): Found {
    this.payload = payload;
    if (!this.quoted) this.topicEnd = (this.piece - 1) | 0;
    if (this.candidates++ === 0 || (!this.knows(this.firstTopicEnd) && this.knows(this.topicEnd))) {
      this.firstPayload = payload;
      this.firstTopicEnd = this.topicEnd;
    }
    this.mode = Mode.Frame;
    return Found.Nothing;
  }

  /** The line ends in the header: the payload is on the next line, or the length was wrong, or there is none. */
  private lineEnds(): Found {
    if (this.candidates > 0) {
      this.distrust();
      return Found.Nothing;
    }
    if (this.digits > 0) {
      // Ancestor firmware puts the payload on the next line (dialects.md 6.1).
      if (((this.ring.tail - this.at) | 0) < 2) return Found.Nothing;
      const ending = this.byte(this.at) === Byte.CR && this.byte((this.at + 1) | 0) === Byte.LF ? 2 : 1;
      this.at = (this.at + ending) | 0;
      if (this.value > 0) return this.candidate(this.at);
      if (!this.quoted) this.topicEnd = (this.piece - 1) | 0;
      return this.accept(this.at, this.at);
    }
    return this.withoutLength();
  }

  /** There is no length at all: the payload is what follows the topic. */
  private withoutLength(): Found {
    if (!this.hasComma) return Found.NoMessage;
    if (!this.quoted) this.topicEnd = this.firstComma;
    this.payload = this.at = (this.firstComma + 1) | 0;
    this.suspect = this.line!.lengthOptional !== true;
    this.mode = this.untilSilence ? Mode.Silence : Mode.Line;
    return Found.Nothing;
  }

  /** The length does not fit what came: takes what there is, up to where a known line or silence follows. */
  private distrust(): void {
    this.payload = this.at = this.firstPayload;
    this.topicEnd = this.firstTopicEnd;
    this.suspect = true;
    this.mode = Mode.Silence;
  }

  // ---- with a length

  private frame(): Found {
    const ring = this.ring;
    const payload = this.payload;
    const length = this.value;
    const end = (payload + length) | 0;
    if (((end - ring.head + 4) | 0) > ring.mask + 1) {
      if (this.fits) return this.prefer();
      this.mode = Mode.Stream;
      this.left = this.length = length;
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
    if (this.fits) return this.prefer();
    // Not its length. A comma in the topic may have made it look like one (dialects.md 6.1, step 7).
    if (this.quoted) this.distrust();
    else {
      this.at = payload;
      this.newPiece((payload - 1) | 0);
      this.mode = Mode.Header;
    }
    return Found.Nothing;
  }

  /** The message may be `value` bytes from `payload`, what is behind it at `next`. */
  private fit(payload: number, next: number): Found {
    if (this.quoted || this.fits || this.opened) return this.accept(payload, next);
    if (this.knows(this.topicEnd)) {
      // Without a comma in it, and so the only reading.
      if (this.candidates === 1 && this.firstComma === ((this.piece - 1) | 0)) this.remember(this.piece, this.topic, this.trimmed(this.topicEnd), false);
      return this.accept(payload, next);
    }
    this.fits = true;
    const fit = this.reading ??= new Reading();
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
      const length = this.decimal(at, comma);
      if (length >= 0) {
        if (this.knows((at - 1) | 0)) {
          this.topicEnd = (at - 1) | 0;
          this.payload = (comma + 1) | 0;
          this.value = length;
          return this.frame();
        }
      }
      at = (comma + 1) | 0;
    }
  }

  private acceptFit(): Found {
    const fit = this.reading!;
    this.topicEnd = fit.topicEnd;
    this.value = fit.length;
    return this.accept(fit.payload, fit.next);
  }

  /** The number that stands alone, but for blanks before it, from `start` to `end`; −1 when it is none, or no length. */
  private decimal(start: number, end: number): number {
    let at = start;
    while (at !== end && this.byte(at) === Byte.Blank) at = (at + 1) | 0;
    if (at === end) return -1;
    let value = 0;
    for (; at !== end; at = (at + 1) | 0) {
      const byte = this.byte(at);
      if (byte < Byte.Digit0 || byte > Byte.Digit9) return -1;
      value = value * 10 + byte - Byte.Digit0;
      if (value > LONGEST) return -1;
    }
    return value;
  }

  /** Whether the topic, if it ends at `end`, is subscribed. */
  private knows(end: number): boolean {
    return this.subscribed.isSubscribed(this.topic, this.trimmed(end));
  }

  /** A topic without quotes has no blanks at its end. */
  private trimmed(end: number): number {
    while (end !== this.topic && this.byte((end - 1) | 0) === Byte.Blank) end = (end - 1) | 0;
    return end;
  }

  /** How long the line ending at `position` is, of which two bytes are there: CR LF, or this modem's own; 0 for none, −1 for not known yet. */
  private endingAt(position: number): number {
    if (this.isEnding(position)) return 2;
    if (this.returns < 2 || this.byte(position) !== Byte.CR || this.byte((position + 1) | 0) !== Byte.CR) return 0;
    if (((position + 2) | 0) === this.ring.tail) return -1;
    return this.byte((position + 2) | 0) === Byte.LF ? 3 : 0;
  }

  private isEnding(position: number): boolean {
    return this.byte(position) === Byte.CR && this.byte((position + 1) | 0) === Byte.LF;
  }

  /** The message is `value` bytes from `payload`, and what is behind it begins at `next`. */
  private accept(payload: number, next: number): Found {
    this.payload = payload;
    return this.whole(this.value, next);
  }

  /** Hands on what there is of a message that the ring cannot hold, in good portions. */
  private stream(): Found {
    const ring = this.ring;
    const has = (ring.tail - this.payload) | 0;
    if (has < this.left && ring.free > (ring.mask >> 1)) return Found.Nothing;
    this.available = has < this.left ? has : this.left;
    this.left -= this.available;
    this.more = this.left > 0;
    this.at = (this.payload + this.available) | 0;
    this.keepTopic();
    return Found.Part;
  }

  // ---- without one

  /** The first line ending of the modem's own kind. */
  private endOfLine(): Found {
    const ring = this.ring;
    this.skipBlank();
    for (;;) {
      const end = ring.find(Byte.LF, this.at);
      if (end === ring.tail) return this.untilFull();
      this.at = (end + 1) | 0;
      if (!this.ends(end)) continue;
      return this.whole((end - this.returns - this.payload) | 0, this.at);
    }
  }

  /** The first line ending behind which a known line begins. */
  private endBeforeKnown(): Found {
    const ring = this.ring;
    this.skipBlank();
    for (;;) {
      const end = ring.find(Byte.LF, this.at);
      if (end === ring.tail) return this.untilFull();
      if (this.ends(end)) {
        const next = whatFollows(ring, this.lexicon, (end + 1) | 0, this.suspect);
        if (next === Next.Unknown) {
          this.at = end;
          return ring.free === 0 ? this.untilFull() : Found.Nothing;
        }
        if (next === Next.Known) {
          return this.whole((end - this.returns - this.payload) | 0, (end + 1) | 0);
        }
      }
      this.at = (end + 1) | 0;
    }
  }

  /** The ring is full of it: hands on what cannot be part of the line's ending. */
  private untilFull(): Found {
    const ring = this.ring;
    this.at = ring.tail;
    if (ring.free !== 0) return Found.Nothing;
    const length = (ring.tail - this.payload - this.returns - 1) | 0;
    this.available = length > 0 ? length : 0;
    this.more = true;
    if (this.stripQuotes && this.first && this.available > 0 && this.byte(this.payload) === Byte.Quote) {
      this.stripped = true;
      this.payload = (this.payload + 1) | 0;
      this.available--;
    }
    this.at = (ring.tail - this.returns - 1) | 0;
    if (((this.at - this.payload - this.available) | 0) < 0) this.at = (this.payload + this.available) | 0;
    this.keepTopic();
    return Found.Part;
  }

  private skipBlank(): void {
    if (!this.blank || this.payload === this.ring.tail) return;
    this.blank = false;
    if (this.byte(this.payload) === Byte.Blank) this.payload = (this.payload + 1) | 0;
    if (((this.at - this.payload) | 0) < 0) this.at = this.payload;
  }

  /** Whether the byte at `end` is a line feed with this modem's carriage returns before it, all of them payload's own. */
  private ends(end: number): boolean {
    if (((end - this.payload) | 0) < this.returns || this.byte(end) !== Byte.LF) return false;
    for (let i = 1; i <= this.returns; i++) if (this.byte((end - i) | 0) !== Byte.CR) return false;
    return true;
  }

  // ---- what was found

  /** The message ends, and what is behind it begins at `next`. */
  private whole(length: number, next: number): Found {
    if (this.stripQuotes && this.isUnframed && length > 0 && this.byte((this.payload + length - 1) | 0) === Byte.Quote) {
      if (this.stripped) length--;
      else if (this.first && length >= 2 && this.byte(this.payload) === Byte.Quote) {
        this.payload = (this.payload + 1) | 0;
        length -= 2;
      }
    }
    this.available = length;
    this.more = false;
    if (this.first) this.length = length;
    this.at = next;
    this.keepTopic();
    return Found.Part;
  }

  /** Whether the last message had no length. */
  get isUnframed(): boolean {
    return this.line !== null && this.line.framing === Framing.Line;
  }

  /** Puts the topic of a message with a header of its own where the others have it: among the fields. */
  private keepTopic(): void {
    if (!this.first || this.line!.framing !== Framing.Counted) return;
    const fields = this.fields;
    if (fields.count !== this.line!.topic) return;
    const end = this.quoted ? this.topicEnd : this.trimmed(this.topicEnd);
    if (this.quoted && !this.opened && !this.suspect && this.candidates === 1) this.remember(this.piece, this.topic, end, true);
    fields.add(this.quoted ? FieldKind.Quoted : FieldKind.Bare, 0, this.topic, end);
  }

  private byte(position: number): number {
    return this.ring.bytes[position & this.ring.mask]!;
  }
}
