import { type ResponseCache, Expected } from "../commands/response-cache";
import type { Decoder } from "../decoder/decoder";
import { ResultCode, RequestState, Skipped, type Request } from "../requests/request";
import type { Requests } from "../requests/requests";
import { CommonResponse } from "../responses/response-table";

/**
 * Lines that look like answers, and may be a part of a message: of one without a length, or whose topic has a line's end in it. What
 * they say waits until the modem has paused, and has been asked. What can be asked again, or done again, is marked for that.
 */
export class Unconfirmed {
  private readonly requests: Requests;
  private readonly decoder: Decoder;
  private readonly cache: ResponseCache;
  /** A result is held back. */
  private hasResult = false;
  /** Lines have been skipped. */
  private hasLines = false;
  /** Text has come behind a message that is no line of the modem's: it is the message that goes on. */
  private hasText = false;

  constructor(requests: Requests, decoder: Decoder, cache: ResponseCache) {
    this.requests = requests;
    this.decoder = decoder;
    this.cache = cache;
  }

  /** A message has come that may go on in the next line. What looks like the result of a publish under way is held back until the modem pauses. */
  expose(): void {
    for (let request = this.requests.first; request !== null; request = request.next) if (isOwedResult(request)) request.mayBeForged = true;
    this.decoder.hold();
    if (this.cache.expected !== Expected.None) this.cache.invalidate();
  }

  /** Holds back what looks like the request's result. */
  hold(request: Request, code: number): void {
    request.unconfirmed = code;
    this.hasResult = true;
  }

  /**
   * Whether the line that has come may be a message's, because the modem has not paused since a message that may go on. Such a
   * line is not believed; when the modem has paused, it is asked.
   */
  mayBeForged(): boolean {
    if (!this.decoder.mayBeForged) return false;
    return (this.hasLines = true);
  }

  /** Skips a line that may be the answer to a command, or a part of it. @param current the request whose final is to come, if there is one */
  skip(line: number, current: Request | null): void {
    this.hasLines = true;
    for (let request = this.requests.first; request !== null; request = request.next) {
      const command = request.command!;
      if (
        request.state >= RequestState.Active &&
        (command.result === line || (request === current && (line <= CommonResponse.CmsError || command.answer === line)))
      )
        request.answerSkipped = Skipped.Line;
    }
  }

  /** A message has come whose end is a guess, or that did not fit: answers may be among its bytes. */
  onSwallowing(): void {
    for (let request = this.requests.first; request !== null; request = request.next)
      if (request.state >= RequestState.Active && request.answerSkipped === Skipped.Nothing) request.answerSkipped = Skipped.Perhaps;
  }

  /** Text that is no line of the modem's has come behind a message. */
  onText(): void {
    if (this.decoder.mayBeForged) this.hasText = true;
  }

  /** Whether a request under way ends with this line. */
  isAwaited(line: number): boolean {
    for (let request = this.requests.first; request !== null; request = request.next)
      if (request.state >= RequestState.Active && request.command!.result === line) return true;
    return false;
  }

  /** The modem has paused. Results stay held back, unless text has shown that they were the message's. @returns whether anything was held back or skipped */
  onPause(): boolean {
    for (let request = this.requests.first; request !== null; request = request.next) {
      if (this.hasText) request.unconfirmed = ResultCode.Pending;
      // A message has come before the modem was asked, or with its answer, which was no proof then: it is asked again.
      else if (request.mayBeForged && request.unconfirmed !== ResultCode.Pending) this.hasResult = true;
      request.mayBeForged = false;
    }
    this.hasText = false;
    return this.hasLines || this.hasResult;
  }

  /** Begins anew. @returns whether lines have been skipped */
  clear(): boolean {
    const hadLines = this.hasLines;
    this.hasLines = this.hasResult = false;
    return hadLines;
  }

  /** The oldest request of a connection with a result that was held back, and that may be believed now; or null. */
  confirmed(link: number): Request | null {
    let request = this.requests.first;
    while (
      request !== null &&
      (request.link !== link || request.mayBeForged || request.unconfirmed === ResultCode.Pending || request.result !== ResultCode.Pending)
    )
      request = request.next;
    return request;
  }
}

/** Whether the answer to a publish is owed: the broker's, or that of the modem, which has sent it. */
function isOwedResult(request: Request): boolean {
  return (
    request.inWindow &&
    request.result === ResultCode.Pending &&
    (request.state === RequestState.Active || request.state === RequestState.Awaiting) &&
    request.command!.result !== undefined
  );
}
