import { Expected, Meaning } from "../commands/exchange";
import { Link, type Missing, Offset, Outcome, ResultCode, Stage, type Operation } from "../commands/operation";
import { isToRepeat, repeat } from "../commands/repeating";
import { Patience } from "./patience";
import { Phase } from "./sender";
import { Synchroniser } from "./synchroniser";

/**
 * How operations end, and what their owner is told of it: by their final and their result, with their connection, or
 * because nothing has come. One that is over for its owner may keep its place until it is over on the wire.
 */
export abstract class Finisher extends Synchroniser {
  /** A result is held. */
  protected held = false;

  // ---- those under way

  /** The oldest operation under way; the others are its `next`. */
  get oldest(): Operation | null {
    return this.operations.first;
  }

  /** The oldest operation of a kind that has been sent whole and whose outcome is owed, with this id on the wire, or `Wire.Any`. */
  find(link: number, kind: number, wire: number): Operation | null {
    // What had come before the command went out is no answer to it, but a repetition of the one before.
    const answerable = this.phase === Phase.Final && !this.isOlder;
    return this.operations.owed(link, kind, wire, answerable ? this.current : null);
  }

  /** Whether the final of an operation that has been sent is still to come. */
  owesFinal(operation: Operation): boolean {
    return operation === this.current && !this.earlyOk;
  }

  /** How many operations of a kind are not over. */
  count(link: number, kind: number): number {
    return this.operations.count(link, kind);
  }

  /** Whether an operation with this packet id is under way. */
  has(link: number, id: number): boolean {
    return this.operations.has(link, id);
  }

  /** Gives back an operation that was taken and not submitted. */
  abandon(operation: Operation): void {
    if (operation.counted) this.discount(operation);
    this.operations.release(operation);
    this.operations.free(operation);
  }

  // ---- with an answer

  /** The operation's result line is in: `code` 0 is good, and so is `ResultCode.Untold` if the final is. */
  resolve(operation: Operation, code: number): void {
    // A result that does not say whose it is may be a repetition: the next one like it is not to be expected, but looked at.
    if (this.writer.expected === Expected.Keeping && code === 0 && operation === this.operations.first && operation.wire >= 0)
      this.scanner.keepAnswer(Meaning.Result, operation.command!.resultId ?? -1);
    if (operation.exposed) return this.hold(operation, code);
    operation.result = code;
    if (operation.stage === Stage.Awaiting || (this.phase === Phase.Final && this.earlyOk)) {
      if (operation === this.current) this.leave();
      this.finishAsTold(operation);
      this.pump();
    } else this.wait(operation, Patience.Grace);
  }

  /** What looks like its result may be a message's: it waits until the modem has paused, and has been asked. */
  private hold(operation: Operation, code: number): void {
    operation.alleged = code;
    this.held = true;
  }

  /** The modem has paused. @param told everything that came with the message was a line of the modem's */
  protected unexpose(told: boolean): void {
    for (let operation = this.operations.first; operation !== null; operation = operation.next) {
      if (!told) operation.alleged = ResultCode.Owed;
      // A message has come before the modem has been asked, or with its answer, which was no proof then: it is asked again.
      else if (operation.exposed && operation.alleged !== ResultCode.Owed) this.held = true;
      operation.exposed = false;
    }
  }

  /** The modem has answered since, and the connection is there: what it is said to have told, it has told. */
  believe(link: number): void {
    for (let operation = this.operations.first, next: Operation | null; operation !== null; operation = next) {
      next = operation.next;
      const code = operation.alleged;
      if (operation.link !== link || operation.exposed || code === ResultCode.Owed || operation.result !== ResultCode.Owed) continue;
      operation.alleged = ResultCode.Owed;
      this.resolve(operation, code);
      next = this.operations.first; // the application may have ended others
    }
  }

  /** The operation's final is in: it is over, unless its result is owed. @param code the error's number, where that has one */
  protected conclude(operation: Operation, good: boolean, code: number): void {
    const command = operation.command!, result = operation.result;
    if (result !== ResultCode.Owed && result !== ResultCode.Untold) {
      // A result says more than `ERROR`, and an error's number says more than a result.
      if (result !== 0 && code > 0) this.finish(operation, Outcome.Refused, code);
      else this.finishAsTold(operation);
    } else if (good && command.answer !== undefined && isToRepeat(operation)) repeat(operation); // its answer is not whole
    else if (!good) this.finish(operation, command.goodErrors?.includes(code) === true ? Outcome.Done : Outcome.Refused, code);
    else if (result === ResultCode.Untold || command.result === undefined) this.finish(operation, Outcome.Done, 0);
    else this.awaitResult(operation);
  }

  /** The operation is not over, but the modem shows that it works on it: wait as long again. */
  extend(operation: Operation): void {
    if (operation.stage === Stage.Awaiting) this.wait(operation, operation.patience);
    else if (operation === this.current && this.phase === Phase.Final && !this.earlyOk && this.nudged)
      this.wait(operation, operation.finalPatience);
  }

  // ---- with the connection

