import type { Ring } from "../../bytes/ring";
import { Answer, type ResponseCache, type ResponseKind } from "../commands/response-cache";
import { Compared } from "../framing/header-cache";
import { Found, Message } from "../framing/message";
import { Byte } from "../responses/bytes";
import { upTo } from "../responses/delimiters";
import { Fields } from "../responses/fields";
import { CommonResponse, type Line, type ResponseTable } from "../responses/response-table";
import { Echo, Echoed } from "./echo";
import { LineParser, Parsed } from "./line-parser";
import type { DecoderListener } from "./listener";
import { DecoderState } from "./state";
import { afterWildcard, afterWrongLength, Trust } from "./trust";

/**
 * Turns the bytes in the ring into prompts, lines and messages, whatever pieces they come in, and tells its listener of each. It looks
 * at every byte once. It makes nothing.
 *
 * A line ends at CR or at LF, whichever comes first, so it may end with `\r\n`, `\r\r\n`, `\n` or `\r`. The rest of the ending is
 * skipped as the blank beginning of the next line. Only for the end of a message the whole ending is looked for.
 */
export class Decoder {
  private state: DecoderState = DecoderState.Start;
  /** The next byte to look at. The ring's head stays at the line's first byte until the line has been dealt with. */
  private at = 0;
  trust: Trust = Trust.Certain;
  /** What was received up to here, a position in the ring, came before the last command went out whole: nothing in it is its answer. */
  answersFrom = 0;
  private readonly ring: Ring;
  /** How the modem is likely to answer the publish under way. */
  private readonly cache: ResponseCache;
  private readonly listener: DecoderListener;
  /** The message under way, or the last one. */
  readonly message: Message;
  /** Whether a `>` at the beginning of a line is a prompt. */
  promptExpected = false;
  /** Whether a listener's function is being called. */
  scanning = false;

  readonly fields: Fields;
  private readonly parser: LineParser;
  /** The response table's line that the last message was. */
  private messageLine: Line | null = null;
  /** Where the blanks before the line began; where they came in several pieces, only the last piece is there. */
  private blank = 0;

  /**
   * Whether finals show how this modem ends its lines. On while a modem is brought up, when no message comes but the rest of an
   * earlier client's, so that all that look like one are suspect.
   */
  learning = false;
  /** `DecoderState.LineEnd`: carriage returns so far. */
  private crSeen = 0;

  /** What the modem may be repeating, or null; and the object for that, for a modem that echoes once does so again. */
  private echo: Echo | null = null;
  private echoKept: Echo | null = null;

  constructor(ring: Ring, table: ResponseTable, cache: ResponseCache, listener: DecoderListener) {
    this.ring = ring;
    this.cache = cache;
    this.listener = listener;
    this.at = this.answersFrom = ring.tail;
    this.fields = new Fields(ring);
    this.message = new Message(ring, table.names, listener, this.fields);
    this.parser = new LineParser(ring, table, this.fields, this.message);
    table.responses.forEach(({ framing }) => framing?.prepare(this.message));
  }

  /**
   * Looks at everything that the ring has. Called again from inside a listener's function, it does nothing. Whoever calls it, and
   * catches what such a function throws, calls {@link breakOff}.
   */
  scan(): void {
    if (this.scanning) return;
    this.scanning = true;
    const ring = this.ring;
    let tail: number;
    do {
      tail = ring.tail;
      for (let going = true; going; )
        switch (this.state) {
          case DecoderState.Start:
            going = this.start();
            break;
          case DecoderState.Message:
            going = this.found(this.message.end.find(this.message));
            break;
          case DecoderState.Held:
            going = this.goOn();
            break;
          case DecoderState.Line:
            going = this.readLine();
            break;
          case DecoderState.LineEnd:
            going = this.learn();
            break;
          case DecoderState.Echo:
            going = this.followEcho();
            break;
          case DecoderState.Prompt:
            going = this.leavePrompt();
            break;
          case DecoderState.Unended:
            going = this.leaveUnended();
            break;
          default:
            going = this.skipLine(); // Text, Discard
        }
    } while (tail !== ring.tail); // the listener has taken more bytes
    if (((ring.tail - ring.head) | 0) > ring.mask) this.overflow();
    this.scanning = false;
  }

  /** A listener's function has thrown: it is not being called any more. */
  breakOff(): void {
    this.scanning = false;
  }

  /** Forgets everything, as after a restart of the modem or of the port. */
  reset(): void {
    this.ring.clear();
    this.at = this.answersFrom = this.ring.tail;
    this.state = DecoderState.Start;
    this.trust = Trust.Certain;
    this.promptExpected = false;
    this.message.available = 0;
    this.echo = null;
  }

  // ---- between lines

