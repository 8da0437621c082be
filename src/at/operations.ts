import { Operation, Stage } from "./operation";

/** The operations that can be under way at once: made while setting up, used again and again. */
export class Operations {
  readonly list: Operation[] = [];
  #order = 0;

  /** Makes room for so many more. */
  grow(count: number): void {
    for (let i = 0; i < count; i++) this.list.push(new Operation());
  }

  /** A free operation, or null when all are under way. */
  take(): Operation | null {
    for (let i = 0; i < this.list.length; i++) {
      const operation = this.list[i]!;
      if (operation.stage !== Stage.Free) continue;
      operation.stage = Stage.Filling;
      operation.abandoned = false;
      return operation;
    }
    return null;
  }

  /** Puts an operation behind all that wait already. */
  enqueue(operation: Operation): void {
    operation.stage = Stage.Queued;
    operation.resulted = false;
    operation.order = this.#order = (this.#order + 1) | 0;
  }

  /** The oldest one at a stage. */
  oldest(stage: Stage): Operation | null {
    let oldest: Operation | null = null;
    for (let i = 0; i < this.list.length; i++) {
      const operation = this.list[i]!;
      if (operation.stage === stage && (oldest === null || isOlder(operation, oldest))) oldest = operation;
    }
    return oldest;
  }

  /** The oldest one that waits, kinds left out of which one is owed its result where that is asked for. */
  next(oneOfAKind: boolean): Operation | null {
    let next: Operation | null = null;
    for (let i = 0; i < this.list.length; i++) {
      const operation = this.list[i]!;
      if (operation.stage === Stage.Queued && (next === null || isOlder(operation, next)) &&
          !(oneOfAKind && this.owed(operation.link, operation.kind, -1, null) !== null)) next = operation;
    }
    return next;
  }

  /**
   * The oldest of a kind whose outcome is owed, with this id on the wire where `wire` is not negative.
   * @param active the one on the channel, if it has been sent whole: it counts too
   */
  owed(link: number, kind: number, wire: number, active: Operation | null): Operation | null {
    let found: Operation | null = null;
    for (let i = 0; i < this.list.length; i++) {
      const operation = this.list[i]!;
      if ((operation.stage === Stage.Awaiting || operation === active) && operation.kind === kind && operation.link === link &&
          !operation.resulted && (wire < 0 || operation.wire === wire) &&
          (found === null || isOlder(operation, found))) found = operation;
    }
    return found;
  }

  /** How many of a kind are not over for their owner. */
  count(link: number, kind: number): number {
    let count = 0;
    for (let i = 0; i < this.list.length; i++) {
      const operation = this.list[i]!;
      if (operation.isUnderWay && !operation.abandoned && operation.kind === kind && operation.link === link) count++;
    }
    return count;
  }
}

function isOlder(one: Operation, other: Operation): boolean {
  return ((one.order - other.order) | 0) < 0;
}
