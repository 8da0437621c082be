import { ResultCode, RequestState, Skipped, type Request } from "./request";

/** So often a command is sent anew at the most. */
const RETRIES = 3;

/**
 * Whether the command is to be sent once more, because its answer, or a part of it, stood where it may have been a message's and was
 * not believed. Questions are asked again, and so is what may be done twice. That is not a publish, nor what makes a connection
 * or ends it: the second time that has another result.
 */
export function mayRetry(request: Request): boolean {
  const command = request.command!;
  return (
    request.answerSkipped === Skipped.Line &&
    request.retries < RETRIES &&
    !request.inWindow &&
    !request.reported &&
    command.probe !== true &&
    command.own !== true &&
    (command.result === undefined || request.items !== null)
  );
}

/**
 * Whether a command that a sleeping modem has swallowed is to be sent once more: one that may be done twice, and a publish whose payload
 * the modem has not asked for. Whether it has taken another publish, the answer would have told; without that nobody knows.
 * @param isUnasked the modem has not asked for the payload
 */
export function maySendSwallowed(request: Request, isUnasked: boolean): boolean {
  const command = request.command!;
  if (request.retries >= RETRIES || request.reported || request.result !== ResultCode.Pending || command.probe === true || command.own === true) return false;
  return isUnasked || (!request.inWindow && (command.result === undefined || request.items !== null));
}

/** The request waits for the chat once more. */
export function retry(request: Request): void {
  request.state = RequestState.Queued;
  request.result = ResultCode.Pending;
  request.answerSkipped = Skipped.Nothing;
  request.retries++;
}
