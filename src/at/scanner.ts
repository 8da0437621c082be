import type { Ring } from "../bytes/ring";
import { Byte } from "./bytes";
import { Note, type Exchange, type Meaning } from "./exchange";
import { FieldKind, Fields } from "./fields";
import { Common, Follow, Framing, NO_LINE, type Lexicon, type Line } from "./lexicon";
import { Found, Message, Opening, type Subscribed } from "./message";

/** What the scanner finds. Each function may use the scanner's `fields`, or its message's, until it returns. */
export interface ScannerSink extends Subscribed {
  /** A line of the lexicon, its fields read. */
  onLine(line: Line): void;
  /** Any other line: its bytes stand in the ring from `start` to `end`. */
  onText(start: number, end: number): void;
  /** The `>` that was waited for. */
  onPrompt(): void;
  /** The line that was expected. */
  onAnswered(meaning: Meaning): void;
  /** All that was expected, at once; false where it is to be read line by line. */
  onAnsweredWhole(): boolean;
  /** A message begins: the scanner's `message` tells of it, and can be read. Its topic is among its fields. */
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

/** Bytes that a message without a length may go on for behind its first line. */
const LONGEST_UNFRAMED = 4096;

/** Bytes that were sent, and may come back: made for the first that do. */
class Echo {
  source!: Uint8Array;
  at = 0;
  end = 0;
  first = 0;
  /** One blank more may come: that of the prompt. */
  blank = false;
  /** Bytes that may come of the end of the line that the prompt was: carriage returns, and a line feed at last. */
  ending = 0;
}

/** Of a number: more would not fit into 31 bits. Also its sign and the blanks behind it count. */
const MOST_DIGITS = 9;

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
  private readonly ring: Ring;
  /** What the modem is likely to say to the publish under way. */
  private readonly exchange: Exchange;
  private readonly sink: ScannerSink;

  private state: State = State.Start;
  /** The next byte to look at. The ring's head stays at the line's first byte until the line has been dealt with. */
  private at: number;
  /** Where the blanks before the line began; where they came apart, only the last of them are there. */
  private blank = 0;
  private node = 0;
  private line: Line | null = null;
  /** The report that came last: the index of its line. */
  private likely = 0;
  /** Whether a sink's function is being called. */
  scanning = false;

  /** The fields that are being read: the message's own, or {@link fields}. */
  private reading: Fields;
  /** Up to here a text that is not whole yet has been looked through; at the beginning of a field, nothing has. */
  private seen = 0;
  private inText = false;


  // Carriage returns since the last final, or −1 when they are not counted.
  private counting = -1;

  /** What the modem may be repeating, and the same while it is not: a modem that echoes once does so again. */
  private echo: Echo | null = null;
  private echoKept: Echo | null = null;

  constructor(ring: Ring, lexicon: Lexicon, exchange: Exchange, sink: ScannerSink) {
    this.ring = ring;
    this.exchange = exchange;
    this.sink = sink;
    this.at = ring.tail;
    this.fields = new Fields(ring);
    this.reading = this.fields;
    this.message = new Message(ring, lexicon, sink, this.fields);
  }

  /**
   * Whether finals tell how this modem ends its lines. On while a modem is brought up, when no message comes but the rest of
   * an earlier client's, and all that look like one are suspect.
   */
  learning = false;

  /** Whether a `>` at the beginning of a line is a prompt. */
  promptExpected = false;

  /**
   * `source[start … end)` was sent while the modem echoes: if exactly these bytes come back, they are skipped.
   * `source` must not change until then, or until {@link forgetEcho}.
   */
  expectEcho(source: Uint8Array, start: number, end: number): void {
    const echo = this.echo = this.echoKept ??= new Echo();
    echo.source = source;
    echo.at = start;
    echo.end = end;
    echo.first = start;
    echo.blank = true;
    echo.ending = this.at !== this.ring.tail && this.ring.bytes[this.at & this.ring.mask] === Byte.CR ? this.message.returns + 1 : 0;
    if (this.state === State.Start) this.state = State.Echo;
  }

  /** A line is over, and its end is to be skipped before the echo goes on. */
  private awaitEcho(): State {
    this.echo!.ending = this.message.returns + 1;
    return State.Echo;
  }

  /** Whether a part of what was sent has come back, and not all of it. */
  get echoes(): boolean {
    return this.echo !== null && this.echo.at > this.echo.first;
  }

  forgetEcho(): void {
    this.echo = null;
    if (this.state === State.Echo) this.state = State.Start;
  }

  /** Where the line that is being told of begins in the ring, and ends. */
  get lineStart(): number {
    return this.ring.head;
  }

