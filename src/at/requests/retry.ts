import { ResultCode, RequestState, type Request } from "./request";

/** So often a command is sent anew. */
const RETRIES = 3;

/**
 * Whether a command's answer is missing, or a part of it, because it stood where it may have been a message's. What can be asked is
 * asked again, and what may be done twice is done again: not a publish, nor what makes a connection or ends it, which has
 * another result the second time.
 */
export function mayRetry(request: Request): boolean {
  const command = request.command!;
  return request.answerSkipped && request.retries < RETRIES && !request.inWindow && !request.reported && command.probe !== true &&
    (command.result === undefined || request.items !== null);
}

/** It waits for the chat once more. */
export function retry(request: Request): void {
  request.state = RequestState.Queued;
  request.result = ResultCode.Pending;
  request.answerSkipped = false;
  request.retries++;
}
