import { type ResponseCache, Expected, ResponseKind } from "../commands/response-cache";
import { write, writeRest } from "../commands/write";
import type { Writer } from "../commands/writer";
import type { Decoder } from "../decoder/decoder";
import type { Pipe } from "../pipe";
import type { Payloads } from "../requests/payloads";
import { Missing, Offset, Outcome, Refusal, ResultCode, RequestState, type Request } from "../requests/request";
import type { Requests } from "../requests/requests";
import type { Completion } from "./completion";
import type { ChatFamily } from "./options";
import { Verdict, type Resync } from "./resync";
import { fill, isSafeInCommandMode } from "./safe";
import { Action, Bits, Event, isAfterOk, isSent, State, TRANSITIONS } from "./states";
import { Timeout } from "./timeouts";
import type { Unconfirmed } from "./unconfirmed";

const CTRL_Z = new Uint8Array([0x1a]);

/** Who is told what becomes of an exchange that belongs to no request any more. */
export interface ExchangeListener {
  /** Modem and chat agree again which answer belongs to which command. @param cmee the modem's CMEE setting, or −1 where it has not told it */
  onResynced(cmee: number): void;
  /**
   * The modem gives no answer at all.
   * @param swallowing it may be taking what it is sent for a payload
   * @param speaking it answers, but to nothing in a way that no other answer looks like
   */
  onSilent(swallowing: boolean, speaking: boolean): void;
  /** A `+CME ERROR` that ends no command. */
  onUnsolicitedError(code: number): void;
  /** The modem sleeps, as it had said, and what was on the wire when it did is not: see `Chat.sleep`. */
  onSleeping?(): void;
  /** A command waits, and the modem sleeps. */
  onWanted?(): void;
  /** A sleeping modem has answered. */
  onHeard?(): void;
}

/** What an exchange works with. */
export interface ExchangeParts {
  readonly requests: Requests;
  readonly payloads: Payloads;
  readonly writer: Writer;
  readonly cache: ResponseCache;
  readonly pipe: Pipe;
  readonly decoder: Decoder;
  readonly resync: Resync;
  readonly completion: Completion;
  readonly unconfirmed: Unconfirmed;
}

/**
 * The command that is on the wire: its line goes out, then its payload once the modem has asked for that, then the answer comes.
 * There is one at a time; the next one goes out as soon as the chat is idle. What each event does in each state is the table in
 * states.ts.
 */
export class Exchange {
  state: State = State.Idle;
  /** The request on the wire; null in Idle and in Resync. */
  current: Request | null = null;
  /** The modem repeats what it is sent, this command's line at least: its payload is kept until the end, to be compared. */
  private isEchoed = false;
  /** The modem has said that it goes to sleep, and the command that is on the wire is not answered yet. */
  isDrowsy = false;
  private readonly requests: Requests;
  private readonly pipe: Pipe;
  private readonly decoder: Decoder;
  private readonly cache: ResponseCache;
  private readonly payloads: Payloads;
  private readonly writer: Writer;
  private readonly completion: Completion;
  private readonly family: ChatFamily;
  private readonly resync: Resync;
  private readonly unconfirmed: Unconfirmed;
  private readonly listener: ExchangeListener;

  constructor(listener: ExchangeListener, family: ChatFamily, parts: ExchangeParts) {
    this.requests = parts.requests;
    this.pipe = parts.pipe;
    this.decoder = parts.decoder;
    this.cache = parts.cache;
    this.payloads = parts.payloads;
    this.writer = parts.writer;
    this.completion = parts.completion;
    this.family = family;
    this.resync = parts.resync;
    this.unconfirmed = parts.unconfirmed;
    this.listener = listener;
  }

  /** Starts the next request when there is one and the chat is idle. */
  pump(): void {
    const first = this.requests.first;
    if (this.state !== State.Idle || first === null || this.pipe.closed) {
      if (this.state === State.Asleep && first !== null) this.listener.onWanted?.();
      return;
    }
    const request = first.next === null && first.state === RequestState.Queued ? first : this.requests.next(this.family.oneOfAKind === true);
    if (request === null) return;
    this.pipe.fill(); // what has come before is no answer
    const writer = this.writer,
      cache = this.cache;
    if (!cache.recall(request.command!, request, request === first)) {
      write(request.command!, writer, cache, request, request.listener, request === first);
      this.pipe.fill(); // that may have taken long
    } else if (cache.partsAt > 0) writeRest(request.command!, writer, cache, request, request.listener);
    if (writer.length > writer.most) {
      // Reported from the timer: the application may be in the middle of the call that submitted it.
      request.state = RequestState.TooLong;
      this.requests.wait(request, 0);
      return this.pump();
    }
    this.current = request;
    this.happens(Event.Submit, 0);
  }

