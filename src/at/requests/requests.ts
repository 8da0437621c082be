import type { Timers } from "../../timers";
import { Request, ResultCode, RequestState, Skipped, WireId, type RequestListener } from "./request";

/** In place of the moment for which the timer is set. */
const enum Moment {
  /** The timer is not set. */
  Never = -0x80000000,
}

/**
 * The requests that are under way: made when so many are for the first time, used again and again. They are a list in
 * the order in which they were taken, which is seldom longer than one or two. All deadlines share one timer.
 */
export class Requests {
  /** How many may be under way at once. */
  capacity = 0;
  /** The oldest one under way. */
  first: Request | null = null;
  private readonly timers: Timers;
  private readonly slot: number;
  /** The timer's moment: no deadline comes before it. It may have been that of a request that is over. */
  private armedFor: number = Moment.Never;
  private made = 0;
  private spare: Request | null = null;

  /** @param slot of the timers, for the deadline that comes first */
  constructor(timers: Timers, slot: number) {
    this.timers = timers;
    this.slot = slot;
  }

  /**
   * A free request, behind all others, or null when all are under way.
   * @param listener whose it is; null for the modem's own
   * @param id the client's packet id, or 0
   */
  take(listener: RequestListener | null, kind: number, id: number): Request | null {
    let request = this.spare;
    if (request !== null) this.spare = request.next;
    else if (this.made < this.capacity) {
      request = new Request();
      this.made++;
    } else return null;
    request.next = null;
    request.state = RequestState.Filling;
    request.listener = listener;
    request.kind = kind;
    request.id = id;
    request.reported = false;
    request.unconfirmed = ResultCode.Pending;
    request.mayBeForged = false;
    request.answerSkipped = Skipped.Nothing;
    request.retries = 0;
    let last = this.first;
    if (last === null) this.first = request;
    else {
      while (last.next !== null) last = last.next;
      last.next = request;
    }
    return request;
  }

  /** The request is over. */
  free(request: Request): void {
    if (this.first === request) this.first = request.next;
    else {
      let before = this.first!;
      while (before.next !== request) before = before.next!;
      before.next = request.next;
    }
    request.items = null;
    request.next = this.spare;
    this.spare = request;
  }

  /** What waits for the chat, of this connection and kind, or is to be handed to it next, goes before all others that wait. */
  hurry(link: number, kind: number): void {
    let before: Request | null = null, // the last one that waits for nothing of the chat's
      previous: Request | null = null,
      request = this.first;
    for (; request !== null && !(request.link === link && request.kind === kind && request.state <= RequestState.Queued); request = request.next) {
      if (request.state !== RequestState.Queued && before === previous) before = request;
      previous = request;
    }
    if (request === null || previous === before) return;
    previous!.next = request.next;
    if (before === null) {
      request.next = this.first;
      this.first = request;
    } else {
      request.next = before.next;
      before.next = request;
    }
  }

  // ---- deadlines

  /** The request waits for no longer than this from now on. */
  wait(request: Request, milliseconds: number): void {
    const deadline = (this.timers.clock.now() + milliseconds) | 0,
      armedFor = this.armedFor;
    request.deadline = deadline;
    if (armedFor !== Moment.Never && ((armedFor - deadline) | 0) <= 0) return;
    this.armedFor = deadline === Moment.Never ? Moment.Never + 1 : deadline;
    this.timers.set(this.slot, milliseconds);
  }

  /** The oldest request whose deadline has come, or null. */
  overdue(): Request | null {
    let request = this.first;
    while (request !== null && !(request.state >= RequestState.Active && this.timers.hasCome(request.deadline))) request = request.next;
    return request;
  }

  /** Sets the timer for the deadline that comes first, after it has rung. */
  rearm(): void {
    const now = this.timers.clock.now();
    this.armedFor = Moment.Never;
    for (let request = this.first; request !== null; request = request.next)
      if (request.state >= RequestState.Active) this.wait(request, (request.deadline - now) | 0);
  }

  // ---- looking for one

  /** The oldest request in a state. */
  oldest(state: RequestState): Request | null {
    let request = this.first;
    while (request !== null && request.state !== state) request = request.next;
    return request;
  }

  /** The oldest request that waits for the chat. @param oneOfAKind those are left out whose connection is still owed a result of the same kind */
  next(oneOfAKind: boolean): Request | null {
    let request = this.first;
    while (request !== null && (request.state !== RequestState.Queued || (oneOfAKind && this.pending(request.link, request.kind, WireId.Any, null) !== null)))
      request = request.next;
    return request;
  }

  /**
   * The oldest request of a kind that still has to get its result, with this id on the wire, or `WireId.Any`.
   * @param active the one on the chat, if it has been sent whole: it counts too
   */
  pending(link: number, kind: number, wire: number, active: Request | null): Request | null {
    let request = this.first;
    while (
      request !== null &&
      !(
        (request.state === RequestState.Awaiting || request === active) &&
        request.kind === kind &&
        (wire === WireId.Any || request.wireId === wire) &&
        request.result === ResultCode.Pending &&
        request.link === link
      )
    )
      request = request.next;
    return request;
  }

  /** How many of a kind have not been reported yet. */
  count(link: number, kind: number): number {
    let count = 0;
    for (let request = this.first; request !== null; request = request.next)
      if (request.kind === kind && request.state !== RequestState.Ended && !request.reported && request.link === link) count++;
    return count;
  }

  /** Whether a request with this packet id is under way. */
  has(link: number, id: number): boolean {
    for (let request = this.first; request !== null; request = request.next)
      if (request.id === id && request.state !== RequestState.Ended && request.link === link) return true;
    return false;
  }
}
