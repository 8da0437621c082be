import { Expected, ResponseKind, type ResponseCache } from "../commands/response-cache";
import type { Decoder } from "../decoder/decoder";
import type { DecoderListener } from "../decoder/listener";
import type { Message } from "../framing/message";
import type { Match } from "../framing/subscribed";
import type { Pipe } from "../pipe";
import { ResultCode, RequestState, Skipped, type Request } from "../requests/request";
import type { Requests } from "../requests/requests";
import { errorNumber } from "../responses/error-text";
import { FieldKind, type Fields } from "../responses/fields";
import { CommonResponse, type Line } from "../responses/response-table";
import type { Writer } from "../commands/writer";
import type { Exchange } from "./exchange";
import type { ChatFamily } from "./options";
import type { Resync } from "./resync";
import { Event, isSent, State } from "./states";
import type { Unconfirmed } from "./unconfirmed";

/** Who is told of lines and messages that belong to no command, or to a command that asked for them. */
export interface LinesListener {
  /** A line that `request` asked for. */
  onAnswer(request: Request, line: Line, fields: Fields): void;
  /** A line of the response table that nobody asked for. */
  onUrc(line: Line, fields: Fields): void;
  /** A line without a known beginning, while `request` takes such lines. It is in the ring from `start` to `end`. */
  onText(request: Request, start: number, end: number): void;
  /** A line that nothing here knows, and that no command has asked for. It is in the ring from `start` to `end`. */
  onStray?(start: number, end: number): void;
  /** Lines that may have been a message's have not been believed: the modem is to be asked how the connection is. @param lines one of them may have told of a restart */
  onDoubt(lines: boolean): void;
  /** A message begins. Its topic is among its fields, unless it begins as the last one did: see {@link Message.addTopic}. */
  onMessage(line: Line, message: Message): void;
  /** The message goes on. */
  onFragment(): void;
  /** Whether a topic is subscribed by the client that `fields`, which end before the topic, name. The topic is in the ring from `start` to `end`. */
  isSubscribed(fields: Fields, start: number, end: number): Match;
  /** Bytes were lost: a line longer than the ring, or a message that was not read in time. */
  onOverflow(): void;
  /** A `+CME ERROR` that ends no command. */
  onUnsolicitedError(code: number): void;
}

/** What the lines are sorted with. */
export interface LinesParts {
  readonly decoder: Decoder;
  readonly pipe: Pipe;
  readonly writer: Writer;
  readonly cache: ResponseCache;
  readonly requests: Requests;
  readonly exchange: Exchange;
  readonly resync: Resync;
  readonly unconfirmed: Unconfirmed;
}

/**
 * Decides what each line that the decoder finds means. Finals, prompts and results are events of the {@link Exchange}, the probe's
 * answer is {@link Resync}'s, a line that may be a message's is {@link Unconfirmed}'s, and all others are the listener's.
 */
export class Lines implements DecoderListener {
  /** Lines that nothing here knows, or that are damaged. */
  unknown = 0;
  /** Lines that did not fit into the ring, and messages that nobody read in time. */
  overflows = 0;
  /** Messages whose end is a guess, or whose text is not written as was agreed. */
  suspects = 0;
  private readonly listener: LinesListener;
  private readonly family: ChatFamily;
  private decoder!: Decoder;
  private message!: Message;
  private pipe!: Pipe;
  private writer!: Writer;
  private cache!: ResponseCache;
  private requests!: Requests;
  private exchange!: Exchange;
  private resync!: Resync;
  private unconfirmed!: Unconfirmed;

  constructor(listener: LinesListener, family: ChatFamily) {
    this.listener = listener;
    this.family = family;
  }

  /** The decoder, which tells the lines, is made before the parts that are made with it. */
  connect(parts: LinesParts): void {
    this.decoder = parts.decoder;
    this.message = parts.decoder.message;
    this.pipe = parts.pipe;
    this.writer = parts.writer;
    this.cache = parts.cache;
    this.requests = parts.requests;
    this.exchange = parts.exchange;
    this.resync = parts.resync;
    this.unconfirmed = parts.unconfirmed;
  }

  // ---- lines that are expected, and those of the response table

  onExpected(kind: ResponseKind): void {
    if (kind === ResponseKind.Prompt) return this.onPrompt();
    if (kind === ResponseKind.Final) return this.final(true, 0);
    const request = this.requests.first!; // nothing is expected of another one
    // It may come before the payload has gone: then it is not its own.
    if (request.result === ResultCode.Pending && (request.state === RequestState.Awaiting || isSent(this.exchange.state))) this.exchange.resolve(request, 0);
  }

  onAllExpected(): boolean {
    const exchange = this.exchange,
      state = exchange.state;
    if ((state !== State.AwaitFinal && state !== State.AwaitFinalOrCtrlZ) || exchange.current!.result !== ResultCode.Pending || this.resync.owesFinal)
      return false;
    this.cache.expected = Expected.None;
    exchange.happens(Event.Answered, 0);
    return true;
  }

  onPrompt(): void {
    this.exchange.happens(Event.Prompt, 0);
  }

