import type { Ring } from "../bytes/ring";
import { FieldKind, Fields } from "./fields";
import { Common, Follow, Framing, NO_LINE, type Lexicon, type Line } from "./lexicon";

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COLON = 0x3a;
const PROMPT = 0x3e;

/** What the scanner finds. Each function may use the scanner's `fields` until it returns. */
export interface ScannerSink {
  /** A line of the lexicon, its fields read. */
  onLine(line: Line): void;
  /** Any other line: its bytes stand in the ring from `start` to `end`. */
  onText(start: number, end: number): void;
  /** The `>` that was waited for. */
  onPrompt(): void;
  /**
   * A message begins; `available` bytes of it can be read now, and `more` follow.
   * The total is known, and is `available`, only when `more` is false.
   */
  onMessage(line: Line, available: number, more: boolean): void;
  /** The message goes on. */
  onFragment(available: number, more: boolean): void;
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
  /** In a payload that ends with the line. */
  Payload,
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

  // The message under way.
  #payload = 0;
  #first = true;
  #available = 0;
  #more = false;
  #next = 0;
  #blank = false;

  // Carriage returns before the line feed, learned from the modem's finals: 0, 1 or 2 (anchors.md 3).
  #returns = 1;
  #counting = -1;

  #echo: Uint8Array | null = null;
  #echoAt = 0;
  #echoEnd = 0;

  constructor(ring: Ring, lexicon: Lexicon, sink: ScannerSink) {
    this.#ring = ring;
    this.#lexicon = lexicon;
    this.#sink = sink;
    this.#at = ring.tail;
    this.fields = new Fields(ring);
  }

  /**
   * Whether finals tell how this modem ends its lines. On while a modem is brought up, when no message can come whose
   * text looks like a final.
   */
  learning = false;

  /** Takes one pair of quotes away from around a payload without a length, for firmware that puts it there. */
  stripQuotes = false;

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
    if (this.#state === State.Start) this.#state = State.Echo;
  }

  forgetEcho(): void {
    this.#echo = null;
    if (this.#state === State.Echo) this.#state = State.Start;
  }

  /** Bytes of the current message that can be read now. */
  get available(): number {
    return this.#available;
  }

  /** Whether unread bytes of a message keep the scanner from going on. */
  get held(): boolean {
    return this.#state === State.Held;
  }

  /** Moves up to `length` bytes of the current message into `target[offset…]`. Returns how many. */
  read(target: Uint8Array, offset: number, length: number): number {
    if (length > this.#available) length = this.#available;
    if (length <= 0) return 0;
    this.#ring.copy(this.#payload, target, offset, length);
    this.#consume(length);
    return length;
  }

  /** Drops what is left of the part of the message that can be read now. */
  skip(): void {
    this.#consume(this.#available);
  }

  #consume(length: number): void {
    this.#payload = (this.#payload + length) | 0;
    this.#available -= length;
    this.#ring.head = this.#payload;
  }

  /** Forgets everything, as after a restart of the modem or of the port. */
  reset(): void {
    this.#ring.clear();
    this.#at = this.#ring.tail;
    this.#state = State.Start;
    this.#promptExpected = false;
    this.#available = 0;
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
      while (this.#step()) {}
      if (this.#ring.free === 0) this.#overflow();
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
  #step(): boolean {
    switch (this.#state) {
      case State.Start: return this.#start();
      case State.Name: return this.#name();
      case State.Fields: return this.#readFields();
      case State.Payload: return this.#readPayload();
      case State.Held: return this.#settle();
      case State.Text: return this.#skipTo(State.Text);
      case State.End: return this.#end();
      case State.Discard: return this.#skipTo(State.Discard);
      default: return this.#skipEcho();
    }
  }

  #start(): boolean {
    const bytes = this.#ring.bytes, mask = this.#ring.mask, tail = this.#ring.tail;
    let at = this.#at;
    let byte = 0;
    while (at !== tail) {
      byte = bytes[at & mask]!;
      if (byte > BLANK) break;
      if (this.#counting >= 0) this.#learn(byte);
      at = (at + 1) | 0;
    }
    this.#at = this.#ring.head = at;
    if (at === tail) return false;
    this.#counting = -1;
    if (byte === PROMPT && this.#promptExpected) {
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
  #learn(byte: number): void {
    if (byte === CR) {
      this.#counting++;
      return;
    }
    if (byte === LF) this.#returns = this.#counting > 2 ? 2 : this.#counting;
    this.#counting = -1;
  }

  #name(): boolean {
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
        if (byte === BLANK && bytes[this.#ring.head & mask] === PLUS) {
          at = (at + 1) | 0;
          continue;
        }
        this.#at = at;
        return this.#named(ends[node] === NO_LINE ? null : lines[ends[node]!]!, byte);
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
  #named(line: Line | null, byte: number): boolean {
    this.#state = State.Text;
    if (line === null) return true;
    this.#line = line;
    const ended = byte === CR || byte === LF;
    if (line.follow === Follow.End) {
      if (ended || byte === BLANK) this.#state = State.End;
    } else if (byte === COLON || (ended && line.id === Common.CmeError)) {
      // ML302 prints a bare `+CME ERROR` after some commands (dialects.md C-10).
      if (byte === COLON) this.#at = (this.#at + 1) | 0;
      this.fields.clear();
      this.#field = At.Begin;
      this.#state = State.Fields;
    }
    return true;
  }

  #end(): boolean {
    const bytes = this.#ring.bytes, mask = this.#ring.mask, tail = this.#ring.tail;
    let at = this.#at;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte !== BLANK) {
        this.#at = at;
        if (byte !== CR && byte !== LF) {
          this.#state = State.Text;
          return true;
        }
        this.fields.clear();
        this.#finish();
        return true;
      }
      at = (at + 1) | 0;
    }
    this.#at = at;
    return false;
  }

  /** The line is whole: tells of it, then lets go of its bytes. `#at` is at its CR or LF. */
  #finish(): void {
    const line = this.#line!;
    this.#state = this.#echo === null ? State.Start : State.Echo;
    if (this.learning && line.id <= Common.CmsError) this.#counting = 0;
    this.#sink.onLine(line);
    this.#ring.head = this.#at;
  }

