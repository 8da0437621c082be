import type { Ring } from "../../bytes/ring";
import type { ResponseCache } from "../commands/response-cache";
import { Byte } from "../responses/bytes";
import { upTo } from "../responses/delimiters";
import { Fields } from "../responses/fields";
import type { ResponseTable } from "../responses/response-table";
import { Message } from "../framing/message";
import { Found } from "../framing/payload";
import { Echo, Echoed } from "./echo";
import { LineReader } from "./line-reader";
import type { DecoderListener } from "./listener";
import { DecoderState } from "./state";

/** Bytes to lines, prompts and messages. Looks at every byte once, in whatever pieces they come; makes nothing. */
export class Decoder extends LineReader {
  readonly fields: Fields;
  readonly message: Message;
  protected readonly ring: Ring;
  protected readonly cache: ResponseCache;
  protected readonly listener: DecoderListener;
  /** Whether a listener's function is being called. */
  scanning = false;

  /** A pause has ended the message in the middle of its line: the rest of that may still come. */
  private unended = false;
  /** The message under way is in doubt, and its topic is subscribed by its name. */
  private byName = false;

  /** What the modem may be repeating, and the same while it is not: a modem that echoes once does so again. */
  private echo: Echo | null = null;
  private echoKept: Echo | null = null;

  constructor(ring: Ring, table: ResponseTable, cache: ResponseCache, listener: DecoderListener) {
    super();
    this.ring = ring;
    this.cache = cache;
    this.listener = listener;
    this.at = this.answersFrom = ring.tail;
    this.fields = new Fields(ring);
    this.message = new Message(ring, table, listener, this.fields);
  }

  /**
   * Looks at everything that the ring has. Called again from inside a listener's function, it does nothing. Whoever calls it, and
   * catches what such a function throws, calls {@link breakOff}.
   */
  scan(): void {
    if (this.scanning) return;
    if (this.unended && this.state === DecoderState.Start && this.at !== this.ring.tail) this.goesOn();
    this.scanning = true;
    for (let going = true; going;)
      switch (this.state) {
        case DecoderState.Start: going = this.start(); break;
        case DecoderState.Message: going = this.found(this.message.find()); break;
        case DecoderState.Held: going = this.settle(); break;
        case DecoderState.Name: going = this.name(); break;
        case DecoderState.Fields: going = this.readFields(); break;
        case DecoderState.End: going = this.end(); break;
        case DecoderState.Echo: going = this.followEcho(); break;
        default: going = this.skipLine(); // a text, or what is dropped
      }
    if (this.ring.free === 0) this.overflow();
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
    this.promptExpected = false;
    this.message.available = 0;
    this.echo = null;
    this.doubtful = this.miscounted = this.exposed = this.unended = false;
  }

  protected lineOver(): void {
    const echo = this.echo;
    this.unended = false;
    if (echo === null) this.state = DecoderState.Start;
    else {
      echo.ending = this.message.crCount + 1;
      this.state = DecoderState.Echo;
    }
  }

  // ---- lines

  /** Where the line that is being told of begins in the ring, and ends. */
  get lineStart(): number {
    return this.ring.head;
  }

  get lineEnd(): number {
    return this.at;
  }


  /** Goes to the end of a line that is not the response table's, or that is not wanted. */
  private skipLine(): boolean {
    const ring = this.ring, told = this.state === DecoderState.Text;
    const at = this.at = upTo(ring, this.at, Byte.CR);
    const over = at !== ring.tail;
    if (over) {
      this.lineOver();
      if (told && this.doubtful && !this.miscounted) this.listener.onDoubtfulText();
      else if (told) this.listener.onText(ring.head, at);
    }
    if (over || !told) ring.head = at;
    return over;
  }

  /** The ring is full and the line has not ended: drop it to its end, and say so (anchors.md 10). */
  private overflow(): void {
    if (this.state === DecoderState.Held) return;
    if (this.state === DecoderState.Message) {
      const message = this.message;
      if (message.inHeader) this.ring.head = message.shorten();
      else if (message.waitsForSilence) this.found(message.silence());
      return;
    }
    if (this.isMessage) {
      this.doubtful = true; // its topic did not fit, and where it ends nobody knows
      this.miscounted = false;
    }
    this.ring.head = this.at;
    this.state = DecoderState.Discard;
    this.listener.onOverflow();
  }

  // ---- messages

  /** Whether unread bytes of a message keep the decoder from going on. */
  get held(): boolean {
    return this.state === DecoderState.Held;
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
    if (this.state !== DecoderState.Held) return;
    this.ring.head = this.message.consume(this.message.available);
  }