  get lineEnd(): number {
    return this.at;
  }

  /**
   * Whether the line that is being told of may be the rest of the last message, which had no length: nothing but its place
   * would tell (dialects.md 6.2).
   */
  get mayBePayload(): boolean {
    const message = this.message;
    return message.isUnframed && !message.silent && ((this.ring.head - message.at) | 0) < LONGEST_UNFRAMED;
  }

  /** Whether unread bytes of a message keep the scanner from going on. */
  get held(): boolean {
    return this.state === State.Held;
  }

  /** Moves up to `length` bytes of the current message into `target[offset…]`. Returns how many. */
  read(target: Uint8Array, offset: number, length: number): number {
    const message = this.message;
    if (length > message.available) length = message.available;
    if (length <= 0) return 0;
    const ring = this.ring;
    ring.copy(message.position, target, offset, length);
    ring.head = message.consume(length);
    return length;
  }

  /** Drops what is left of the part of the message that can be read now. */
  skip(): void {
    if (this.state !== State.Held) return;
    this.ring.head = this.message.consume(this.message.available);
  }

  /** Forgets everything, as after a restart of the modem or of the port. */
  reset(): void {
    this.ring.clear();
    this.at = this.ring.tail;
    this.state = State.Start;
    this.promptExpected = false;
    this.message.available = 0;
    this.echo = null;
  }

  /**
   * Looks at everything that the ring has. Called again from inside a sink's function, it does nothing. Whoever calls it, and
   * catches what such a function throws, calls {@link breakOff}.
   */
  scan(): void {
    if (this.scanning) return;
    this.scanning = true;
    for (let going = true; going;)
      switch (this.state) {
        case State.Start: going = this.start(); break;
        case State.Name: going = this.name(); break;
        case State.Fields: going = this.readFields(); break;
        case State.Message: going = this.found(this.message.find()); break;
        case State.Held: going = this.settle(); break;
        case State.Text: going = this.skipTo(State.Text); break;
        case State.End: going = this.end(); break;
        case State.Discard: going = this.skipTo(State.Discard); break;
        default: going = this.skipEcho();
      }
    if (this.ring.free === 0) this.overflow();
    this.scanning = false;
  }

  /** A sink's function has thrown: it is not being called any more. */
  breakOff(): void {
    this.scanning = false;
  }

  /** Drops what a reader left unread, when it is all that keeps the next bytes out of the ring. */
  makeRoom(): void {
    if (this.state !== State.Held || this.ring.free !== 0 || this.scanning) return;
    if (this.message.more) this.message.suspect = true; // what follows is not the whole of it
    this.skip();
    this.sink.onOverflow();
    this.scan();
  }

  private start(): boolean {
    const ring = this.ring, tail = ring.tail;
    let at = this.at;
    if (at === tail) return false;
    const expected = this.exchange.expected;
    if (expected > 0) {
      const found = this.answers(expected, at, 0);
      if (found !== Opening.Different) return found === Opening.Same && this.at !== tail;
    }
    const bytes = ring.bytes, mask = ring.mask;
    this.blank = at;
    let byte = 0;
    // Of what may be several line ends in one piece, the first alone.
    while (this.counting >= 0 && at !== tail && (byte = bytes[at & mask]!) <= Byte.Blank) {
      this.learn(byte);
      at = (at + 1) | 0;
    }
    while (at !== tail && (byte = bytes[at & mask]!) <= Byte.Blank) at = (at + 1) | 0;
    this.at = ring.head = at;
    if (at === tail) return false;
    this.counting = -1;
    if (byte === Byte.Prompt && this.promptExpected) {
      this.promptExpected = false;
      this.at = ring.head = (at + 1) | 0;
      this.sink.onPrompt();
      return this.at !== tail;
    }
    // What stands before it has come apart from it, or with something else.
    if (expected > 0) {
      const found = this.answers(expected, at, this.exchange.buffer[expected + Note.Blanks]!);
      if (found !== Opening.Different) return found === Opening.Same && this.at !== tail;
    }
    if (byte === Byte.Plus) {
      const opening = this.message.opens(at);
      if (opening === Opening.Undecided) return false;
      if (opening === Opening.Same) {
        this.line = this.message.line;
        this.state = State.Message;
        return true;
      }
    }
    this.node = 0;
    this.state = State.Name;
    return true;
  }

