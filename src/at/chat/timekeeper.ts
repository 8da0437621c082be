import { Missing, Outcome, ResultCode, RequestState, type Request } from "../requests/request";
import { mayRetry, retry } from "../requests/retry";
import { Finisher } from "./finisher";
import { fill, isSafeInCommandMode } from "./safe";
import { Slot } from "./slots";
import { Timeout } from "./timeouts";
import { ChatState } from "./sender";

const CTRL_Z = new Uint8Array([0x1a]);

/** What the alarm brings about, and what is done where the modem has said nothing in time. */
export abstract class Timekeeper extends Finisher {
  /** One of the chat's timers: see {@link Slot}. */
  onTimer(slot: Slot): void {
    if (this.closed) return;
    try {
      this.timerOf(slot);
    } finally {
      this.decoder.breakOff();
      this.awaitSilence();
      if (slot === Slot.Request) this.awaitNext();
    }
    this.rethrow();
  }

  private timerOf(slot: Slot): void {
    switch (slot) {
      case Slot.Resume:
        this.goOn();
        return this.pump();
      case Slot.Silence: return this.listen();
      case Slot.Probe: return this.markAgain();
      case Slot.Request: for (let late = this.expired(); late !== null && !this.closed; late = this.expired()) this.expire(late);
    }
  }

  /** Has the timer set for the request whose time comes first. */
  private awaitNext(): void {
    for (let request = this.requests.first; request !== null; request = request.next)
      if (request.state >= RequestState.Active) this.timers.setBy(Slot.Request, (request.deadline - this.timers.clock.now()) | 0);
  }

  /** The oldest request whose wait is over, or null. */
  private expired(): Request | null {
    let request = this.requests.first;
    while (request !== null && !(request.state >= RequestState.Active && this.timers.hasCome(request.deadline))) request = request.next;
    return request;
  }

  /** The request's wait is over. */
  private expire(request: Request): void {
    if (request.state === RequestState.TooLong) return this.finish(request, Outcome.TooLong, 0);
    if (this.isHearing) return this.wait(request, Timeout.Grace);
    if (request.state === RequestState.Awaiting) this.endWithoutResult(request);
    else if (this.phase === ChatState.Prompt) return this.sendUnasked(request);
    else if (!this.nudged && request.result === ResultCode.Pending) return this.nudge(request);
    else if (this.earlyOk && this.phase === ChatState.Final && request.result === ResultCode.Pending && request.command!.result !== undefined) this.takeEarlyOk(request);
    else this.endWithoutFinal(request);
    this.pump();
  }

  /** Its final has come, and its result has not. */
  private endWithoutResult(request: Request): void {
    if (mayRetry(request)) retry(request);
    else if (request.command!.resultOptional === true) this.finish(request, Outcome.Done, 0);
    else this.giveUp(request, true, Missing.Result);
  }

  /** Its answer may still come. Nothing new is sent until it is certain to be told apart. */
  private endWithoutFinal(request: Request): void {
    const sent = this.phase === ChatState.Final;
    if (request.command!.probe === true) this.leave();
    else this.doubt(this.inData);
    if (mayRetry(request)) retry(request);
    else if (request.result !== ResultCode.Pending && request.result !== ResultCode.Unspecified) this.finishAsTold(request);
    else this.giveUp(request, sent, Missing.Final);
  }

  /** The `OK` before the prompt was the only one. What has gone unasked may be a line that has not ended. */
  private takeEarlyOk(request: Request): void {
    if (this.blind) this.doubt(false);
    else this.leave();
    this.awaitResult(request);
  }

  /** NM28 may stay in its transparent mode until Ctrl-Z (dialects.md 5.4). */
  private nudge(request: Request): void {
    this.nudged = true;
    this.port.write(CTRL_Z, 0, CTRL_Z.length);
    this.wait(request, request.reported && !request.inWindow ? Timeout.Grace : request.finalTimeout);
  }

  /**
   * Where only the prompt was lost, this is the message; where the command was, it is a line that no modem knows. In place of a
   * message that may be a command goes what nobody takes for one, and as many bytes as were announced.
   */
  private sendUnasked(request: Request): void {
    const harmless = isSafeInCommandMode(this.requests.payloads, request.offset, request.length);
    if (!harmless) {
      fill(this.requests.payloads, request.offset, request.length, this.family.cancel);
      this.tellEarly(request, Outcome.TimedOut);
      if (request !== this.current || this.closed) return; // the application may have ended it all
    }
    // It may be echoed, as it is once the modem has restarted.
    this.blind = this.echoing = true;
    this.decoder.promptExpected = false;
    this.onPrompt();
    // A modem that has the payload answers at once, unless its final waits for the broker.
    if (request.command!.final > 0 && !this.earlyOk) this.wait(request, Timeout.Blind + request.length * Timeout.BlindByte);
  }
}
