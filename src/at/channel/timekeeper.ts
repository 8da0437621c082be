import { Missing, Outcome, ResultCode, Stage, type Operation } from "../commands/operation";
import { isToRepeat, repeat } from "../commands/repeating";
import { Finisher } from "./finisher";
import { blot, isHarmless } from "./harmless";
import { Patience } from "./patience";
import { Phase } from "./sender";

const CTRL_Z = new Uint8Array([0x1a]);

/** What the alarm brings about, and what is done where the modem has said nothing in time. */
export abstract class Timekeeper extends Finisher {
  protected onTick(): void {
    if (this.closed) return;
    try {
      this.lookAtAll();
    } finally {
      this.scanner.breakOff();
      this.rearm();
    }
    this.rethrow();
  }

  /** Does all that is due; bytes first, for they may be what is waited for. */
  private lookAtAll(): void {
    if (this.resuming) {
      this.goOn();
      this.pump();
    }
    this.listen();
    this.markAgain();
    for (let late = this.expired(); late !== null && !this.closed; late = this.expired()) this.expire(late);
    for (let waker = 0; waker < this.wakers && !this.closed; waker++) if (this.isDue(waker)) this.owner.onWake(waker);
  }

  /** Has the alarm ring for whatever is due first. */
  private rearm(): void {
    if (this.closed) return;
    this.rearmIntake();
    this.rearmMarker();
    this.rearmWakers();
    for (let operation = this.operations.first; operation !== null; operation = operation.next)
      if (operation.stage >= Stage.Active) this.arm(operation.deadline);
  }

  /** The oldest operation whose wait is over, or null. */
  private expired(): Operation | null {
    let operation = this.operations.first;
    while (operation !== null && !(operation.stage >= Stage.Active && this.isOver(operation.deadline))) operation = operation.next;
    return operation;
  }

  /** The operation's wait is over. */
  private expire(operation: Operation): void {
    if (operation.stage === Stage.TooLong) return this.finish(operation, Outcome.TooLong, 0);
    if (this.isHearing) return this.wait(operation, Patience.Grace);
    if (operation.stage === Stage.Awaiting) this.endWithoutResult(operation);
    else if (this.phase === Phase.Prompt) return this.sendUnasked(operation);
    else if (!this.nudged && operation.result === ResultCode.Owed) return this.nudge(operation);
    else if (this.earlyOk && this.phase === Phase.Final && operation.result === ResultCode.Owed && operation.command!.result !== undefined) this.takeEarlyOk(operation);
    else this.endWithoutFinal(operation);
    this.pump();
  }

  /** Its final has come, and its result has not. */
  private endWithoutResult(operation: Operation): void {
    if (isToRepeat(operation)) repeat(operation);
    else if (operation.command!.resultOptional === true) this.finish(operation, Outcome.Done, 0);
    else this.giveUp(operation, true, Missing.Result);
  }

  /** Its answer may still come. Nothing new is sent until it is certain to be told apart. */
  private endWithoutFinal(operation: Operation): void {
    const sent = this.phase === Phase.Final;
    if (operation.command!.probe === true) this.leave();
    else this.doubt(this.inData);
    if (isToRepeat(operation)) repeat(operation);
    else if (operation.result !== ResultCode.Owed && operation.result !== ResultCode.Untold) this.finishAsTold(operation);
    else this.giveUp(operation, sent, Missing.Final);
  }

  /** The `OK` before the prompt was the only one. What has gone unasked may be a line that has not ended. */
  private takeEarlyOk(operation: Operation): void {
    if (this.unasked) this.doubt(false);
    else this.leave();
    this.awaitResult(operation);
  }

  /** NM28 may stay in its transparent mode until Ctrl-Z (dialects.md 5.4). */
  private nudge(operation: Operation): void {
    this.nudged = true;
    this.port.write(CTRL_Z, 0, CTRL_Z.length);
    this.wait(operation, operation.abandoned && !operation.counted ? Patience.Grace : operation.finalPatience);
  }

  /**
   * Where only the prompt was lost, this is the message; where the command was, it is a line that no modem knows. In place of a
   * message that may be a command goes what nobody takes for one, and as many bytes as were announced.
   */
  private sendUnasked(operation: Operation): void {
    const harmless = isHarmless(this.operations.payloads, operation.offset, operation.length);
    if (!harmless) {
      blot(this.operations.payloads, operation.offset, operation.length, this.dialect.cancel);
      this.tellEarly(operation, Outcome.TimedOut);
      if (operation !== this.current || this.closed) return; // the application may have ended it all
    }
    // It may be echoed, as it is once the modem has restarted.
    this.unasked = this.echoing = true;
    this.scanner.promptExpected = false;
    this.onPrompt();
    // A modem that has the payload answers at once, unless its final waits for the broker.
    if (operation.command!.final > 0 && !this.earlyOk) this.wait(operation, Patience.Unasked + operation.length * Patience.UnaskedByte);
  }
}