  /**
   * Whether the line that is expected is at `at`, or all that is expected; then it is told of.
   * @param left out of its bytes at its beginning
   */
  private answers(note: number, at: number, left: number): Opening {
    const exchange = this.exchange, buffer = exchange.buffer, ring = this.ring;
    const has = (ring.tail - at) | 0;
    let length = buffer[note + Note.Rest]! - left;
    const whole = length > 0 && has >= length;
    if (!whole) {
      length = buffer[note + Note.Length]! - left;
      if (has <= buffer[note + Note.Blanks]! - left) return Opening.Different;
    }
    if (!ring.same(at, buffer, note + buffer[note + Note.From]! + left, has < length ? has : length)) return Opening.Different;
    if (has < length) return Opening.Undecided;
    // The rest of its ending, where nothing else is there, would be skipped before the next line.
    const end = (at + length) | 0;
    this.at = has === length + 1 && ring.bytes[end & ring.mask] === Byte.LF ? ring.tail : (end - 1) | 0;
    if (!whole) {
      exchange.next();
      this.sink.onAnswered(buffer[note + Note.Meaning]!);
    } else if (!this.sink.onAnsweredWhole()) {
      this.at = at;
      return Opening.Different;
    }
    ring.head = this.at;
    return Opening.Same;
  }

  /** The line that is being told of means this to the operation whose answer is kept. @param id the field with its id, or −1 */
  keepAnswer(meaning: Meaning, id: number): void {
    const head = this.ring.head;
    this.exchange.note(meaning, this.ring, this.blank, head, this.at, id < 0 ? head : this.fields.end(id));
  }

  /** Counts the carriage returns that stand before a line feed. */
  private learn(byte: number): void {
    if (byte === Byte.CR) {
      this.counting++;
      return;
    }
    if (byte === Byte.LF) this.message.returns = this.counting > 2 ? 2 : this.counting;
    this.counting = -1;
  }