  /** Skips blanks, and sees what begins. Returns, as for all states, whether there is more to look at. */
  private start(): boolean {
    const ring = this.ring,
      tail = ring.tail;
    let at = this.at;
    if (at === tail) return false;
    const cache = this.cache,
      isExpected = cache.expected > 0 && this.trust === Trust.Certain && ((at - this.answersFrom) | 0) >= 0;
    if (isExpected) {
      const answer = cache.compare(ring, at, false);
      if (answer === Answer.Undecided) return false;
      if (answer !== Answer.Different && this.takeExpected(answer, at)) return this.at !== tail;
    }
    const message = this.message,
      line = message.headerCache.find(at);
    if (line !== at) {
      this.at = ring.head = line;
      this.state = DecoderState.Message;
      return this.found(message.resume(line));
    }
    const bytes = ring.bytes,
      mask = ring.mask;
    this.blank = at;
    let byte = 0;
    while (at !== tail && (byte = bytes[at & mask]) <= Byte.Blank) at = (at + 1) | 0;
    this.at = ring.head = at;
    if (at === tail) return false;
    if (byte === Byte.Prompt && this.promptExpected && ((at - this.answersFrom) | 0) >= 0 && this.trust !== Trust.Doubtful) {
      this.promptExpected = false;
      this.at = ring.head = (at + 1) | 0;
      this.listener.onPrompt();
      return this.at !== tail;
    }
    // The blanks before the expected line have come apart from it, or with something else.
    if (isExpected) {
      const answer = cache.compare(ring, at, true);
      if (answer === Answer.Undecided) return false;
      if (answer !== Answer.Different && this.takeExpected(answer, at)) return this.at !== tail;
    }
    if (byte === Byte.Plus) {
      const compared = message.headerCache.compare(at);
      if (compared === Compared.Undecided) return false;
      if (compared === Compared.Same) {
        this.state = DecoderState.Message;
        return this.found(message.resume(at));
      }
    }
    if (byte === Byte.Prompt) {
      this.at = (at + 1) | 0;
      this.state = DecoderState.Prompt;
    } else {
      this.parser.begin(at);
      this.state = DecoderState.Line;
    }
    return true;
  }

  /**
   * Looks at what is behind a `>`. If that is a prompt, no line's end follows, and the next line may begin at once. No document has a
   * line of the modem's that begins otherwise than with a plus sign, and has no line's end before it. It may also be a topic's rest.
   */
  private leavePrompt(): boolean {
    const ring = this.ring,
      tail = ring.tail;
    let at = this.at,
      byte = 0;
    while (at !== tail && (byte = ring.bytes[at & ring.mask]) === Byte.Blank) at = (at + 1) | 0;
    this.at = at;
    if (at === tail) return false;
    if (byte !== Byte.Plus) this.state = DecoderState.Text;
    else {
      ring.head = at;
      this.state = DecoderState.Start;
      this.trust = Trust.Doubtful;
    }
    return true;
  }

  /** The expected line is at `at`, or all lines that are expected. Returns false where they are to be read one by one. */
  private takeExpected(answer: Answer, at: number): boolean {
    const cache = this.cache,
      ring = this.ring,
      tail = ring.tail,
      end = (at + cache.matched) | 0;
    // Where nothing but the rest of its ending is behind it, that is skipped here, and not before the next line.
    this.at = ((tail - end) | 0) === 1 && ring.bytes[end & ring.mask] === Byte.LF ? tail : (end - 1) | 0;
    if (answer === Answer.Line) this.listener.onExpected(cache.next());
    else if (!this.listener.onAllExpected()) {
      this.at = at;
      return false;
    }
    ring.head = this.at;
    return true;
  }

  /** Keeps the line with which the listener is being called, as a part of a publish's answer. @param id the field with the publish's id, or −1 */
  keepAnswer(kind: ResponseKind, id: number): void {
    const head = this.ring.head;
    this.cache.store(kind, this.ring, this.blank, head, this.at, id < 0 ? head : this.fields.end(id));
  }

  /**
   * Counts the carriage returns that stand before the line feed that ends a final. Of several line ends in one piece only the first
   * is counted.
   */
  private learn(): boolean {
    const ring = this.ring,
      bytes = ring.bytes,
      mask = ring.mask,
      tail = ring.tail;
    let at = this.at;
    while (at !== tail && bytes[at & mask] === Byte.CR) {
      at = (at + 1) | 0;
      this.crSeen++;
    }
    this.at = ring.head = at;
    if (at === tail) return false;
    if (bytes[at & mask] === Byte.LF) this.message.crCount = this.crSeen > 2 ? 2 : this.crSeen;
    this.state = DecoderState.Start;
    return true;
  }

  // ---- lines