  #readFields(): boolean {
    const bytes = this.#ring.bytes, mask = this.#ring.mask, tail = this.#ring.tail;
    const fields = this.fields;
    let at = this.#at;
    let field = this.#field;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte === CR || byte === LF) {
        this.#at = at;
        if (field !== At.Begin || fields.count !== 0) this.#add(field, at);
        // A message whose payload never began is not a message.
        this.#state = State.Text;
        if ((this.#line!.framing ?? Framing.None) === Framing.None) this.#finish();
        return true;
      }
      if (field === At.Begin) {
        if (byte !== BLANK) {
          this.#fieldStart = this.#fieldEnd = at;
          this.#value = this.#digits = 0;
          if (byte === QUOTE) {
            field = At.Quoted;
            this.#fieldStart = (at + 1) | 0;
          } else if (byte >= DIGIT_0 && byte <= DIGIT_9) {
            field = At.Integer;
            this.#value = byte - DIGIT_0;
            this.#digits = 1;
          } else if (byte === MINUS) field = At.Integer;
          else if (byte === COMMA) {
            fields.add(FieldKind.Empty, 0, at, at);
            if (this.#messageBegins(at)) return true;
          } else field = At.Bare;
        } else fields.spaced = true;
      } else if (field === At.Integer) {
        if (byte >= DIGIT_0 && byte <= DIGIT_9 && this.#digits < 9) {
          this.#value = this.#value * 10 + byte - DIGIT_0;
          this.#digits++;
        } else if (byte === COMMA) {
          this.#add(field, at);
          if (this.#messageBegins(at)) return true;
          field = At.Begin;
        } else if (byte !== BLANK) field = At.Bare;
      } else if (field === At.Quoted) {
        if (byte === QUOTE) {
          field = At.AfterQuote;
          this.#fieldEnd = at;
        }
      } else if (byte === COMMA) {
        this.#add(field, at);
        if (this.#messageBegins(at)) return true;
        field = At.Begin;
      } else if (field === At.AfterQuote && byte !== BLANK) {
        // The quote belonged to the text: only one before a comma, or the end, closes.
        field = byte === QUOTE ? At.AfterQuote : At.Quoted;
        this.#fieldEnd = at;
      }
      at = (at + 1) | 0;
    }
    this.#at = at;
    this.#field = field;
    return false;
  }

  /** Keeps the field that ends before `at`. */
  #add(field: At, at: number): void {
    const fields = this.fields;
    if (field === At.Begin) fields.add(FieldKind.Empty, 0, at, at);
    else if (field === At.AfterQuote) fields.add(FieldKind.Quoted, 0, this.#fieldStart, this.#fieldEnd);
    else if (field === At.Integer && this.#digits > 0) {
      const negative = this.#ring.bytes[this.#fieldStart & this.#ring.mask] === MINUS;
      fields.add(FieldKind.Integer, negative ? -this.#value : this.#value, this.#fieldStart, at);
    } else {
      const bytes = this.#ring.bytes, mask = this.#ring.mask;
      let end = at;
      while (end !== this.#fieldStart && bytes[(end - 1) & mask] === BLANK) end = (end - 1) | 0;
      fields.add(FieldKind.Bare, 0, this.#fieldStart, end);
    }
  }

  /** After the comma at `at`: whether what follows is a payload. Otherwise it is the next field. */
  #messageBegins(at: number): boolean {
    const line = this.#line!;
    if (line.topic === undefined || this.fields.count !== line.topic + 1) {
      this.fields.spaced = false;
      return false;
    }
    this.#payload = this.#at = (at + 1) | 0;
    this.#first = true;
    this.#blank = this.fields.spaced;
    this.#state = State.Payload;
    return true;
  }

  /** Looks for the end of a payload that has no length: the first line ending of the modem's own kind. */
  #readPayload(): boolean {
    const ring = this.#ring;
    if (this.#blank && this.#payload !== ring.tail) {
      this.#blank = false;
      if (ring.bytes[this.#payload & ring.mask] === BLANK) this.#payload = (this.#payload + 1) | 0;
      if (((this.#at - this.#payload) | 0) < 0) this.#at = this.#payload;
    }
    for (;;) {
      const end = ring.find(LF, this.#at);
      if (end === ring.tail) break;
      this.#at = (end + 1) | 0;
      if (this.#endsLine(end)) {
        this.#next = this.#at;
        let length = (end - this.#returns - this.#payload) | 0;
        if (this.stripQuotes && this.#first && length >= 2 && ring.bytes[this.#payload & ring.mask] === QUOTE &&
            ring.bytes[(this.#payload + length - 1) & ring.mask] === QUOTE) {
          this.#payload = (this.#payload + 1) | 0;
          length -= 2;
        }
        return this.#deliver(length, false);
      }
    }
    this.#at = ring.tail;
    if (ring.free !== 0) return false;
    // The ring is full of it: hand on what cannot be part of the line's ending.
    return this.#deliver(Math.max(0, (ring.tail - this.#payload - this.#returns) | 0), true);
  }

  /** Whether enough carriage returns of this payload stand before the line feed at `end`. */
  #endsLine(end: number): boolean {
    if (((end - this.#payload) | 0) < this.#returns) return false;
    for (let i = 1; i <= this.#returns; i++)
      if (this.#ring.bytes[(end - i) & this.#ring.mask] !== CR) return false;
    return true;
  }

  #deliver(available: number, more: boolean): boolean {
    const first = this.#first;
    this.#available = available;
    this.#more = more;
    this.#first = false;
    this.#state = State.Held;
    if (first) this.#sink.onMessage(this.#line!, available, more);
    else this.#sink.onFragment(available, more);
    return this.#settle();
  }

  /** Goes on when the application has read its part of the message. */
  #settle(): boolean {
    if (this.#state !== State.Held) return true;
    if (this.#available > 0) return false;
    this.#ring.head = this.#payload;
    if (this.#more) {
      this.#state = State.Payload;
      return true;
    }
    this.#at = this.#ring.head = this.#next;
    this.#state = this.#echo === null ? State.Start : State.Echo;
    return true;
  }

  /** Goes to the end of a line that is not the lexicon's, or that is not wanted. */
  #skipTo(state: State): boolean {
    const ring = this.#ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    let at = this.#at;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte === CR || byte === LF) {
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
  #skipEcho(): boolean {
    const ring = this.#ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    const sent = this.#echo!;
    let at = this.#at;
    let index = this.#echoAt;
    while (at !== tail && index < this.#echoEnd) {
      const byte = bytes[at & mask]!;
      if (byte === sent[index]) index++;
      else if (byte !== BLANK || at !== ring.head) {
        // Not an echo after all: these bytes are the modem's own. (One blank may come first: the prompt's.)
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
  #overflow(): void {
    if (this.#state === State.Held || this.#state === State.Payload) return;
    this.#ring.head = this.#at;
    this.#state = State.Discard;
    this.#sink.onOverflow();
  }
}