  /** A command's line has come back; it may be a late one. */
  onEcho(): void {
    this.isEchoed = this.current !== null;
  }

  /** The port has taken the last of what was to be written. */
  onWritten(): void {
    switch (this.state) {
      case State.Sending:
        return this.lineSent(this.current!);
      case State.SendingPayload:
      case State.SendingPayloadAfterOk:
        return this.payloadSent(this.current!);
      case State.Resync:
        return this.resync.onWritten();
    }
  }

  /** The current request has had no answer in time. */
  onTimeout(): void {
    const command = this.current!.command!;
    this.happens(
      this.isDrowsy
        ? Event.TimeoutAsleep
        : command.probe === true
          ? Event.TimeoutOfGreeting
          : command.result === undefined
            ? Event.Timeout
            : this.resync.isLineOpen
              ? Event.TimeoutOnOpenLine
              : Event.TimeoutBeforeResult,
      0,
    );
  }

  /** The probe has had no answer in time. */
  onProbeTimeout(): void {
    const verdict = this.resync.onTimeout();
    if (verdict === Verdict.Answered) this.happens(Event.Resynced, 0);
    else if (verdict === Verdict.Silent) this.happens(Event.Silent, 0);
  }

  // ---- states

  /** @param code of an error, its number, or −1 */
  happens(event: Event, code: number): void {
    const from = this.state,
      transition = TRANSITIONS[from * Event.Count + event],
      to: State = transition & Bits.State;
    const request = this.current!; // null in Idle and in Resync, where no action uses it
    if (to !== from) {
      this.state = to;
      if (to <= State.Resync) this.letGo(from, to, request);
    }
    switch ((transition >> Bits.Action) as Action) {
      // XS compares with one case after the other: what each publish does comes first.
      case Action.Send:
        return this.send(request);
      case Action.ExpectPrompt:
        this.decoder.promptExpected = !this.family.responses.promptIsLine;
        return;
      case Action.SendPayload:
        return this.sendPayload(request);
      case Action.EndPayload:
        return this.endPayload(request, request.command!.ctrlZAfter);
      case Action.Finish:
        this.completion.finish(request, Outcome.Done, 0);
        if (this.requests.first !== null) this.pump();
        return;
      case Action.None:
        return;
      case Action.Conclude:
        return this.conclude(request, event === Event.Ok, code);
      case Action.FinishByResult:
        this.completion.finishByResult(request);
        return this.pump();
      case Action.EndPayloadAfterOk:
        return this.endPayload(request, Timeout.Grace);
      case Action.Linger:
        return this.requests.wait(request, Timeout.Grace);
      case Action.Extend:
        return this.requests.wait(request, request.finalTimeout);
      case Action.Stray:
        this.resync.lateFinals++;
        return;
      case Action.Unsolicited:
        this.resync.lateFinals++;
        if (code > 0) this.listener.onUnsolicitedError(code);
        return;
      case Action.SendBlind:
        return this.sendBlind(request);
      case Action.SendCtrlZ:
        return this.sendCtrlZ(request);
      case Action.Refuse:
        return this.completion.finish(request, Outcome.Refused, code);
      case Action.JudgePrompt:
        if (request.command!.own !== true) return;
        this.resync.isPrompted = true;
        return this.happens(Event.PromptForNothing, 0);
      case Action.RefusePrompt:
        return this.completion.finish(request, Outcome.Refused, Refusal.Prompt);
      case Action.AwaitResult:
        this.completion.awaitResult(request);
        return this.pump();
      case Action.GiveUp:
        this.completion.endWithoutFinal(request, isSent(from), Missing.Final);
        return this.pump();
      case Action.GiveUpAsleep:
        this.completion.endSwallowed(request, from === State.AwaitPrompt, isSent(from));
        this.listener.onSleeping?.();
        return;
      case Action.TellHeard:
        this.listener.onHeard?.();
        return;
      case Action.Probe:
        return this.resync.begin(false, undefined);
      case Action.JudgeFinal:
        if (this.resync.onFinal()) this.happens(Event.Resynced, 0);
        return;
      case Action.TellResynced:
        this.listener.onResynced(this.resync.value);
        return this.pump();
      case Action.TellSilent:
        this.listener.onSilent(this.resync.isSwallowed, this.resync.isRefused);
        return this.pump();
    }
  }

  /** The chat is done with its request, and idle, or sends the probe. */
  private letGo(from: State, to: State, request: Request | null): void {
    if (from < State.AwaitFinal) this.pipe.drop();
    this.isDrowsy = false;
    if (request !== null) {
      // What a sleeping modem has swallowed may be sent once more.
      if (request.offset !== Offset.None && to !== State.Asleep) this.payloads.release(request);
      this.decoder.promptExpected = false;
      this.current = null;
      if (this.isEchoed) {
        this.isEchoed = false;
        this.decoder.forgetEcho();
      }
    }
    if (to !== State.Resync || request === null) return;
    const isPayload = from === State.SendingPayload || from === State.SendingPayloadAfterOk;
    if (from === State.Sending) this.resync.isLineOpen = false; // a carriage return would have the modem carry out half a command
    this.resync.begin(isPayload && request.result === ResultCode.Pending, request.command!.answer);
  }

