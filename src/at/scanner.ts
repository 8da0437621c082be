import type { Ring } from "../bytes/ring";
import { Byte } from "./bytes";
import { FieldKind, Fields } from "./fields";
import { Common, Follow, Framing, NO_LINE, type Lexicon, type Line } from "./lexicon";
import { Found, Message, type Subscribed } from "./message";

/** What the scanner finds. Each function may use the scanner's `fields` until it returns. */
export interface ScannerSink extends Subscribed {
  /** A line of the lexicon, its fields read. */
  onLine(line: Line): void;
  /** Any other line: its bytes stand in the ring from `start` to `end`. */
  onText(start: number, end: number): void;
  /** The `>` that was waited for. */
  onPrompt(): void;
  /** A message begins: the scanner's `message` tells of it, and can be read. Its topic is among the fields. */
  onMessage(line: Line): void;
  /** The message goes on. */
  onFragment(): void;
  /** A line, or a message that nobody read, filled the whole ring and was dropped. */
  onOverflow(): void;
}

const enum State {
  /** Between lines. */
  Start,
  /** In the name of a line, at a node of the lexicon. */
  Name,
  /** After a name that only the end of the line may follow. */
  End,
  /** After the colon. */
  Fields,
  /** In a line that the lexicon does not have. */
  Text,
  /** In a line that outgrew the ring: dropped up to its end. */
  Discard,
  /** In a message. */
  Message,
  /** The application has bytes to read before the scanner may go on. */
  Held,
  /** The modem may be repeating the payload that it was sent. */
  Echo,
}

/** Inside one field. */
const enum At {
  Begin,
  Integer,
  Bare,
  Quoted,
  AfterQuote,
}

/**
 * Bytes to lines, prompts and messages. Looks at every byte once, in whatever pieces they come; makes nothing.
 *
 * A line ends at CR or at LF, whichever comes first, so `\r\n`, `\r\r\n`, `\n` and `\r` all do; what is left of the
 * ending is skipped as the blank beginning of the next line. Only a payload looks for the whole ending.
 */
export class Scanner {
  readonly fields: Fields;
  /** The message under way, or the last one. */
  readonly message: Message;
  readonly #ring: Ring;
  readonly #lexicon: Lexicon;
  readonly #sink: ScannerSink;

  #state: State = State.Start;
  /** The next byte to look at. The ring's head stays at the line's first byte until the line has been dealt with. */
  #at: number;
  #node = 0;
  #line: Line | null = null;
  #scanning = false;

  // The field under way.
  #field: At = At.Begin;
  #fieldStart = 0;
  #fieldEnd = 0;
  #value = 0;
  #digits = 0;

  #promptExpected = false;

  // Carriage returns since the last final, or −1 when they are not counted.
  #counting = -1;

  #echo: Uint8Array | null = null;
  #echoAt = 0;
  #echoEnd = 0;
  /** One blank more may come: that of the prompt. */
  #echoBlank = false;
  /** What may come of the end of the line that the prompt was: 2 for CR LF, 1 for LF. */
  #echoEnding = 0;

  constructor(ring: Ring, lexicon: Lexicon, sink: ScannerSink) {
    this.#ring = ring;
    this.#lexicon = lexicon;
    this.#sink = sink;
    this.#at = ring.tail;
    this.fields = new Fields(ring);
    this.message = new Message(ring, lexicon, this.fields, sink);
  }

  /**
   * Whether finals tell how this modem ends its lines. On while a modem is brought up, when no message can come whose
   * text looks like a final.
   */
  learning = false;

  /** From now on a `>` at the beginning of a line is a prompt. */
  expectPrompt(expected: boolean): void {
    this.#promptExpected = expected;
  }

