import { ResultCode, Stage, type Operation } from "./operation";

/** So often a command is sent anew. */
const REPEATS = 3;

/**
 * Whether a command's answer is missing, or a part of it, because it stood where it may have been a message's. What can be asked is
 * asked again, and what may be done twice is done again: not a publish, nor what makes a connection or ends it, which has
 * another result the second time.
 */
export function isToRepeat(operation: Operation): boolean {
  const command = operation.command!;
  return operation.passedOver && operation.repeats < REPEATS && !operation.counted && !operation.abandoned && command.probe !== true &&
    (command.result === undefined || operation.items !== null);
}

/** It waits for the channel once more. */
export function repeat(operation: Operation): void {
  operation.stage = Stage.Queued;
  operation.result = ResultCode.Owed;
  operation.passedOver = false;
  operation.repeats++;
}