  private name(): boolean {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    const lexicon = this.message.lexicon, labels = lexicon.byte, below = lexicon.below, beside = lexicon.beside;
    let at = this.at;
    let node = this.node;
    if (node === 0 && bytes[at & mask] === Byte.Plus) {
      const text = lexicon.texts[this.likely]!;
      if (((tail - at) | 0) > text.length && ring.matches(at, text)) {
        at = (at + text.length) | 0;
        node = lexicon.ends[this.likely]!;
      }
    }
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      let next = below[node]!;
      while (next !== 0 && labels[next] !== byte) next = beside[next]!;
      if (next !== 0) node = next;
      // `+MQTT PUBREL` is `+MQTTPUBREL` (dialects.md 6.8).
      else if (byte !== Byte.Blank || bytes[ring.head & mask] !== Byte.Plus) {
        this.at = at;
        const index = lexicon.line[node]!;
        if (index === NO_LINE) return this.named(null, byte);
        const line = lexicon.lines[index]!;
        if (line.follow === Follow.Fields) this.likely = index;
        return this.named(line, byte);
      }
      at = (at + 1) | 0;
    }
    this.at = at;
    this.node = node;
    return false;
  }

  /** The name is over, at `byte`, which does not go on with it. */
  private named(line: Line | null, byte: number): boolean {
    this.state = State.Text;
    if (line === null) return true;
    this.line = line;
    const ended = byte === Byte.CR || byte === Byte.LF;
    if (line.follow === Follow.Fields) {
      // ML302 prints a bare `+CME ERROR` after some commands (dialects.md C-10).
      if (byte !== Byte.Colon && !(ended && line.id === Common.CmeError)) return true;
      if (byte === Byte.Colon) this.at = (this.at + 1) | 0;
      this.reading = this.fields;
      if ((line.framing ?? Framing.None) !== Framing.None) {
        this.reading = this.message.fields;
        this.message.forget();
      }
      this.reading.clear();
      this.inText = false;
      this.state = State.Fields;
    } else if (line.follow === Follow.End) {
      if (ended) {
        this.fields.clear();
        this.finish();
      } else if (byte === Byte.Blank) this.state = State.End;
    } else {
      this.fields.clear();
      this.state = State.Discard;
      this.sink.onLine(line);
    }
    return true;
  }

  private end(): boolean {
    const bytes = this.ring.bytes, mask = this.ring.mask, tail = this.ring.tail;
    let at = this.at;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte !== Byte.Blank) {
        this.at = at;
        if (byte !== Byte.CR && byte !== Byte.LF) {
          this.state = State.Text;
          return true;
        }
        this.fields.clear();
        this.finish();
        return true;
      }
      at = (at + 1) | 0;
    }
    this.at = at;
    return false;
  }

  /** The line is whole: tells of it, then lets go of its bytes. `at` is at its CR or LF. */
  private finish(): void {
    const line = this.line!;
    this.state = this.echo === null ? State.Start : this.awaitEcho();
    if (this.learning && line.id <= Common.CmsError) this.counting = 0;
    this.sink.onLine(line);
    this.ring.head = this.at;
  }

  /** Field by field. One that has not come whole is begun again when there is more of it, a text where it was left. */
  private readFields(): boolean {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    const fields = this.reading, line = this.line!;
    // As many fields stand before a message's own part.
    const most = line.framing === Framing.Counted ? line.topic! : line.framing === Framing.Line ? line.topic! + 1 : -1;
    for (;;) {
      let at = this.at;
      let byte = 0;
      while (at !== tail && (byte = bytes[at & mask]!) === Byte.Blank) at = (at + 1) | 0;
      if (at === tail) return false;
      fields.spaced = at !== this.at;
      let kind = FieldKind.Integer;
      let start = at, end = at, value = 0;
      if (byte >= Byte.Digit0 && byte <= Byte.Digit9)
        do {
          value = value * 10 + byte - Byte.Digit0;
          at = (at + 1) | 0;
        } while (at !== tail && (byte = bytes[at & mask]!) >= Byte.Digit0 && byte <= Byte.Digit9);
      else if (byte === Byte.Minus) {
        at = (at + 1) | 0;
        while (at !== tail && (byte = bytes[at & mask]!) >= Byte.Digit0 && byte <= Byte.Digit9) {
          value = value * 10 - byte + Byte.Digit0;
          at = (at + 1) | 0;
        }
        if (value === 0) kind = FieldKind.Bare;
      } else kind = byte === Byte.Quote ? FieldKind.Quoted : byte === Byte.Comma || byte === Byte.CR || byte === Byte.LF ? FieldKind.Empty : FieldKind.Bare;
      if (kind === FieldKind.Integer) {
        if (byte === Byte.Blank) while (at !== tail && (byte = bytes[at & mask]!) === Byte.Blank) at = (at + 1) | 0;
        if (at === tail) return false;
        end = at;
        if ((byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF) || ((at - start) | 0) > MOST_DIGITS) kind = FieldKind.Bare;
        else this.inText = false; // what had come of it, a minus sign, was none
      }
      if (kind >= FieldKind.Bare) {
        if (!this.inText) this.seen = kind === FieldKind.Quoted ? (start + 1) | 0 : start;
        this.inText = true;
        if (kind === FieldKind.Quoted) {
          start = (start + 1) | 0;
          end = this.closingQuote();
          at = this.seen;
          if (end === tail) return false;
          // A quote that nothing closes is no quote.
          if (at === end) kind = FieldKind.Bare;
        } else at = this.endOfBare(this.seen);
        if (at === tail) return false;
        byte = bytes[at & mask]!;
        if (kind === FieldKind.Bare) for (end = at; end !== start && bytes[(end - 1) & mask] === Byte.Blank;) end = (end - 1) | 0;
        this.inText = false;
      }
      if (byte !== Byte.Comma) {
        this.at = at;
        if (kind !== FieldKind.Empty || fields.count !== 0) fields.add(kind, value, start, end);
        // A message whose payload never began is not a message.
        this.state = State.Text;
        if (most < 0) this.finish();
        return true;
      }
      fields.add(kind, value, start, end);
      this.at = (at + 1) | 0;
      if (fields.count === most) {
        if (line.framing === Framing.Counted) this.message.beginFramed(line, this.at);
        else this.message.beginUnframed(line, this.at, fields.spaced);
        this.state = State.Message;
        return true;
      }
    }
  }

  /** The end of a text without quotes that has been looked through up to `at`. */
  private endOfBare(at: number): number {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    let byte = 0;
    while (at !== tail && ((byte = bytes[at & mask]!) > Byte.Comma || (byte !== Byte.Comma && byte !== Byte.CR && byte !== Byte.LF))) at = (at + 1) | 0;
    this.seen = at;
    return at;
  }

  /**
   * Where a text in quotes ends: at the quote behind which a comma or the end of the line follows, for another one belongs
   * to the text. `seen` is then at what follows; at the same place, where the line ended in the text.
   */
  private closingQuote(): number {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    let at = this.seen;
    for (;;) {
      let byte = 0;
      while (at !== tail && (byte = bytes[at & mask]!) !== Byte.Quote && byte !== Byte.CR && byte !== Byte.LF) at = (at + 1) | 0;
      this.seen = at;
      if (at === tail || byte !== Byte.Quote) return at;
      let after = (at + 1) | 0;
      while (after !== tail && (byte = bytes[after & mask]!) === Byte.Blank) after = (after + 1) | 0;
      if (after === tail) return tail; // decided when more has come
      if (byte === Byte.Comma || byte === Byte.CR || byte === Byte.LF) {
        this.seen = after;
        return at;
      }
      at = after;
    }
  }

  /** What looking for the message's end, or its next part, has come to. */
  private found(found: Found): boolean {
    if (found === Found.Nothing) return false;
    if (found === Found.NoMessage) {
      this.at = this.message.at;
      this.state = State.Text;
      return true;
    }
    this.state = State.Held;
    if (this.message.first) this.sink.onMessage(this.line!);
    else this.sink.onFragment();
    return this.settle();
  }

  /** Goes on when the application has read its part of the message. */
  private settle(): boolean {
    if (this.state !== State.Held) return true;
    const message = this.message;
    if (message.available > 0) return false;
    if (message.more) {
      message.first = false;
      this.ring.head = message.position;
      this.state = State.Message;
      return true;
    }
    this.at = this.ring.head = message.at;
    this.state = this.echo === null ? State.Start : this.awaitEcho();
    return this.at !== this.ring.tail;
  }

  /** Whether silence would decide where the present message ends. */
  get waitsForSilence(): boolean {
    return this.state === State.Message && this.message.waitsForSilence;
  }

  /** Nothing has come for a while. */
  silence(): void {
    if (!this.waitsForSilence || this.scanning) return;
    this.scanning = true;
    this.found(this.message.silence());
    this.scanning = false;
    this.scan();
  }

  /** Goes to the end of a line that is not the lexicon's, or that is not wanted. */
  private skipTo(state: State): boolean {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    let at = this.at;
    while (at !== tail) {
      const byte = bytes[at & mask]!;
      if (byte === Byte.CR || byte === Byte.LF) {
        this.at = at;
        this.state = this.echo === null ? State.Start : this.awaitEcho();
        if (state === State.Text) this.sink.onText(ring.head, at);
        ring.head = at;
        return true;
      }
      at = (at + 1) | 0;
    }
    this.at = at;
    if (state === State.Discard) ring.head = at;
    return false;
  }

  /** Compares what comes with what was sent; the bytes stay in the ring until all of them have come back. */
  private skipEcho(): boolean {
    const ring = this.ring, bytes = ring.bytes, mask = ring.mask, tail = ring.tail;
    const echo = this.echo!, sent = echo.source;
    let at = this.at;
    let index = echo.at;
    while (at !== tail && index < echo.end) {
      const byte = bytes[at & mask]!;
      if (echo.ending > 0) {
        const skipped = byte === (echo.ending > 1 ? Byte.CR : Byte.LF);
        echo.ending = skipped ? echo.ending - 1 : 0;
        if (skipped) {
          at = (at + 1) | 0;
          continue;
        }
      }
      // A modem may repeat no line feed, and an error that has come in between has ended the line.
      let next = index;
      while (next < echo.end && byte !== sent[next] && (sent[next] === Byte.CR || sent[next] === Byte.LF)) next++;
      if (next < echo.end && byte === sent[next]) {
        index = next + 1;
        if (byte !== Byte.Blank) echo.blank = false;
      } else if (echo.blank && byte === Byte.Blank) echo.blank = false; // the prompt's
      else return this.breakEcho(at, index);
      at = (at + 1) | 0;
    }
    this.at = at;
    echo.at = index;
    if (index < echo.end) {
      if (ring.free === 0) ring.head = at;
      return false;
    }
    ring.head = at;
    this.echo = null;
    this.state = State.Start;
    return true;
  }

  /**
   * Something else has come than what was sent. Where a line may begin there, or at the last CR that was alike, it is a report
   * in the middle of the echo, which goes on behind it; otherwise it is no echo after all. What is a line from the payload's
   * first byte on is taken for the modem's: nothing shows that the payload is echoed.
   */
  private breakEcho(at: number, index: number): boolean {
    const ring = this.ring, echo = this.echo!, sent = echo.source, byte = ring.bytes[at & ring.mask]!;
    let start = index;
    do start--; while (start >= echo.first && sent[start] !== Byte.CR);
    if ((byte === Byte.CR || byte === Byte.LF) && start !== echo.first) start = index;
    const line = (at - index + start) | 0;
    if (start < echo.first || ((line - ring.head) | 0) < 0) this.echo = null;
    else {
      ring.head = line;
      echo.at = start;
    }
    this.at = ring.head;
    this.state = State.Start;
    return true;
  }

  /** The ring is full and the line has not ended: drop it to its end, and say so (anchors.md 10). */
  private overflow(): void {
    if (this.state === State.Held) return;
    this.ring.head = this.at;
    this.state = State.Discard;
    this.sink.onOverflow();
  }
}