  /** Drops what a reader left unread, when it is all that keeps the next bytes out of the ring. */
  makeRoom(): void {
    if (this.state !== DecoderState.Held || this.ring.free !== 0 || this.scanning) return;
    if (this.message.more) this.message.suspect = true; // what follows is not the whole of it
    this.skip();
    this.listener.onOverflow();
    this.scan();
  }

  /** Whether silence would decide where the present message ends. */
  get waitsForSilence(): boolean {
    return this.state === DecoderState.Message ? this.message.waitsForSilence : (this.doubtful || this.exposed) && this.isBetweenLines;
  }

  /** In the middle of a message, or of what may be one. */
  get isInside(): boolean {
    return this.doubtful || this.exposed || this.state === DecoderState.Message;
  }

  /** No line has begun that has not ended. */
  private get isBetweenLines(): boolean {
    return !this.unended && (this.state === DecoderState.Start || this.state === DecoderState.Echo) || this.isLikePrompt;
  }

  /** The line that has begun has nothing but what may be the prompt, which no line's end follows. */
  private get isLikePrompt(): boolean {
    const ring = this.ring, length = (ring.tail - ring.head) | 0;
    return this.promptExpected && (this.state === DecoderState.Name || this.state === DecoderState.Text) && ring.bytes[ring.head & ring.mask] === Byte.Prompt &&
      (length === 1 || (length === 2 && ring.bytes[(ring.head + 1) & ring.mask] === Byte.Blank));
  }

  /** Nothing has come for a while. */
  silence(): void {
    if (!this.waitsForSilence || this.scanning) return;
    if (this.state === DecoderState.Message && this.message.waitsForSilence) {
      this.scanning = true;
      this.message.silent = true;
      this.found(this.message.silence());
      this.scanning = false;
      this.scan();
    }
    // A line that has not ended may still be a part of the message, however long the pause is in the middle of it.
    if ((this.doubtful || this.exposed) && this.isBetweenLines) this.trust();
  }

  /** Something has come behind a message that a pause has ended in the middle of its line: another line, or the rest of that one. */
  private goesOn(): void {
    const byte = this.ring.bytes[this.at & this.ring.mask]!;
    if (byte !== Byte.CR && byte !== Byte.LF) return;
    this.unended = false;
    this.trust();
  }

  /** The message that was in doubt is over. */
  private trust(): void {
    this.doubtful = this.miscounted = this.exposed = false;
    this.listener.onCertain();
  }

  /** What looking for the message's end, or its next part, has come to. */
  private found(found: Found): boolean {
    if (found === Found.Nothing) return false;
    const message = this.message;
    if (found === Found.NoMessage) {
      this.at = message.at;
      this.state = DecoderState.Text;
      this.tear();
      return true;
    }
    this.state = DecoderState.Held;
    if (this.doubtful) message.suspect = true;
    if (message.first) {
      message.name();
      this.byName = message.leaves && message.named;
      if (!message.named && !message.silent) this.exposed = true;
    }
    if (message.truncated) this.leaveOut();
    else if (message.first) this.listener.onMessage(message.line!);
    else this.listener.onFragment();
    return this.settle();
  }

  /** A part of a message whose topic is not there any more. */
  private leaveOut(): void {
    const message = this.message;
    message.leaves = true; // its topic may have looked like a length
    this.ring.head = message.consume(message.available);
    if (!message.more) this.listener.onOverflow();
  }

  /** Goes on when the application has read its part of the message. */
  private settle(): boolean {
    if (this.state !== DecoderState.Held) return true;
    const message = this.message;
    if (message.available > 0) return false;
    if (message.more) {
      message.first = false;
      this.ring.head = message.position;
      this.state = DecoderState.Message;
      return true;
    }
    this.at = this.ring.head = message.at;
    if (message.leaves) {
      this.miscounted = this.byName && (!this.doubtful || this.miscounted);
      this.doubtful = true;
    }
    this.lineOver();
    this.unended = message.leaves && message.silent && this.ring.bytes[(this.at - 1) & this.ring.mask] !== Byte.LF;
    return this.at !== this.ring.tail;
  }

  // ---- the echo

  /**
   * `source[start … end)` was sent while the modem echoes: if exactly these bytes come back, they are skipped.
   * `source` must not change until then, or until {@link forgetEcho}.
   */
  expectEcho(source: Uint8Array, start: number, end: number): void {
    const ring = this.ring, at = this.at;
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

  /** Skips what is alike; what is a line of the modem's own in the middle of it, or no echo at all, is a line's beginning. */
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
