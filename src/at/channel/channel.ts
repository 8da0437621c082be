import { Expected, Meaning } from "../commands/exchange";
import { Outcome, ResultCode, Stage, type Operation } from "../commands/operation";
import { At } from "../commands/writer";
import { errorNumber } from "../lines/error-text";
import { FieldKind } from "../lines/fields";
import { Common, type Line } from "../lines/lexicon";
import type { Match } from "../messages/header";
import { Scanner } from "../scanner/scanner";
import type { ScannerSink } from "../scanner/sink";
import type { ChannelOptions, ChannelOwner } from "./owner";
import { Patience } from "./patience";
import { Phase } from "./sender";
import { Timekeeper } from "./timekeeper";

/**
 * The command channel: one command at a time goes out, and what comes in is given to whom it belongs: finals and results to
 * the command that they end, a marker's answer to the synchroniser, every other line, and messages, to the owner.
 *
 * It is a chain of classes, one for each idea, each of which knows those before it: the alarm ({@link Wakers}), the port
 * ({@link Intake}), the command that goes out ({@link Sender}), the marker ({@link Synchroniser}), the ends of operations
 * ({@link Finisher}), what time brings ({@link Timekeeper}), and here what each line means.
 */
export class Channel extends Timekeeper implements ScannerSink {
  readonly scanner: Scanner;
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

  constructor(owner: ChannelOwner, options: ChannelOptions) {
    super(owner, options);
    this.scanner = new Scanner(this.ring, options.dialect.lexicon, this.writer, this);
  }

  // ---- lines that are expected, and those of the lexicon

  onAnswered(meaning: Meaning): void {
    if (meaning === Meaning.Prompt) return this.onPrompt();
    if (meaning === Meaning.Final) return this.final(true, 0);
    const operation = this.operations.first!; // nothing is expected of another one
    // It may come before the payload has gone: then it is not its own.
    if (operation.result === ResultCode.Owed && (operation.stage === Stage.Awaiting || this.phase === Phase.Final)) this.resolve(operation, 0);
  }

  onAnsweredWhole(): boolean {
    const operation = this.current;
    if (operation === null || this.phase !== Phase.Final || operation.result !== ResultCode.Owed || this.earlyOk || this.lateMarker) return false;
    this.current = null;
    this.phase = Phase.Idle;
    this.writer.expected = Expected.None;
    if (this.echoing) this.scanner.forgetEcho();
    this.finish(operation, Outcome.Done, 0);
    if (this.operations.first !== null) this.pump();
    return true;
  }

  onLine(line: Line): void {
    const fields = this.scanner.fields;
    if (this.writer.expected !== Expected.None) this.writer.miss();
    switch (line.id) {
      case Common.Ok: return this.final(true, 0);
      case Common.Error: return this.final(false, -1);
      case Common.CmeError:
      case Common.CmsError: return this.error(fields.kind(0) === FieldKind.Integer ? fields.int(0) : errorNumber(fields.string(0)));
      case Common.Prompt:
        if (this.writer.expected === Expected.Keeping && this.phase === Phase.Prompt) this.scanner.keepAnswer(Meaning.Prompt, -1);
        return this.onPrompt();
      case Common.Cmee:
      case Common.Functions:
      case Common.Attach:
        if (this.onMarkerLine(line.id, fields.int(0))) return;
    }
    const operation = this.current;
    if (operation !== null && operation.command!.answer === line.id && this.phase !== Phase.Sending && !this.isOlder &&
        (operation.command!.takes === undefined || operation.command!.takes(fields)))
      return this.owner.onAnswer(operation, line, fields);
    const numbers = line.numbers;
    if (numbers === undefined || fields.areNumbers(numbers[0], numbers[1])) this.owner.onUrc(line, fields);
    else this.unknownLines++;
  }

  // ---- lines that may be a message's

  /**
   * Believed are neither finals nor results nor losses: an operation that was answered so waits on. What can be asked is asked.
   * Of firmware that counts wrongly finals are believed, for it is of no use otherwise; the result of a publish is held.
   */
  onDoubtful(line: Line): void {
    if (this.scanner.miscounted && (line.id <= Common.CmsError || this.isAwaited(line.id))) {
      this.expose();
      return this.onLine(line);
    }
    this.doubted = true;
    if (this.writer.expected !== Expected.None) this.writer.miss();
    if (line.id <= Common.CmsError) this.strayFinals++;
    this.passOver(line.id);
  }

  onDoubtfulText(): void {
    const operation = this.current;
    if (operation !== null && operation.command!.text === true) operation.passedOver = true;
  }

  /** The line, which is not believed, may be the answer to a command, or a part of it. */
  private passOver(line: number): void {
    for (let operation = this.operations.first; operation !== null; operation = operation.next) {
      const command = operation.command!;
      if (operation.stage >= Stage.Active && (command.result === line || (operation === this.current && (line <= Common.CmsError || command.answer === line)))) operation.passedOver = true;
    }
  }

