import { Expected, ResponseKind } from "../commands/response-cache";
import { LinkNumber, type Missing, Offset, Outcome, ResultCode, RequestState, type Request } from "../requests/request";
import { mayRetry, retry } from "../requests/retry";
import { Timeout } from "./timeouts";
import { ChatState } from "./sender";
import { Synchroniser } from "./synchroniser";

/**
 * How requests end, and what their owner is told of it: by their final and their result, with their connection, or
 * because nothing has come. One that is over for its owner may keep its place until it is over on the wire.
 */
export abstract class Finisher extends Synchroniser {
  /** A result is held. */
  protected held = false;

  // ---- those under way

  /** The oldest request under way; the others are its `next`. */
  get oldest(): Request | null {
    return this.requests.first;
  }

  /** The oldest request of a kind that has been sent whole and whose outcome is owed, with this id on the wire, or `Wire.Any`. */
  find(link: number, kind: number, wire: number): Request | null {
    // What had come before the command went out is no answer to it, but a repetition of the one before.
    const answerable = this.phase === ChatState.Final && !this.isOlder;
    return this.requests.pending(link, kind, wire, answerable ? this.current : null);
  }

  /** Whether the final of an request that has been sent is still to come. */
  awaitsFinal(request: Request): boolean {
    return request === this.current && !this.earlyOk;
  }

  /** How many requests of a kind are not over. */
  count(link: number, kind: number): number {
    return this.requests.count(link, kind);
  }

  /** Whether an request with this packet id is under way. */
  has(link: number, id: number): boolean {
    return this.requests.has(link, id);
  }

  /** Gives back an request that was taken and not submitted. */
  abandon(request: Request): void {
    if (request.inWindow) this.discount(request);
    this.requests.release(request);
    this.requests.free(request);
  }

  // ---- with an answer

  /** The request's result line is in: `code` 0 is good, and so is `ResultCode.Untold` if the final is. */
  resolve(request: Request, code: number): void {
    // A result that does not say whose it is may be a repetition: the next one like it is not to be expected, but looked at.
    if (this.cache.expected === Expected.Keeping && code === 0 && request === this.requests.first && request.wireId >= 0)
      this.decoder.keepAnswer(ResponseKind.Result, request.command!.resultId ?? -1);
    if (request.mayBeForged) return this.hold(request, code);
    request.result = code;
    if (request.state === RequestState.Awaiting || (this.phase === ChatState.Final && this.earlyOk)) {
      if (request === this.current) this.leave();
      this.finishAsTold(request);
      this.pump();
    } else this.wait(request, Timeout.Grace);
  }

  /** What looks like its result may be a message's: it waits until the modem has paused, and has been asked. */
  private hold(request: Request, code: number): void {
    request.unconfirmed = code;
    this.held = true;
  }

  /** The modem has paused. @param told everything that came with the message was a line of the modem's */
  protected unexpose(told: boolean): void {
    for (let request = this.requests.first; request !== null; request = request.next) {
      if (!told) request.unconfirmed = ResultCode.Pending;
      // A message has come before the modem has been asked, or with its answer, which was no proof then: it is asked again.
      else if (request.mayBeForged && request.unconfirmed !== ResultCode.Pending) this.held = true;
      request.mayBeForged = false;
    }
  }

  /** The modem has answered since, and the connection is there: what it is said to have told, it has told. */
  confirm(link: number): void {
    for (let request = this.requests.first, next: Request | null; request !== null; request = next) {
      next = request.next;
      const code = request.unconfirmed;
      if (request.link !== link || request.mayBeForged || code === ResultCode.Pending || request.result !== ResultCode.Pending) continue;
      request.unconfirmed = ResultCode.Pending;
      this.resolve(request, code);
      next = this.requests.first; // the application may have ended others
    }
  }

  /** The request's final is in: it is over, unless its result is owed. @param code the error's number, where that has one */
  protected conclude(request: Request, good: boolean, code: number): void {
    const command = request.command!, result = request.result;
    if (result !== ResultCode.Pending && result !== ResultCode.Unspecified) {
      // A result says more than `ERROR`, and an error's number says more than a result.
      if (result !== 0 && code > 0) this.finish(request, Outcome.Refused, code);
      else this.finishAsTold(request);
    } else if (good && command.answer !== undefined && mayRetry(request)) retry(request); // its answer is not whole
    else if (!good) this.finish(request, command.goodErrors?.includes(code) === true ? Outcome.Done : Outcome.Refused, code);
    else if (result === ResultCode.Unspecified || command.result === undefined) this.finish(request, Outcome.Done, 0);
    else this.awaitResult(request);
  }

  /** The request is not over, but the modem shows that it works on it: wait as long again. */
  extend(request: Request): void {
    if (request.state === RequestState.Awaiting) this.wait(request, request.resultTimeout);
    else if (request === this.current && this.phase === ChatState.Final && !this.earlyOk && this.nudged)
      this.wait(request, request.finalTimeout);
  }

  // ---- with the connection

