import { type ResponseCache, Expected } from "../commands/response-cache";
import type { Pipe } from "../pipe";
import type { Payloads } from "../requests/payloads";
import { LinkNumber, Missing, Offset, Outcome, ResultCode, RequestState, Skipped, type Request, type RequestListener } from "../requests/request";
import type { Requests } from "../requests/requests";
import { maySendSwallowed, mayRetry, retry } from "../requests/retry";

/** Who is told how the modem's own requests end, as links are of theirs. */
export type CompletionListener = Pick<RequestListener, "onDone">;

/**
 * How requests end: by their final and their result, with their connection, or because no answer has come. A request that has
 * been reported stays in the list until its late answer can no longer come.
 */
export class Completion {
  private readonly listener: CompletionListener;
  private readonly requests: Requests;
  private readonly payloads: Payloads;
  private readonly cache: ResponseCache;
  private readonly pipe: Pipe;

  constructor(listener: CompletionListener, requests: Requests, payloads: Payloads, cache: ResponseCache, pipe: Pipe) {
    this.listener = listener;
    this.requests = requests;
    this.payloads = payloads;
    this.cache = cache;
    this.pipe = pipe;
  }

  // ---- with an answer

  /** The request's final has come: it is over, unless its result is still to come. @param code the error's number, or −1 */
  conclude(request: Request, isOk: boolean, code: number): void {
    const command = request.command!,
      result = request.result;
    if (result !== ResultCode.Pending && result !== ResultCode.Unspecified) {
      // A result says more than `ERROR`, and an error's number says more than a result.
      if (result !== 0 && code > 0) this.finish(request, Outcome.Refused, code);
      else this.finishByResult(request);
    } else if (isOk && command.answer !== undefined && mayRetry(request))
      retry(request); // its answer is not whole
    else if (!isOk) this.finish(request, command.goodErrors?.includes(code) === true ? Outcome.Done : Outcome.Refused, code);
    else if (result === ResultCode.Unspecified || command.result === undefined) this.finish(request, Outcome.Done, 0);
    else this.awaitResult(request);
  }

  /** Only the request's result is still to come. */
  awaitResult(request: Request): void {
    request.state = RequestState.Awaiting;
    this.requests.wait(request, request.resultTimeout);
  }

  /** The request's result tells how it ended. */
  finishByResult(request: Request): void {
    const result = request.result;
    this.finish(request, result === 0 || result === ResultCode.Unspecified ? Outcome.Done : Outcome.Failed, result);
  }

  // ---- without an answer

  /** The request's result has not come in time, although its final has. */
  endWithoutResult(request: Request, missing: Missing): void {
    if (mayRetry(request)) retry(request);
    else if (request.command!.resultOptional === true) this.finish(request, Outcome.Done, 0);
    else this.giveUp(request, true, missing);
  }

  /** The request's final has not come in time. @param isSent the request was sent whole */
  endWithoutFinal(request: Request, isSent: boolean, missing: Missing): void {
    if (mayRetry(request)) retry(request);
    else if (request.result !== ResultCode.Pending && request.result !== ResultCode.Unspecified) this.finishByResult(request);
    else this.giveUp(request, isSent, missing);
  }

  /**
   * The modem has not answered the request, and had gone to sleep.
   * @param isUnasked it has not asked for the payload either: it has not got that
   * @param isSent the request was sent whole
   */
  endSwallowed(request: Request, isUnasked: boolean, isSent: boolean): void {
    if (maySendSwallowed(request, isUnasked)) retry(request);
    else this.endWithoutFinal(request, isSent, Missing.Final);
  }

  /**
   * An acknowledgement without an id may still come for the request. Then the request keeps its place, and the next publish
   * waits, until that has come or has had as much time again.
   */
  private giveUp(request: Request, isSent: boolean, missing: Missing): void {
    if (!isSent || !isUnsettled(request)) {
      if (request.reported) this.finish(request, Outcome.Failed, 0);
      else this.finish(request, Outcome.TimedOut, missing);
    } else if (request.reported) this.finish(request, request.answerSkipped !== Skipped.Nothing ? Outcome.Failed : Outcome.Unsettled, 0);
    else this.keepPlace(request, Outcome.TimedOut);
  }

  /** Reports the request, which keeps its place until its acknowledgement has come or can come no more. */
  keepPlace(request: Request, outcome: Outcome): void {
    this.awaitResult(request);
    this.report(request, outcome);
  }

  // ---- with the connection

  /** Marks the requests of a connection, to be ended by {@link finishAborted} in their order. @param except one that goes on */
  markAborted(link: number, except: Request | null): void {
    for (let request = this.requests.first, next: Request | null; request !== null; request = next) {
      next = request.next;
      if (request === except || !isOf(request, link)) continue;
      if (request.state === RequestState.Filling) this.abandon(request);
      else if (request.state !== RequestState.Ended) request.state = RequestState.Aborted;
    }
  }

  finishAborted(): void {
    let next: Request | null;
    while ((next = this.requests.oldest(RequestState.Aborted)) !== null) this.finish(next, Outcome.Aborted, 0);
  }

  /** Reports a request whose connection is gone, and which is only sent to its end. */
  reportAborted(request: Request): void {
    if (request.reported) return;
    request.reported = true;
    if (request.inWindow) this.leaveWindow(request);
    this.pipe.fill();
    (request.listener ?? this.listener).onDone(request, Outcome.Aborted, 0);
  }

  /** The modem has another connection: a publish that was reported before can have no acknowledgement any more. */
  settle(link: number): void {
    let request = this.requests.first;
    while (request !== null && !(request.reported && request.inWindow && request.link === link)) request = request.next;
    if (request !== null) this.finish(request, Outcome.Aborted, 0);
  }

  /** Gives back a request that was taken and not submitted. */
  abandon(request: Request): void {
    if (request.inWindow) this.leaveWindow(request);
    this.payloads.release(request);
    this.requests.free(request);
  }

  // ---- the report

  /** Reports the request's end, unless that has been done, before the request is over on the wire. */
  report(request: Request, outcome: Outcome): void {
    if (request.reported) return;
    request.reported = true;
    this.pipe.fill();
    (request.listener ?? this.listener).onDone(request, outcome, 0);
    if (request.reported) request.id = 0; // unless it has been aborted meanwhile
  }

  /** The request is over: reports that, unless it has been done, and frees its place. */
  finish(request: Request, outcome: Outcome, code: number): void {
    // A publish that has timed out, and is settled now, is reported a second time.
    const isKnown = request.reported && (!request.inWindow || outcome === Outcome.Aborted);
    request.state = RequestState.Ended;
    if (this.cache.expected !== Expected.None && request === this.requests.first) this.cache.end(outcome === Outcome.Done);
    if (request.inWindow) {
      request.inWindow = false;
      request.listener!.window++;
    }
    if (request.offset !== Offset.None) this.payloads.release(request);
    if (!isKnown) {
      this.pipe.fill();
      (request.listener ?? this.listener).onDone(request, outcome, code);
    }
    if (request.state === RequestState.Ended) this.requests.free(request); // it has not been submitted again
  }

  private leaveWindow(request: Request): void {
    request.inWindow = false;
    request.listener!.window++;
  }
}

/** Whether the request is of this connection. @param link its number, or `LinkNumber` */
export function isOf(request: Request, link: number): boolean {
  return link === LinkNumber.All || request.link === link;
}

/** Whether an acknowledgement may come that does not say that it is this request's. */
export function isUnsettled(request: Request): boolean {
  return request.inWindow && request.wireId < 0 && request.QoS > 0;
}