  /** Reads the line on, until it is known what it is. */
  private readLine(): boolean {
    const parser = this.parser,
      parsed = parser.read(),
      line = parser.line!;
    this.at = parser.at;
    switch (parsed) {
      case Parsed.Nothing:
        return false;
      case Parsed.Response:
        this.finish(line);
        break;
      case Parsed.Prefix:
        this.state = DecoderState.Discard;
        this.tell(line);
        break;
      case Parsed.Message:
        this.messageLine = line;
        this.message.begin(line.framing!, line.topic!);
        this.state = DecoderState.Message;
        this.listener.onHeader();
        break;
      case Parsed.BrokenMessage:
        this.state = DecoderState.Text;
        this.breakHeader();
        break;
      case Parsed.Text:
        this.state = DecoderState.Text;
    }
    return true;
  }

  /** The line is whole, and `at` is at its CR or LF: tells the listener, then lets go of the line's bytes. */
  private finish(line: Line): void {
    this.endLine();
    if (this.learning && line.id <= CommonResponse.CmsError && this.echo === null) {
      this.crSeen = 0;
      this.state = DecoderState.LineEnd;
    }
    this.tell(line);
    this.ring.head = this.at;
  }

  private tell(line: Line): void {
    if (this.trust >= Trust.Miscounted) this.listener.onDoubtfulResponse(line);
    else this.listener.onResponse(line);
  }

  /** A line is over: another one may begin, or the line was in the middle of an echo, which goes on. */
  private endLine(): void {
    const echo = this.echo,
      ring = this.ring;
    if (echo === null) this.state = DecoderState.Start;
    else {
      // A message's end is behind its line feed.
      echo.ending = ring.bytes[(this.at - 1) & ring.mask] === Byte.LF ? 0 : this.message.crCount + 1;
      this.state = DecoderState.Echo;
    }
  }

  /** Goes to the end of a line that is not the response table's, or that is not wanted. */
  private skipLine(): boolean {
    const ring = this.ring,
      told = this.state === DecoderState.Text;
    const at = (this.at = upTo(ring, this.at, Byte.CR));
    const over = at !== ring.tail;
    if (over) {
      this.endLine();
      if (told && this.trust === Trust.Doubtful) this.listener.onDoubtfulText();
      else if (told) this.listener.onText(ring.head, at);
    }
    if (over || !told) ring.head = at;
    return over;
  }

  /** Where the line with which the listener is being called begins in the ring, and ends. */
  get lineStart(): number {
    return this.ring.head;
  }

  get lineEnd(): number {
    return this.at;
  }

  /** The ring is full and the line has not ended: drops it up to its end, and says so (anchors.md 10). */
  private overflow(): void {
    const state = this.state;
    if (state === DecoderState.Held) return;
    if (state === DecoderState.Message) {
      this.found(this.message.end.overflow(this.message));
      return;
    }
    // Where the topic ends that did not fit, nobody knows.
    if (state === DecoderState.Line && this.parser.isMessage) this.trust = Trust.Doubtful;
    this.ring.head = this.at;
    this.state = DecoderState.Discard;
    this.listener.onOverflow();
  }

  // ---- messages

  /** What looking for the message's end, or its next part, has come to. */
  private found(found: Found): boolean {
    if (found === Found.Nothing) return false;
    const message = this.message;
    if (found === Found.NoMessage) {
      this.at = message.at;
      this.state = DecoderState.Text;
      this.breakHeader();
      return true;
    }
    this.state = DecoderState.Held;
    const isFirst = message.first;
    if (isFirst) {
      if (!message.sameHeader) {
        this.listener.onHeader();
        message.framing.finishHeader(message);
      }
      const byName = message.byName;
      message.miscounted = byName && message.mayContinue;
      if (!byName && !message.silent && this.trust !== Trust.AfterWildcard) this.trust = afterWildcard(this.trust);
    }
    if (this.trust >= Trust.Miscounted) message.suspect = true;
    if (message.truncated) this.drop();
    else if (isFirst) this.listener.onMessage(this.messageLine!);
    else this.listener.onFragment();
    return this.goOn();
  }

  /** The header of a message has broken off: what follows may be the rest of its topic. */
  private breakHeader(): void {
    this.trust = Trust.Doubtful;
    this.listener.onOverflow();
  }

  /** Drops a part of a message whose topic is not there any more. */
  private drop(): void {
    const message = this.message;
    message.mayContinue = true; // its topic may have looked like a length
    message.skip();
    if (!message.more) this.listener.onOverflow();
  }

  /** Goes on when the application has read its part of the message. */
  private goOn(): boolean {
    if (this.state !== DecoderState.Held) return true;
    const message = this.message,
      ring = this.ring;
    if (message.available > 0) return false;
    if (message.more) {
      message.first = false;
      ring.head = message.payload;
      this.state = DecoderState.Message;
      return true;
    }
    const at = (this.at = ring.head = message.at);
    if (this.echo === null) this.state = DecoderState.Start;
    else this.endLine();
    if (message.mayContinue) {
      this.trust = afterWrongLength(this.trust, message.miscounted);
      if (message.silent && ring.bytes[(at - 1) & ring.mask] !== Byte.LF) this.state = DecoderState.Unended;
    }
    return at !== ring.tail;
  }