  onCertain(): void {
    this.unexpose(!this.goesOn);
    this.goesOn = false;
    if (!this.doubted && !this.held) return;
    const restart = this.doubted, current = this.current;
    if (current !== null && current.alleged !== ResultCode.Owed && this.phase === Phase.Final) {
      // A length that goes too far has swallowed its final: the marker shows that the modem is ready.
      this.doubt(false);
      this.awaitResult(current);
    }
    this.doubted = this.held = false;
    if (restart) this.markAnew();
    this.owner.onDoubt(restart);
  }

  /**
   * Whether the line that is being told of may be a message's, below a wildcard or without a length: it comes without a pause behind one.
   * If so it is not to be believed, and when the modem has paused its owner is told to ask.
   */
  alleges(): boolean {
    if (!this.scanner.exposed) return false;
    return this.doubted = true;
  }

  // ---- finals

  private error(code: number): void {
    if (this.dialect.unsolicitedErrors?.includes(code) === true) return this.owner.onUnsolicitedError(code);
    this.final(false, code);
  }

  private final(good: boolean, code: number): void {
    if (this.phase === Phase.Doubt) return this.onMarkerFinal();
    const operation = this.current;
    // An error that is none would have the next command go out while the modem waits for a payload. A command that has really failed has no answer now.
    if (operation !== null && (this.isOlder || (!good && this.alleges()))) {
      this.strayFinals++;
      return;
    }
    if (operation === null || this.lateMarker || this.phase === Phase.Sending || (this.phase === Phase.Payload && good)) {
      const nobodys = operation === null && !this.lateMarker && code > 0;
      this.lateMarker = false;
      this.strayFinals++;
      if (nobodys) this.owner.onUnsolicitedError(code);
      return;
    }
    if (this.phase === Phase.Payload) {
      // The modem gave up in the middle of the payload, or it was the second line of a message and it still waits.
      this.doubt(operation.result === ResultCode.Owed);
      this.finish(operation, Outcome.Refused, code);
      return;
    }
    if (this.phase === Phase.Prompt && good) {
      // Some firmware accepts the command with OK before it asks for the payload (anchors.md 9).
      this.earlyOk = true;
      return;
    }
    if (!good && this.unasked && this.scanner.echoes) {
      // The modem has read a line of it and refused that, and will repeat the others: it is in no data phase.
      this.nudged = true;
      return this.wait(operation, Patience.Grace);
    }
    if (this.writer.expected === Expected.Keeping && good) this.scanner.keepAnswer(Meaning.Final, -1);
    if (good || !this.unasked) this.leave();
    else this.doubt(false); // the answer to a line that it does not know, or late, with the payload behind it
    this.conclude(operation, good, code);
    this.pump();
  }

  // ---- other lines

  onText(start: number, end: number): void {
    const operation = this.current;
    const asked = operation !== null && operation.command!.text === true && this.phase === Phase.Final;
    if (this.isEcho(start, end, asked)) this.echoing = true;
    else if (asked) this.owner.onText(operation, start, end);
    else {
      this.unknownLines++;
      if (this.scanner.exposed) this.goesOn = true;
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
    const length = this.writer.length - At.Line - 1;
    return ((end - start) | 0) === length && this.ring.same(start, this.writer.buffer, At.Line, length);
  }

  // ---- messages

  onMessage(line: Line): void {
    const message = this.scanner.message;
    if (this.scanner.exposed && this.operations.first !== null) this.expose();
    this.owner.onMessage(line, message.fields);
    if (message.suspect) this.countSuspect();
  }

  onFragment(): void {
    this.owner.onFragment();
    this.countSuspect();
  }

  /** Whether an operation under way ends with this line. */
  private isAwaited(line: number): boolean {
    for (let operation = this.operations.first; operation !== null; operation = operation.next)
      if (operation.stage >= Stage.Active && operation.command!.result === line) return true;
    return false;
  }

  /**
   * A message without a length may go on in the next line, and so may one whose topic has a line's end in it; one that is
   * subscribed by its name has not. What looks like the result of a publish under way is held then.
   */
  private expose(): void {
    for (let operation = this.operations.first; operation !== null; operation = operation.next)
      if (isOwedResult(operation)) operation.exposed = true;
    this.scanner.exposed = true;
    if (this.writer.expected !== Expected.None) this.writer.miss();
  }

  private countSuspect(): void {
    const message = this.scanner.message;
    if (message.suspect && !message.more) this.suspects++; // with its last part
  }

  isSubscribed(start: number, end: number): Match {
    return this.owner.isSubscribed(this.scanner.message.fields, start, end);
  }

  onOverflow(): void {
    this.overflows++;
    this.owner.onOverflow();
  }
}

/** Whether the answer to a publish is owed: the broker's, or the modem's that has sent it. */
function isOwedResult(operation: Operation): boolean {
  return operation.counted && operation.result === ResultCode.Owed && (operation.stage === Stage.Active || operation.stage === Stage.Awaiting) && operation.command!.result !== undefined;
}