  // ---- what goes out

  private send(request: Request): void {
    const command = request.command!,
      writer = this.writer;
    request.state = RequestState.Active;
    if (request.wireId < 0 && request.listener !== null) request.listener.onSending(request);
    this.requests.wait(request, command.prompt ?? request.finalTimeout);
    if (this.pipe.write(writer.buffer, 0, writer.length)) this.lineSent(request);
  }

  private lineSent(request: Request): void {
    this.decoder.answersFrom = this.pipe.ring.tail;
    const command = request.command!;
    this.happens(command.prompt !== undefined ? Event.LineSentForPrompt : command.own === true ? Event.OwnLineSent : Event.LineSent, 0);
  }

  private sendPayload(request: Request): void {
    const cache = this.cache,
      payloads = this.payloads;
    if (cache.expected < Expected.Keeping) cache.expected = -cache.expected;
    this.requests.wait(request, request.finalTimeout);
    if (this.isEchoed) {
      this.decoder.expectEcho(payloads.bytes, request.offset, request.offset + request.length);
      payloads.pin(request);
    }
    if (this.pipe.write(payloads.bytes, request.offset, request.length)) this.payloadSent(request);
    else payloads.pin(request);
  }

  private payloadSent(request: Request): void {
    this.happens(request.command!.ctrlZAfter === undefined || request.result !== ResultCode.Pending ? Event.PayloadSent : Event.PayloadSentForCtrlZ, 0);
  }

  /** @param next milliseconds until something is to be done, or undefined where the time for the final has been set already */
  private endPayload(request: Request, next: number | undefined): void {
    if (next !== undefined) this.requests.wait(request, next);
    else if (request.reported && !request.inWindow) this.requests.wait(request, Timeout.Grace); // nobody is told how it ends
    if (!this.isEchoed) this.payloads.release(request);
  }

  /** NM28 may stay in its transparent mode until Ctrl-Z (dialects.md 5.4). */
  private sendCtrlZ(request: Request): void {
    this.pipe.write(CTRL_Z, 0, CTRL_Z.length);
    this.requests.wait(request, request.reported && !request.inWindow ? Timeout.Grace : request.finalTimeout);
  }

  /**
   * The prompt has not come. Where only the prompt was lost, this is the message; where the command was, it is a line that no modem
   * knows. In place of a message that may be a command goes what nobody takes for one, and as many bytes as were announced.
   */
  private sendBlind(request: Request): void {
    const bytes = this.payloads.bytes;
    if (!isSafeInCommandMode(bytes, request.offset, request.length)) {
      fill(bytes, request.offset, request.length, this.family.cancel);
      this.completion.report(request, Outcome.TimedOut);
      if (request !== this.current || this.pipe.closed) return; // the application may have ended it all
    }
    this.isEchoed = true; // it may be echoed, as it is once the modem has restarted
    this.resync.isLineOpen = true;
    this.decoder.promptExpected = false;
    this.sendPayload(request);
    // A modem that has the payload answers at once, unless its final waits for the broker.
    if (request.command!.final > 0 && !isAfterOk(this.state)) this.requests.wait(request, Timeout.Blind + request.length * Timeout.BlindByte);
  }

  // ---- what comes in

  /** The result of a request under way has come. @param code 0 is good; `ResultCode.Unspecified` is as good as the final */
  resolve(request: Request, code: number): void {
    // A result that does not say whose it is may be a repetition: the next one like it is not to be expected, but looked at.
    if (this.cache.expected === Expected.Keeping && code === 0 && request === this.requests.first && request.wireId >= 0)
      this.decoder.keepAnswer(ResponseKind.Result, request.command!.resultId ?? -1);
    if (request.mayBeForged) return this.unconfirmed.hold(request, code);
    request.result = code;
    if (request.state !== RequestState.Awaiting) return this.happens(Event.Result, 0);
    this.completion.finishByResult(request);
    this.pump();
  }

  private conclude(request: Request, isOk: boolean, code: number): void {
    if (isOk && this.cache.expected === Expected.Keeping) this.decoder.keepAnswer(ResponseKind.Final, -1);
    this.completion.conclude(request, isOk, code);
    this.pump();
  }

  /** What the decoder is telling came before the command, or the probe, had gone out whole: it is no answer to that. */
  get isOlder(): boolean {
    return ((this.pipe.ring.head - this.decoder.answersFrom) | 0) < 0;
  }
}
