import type { Command } from "../commands/command";
import { Exchange, Expected } from "../commands/exchange";
import { Offset, ResultCode, Stage, type Operation } from "../commands/operation";
import { StagedOperations, type Pinning } from "../commands/staging";
import { write } from "../commands/write";
import { At } from "../commands/writer";
import { Intake } from "./intake";
import type { ChannelDialect, ChannelOptions, ChannelOwner } from "./owner";
import { Patience } from "./patience";

/** How far the current command is. There is one in all phases but `Idle` and `Doubt`. */
export const enum Phase {
  Idle,
  /** The command line is going out. */
  Sending,
  /** The prompt is owed. */
  Prompt,
  /** The payload is going out. */
  Payload,
  /** The final is owed. */
  Final,
  /** An answer may be on its way that belongs to no command: nothing is sent but the marker. */
  Doubt,
}

/**
 * What goes out: one command at a time, its line, and its payload once the modem has asked for that; the next one as soon as
 * the channel is free. It knows how far the current one is on the wire, and not how it ends.
 */
export abstract class Sender extends Intake implements Pinning {
  readonly writer: Exchange;
  /** Those under way, and where their payloads wait. */
  readonly operations: StagedOperations;
  protected readonly dialect: ChannelDialect;

  protected phase: Phase = Phase.Idle;
  protected current: Operation | null = null;
  /** Up to here the port has taken what is being sent, in its own buffer. */
  protected sent = 0;
  /** `OK` came before the prompt. */
  protected earlyOk = false;
  /** The data phase needs no nudge, or has had it. */
  protected nudged = true;
  /** The modem repeats what it is sent. */
  protected echoing = false;

  constructor(owner: ChannelOwner, options: ChannelOptions) {
    super(owner, options);
    this.dialect = options.dialect;
    this.writer = new Exchange(options.commandBuffer, options.bytes);
    this.operations = new StagedOperations(options.payloadBuffer, options.bytes);
  }

  // ---- operations from the driver

  /** Allows so many operations at once. */
  provide(count: number): void {
    // What a driver that has left needed is there still.
    if (count > this.operations.most) this.operations.most = count;
  }

  /** How long a payload {@link reserve} can take now, in bytes. */
  get room(): number {
    return this.operations.room(this.pinned);
  }

  /** The current payload must stay where it is: it is going out, or its echo is compared with it. */
  get pinned(): boolean {
    return this.phase === Phase.Payload || (this.echoing && this.current !== null && this.current.offset !== Offset.None);
  }

  /** Keeps `length` bytes of the transmit buffer for the operation's payload; false when there is no room now. */
  reserve(operation: Operation, length: number): boolean {
    return this.operations.reserve(operation, length, this);
  }

  /** Hands the operation to the channel, behind those that wait already. One that has ended, too, while its owner is told so: it goes on with this command. */
  submit(operation: Operation, command: Command): void {
    operation.command = command;
    operation.result = ResultCode.Owed;
    operation.stage = Stage.Queued;
    this.pump();
  }

  /** Nothing is on its way, and nothing waits. */
  get idle(): boolean {
    return this.phase === Phase.Idle && this.operations.oldest(Stage.Queued) === null;
  }

  // ---- bytes to the port

  /** Starts the next operation when there is one and the channel is free. */
  protected pump(): void {
    if (this.phase !== Phase.Idle || this.operations.first === null || this.closed) return;
    const operation = this.operations.next(this.dialect.oneOfAKind === true);
    if (operation === null) return;
    const command = operation.command!;
    write(command, this.writer, operation, operation.owner);
    if (this.writer.overflow) {
      // Told from the timer: the application may be in the middle of the call that submitted it.
      operation.stage = Stage.TooLong;
      this.wait(operation, 0);
      this.pump();
      return;
    }
    operation.stage = Stage.Active;
    if (operation.wire < 0 && operation.owner !== null) operation.owner.onSending(operation);
    this.current = operation;
    this.phase = Phase.Sending;
    this.sent = At.Line;
    this.earlyOk = false;
    this.echoing = false;
    this.nudged = true;
    this.writer.sending(command, operation === this.operations.first);
    this.wait(operation, command.prompt ?? operation.finalPatience);
    this.transmitLine();
  }

  /** Gives the port what it takes of what is to be sent. */
  onWritable(): void {
    if (this.closed) return;
    if (this.phase === Phase.Payload) this.transmitPayload();
    else if (this.phase === Phase.Sending || (this.phase === Phase.Doubt && this.sent < this.writer.length)) this.transmitLine();
  }

  /** The command's line, or the marker, behind the cancelling byte where there is one. */
  protected transmitLine(): void {
    const writer = this.writer, end = writer.length;
    const sent = this.sent += this.port.write(writer.buffer, this.sent, end - this.sent);
    if (sent < end) return;
    this.scanner.answersFrom = this.ring.tail;
    if (this.phase === Phase.Doubt) return;
    if (this.current!.command!.prompt === undefined) this.phase = Phase.Final;
    else {
      this.phase = Phase.Prompt;
      this.scanner.promptExpected = !this.dialect.lexicon.promptIsLine;
    }
  }

  /** The modem asks for the payload. */
  onPrompt(): void {
    if (this.phase !== Phase.Prompt) return;
    const operation = this.current!;
    this.phase = Phase.Payload;
    this.sent = operation.offset;
    if (this.writer.expected < Expected.Keeping) this.writer.expected = -this.writer.expected;
    const nudges = operation.command!.nudge !== undefined; // the wait for that begins with the payload's end
    if (!nudges) this.wait(operation, operation.finalPatience);
    if (this.echoing)
      this.scanner.expectEcho(this.operations.payloads, operation.offset, operation.offset + operation.length);
    this.transmitPayload();
    if (nudges && this.phase === Phase.Payload) this.wait(operation, operation.finalPatience);
  }

  /** The payload, as far as the port takes it; behind the last byte the final is owed. */
  private transmitPayload(): void {
    const operation = this.current!, end = operation.offset + operation.length;
    const sent = this.sent += this.port.write(this.operations.payloads, this.sent, end - this.sent);
    if (sent < end) return;
    this.phase = Phase.Final;
    const nudge = operation.command!.nudge;
    this.nudged = nudge === undefined;
    if (nudge !== undefined) this.wait(operation, nudge);
    // There is little to wait for: a result, or nothing, for nobody is told how it ends.
    if (this.earlyOk || (operation.abandoned && !operation.counted && this.nudged)) this.wait(operation, Patience.Grace);
    if (!this.echoing) this.operations.release(operation);
  }

  /** The line that is being told of came before the current command went out whole: it is no answer to it. */
  protected get isOlder(): boolean {
    return ((this.ring.head - this.scanner.answersFrom) | 0) < 0;
  }

  /** The modem may take what is sent for a payload. */
  protected get inData(): boolean {
    return this.phase === Phase.Prompt || this.phase === Phase.Payload;
  }

  /** The operation's present wait ends in so many milliseconds. */
  protected wait(operation: Operation, milliseconds: number): void {
    operation.deadline = this.armFor(milliseconds);
  }

  /** The channel is done with its current operation. */
  protected leave(): void {
    const operation = this.current!;
    if (operation.offset !== Offset.None) this.operations.release(operation);
    if (operation.command!.prompt !== undefined) this.scanner.promptExpected = false;
    this.current = null;
    this.phase = Phase.Idle;
    if (this.echoing) this.scanner.forgetEcho();
  }
}