  /**
   * `source[start … end)` was sent while the modem echoes: if exactly these bytes come back, they are skipped.
   * `source` must not change until then, or until {@link forgetEcho}.
   */
  expectEcho(source: Uint8Array, start: number, end: number): void {
    this.#echo = source;
    this.#echoAt = start;
    this.#echoEnd = end;
    this.#echoBlank = true;
    this.#echoEnding = this.#at !== this.#ring.tail && this.#ring.bytes[this.#at & this.#ring.mask] === Byte.CR ? 2 : 0;
    if (this.#state === State.Start) this.#state = State.Echo;
  }

  forgetEcho(): void {
    this.#echo = null;
    if (this.#state === State.Echo) this.#state = State.Start;
  }

  /** Where the line that is being told of begins in the ring, and ends. */
  get lineStart(): number {
    return this.#ring.head;
  }

  get lineEnd(): number {
    return this.#at;
  }

  /** Whether unread bytes of a message keep the scanner from going on. */
  get held(): boolean {
    return this.#state === State.Held;
  }

  /** Moves up to `length` bytes of the current message into `target[offset…]`. Returns how many. */
  read(target: Uint8Array, offset: number, length: number): number {
    const message = this.message;
    if (length > message.available) length = message.available;
    if (length <= 0) return 0;
    this.#ring.copy(message.position, target, offset, length);
    this.consume(length);
    return length;
  }

  /** Drops what is left of the part of the message that can be read now. */
  skip(): void {
    if (this.#state !== State.Held) return;
    this.consume(this.message.available);
  }

  private consume(length: number): void {
    this.message.consume(length);
    this.#ring.head = this.message.position;
  }

  /** Forgets everything, as after a restart of the modem or of the port. */
  reset(): void {
    this.#ring.clear();
    this.#at = this.#ring.tail;
    this.#state = State.Start;
    this.#promptExpected = false;
    this.message.available = 0;
    this.#echo = null;
  }

  /** Whether a sink's function is being called. */
  get scanning(): boolean {
    return this.#scanning;
  }

  /** Looks at everything that the ring has. Called again from inside a sink's function, it does nothing. */
  scan(): void {
    if (this.#scanning) return;
    this.#scanning = true;
    try {
      while (this.step()) {}
      if (this.#ring.free === 0) this.overflow();
    } finally {
      this.#scanning = false;
    }
  }

  /** Drops what a reader left unread, when it is all that keeps the next bytes out of the ring. */
  makeRoom(): void {
    if (this.#state !== State.Held || this.#ring.free !== 0 || this.#scanning) return;
    this.skip();
    this.#sink.onOverflow();
    this.scan();
  }

  /** Goes on from the present state; false when that needs more bytes, or a reader. */
  private step(): boolean {
    switch (this.#state) {
      case State.Start: return this.start();
      case State.Name: return this.name();
      case State.Fields: return this.readFields();
      case State.Message: return this.found(this.message.find());
      case State.Held: return this.settle();
      case State.Text: return this.skipTo(State.Text);
      case State.End: return this.end();
      case State.Discard: return this.skipTo(State.Discard);
      default: return this.skipEcho();
    }
  }

  private start(): boolean {
    const bytes = this.#ring.bytes, mask = this.#ring.mask, tail = this.#ring.tail;
    let at = this.#at;
    let byte = 0;
    while (at !== tail) {
      byte = bytes[at & mask]!;
      if (byte > Byte.Blank) break;
      if (this.#counting >= 0) this.learn(byte);
      at = (at + 1) | 0;
    }
    this.#at = this.#ring.head = at;
    if (at === tail) return false;
    this.#counting = -1;
    if (byte === Byte.Prompt && this.#promptExpected) {
      this.#promptExpected = false;
      this.#at = this.#ring.head = (at + 1) | 0;
      this.#sink.onPrompt();
      return true;
    }
    this.#node = 0;
    this.#state = State.Name;
    return true;
  }

  /** Counts the carriage returns that stand before a line feed. */
  private learn(byte: number): void {
    if (byte === Byte.CR) {
      this.#counting++;
      return;
    }
    if (byte === Byte.LF) this.message.returns = this.#counting > 2 ? 2 : this.#counting;
    this.#counting = -1;
  }

  private name(): boolean {
    const bytes = this.#ring.bytes, mask = this.#ring.mask, tail = this.#ring.tail;
    const { byte: labels, below, beside, line: ends, lines } = this.#lexicon;
    let at = this.#at;
    let node = this.#node;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      let next = below[node]!;
      while (next !== 0 && labels[next] !== byte) next = beside[next]!;
      if (next === 0) {
        // `+MQTT PUBREL` is `+MQTTPUBREL` (dialects.md 6.8).
        if (byte === Byte.Blank && bytes[this.#ring.head & mask] === Byte.Plus) {
          at = (at + 1) | 0;
          continue;
        }
        this.#at = at;
        return this.named(ends[node] === NO_LINE ? null : lines[ends[node]!]!, byte);
      }
      node = next;
      at = (at + 1) | 0;
      if (ends[node] !== NO_LINE && lines[ends[node]!]!.follow === Follow.Anything) {
        this.#at = at;
        this.#line = lines[ends[node]!]!;
        this.fields.clear();
        this.#state = State.Discard;
        this.#sink.onLine(this.#line);
        return true;
      }
    }
    this.#at = at;
    this.#node = node;
    return false;
  }

  /** The name is over, at `byte`, which does not go on with it. */
  private named(line: Line | null, byte: number): boolean {
    this.#state = State.Text;
    if (line === null) return true;
    this.#line = line;
    const ended = byte === Byte.CR || byte === Byte.LF;
    if (line.follow === Follow.End) {
      if (ended || byte === Byte.Blank) this.#state = State.End;
    } else if (byte === Byte.Colon || (ended && line.id === Common.CmeError)) {
      // ML302 prints a bare `+CME ERROR` after some commands (dialects.md C-10).
      if (byte === Byte.Colon) this.#at = (this.#at + 1) | 0;
      this.fields.clear();
      this.#field = At.Begin;
      this.#state = State.Fields;
    }
    return true;
  }

  private end(): boolean {
    const bytes = this.#ring.bytes, mask = this.#ring.mask, tail = this.#ring.tail;
    let at = this.#at;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte !== Byte.Blank) {
        this.#at = at;
        if (byte !== Byte.CR && byte !== Byte.LF) {
          this.#state = State.Text;
          return true;
        }
        this.fields.clear();
        this.finish();
        return true;
      }
      at = (at + 1) | 0;
    }
    this.#at = at;
    return false;
  }

  /** The line is whole: tells of it, then lets go of its bytes. `#at` is at its CR or LF. */
  private finish(): void {
    const line = this.#line!;
    this.#state = this.#echo === null ? State.Start : State.Echo;
    if (this.learning && line.id <= Common.CmsError) this.#counting = 0;
    this.#sink.onLine(line);
    this.#ring.head = this.#at;
  }

  private readFields(): boolean {
    const bytes = this.#ring.bytes, mask = this.#ring.mask, tail = this.#ring.tail;
    const fields = this.fields;
    let at = this.#at;
    let field = this.#field;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte === Byte.CR || byte === Byte.LF) {
        this.#at = at;
        if (field !== At.Begin || fields.count !== 0) this.add(field, at);
        // A message whose payload never began is not a message.
        this.#state = State.Text;
        if ((this.#line!.framing ?? Framing.None) === Framing.None) this.finish();
        return true;
      }
      if (field === At.Begin) {
        if (byte !== Byte.Blank) {
          this.#fieldStart = this.#fieldEnd = at;
          this.#value = this.#digits = 0;
          if (byte === Byte.Quote) {
            field = At.Quoted;
            this.#fieldStart = (at + 1) | 0;
          } else if (byte >= Byte.Digit0 && byte <= Byte.Digit9) {
            field = At.Integer;
            this.#value = byte - Byte.Digit0;
            this.#digits = 1;
          } else if (byte === Byte.Minus) field = At.Integer;
          else if (byte === Byte.Comma) {
            fields.add(FieldKind.Empty, 0, at, at);
            if (this.messageBegins(at)) return true;
          } else field = At.Bare;
        } else fields.spaced = true;
      } else if (field === At.Integer) {
        if (byte >= Byte.Digit0 && byte <= Byte.Digit9 && this.#digits < 9) {
          this.#value = this.#value * 10 + byte - Byte.Digit0;
          this.#digits++;
        } else if (byte === Byte.Comma) {
          this.add(field, at);
          if (this.messageBegins(at)) return true;
          field = At.Begin;
        } else if (byte !== Byte.Blank) field = At.Bare;
      } else if (field === At.Quoted) {
        if (byte === Byte.Quote) {
          field = At.AfterQuote;
          this.#fieldEnd = at;
        }
      } else if (byte === Byte.Comma) {
        this.add(field, at);
        if (this.messageBegins(at)) return true;
        field = At.Begin;
      } else if (field === At.AfterQuote && byte !== Byte.Blank) {
        // The quote belonged to the text: only one before a comma, or the end, closes.
        field = byte === Byte.Quote ? At.AfterQuote : At.Quoted;
        this.#fieldEnd = at;
      }
      at = (at + 1) | 0;
    }
    this.#at = at;
    this.#field = field;
    return false;
  }

  /** Keeps the field that ends before `at`. */
  private add(field: At, at: number): void {
    const fields = this.fields;
    if (field === At.Begin) fields.add(FieldKind.Empty, 0, at, at);
    else if (field === At.AfterQuote) fields.add(FieldKind.Quoted, 0, this.#fieldStart, this.#fieldEnd);
    else if (field === At.Integer && this.#digits > 0) {
      const negative = this.#ring.bytes[this.#fieldStart & this.#ring.mask] === Byte.Minus;
      fields.add(FieldKind.Integer, negative ? -this.#value : this.#value, this.#fieldStart, at);
    } else {
      const bytes = this.#ring.bytes, mask = this.#ring.mask;
      let end = at;
      while (end !== this.#fieldStart && bytes[(end - 1) & mask] === Byte.Blank) end = (end - 1) | 0;
      fields.add(FieldKind.Bare, 0, this.#fieldStart, end);
    }
  }

  /** After the comma at `at`: whether the message's own part begins. Otherwise it is the next field. */
  private messageBegins(at: number): boolean {
    const line = this.#line!;
    const count = this.fields.count;
    const next = (at + 1) | 0;
    if (line.framing === Framing.Line && count === line.topic! + 1) this.message.beginUnframed(line, next, this.fields.spaced);
    else if (line.framing === Framing.Counted && count === line.topic!) this.message.beginFramed(line, next);
    else {
      this.fields.spaced = false;
      return false;
    }
    this.#state = State.Message;
    return true;
  }

  /** What looking for the message's end, or its next part, has come to. */
  private found(found: Found): boolean {
    if (found === Found.Nothing) return false;
    if (found === Found.NoMessage) {
      this.#at = this.message.at;
      this.#state = State.Text;
      return true;
    }
    this.#state = State.Held;
    if (this.message.first) this.#sink.onMessage(this.#line!);
    else this.#sink.onFragment();
    return this.settle();
  }

  /** Goes on when the application has read its part of the message. */
  private settle(): boolean {
    if (this.#state !== State.Held) return true;
    const message = this.message;
    if (message.available > 0) return false;
    if (message.more) {
      message.first = false;
      this.#ring.head = message.position;
      this.#state = State.Message;
      return true;
    }
    this.#at = this.#ring.head = message.at;
    this.#state = this.#echo === null ? State.Start : State.Echo;
    return true;
  }

  /** Whether silence would decide where the present message ends. */
  get waitsForSilence(): boolean {
    return this.#state === State.Message && this.message.waitsForSilence;
  }

  /** Nothing has come for a while. */
  silence(): void {
    if (!this.waitsForSilence || this.#scanning) return;
    this.#scanning = true;
    try {
      this.found(this.message.silence());
    } finally {
      this.#scanning = false;
    }
    this.scan();
  }

  /** Goes to the end of a line that is not the lexicon's, or that is not wanted. */
  private skipTo(state: State): boolean {
    const ring = this.#ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    let at = this.#at;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte === Byte.CR || byte === Byte.LF) {
        this.#at = at;
        this.#state = this.#echo === null ? State.Start : State.Echo;
        if (state === State.Text) this.#sink.onText(ring.head, at);
        ring.head = at;
        return true;
      }
      at = (at + 1) | 0;
    }
    this.#at = at;
    if (state === State.Discard) ring.head = at;
    return false;
  }

  /** Compares what comes with what was sent; the bytes stay in the ring until all of them have come back. */
  private skipEcho(): boolean {
    const ring = this.#ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    const sent = this.#echo!;
    let at = this.#at;
    let index = this.#echoAt;
    while (at !== tail && index < this.#echoEnd) {
      const byte = bytes[at & mask]!;
      if (this.#echoEnding > 0) {
        const skipped = byte === (this.#echoEnding === 2 ? Byte.CR : Byte.LF);
        this.#echoEnding = skipped ? this.#echoEnding - 1 : 0;
        if (skipped) {
          at = (at + 1) | 0;
          continue;
        }
      }
      if (byte === sent[index]) {
        index++;
        if (byte !== Byte.Blank) this.#echoBlank = false;
      } else if (this.#echoBlank && byte === Byte.Blank) this.#echoBlank = false; // the prompt's
      else {
        // Not an echo after all: these bytes are the modem's own.
        this.#at = ring.head;
        this.#echo = null;
        this.#state = State.Start;
        return true;
      }
      at = (at + 1) | 0;
    }
    this.#at = at;
    this.#echoAt = index;
    if (index < this.#echoEnd) {
      if (ring.free === 0) ring.head = at;
      return false;
    }
    ring.head = at;
    this.#echo = null;
    this.#state = State.Start;
    return true;
  }

  /** The ring is full and the line has not ended: drop it to its end, and say so (anchors.md 10). */
  private overflow(): void {
    if (this.#state === State.Held) return;
    this.#ring.head = this.#at;
    this.#state = State.Discard;
    this.#sink.onOverflow();
  }
}
