import type { Command } from "../commands/command";
import { ResponseCache, Expected } from "../commands/response-cache";
import { Offset, ResultCode, RequestState, type Request } from "../requests/request";
import { RequestsWithPayloads, type PayloadPin } from "../requests/payloads";
import { write } from "../commands/write";
import { Writer } from "../commands/writer";
import { Intake } from "./intake";
import type { ChatFamily, ChatOptions, ChatListener } from "./listener";
import { Slot } from "./slots";
import { Timeout } from "./timeouts";

/** How far the current command is. There is one in all phases but `Idle` and `Doubt`. */
export const enum ChatState {
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
 * the chat is free. It knows how far the current one is on the wire, and not how it ends.
 */
export abstract class Sender extends Intake implements PayloadPin {
  readonly writer: Writer;
  protected readonly cache: ResponseCache;
  /** Those under way, and where their payloads wait. */
  readonly requests: RequestsWithPayloads;
  protected readonly family: ChatFamily;

  protected phase: ChatState = ChatState.Idle;
  protected current: Request | null = null;
  /** Up to here the port has taken what is being sent, in its own buffer. */
  protected sent = 0;
  /** `OK` came before the prompt. */
  protected earlyOk = false;
  /** The data phase needs no nudge, or has had it. */
  protected nudged = true;
  /** The modem repeats what it is sent. */
  protected echoing = false;

  constructor(owner: ChatListener, options: ChatOptions) {
    super(owner, options);
    this.family = options.family;
    this.writer = new Writer(options.commandBuffer, options.bytes);
    this.cache = new ResponseCache(this.writer);
    this.requests = new RequestsWithPayloads(options.payloadBuffer, options.bytes);
  }

  // ---- requests from the driver

  /** Allows so many requests at once. */
  allow(count: number): void {
    // What a driver that has left needed is there still.
    if (count > this.requests.capacity) this.requests.capacity = count;
  }

  /** How long a payload {@link reserve} can take now, in bytes. */
  get room(): number {
    return this.requests.room(this.pinned);
  }

  /** The current payload must stay where it is: it is going out, or its echo is compared with it. */
  get pinned(): boolean {
    return this.phase === ChatState.Payload || (this.echoing && this.current !== null && this.current.offset !== Offset.None);
  }

  /** Keeps `length` bytes of the transmit buffer for the request's payload; false when there is no room now. */
  reserve(request: Request, length: number): boolean {
    return this.requests.reserve(request, length, this);
  }

  /** Hands the request to the chat, behind those that wait already. One that has ended, too, while its owner is told so: it goes on with this command. */
  submit(request: Request, command: Command): void {
    request.command = command;
    request.result = ResultCode.Pending;
    request.state = RequestState.Queued;
    this.pump();
  }

  /** Nothing is on its way, and nothing waits. */
  get idle(): boolean {
    return this.phase === ChatState.Idle && this.requests.oldest(RequestState.Queued) === null;
  }

  // ---- bytes to the port

  /** Starts the next request when there is one and the chat is free. */
  protected pump(): void {
    if (this.phase !== ChatState.Idle || this.requests.first === null || this.closed) return;
    const request = this.requests.next(this.family.oneOfAKind === true);
    if (request === null) return;
    const command = request.command!;
    write(command, this.writer, this.cache, request, request.listener);
    if (this.writer.overflow) {
      // Told from the timer: the application may be in the middle of the call that submitted it.
      request.state = RequestState.TooLong;
      this.wait(request, 0);
      this.pump();
      return;
    }
    request.state = RequestState.Active;
    if (request.wireId < 0 && request.listener !== null) request.listener.onSending(request);
    this.current = request;
    this.phase = ChatState.Sending;
    this.sent = 0;
    this.earlyOk = false;
    this.echoing = false;
    this.nudged = true;
    this.cache.sending(command, request === this.requests.first);
    this.wait(request, command.prompt ?? request.finalTimeout);
    this.transmitLine();
  }

  /** Gives the port what it takes of what is to be sent. */
  onWritable(): void {
    if (this.closed) return;
    if (this.phase === ChatState.Payload) this.transmitPayload();
    else if (this.phase === ChatState.Sending || (this.phase === ChatState.Doubt && this.sent < this.writer.length)) this.transmitLine();
  }

  /** The command's line, or the marker, behind the cancelling byte where there is one. */
  protected transmitLine(): void {
    const writer = this.writer, end = writer.length;
    const sent = this.sent += this.port.write(writer.buffer, this.sent, end - this.sent);
    if (sent < end) return;
    this.decoder.answersFrom = this.ring.tail;
    if (this.phase === ChatState.Doubt) return;
    if (this.current!.command!.prompt === undefined) this.phase = ChatState.Final;
    else {
      this.phase = ChatState.Prompt;
      this.decoder.promptExpected = !this.family.responses.promptIsLine;
    }
  }

  /** The modem asks for the payload. */
  onPrompt(): void {
    if (this.phase !== ChatState.Prompt) return;
    const request = this.current!;
    this.phase = ChatState.Payload;
    this.sent = request.offset;
    if (this.cache.expected < Expected.Keeping) this.cache.expected = -this.cache.expected;
    const nudges = request.command!.nudge !== undefined; // the wait for that begins with the payload's end
    if (!nudges) this.wait(request, request.finalTimeout);
    if (this.echoing)
      this.decoder.expectEcho(this.requests.payloads, request.offset, request.offset + request.length);
    this.transmitPayload();
    if (nudges && this.phase === ChatState.Payload) this.wait(request, request.finalTimeout);
  }

  /** The payload, as far as the port takes it; behind the last byte the final is owed. */
  private transmitPayload(): void {
    const request = this.current!, end = request.offset + request.length;
    const sent = this.sent += this.port.write(this.requests.payloads, this.sent, end - this.sent);
    if (sent < end) return;
    this.phase = ChatState.Final;
    const nudge = request.command!.nudge;
    this.nudged = nudge === undefined;
    if (nudge !== undefined) this.wait(request, nudge);
    // There is little to wait for: a result, or nothing, for nobody is told how it ends.
    if (this.earlyOk || (request.reported && !request.inWindow && this.nudged)) this.wait(request, Timeout.Grace);
    if (!this.echoing) this.requests.release(request);
  }

  /** The line that is being told of came before the current command went out whole: it is no answer to it. */
  protected get isOlder(): boolean {
    return ((this.ring.head - this.decoder.answersFrom) | 0) < 0;
  }

  /** The modem may take what is sent for a payload. */
  protected get inData(): boolean {
    return this.phase === ChatState.Prompt || this.phase === ChatState.Payload;
  }

  /** The request's present wait ends in so many milliseconds. */
  protected wait(request: Request, milliseconds: number): void {
    request.deadline = this.timers.setBy(Slot.Request, milliseconds);
  }

  /** The chat is done with its current request. */
  protected leave(): void {
    const request = this.current!;
    if (request.offset !== Offset.None) this.requests.release(request);
    if (request.command!.prompt !== undefined) this.decoder.promptExpected = false;
    this.current = null;
    this.phase = ChatState.Idle;
    if (this.echoing) this.decoder.forgetEcho();
  }
}
