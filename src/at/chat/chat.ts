import { Expected, ResponseKind } from "../commands/response-cache";
import { Outcome, ResultCode, RequestState, type Request } from "../requests/request";
import { errorNumber } from "../responses/error-text";
import { FieldKind } from "../responses/fields";
import { CommonResponse, type Line } from "../responses/response-table";
import type { Match } from "../framing/subscribed";
import { Decoder } from "../decoder/decoder";
import type { DecoderListener } from "../decoder/listener";
import type { ChatOptions, ChatListener } from "./listener";
import { Timeout } from "./timeouts";
import { ChatState } from "./sender";
import { Timekeeper } from "./timekeeper";

/**
 * The command chat: one command at a time goes out, and what comes in is given to whom it belongs: finals and results to
 * the command that they end, a marker's answer to the synchroniser, every other line, and messages, to the owner.
 *
 * It is a chain of classes, one for each idea, each of which knows those before it: the port
 * ({@link Intake}), the command that goes out ({@link Sender}), the marker ({@link Synchroniser}), the ends of requests
 * ({@link Finisher}), what time brings ({@link Timekeeper}), and here what each line means.
 */
export class Chat extends Timekeeper implements DecoderListener {
  readonly decoder: Decoder;
  /** Lines that nothing here knows, or that are damaged. */
  unknownLines = 0;
  /** Lines that did not fit into the ring, and messages that nobody read in time. */
  overflows = 0;
  /** Messages whose end is a guess, or whose text is not written as was agreed. */
  suspects = 0;

  /** Behind a message has come what no line of the modem's is: it is the message that goes on. */
  private goesOn = false;
  /** Lines have been passed over since it has not been certain whose they are. */
  private doubted = false;

  constructor(owner: ChatListener, options: ChatOptions) {
    super(owner, options);
    this.decoder = new Decoder(this.ring, options.family.responses, this.cache, this);
  }

  // ---- lines that are expected, and those of the response table

  onAnswered(meaning: ResponseKind): void {
    if (meaning === ResponseKind.Prompt) return this.onPrompt();
    if (meaning === ResponseKind.Final) return this.final(true, 0);
    const request = this.requests.first!; // nothing is expected of another one
    // It may come before the payload has gone: then it is not its own.
    if (request.result === ResultCode.Pending && (request.state === RequestState.Awaiting || this.phase === ChatState.Final)) this.resolve(request, 0);
  }

  onAnsweredWhole(): boolean {
    const request = this.current;
    if (request === null || this.phase !== ChatState.Final || request.result !== ResultCode.Pending || this.earlyOk || this.lateMarker) return false;
    this.current = null;
    this.phase = ChatState.Idle;
    this.cache.expected = Expected.None;
    if (this.echoing) this.decoder.forgetEcho();
    this.finish(request, Outcome.Done, 0);
    if (this.requests.first !== null) this.pump();
    return true;
  }

  onLine(line: Line): void {
    const fields = this.decoder.fields;
    if (this.cache.expected !== Expected.None) this.cache.invalidate();
    switch (line.id) {
      case CommonResponse.Ok: return this.final(true, 0);
      case CommonResponse.Error: return this.final(false, -1);
      case CommonResponse.CmeError:
      case CommonResponse.CmsError: return this.error(fields.kind(0) === FieldKind.Integer ? fields.int(0) : errorNumber(fields.string(0)));
      case CommonResponse.Prompt:
        if (this.cache.expected === Expected.Keeping && this.phase === ChatState.Prompt) this.decoder.keepAnswer(ResponseKind.Prompt, -1);
        return this.onPrompt();
      case CommonResponse.Cmee:
      case CommonResponse.Functions:
      case CommonResponse.Attach:
        if (this.onMarkerLine(line.id, fields.int(0))) return;
    }
    const request = this.current;
    if (request !== null && request.command!.answer === line.id && this.phase !== ChatState.Sending && !this.isOlder &&
        (request.command!.takes === undefined || request.command!.takes(fields)))
      return this.listener.onAnswer(request, line, fields);
    const numbers = line.numbers;
    if (numbers === undefined || fields.areNumbers(numbers[0], numbers[1])) this.listener.onUrc(line, fields);
    else this.unknownLines++;
  }

  // ---- lines that may be a message's

  /**
   * Believed are neither finals nor results nor losses: an request that was answered so waits on. What can be asked is asked.
   * Of firmware that counts wrongly finals are believed, for it is of no use otherwise; the result of a publish is held.
   */
  onDoubtful(line: Line): void {
    if (this.decoder.miscounted && (line.id <= CommonResponse.CmsError || this.isAwaited(line.id))) {
      this.expose();
      return this.onLine(line);
    }
    this.doubted = true;
    if (this.cache.expected !== Expected.None) this.cache.invalidate();
    if (line.id <= CommonResponse.CmsError) this.lateFinals++;
    this.passOver(line.id);
  }

  onDoubtfulText(): void {
    const request = this.current;
    if (request !== null && request.command!.text === true) request.answerSkipped = true;
  }

  /** The line, which is not believed, may be the answer to a command, or a part of it. */
  private passOver(line: number): void {
    for (let request = this.requests.first; request !== null; request = request.next) {
      const command = request.command!;
      if (request.state >= RequestState.Active && (command.result === line || (request === this.current && (line <= CommonResponse.CmsError || command.answer === line)))) request.answerSkipped = true;
    }
  }