  /**
   * Ends every request of a connection, or of the modem itself, or of all.
   * @param link its number, or {@link LinkNumber}
   * @param restarted the modem has forgotten them too; otherwise it may still owe an answer, which is waited for
   * @param goesOn there is another connection already: what the modem has not accepted yet, it may do there
   */
  abort(link: number, restarted: boolean, goesOn = false): void {
    const current = this.current !== null && isOf(this.current, link) ? this.current : null;
    // The modem takes whatever comes next for the payload: it is given the payload.
    const kept = current !== null && !restarted && this.inData;
    const late = current !== null && goesOn && this.phase === ChatState.Final && isUnsettled(current);
    this.markAborted(link, kept || late ? current : null);
    if (restarted) {
      if (current !== null) this.leave();
      this.forgetMarkers();
    } else if (current !== null && !kept) this.doubt(false);
    if (late) this.keepPlace(current, Outcome.Aborted);
    if (kept && !current.reported) {
      current.reported = true;
      if (current.inWindow) this.discount(current);
      this.listener.onDone(current, Outcome.Aborted, 0);
    }
    let next: Request | null;
    while ((next = this.requests.oldest(RequestState.Aborted)) !== null) this.finish(next, Outcome.Aborted, 0);
  }

  /** All of a connection's are to be told of in their order, but for one that goes on. */
  private markAborted(link: number, except: Request | null): void {
    for (let request = this.requests.first, next: Request | null; request !== null; request = next) {
      next = request.next;
      if (request === except || !isOf(request, link)) continue;
      if (request.state === RequestState.Filling) this.abandon(request);
      else if (request.state !== RequestState.Ended) request.state = RequestState.Aborted;
    }
  }

  /**
   * The modem has another connection: what it did before can have no acknowledgement any more. While it owes the marker's
   * answer it may have done it since.
   */
  settle(link: number): void {
    if (this.phase === ChatState.Doubt) return;
    let request = this.requests.first;
    while (request !== null && !(request.reported && request.inWindow && request.link === link)) request = request.next;
    if (request !== null) this.finish(request, Outcome.Aborted, 0);
  }

  // ---- without an answer

  /**
   * Nothing has come in time. An acknowledgement that does not say whose it is (`wire` −1) may still come for it, so it keeps
   * its place, and the next publish waits, until that is in or has had as much time again.
   */
  protected giveUp(request: Request, sent: boolean, missing: Missing): void {
    if (!sent || !isUnsettled(request)) {
      if (request.reported) this.finish(request, Outcome.Failed, 0);
      else this.finish(request, Outcome.TimedOut, missing);
    }
    else if (request.reported) this.finish(request, request.answerSkipped ? Outcome.Failed : Outcome.Unsettled, 0);
    else this.keepPlace(request, Outcome.TimedOut);
  }

  /** It is over for its owner, and keeps its place until its acknowledgement is in or comes no more. */
  private keepPlace(request: Request, outcome: Outcome): void {
    this.awaitResult(request);
    this.tellEarly(request, outcome);
  }

  /** Only its result is owed. */
  protected awaitResult(request: Request): void {
    request.state = RequestState.Awaiting;
    this.wait(request, request.resultTimeout);
  }

  // ---- what the owner is told

  /** Tells of its end, unless that has been told, before it is over on the wire. */
  protected tellEarly(request: Request, outcome: Outcome): void {
    if (request.reported) return;
    request.reported = true;
    this.listener.onDone(request, outcome, 0);
    if (request.reported) request.id = 0; // unless it has been aborted meanwhile
  }

  /** The request is over for its owner. */
  private discount(request: Request): void {
    request.inWindow = false;
    request.listener!.publishing--;
  }

  /** Its result tells how it ended. */
  protected finishAsTold(request: Request): void {
    const result = request.result;
    this.finish(request, result === 0 || result === ResultCode.Unspecified ? Outcome.Done : Outcome.Failed, result);
  }

  /** It is over: tells its owner, unless that has been told, and frees its place. */
  protected finish(request: Request, outcome: Outcome, code: number): void {
    // One that has timed out, and is settled now, is told of a second time.
    const told = request.reported && (!request.inWindow || outcome === Outcome.Aborted);
    request.state = RequestState.Ended;
    if (this.cache.expected !== Expected.None && request === this.requests.first) this.cache.end(outcome === Outcome.Done);
    if (request.inWindow) this.discount(request);
    if (request.offset !== Offset.None) this.requests.release(request);
    if (!told) this.listener.onDone(request, outcome, code);
    if (request.state === RequestState.Ended) this.requests.free(request); // it has not been submitted again
  }
}

/** Whether it is of this connection. @param link its number, or {@link LinkNumber} */
function isOf(request: Request, link: number): boolean {
  return link === LinkNumber.All || request.link === link;
}

/** Whether an acknowledgement may come that does not say that it is this one's. */
function isUnsettled(request: Request): boolean {
  return request.inWindow && request.wireId < 0 && request.QoS > 0;
}