  onResponse(line: Line): void {
    this.pipe.fill();
    const decoder = this.decoder,
      fields = decoder.fields,
      exchange = this.exchange,
      cache = this.cache;
    if (cache.expected !== Expected.None) cache.invalidate();
    switch (line.id) {
      case CommonResponse.Ok:
        return this.final(true, 0);
      case CommonResponse.Error:
        return this.final(false, -1);
      case CommonResponse.CmeError:
      case CommonResponse.CmsError:
        return this.error(fields.kind(0) === FieldKind.Integer ? fields.int(0) : errorNumber(fields.string(0)));
      case CommonResponse.Prompt:
        if (cache.expected === Expected.Keeping && (exchange.state === State.AwaitPrompt || exchange.state === State.AwaitPromptAfterOk))
          decoder.keepAnswer(ResponseKind.Prompt, -1);
        return this.onPrompt();
      case CommonResponse.Cmee:
      case CommonResponse.Functions:
      case CommonResponse.Attach:
        if (this.resync.onAnswer(line.id, fields.int(0), exchange.state === State.Resync, exchange.isOlder)) return;
    }
    const request = exchange.current;
    if (
      request !== null &&
      request.command!.answer === line.id &&
      exchange.state !== State.Sending &&
      !exchange.isOlder &&
      (request.command!.takes === undefined || request.command!.takes(fields))
    )
      return this.listener.onAnswer(request, line, fields);
    const numbers = line.numbers;
    if (numbers === undefined || fields.areNumbers(numbers[0], numbers[1])) this.listener.onUrc(line, fields);
    else this.unknown++;
  }

  private error(code: number): void {
    if (this.family.unsolicitedErrors?.includes(code) === true) return this.listener.onUnsolicitedError(code);
    this.final(false, code);
  }

  private final(isOk: boolean, code: number): void {
    const exchange = this.exchange,
      resync = this.resync;
    if (exchange.state !== State.Resync) {
      // A forged error would have the next command go out while the modem waits for a payload. A command that has really failed has no answer now.
      const isNone = exchange.current !== null && (exchange.isOlder || (!isOk && this.unconfirmed.mayBeForged()));
      if (isNone || resync.owesFinal) {
        if (!isNone) resync.owesFinal = false;
        resync.lateFinals++;
        return;
      }
    }
    exchange.happens(isOk ? Event.Ok : !resync.isLineOpen ? Event.Error : this.decoder.echoes ? Event.ErrorInEcho : Event.ErrorOnOpenLine, code);
  }

  // ---- lines that may be a message's

  /**
   * Neither finals nor results nor losses are believed: a request that was answered so goes on waiting. What can be asked is asked.
   * Finals of firmware that counts wrongly are believed, for it is of no use otherwise; the result of a publish is held back.
   */
  onDoubtfulResponse(line: Line): void {
    const id = line.id,
      isFinal = id <= CommonResponse.CmsError,
      { cache, unconfirmed } = this;
    if (this.decoder.miscounted && (isFinal || unconfirmed.isAwaited(id))) {
      unconfirmed.expose();
      return this.onResponse(line);
    }
    if (cache.expected !== Expected.None) cache.invalidate();
    if (isFinal) this.resync.lateFinals++;
    unconfirmed.skip(id, this.exchange.current);
  }

  onDoubtfulText(): void {
    const request = this.exchange.current;
    if (request !== null && request.command!.text === true) request.answerSkipped = Skipped.Line;
  }

  onCertain(): void {
    const { exchange, unconfirmed } = this;
    if (!unconfirmed.onPause()) return;
    const current = exchange.current;
    // A length that goes too far has swallowed the final: the probe shows that the modem is ready.
    if (current !== null && current.unconfirmed !== ResultCode.Pending) exchange.happens(Event.FinalLost, 0);
    const hadLines = unconfirmed.clear();
    if (hadLines && exchange.state === State.Resync) this.resync.askAnew();
    this.listener.onDoubt(hadLines);
  }

  // ---- other lines

  onText(start: number, end: number): void {
    const exchange = this.exchange,
      request = exchange.current;
    const isAsked = request !== null && request.command!.text === true && isSent(exchange.state) && !exchange.isOlder;
    if (this.isEcho(start, end, isAsked)) exchange.onEcho();
    else if (isAsked) this.listener.onText(request, start, end);
    else {
      this.unknown++;
      this.unconfirmed.onText();
      this.listener.onStray?.(start, end);
    }
  }

  /**
   * Whether the line is the echo of a command line. Nothing that a modem says of itself begins like one; a topic that it
   * was asked for may.
   */
  private isEcho(start: number, end: number, isAsked: boolean): boolean {
    const ring = this.pipe.ring,
      bytes = ring.bytes,
      mask = ring.mask;
    if ((bytes[start & mask] | 0x20) !== 0x61 || (bytes[(start + 1) & mask] | 0x20) !== 0x74) return false;
    if (!isAsked) return true;
    const length = this.writer.length - 1;
    return ((end - start) | 0) === length && ring.same(start, this.writer.buffer, 0, length);
  }

  // ---- messages

  onHeader(): void {
    this.pipe.fill();
  }

  onMessage(line: Line): void {
    const message = this.message;
    this.pipe.fill();
    if (this.requests.first !== null && this.decoder.mayBeForged) this.unconfirmed.expose();
    this.listener.onMessage(line, message);
    if (message.suspect) this.countSuspect();
  }

  onFragment(): void {
    this.pipe.fill();
    this.listener.onFragment();
    this.countSuspect();
  }

  private countSuspect(): void {
    const message = this.message;
    if (!message.suspect || message.more) return;
    this.suspects++; // with its last part
    this.unconfirmed.onSwallowing();
  }

  isSubscribed(start: number, end: number): Match {
    return this.listener.isSubscribed(this.message.fields, start, end);
  }

  onOverflow(): void {
    this.overflows++;
    this.unconfirmed.onSwallowing();
    this.listener.onOverflow();
  }
}