  onCertain(): void {
    this.unexpose(!this.goesOn);
    this.goesOn = false;
    if (!this.doubted && !this.held) return;
    const restart = this.doubted, current = this.current;
    if (current !== null && current.unconfirmed !== ResultCode.Pending && this.phase === ChatState.Final) {
      // A length that goes too far has swallowed its final: the marker shows that the modem is ready.
      this.doubt(false);
      this.awaitResult(current);
    }
    this.doubted = this.held = false;
    if (restart) this.markAnew();
    this.listener.onDoubt(restart);
  }

  /**
   * Whether the line that is being told of may be a message's, below a wildcard or without a length: it comes without a pause behind one.
   * If so it is not to be believed, and when the modem has paused its owner is told to ask.
   */
  mayBeForged(): boolean {
    if (!this.decoder.mayBeForged) return false;
    return this.doubted = true;
  }

  // ---- finals

  private error(code: number): void {
    if (this.family.unsolicitedErrors?.includes(code) === true) return this.listener.onUnsolicitedError(code);
    this.final(false, code);
  }

  private final(good: boolean, code: number): void {
    if (this.phase === ChatState.Doubt) return this.onMarkerFinal();
    const request = this.current;
    // An error that is none would have the next command go out while the modem waits for a payload. A command that has really failed has no answer now.
    if (request !== null && (this.isOlder || (!good && this.mayBeForged()))) {
      this.lateFinals++;
      return;
    }
    if (request === null || this.lateMarker || this.phase === ChatState.Sending || (this.phase === ChatState.Payload && good)) {
      const nobodys = request === null && !this.lateMarker && code > 0;
      this.lateMarker = false;
      this.lateFinals++;
      if (nobodys) this.listener.onUnsolicitedError(code);
      return;
    }
    if (this.phase === ChatState.Payload) {
      // The modem gave up in the middle of the payload, or it was the second line of a message and it still waits.
      this.doubt(request.result === ResultCode.Pending);
      this.finish(request, Outcome.Refused, code);
      return;
    }
    if (this.phase === ChatState.Prompt && good) {
      // Some firmware accepts the command with OK before it asks for the payload (anchors.md 9).
      this.earlyOk = true;
      return;
    }
    if (!good && this.blind && this.decoder.echoes) {
      // The modem has read a line of it and refused that, and will repeat the others: it is in no data phase.
      this.nudged = true;
      return this.wait(request, Timeout.Grace);
    }
    if (this.cache.expected === Expected.Keeping && good) this.decoder.keepAnswer(ResponseKind.Final, -1);
    if (good || !this.blind) this.leave();
    else this.doubt(false); // the answer to a line that it does not know, or late, with the payload behind it
    this.conclude(request, good, code);
    this.pump();
  }

  // ---- other lines

  onText(start: number, end: number): void {
    const request = this.current;
    const asked = request !== null && request.command!.text === true && this.phase === ChatState.Final;
    if (this.isEcho(start, end, asked)) this.echoing = true;
    else if (asked) this.listener.onText(request, start, end);
    else {
      this.unknownLines++;
      if (this.decoder.mayBeForged) this.goesOn = true;
    }
  }

  /**
   * Whether the line is the echo of a command line. Nothing that a modem says of itself begins like one; a topic that it
   * was `asked` for may.
   */
  private isEcho(start: number, end: number, asked: boolean): boolean {
    const bytes = this.ring.bytes, mask = this.ring.mask;
    if ((bytes[start & mask]! | 0x20) !== 0x61 || (bytes[(start + 1) & mask]! | 0x20) !== 0x74) return false;
    if (!asked) return true;
    const length = this.writer.length - 1;
    return ((end - start) | 0) === length && this.ring.same(start, this.writer.buffer, 0, length);
  }

  // ---- messages

  onMessage(line: Line): void {
    const message = this.decoder.message;
    if (this.decoder.mayBeForged && this.requests.first !== null) this.expose();
    this.listener.onMessage(line, message.fields);
    if (message.suspect) this.countSuspect();
  }

  onFragment(): void {
    this.listener.onFragment();
    this.countSuspect();
  }

  /** Whether an request under way ends with this line. */
  private isAwaited(line: number): boolean {
    for (let request = this.requests.first; request !== null; request = request.next)
      if (request.state >= RequestState.Active && request.command!.result === line) return true;
    return false;
  }

  /**
   * A message without a length may go on in the next line, and so may one whose topic has a line's end in it; one that is
   * subscribed by its name has not. What looks like the result of a publish under way is held then.
   */
  private expose(): void {
    for (let request = this.requests.first; request !== null; request = request.next)
      if (isOwedResult(request)) request.mayBeForged = true;
    this.decoder.hold();
    if (this.cache.expected !== Expected.None) this.cache.invalidate();
  }

  private countSuspect(): void {
    const message = this.decoder.message;
    if (message.suspect && !message.more) this.suspects++; // with its last part
  }

  isSubscribed(start: number, end: number): Match {
    return this.listener.isSubscribed(this.decoder.message.fields, start, end);
  }

  onOverflow(): void {
    this.overflows++;
    this.listener.onOverflow();
  }
}

/** Whether the answer to a publish is owed: the broker's, or the modem's that has sent it. */
function isOwedResult(request: Request): boolean {
  return request.inWindow && request.result === ResultCode.Pending && (request.state === RequestState.Active || request.state === RequestState.Awaiting) && request.command!.result !== undefined;
}
