import { Operation, ResultCode, Stage, Wire } from "./operation";

/**
 * The operations that are under way: made when so many are for the first time, used again and again. They are a chain in
 * the order in which they were taken, which is seldom longer than one or two.
 */
export class Operations {
  /** How many may be under way at once. */
  most = 0;
  /** The oldest one under way. */
  first: Operation | null = null;
  private made = 0;
  private spare: Operation | null = null;

  /** A free operation, behind all others, or null when all are under way. */
  take(): Operation | null {
    let operation = this.spare;
    if (operation !== null) this.spare = operation.next;
    else if (this.made < this.most) {
      operation = new Operation();
      this.made++;
    } else return null;
    operation.next = null;
    operation.stage = Stage.Filling;
    operation.id = 0;
    operation.abandoned = false;
    operation.result = operation.alleged = ResultCode.Owed;
    operation.exposed = operation.passedOver = false;
    operation.repeats = 0;
    let last = this.first;
    if (last === null) this.first = operation;
    else {
      while (last.next !== null) last = last.next;
      last.next = operation;
    }
    return operation;
  }

  /** The operation is over. */
  free(operation: Operation): void {
    if (this.first === operation) this.first = operation.next;
    else {
      let before = this.first!;
      while (before.next !== operation) before = before.next!;
      before.next = operation.next;
    }
    operation.topic = null;
    operation.items = null;
    operation.stage = Stage.Free;
    operation.next = this.spare;
    this.spare = operation;
  }

  /** The oldest one at a stage. */
  oldest(stage: Stage): Operation | null {
    let operation = this.first;
    while (operation !== null && operation.stage !== stage) operation = operation.next;
    return operation;
  }

  /** The oldest one that waits, kinds left out of which one is owed its result where that is asked for. */
  next(oneOfAKind: boolean): Operation | null {
    let operation = this.first;
    if (operation !== null && operation.next === null) return operation.stage === Stage.Queued ? operation : null;
    while (operation !== null && (operation.stage !== Stage.Queued || (oneOfAKind && this.owed(operation.link, operation.kind, Wire.Any, null) !== null)))
      operation = operation.next;
    return operation;
  }

  /**
   * The oldest of a kind whose outcome is owed, with this id on the wire, or `Wire.Any`.
   * @param active the one on the channel, if it has been sent whole: it counts too
   */
  owed(link: number, kind: number, wire: number, active: Operation | null): Operation | null {
    let operation = this.first;
    while (operation !== null && !((operation.stage === Stage.Awaiting || operation === active) && operation.kind === kind &&
        (wire === Wire.Any || operation.wire === wire) && operation.result === ResultCode.Owed && operation.link === link)) operation = operation.next;
    return operation;
  }

  /** How many of a kind are not over for their owner. */
  count(link: number, kind: number): number {
    let count = 0;
    for (let operation = this.first; operation !== null; operation = operation.next)
      if (operation.kind === kind && operation.stage !== Stage.Ended && !operation.abandoned && operation.link === link) count++;
    return count;
  }

  /** Whether an operation with this packet id is under way. */
  has(link: number, id: number): boolean {
    for (let operation = this.first; operation !== null; operation = operation.next)
      if (operation.id === id && operation.stage !== Stage.Ended && operation.link === link) return true;
    return false;
  }
}