  /**
   * Ends every operation of a connection, or of the modem itself, or of all.
   * @param link its number, or {@link Link}
   * @param restarted the modem has forgotten them too; otherwise it may still owe an answer, which is waited for
   * @param goesOn there is another connection already: what the modem has not accepted yet, it may do there
   */
  abort(link: number, restarted: boolean, goesOn = false): void {
    const current = this.current !== null && isOf(this.current, link) ? this.current : null;
    // The modem takes whatever comes next for the payload: it is given the payload.
    const kept = current !== null && !restarted && this.inData;
    const late = current !== null && goesOn && this.phase === Phase.Final && isUnsettled(current);
    this.markAborted(link, kept || late ? current : null);
    if (restarted) {
      if (current !== null) this.leave();
      this.forgetMarkers();
    } else if (current !== null && !kept) this.doubt(false);
    if (late) this.keepPlace(current, Outcome.Aborted);
    if (kept && !current.abandoned) {
      current.abandoned = true;
      if (current.counted) this.discount(current);
      this.owner.onDone(current, Outcome.Aborted, 0);
    }
    let next: Operation | null;
    while ((next = this.operations.oldest(Stage.Aborted)) !== null) this.finish(next, Outcome.Aborted, 0);
  }

  /** All of a connection's are to be told of in their order, but for one that goes on. */
  private markAborted(link: number, except: Operation | null): void {
    for (let operation = this.operations.first, next: Operation | null; operation !== null; operation = next) {
      next = operation.next;
      if (operation === except || !isOf(operation, link)) continue;
      if (operation.stage === Stage.Filling) this.abandon(operation);
      else if (operation.stage !== Stage.Ended) operation.stage = Stage.Aborted;
    }
  }

  /**
   * The modem has another connection: what it did before can have no acknowledgement any more. While it owes the marker's
   * answer it may have done it since.
   */
  settle(link: number): void {
    if (this.phase === Phase.Doubt) return;
    let operation = this.operations.first;
    while (operation !== null && !(operation.abandoned && operation.counted && operation.link === link)) operation = operation.next;
    if (operation !== null) this.finish(operation, Outcome.Aborted, 0);
  }

  // ---- without an answer

  /**
   * Nothing has come in time. An acknowledgement that does not say whose it is (`wire` −1) may still come for it, so it keeps
   * its place, and the next publish waits, until that is in or has had as much time again.
   */
  protected giveUp(operation: Operation, sent: boolean, missing: Missing): void {
    if (!sent || !isUnsettled(operation)) {
      if (operation.abandoned) this.finish(operation, Outcome.Failed, 0);
      else this.finish(operation, Outcome.TimedOut, missing);
    }
    else if (operation.abandoned) this.finish(operation, operation.passedOver ? Outcome.Failed : Outcome.Unsettled, 0);
    else this.keepPlace(operation, Outcome.TimedOut);
  }

  /** It is over for its owner, and keeps its place until its acknowledgement is in or comes no more. */
  private keepPlace(operation: Operation, outcome: Outcome): void {
    this.awaitResult(operation);
    this.tellEarly(operation, outcome);
  }

  /** Only its result is owed. */
  protected awaitResult(operation: Operation): void {
    operation.stage = Stage.Awaiting;
    this.wait(operation, operation.patience);
  }

  // ---- what the owner is told

  /** Tells of its end, unless that has been told, before it is over on the wire. */
  protected tellEarly(operation: Operation, outcome: Outcome): void {
    if (operation.abandoned) return;
    operation.abandoned = true;
    this.owner.onDone(operation, outcome, 0);
    if (operation.abandoned) operation.id = 0; // unless it has been aborted meanwhile
  }

  /** The operation is over for its owner. */
  private discount(operation: Operation): void {
    operation.counted = false;
    operation.owner!.publishing--;
  }

  /** Its result tells how it ended. */
  protected finishAsTold(operation: Operation): void {
    const result = operation.result;
    this.finish(operation, result === 0 || result === ResultCode.Untold ? Outcome.Done : Outcome.Failed, result);
  }

  /** It is over: tells its owner, unless that has been told, and frees its place. */
  protected finish(operation: Operation, outcome: Outcome, code: number): void {
    // One that has timed out, and is settled now, is told of a second time.
    const told = operation.abandoned && (!operation.counted || outcome === Outcome.Aborted);
    operation.stage = Stage.Ended;
    if (this.writer.expected !== Expected.None && operation === this.operations.first) this.writer.end(outcome === Outcome.Done);
    if (operation.counted) this.discount(operation);
    if (operation.offset !== Offset.None) this.operations.release(operation);
    if (!told) this.owner.onDone(operation, outcome, code);
    if (operation.stage === Stage.Ended) this.operations.free(operation); // it has not been submitted again
  }
}

/** Whether it is of this connection. @param link its number, or {@link Link} */
function isOf(operation: Operation, link: number): boolean {
  return link === Link.All || operation.link === link;
}

/** Whether an acknowledgement may come that does not say that it is this one's. */
function isUnsettled(operation: Operation): boolean {
  return operation.counted && operation.wire < 0 && operation.QoS > 0;
}