  /** Whether unread bytes of a message keep the decoder from going on. */
  get held(): boolean {
    return this.state === DecoderState.Held;
  }

  /** Moves up to `length` bytes of the current message into `target[offset…]`. Returns how many. */
  read(target: Uint8Array, offset: number, length: number): number {
    return this.message.read(target, offset, length);
  }

  /** Drops the unread bytes of the message's present part. */
  skip(): void {
    if (this.state === DecoderState.Held) this.message.skip();
  }

  /** Drops what a reader left unread, when it is all that keeps the next bytes out of the ring. */
  makeRoom(): void {
    if (this.state !== DecoderState.Held || this.ring.free !== 0 || this.scanning) return;
    if (this.message.more) this.message.suspect = true; // what follows is not the whole of it
    this.skip();
    this.listener.onOverflow();
    this.scan();
  }

  // ---- silence

  /** In the middle of a message, or of what may be one. */
  get isInside(): boolean {
    return this.trust !== Trust.Certain || this.state === DecoderState.Message;
  }

  /** Whether silence would decide where the present message ends, or that the last one has ended. */
  get waitsForSilence(): boolean {
    if (this.state === DecoderState.Message) return this.message.end.waits(this.message);
    return this.trust !== Trust.Certain && this.state <= DecoderState.Prompt;
  }

  /** Nothing has come for a while. */
  silence(): void {
    if (!this.waitsForSilence || this.scanning) return;
    if (this.state === DecoderState.Message) {
      const message = this.message;
      this.scanning = true;
      message.silent = true;
      this.found(message.end.silence(message));
      this.scanning = false;
      this.scan();
    }
    // A line that has not ended may still be a part of the message, however long the pause is in the middle of it.
    if (this.state !== DecoderState.Message && this.waitsForSilence) this.regainTrust();
  }

  /** Something has come behind a message that a pause has ended in the middle of its line: another line, or the rest of that one. */
  private leaveUnended(): boolean {
    const ring = this.ring,
      tail = ring.tail;
    let at = this.at,
      byte = 0;
    while (at !== tail && (byte = ring.bytes[at & ring.mask]) <= Byte.Blank && byte !== Byte.CR && byte !== Byte.LF) at = (at + 1) | 0;
    this.at = ring.head = at;
    if (at === tail) return false;
    this.state = this.echo === null ? DecoderState.Start : DecoderState.Echo;
    if (byte === Byte.CR || byte === Byte.LF) this.regainTrust();
    return true;
  }

  /** What may have been a part of a message is over. */
  private regainTrust(): void {
    this.trust = Trust.Certain;
    this.listener.onCertain();
  }

  /** A message has come that may go on in the next line, and results are held. */
  hold(): void {
    this.trust = afterWildcard(this.trust);
  }

  /** Whether what looks like a result may be a part of a message that goes on. */
  get mayBeForged(): boolean {
    return this.trust === Trust.AfterWildcard || this.trust > Trust.Miscounted;
  }

  /** Whether finals and awaited results are believed though the length of a message was wrong. */
  get miscounted(): boolean {
    return this.trust === Trust.Miscounted || this.trust === Trust.MiscountedAfterWildcard;
  }

  // ---- the echo

  /**
   * `source[start … end)` was sent while the modem echoes: if exactly these bytes come back, they are skipped.
   * `source` must not change until then, or until {@link forgetEcho}.
   */
  expectEcho(source: Uint8Array, start: number, end: number): void {
    const ring = this.ring,
      at = this.at;
    const ending = at !== ring.tail && ring.bytes[at & ring.mask] === Byte.CR ? this.message.crCount + 1 : 0;
    (this.echo = this.echoKept ??= new Echo()).expect(source, start, end, ending);
    if (this.state === DecoderState.Start) this.state = DecoderState.Echo;
  }

  /** Whether a part of what was sent has come back, and not all of it. */
  get echoes(): boolean {
    return this.echo !== null && this.echo.begun;
  }

  forgetEcho(): void {
    this.echo = null;
    if (this.state === DecoderState.Echo) this.state = DecoderState.Start;
  }

  /** Skips the bytes that come back. Any other byte begins a line of the modem's own, in the middle of the echo or behind it. */
  private followEcho(): boolean {
    const ring = this.ring;
    const echoed = this.echo!.follow(ring, this.at);
    this.at = echoed === Echoed.Part ? ring.tail : ring.head;
    if (echoed === Echoed.Part) return false;
    if (echoed !== Echoed.Interrupted) this.echo = null;
    this.state = DecoderState.Start;
    return true;
  }
}
