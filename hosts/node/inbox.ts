import { StateError } from "../../src/errors";
import type { Packet } from "./packet";

/** A received message until the application has taken it. */
interface Arrival {
  /** Counts the messages in the order in which they came. */
  readonly number: number;
  readonly packet: Packet;
  /** A listener has been called with the message, or an iteration has returned it. */
  taken: boolean;
  /** How many iterations have the message in their queues. */
  waiting: number;
}

/** The inbox's client. */
export interface InboxListener {
  /** Whether `message` has a listener. */
  readonly listens: boolean;
  /** Calls the listeners of `message`. */
  call(packet: Packet): void;
  /** A message could not be kept. */
  dropped(error: StateError): void;
}

/**
 * Keeps each message until there is a listener or an iteration that takes it. The modem acknowledges a message to the broker before
 * it reports it, so a message that nobody takes would be lost.
 */
export class Inbox {
  readonly #listener: InboxListener;
  readonly #limit: number;
  readonly #held: Arrival[] = [];
  readonly #iterations = new Set<Iteration>();
  #numbers = 0;
  #scheduled = false;
  /** Set when the client has ended, with the reason. */
  #end: { readonly reason: Error | null } | undefined;

  /** @param limit the most messages that are held, and that wait in one iteration */
  constructor(limit: number, listener: InboxListener) {
    this.#limit = limit;
    this.#listener = listener;
  }

  get #hasTaker(): boolean {
    return this.#iterations.size > 0 || this.#listener.listens;
  }

  receive(packet: Packet): void {
    const arrival: Arrival = { number: this.#numbers++, packet, taken: false, waiting: 0 };
    // Held messages are older and go first.
    if (this.#held.length === 0 && this.#hasTaker) this.#deliver(arrival);
    else if (this.#held.length < this.#limit) this.#held.push(arrival);
    else
      this.#listener.dropped(
        new StateError(
          "DROPPED",
          dropping(packet, `the application has taken none of ${this.#limit} earlier ones; listen to "message", or iterate over the client`),
        ),
      );
  }

  /** Gives the held messages to a new listener or iteration, in the next tick, so that others of the same tick get them too. */
  offer(): void {
    if (this.#scheduled || this.#held.length === 0) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Delivers the held messages while there is a listener or an iteration. */
  flush(): void {
    while (this.#held.length > 0 && this.#hasTaker) this.#deliver(this.#held.shift()!);
  }

  #deliver(arrival: Arrival): void {
    for (const iteration of this.#iterations) iteration.add(arrival);
    if (!this.#listener.listens) return;
    arrival.taken = true;
    this.#listener.call(arrival.packet);
  }

  /** The client has ended; no message follows. @param reason why, or null when the application ended it */
  end(reason: Error | null): void {
    this.#end = { reason };
    this.flush();
    for (const iteration of this.#iterations) iteration.settle();
  }

  iterate(): AsyncGenerator<Packet, void, void> {
    const iteration = new Iteration(this.#limit, {
      end: () => (this.#held.length > 0 ? undefined : this.#end),
      dropped: (error) => this.#listener.dropped(error),
      leave: (leaving, left) => this.#left(leaving, left),
    });
    this.#iterations.add(iteration);
    this.offer();
    return iteration;
  }

  /** An iteration has ended. Its messages that nobody else has taken or has in a queue are held again. */
  #left(iteration: Iteration, left: readonly Arrival[]): void {
    this.#iterations.delete(iteration);
    for (const arrival of left) if (!arrival.taken && arrival.waiting === 0) insert(this.#held, arrival);
    if (this.#hasTaker) this.offer();
  }
}

/** The inbox, as an iteration uses it. */
interface IterationListener {
  /** Set when the client has ended and no messages are held. */
  end(): { readonly reason: Error | null } | undefined;
  dropped(error: StateError): void;
  leave(iteration: Iteration, left: readonly Arrival[]): void;
}

interface Waiter {
  resolve(result: IteratorResult<Packet, void>): void;
  reject(reason: Error): void;
}

/** One `for await` over a client. It collects messages from its construction on, not from the first `next` on. */
class Iteration implements AsyncGenerator<Packet, void, void> {
  readonly #limit: number;
  readonly #listener: IterationListener;
  readonly #queue: Arrival[] = [];
  readonly #waiters: Waiter[] = [];
  #over = false;

  constructor(limit: number, listener: IterationListener) {
    this.#limit = limit;
    this.#listener = listener;
  }

  add(arrival: Arrival): void {
    if (this.#queue.length >= this.#limit)
      return this.#listener.dropped(
        new StateError(
          "DROPPED",
          dropping(arrival.packet, `an iteration has not asked for any of ${this.#limit} earlier ones; ask for them, or end it with return()`),
        ),
      );
    arrival.waiting++;
    insert(this.#queue, arrival);
    this.settle();
  }

  /** Settles promises of `next`, the oldest first, as long as there are messages for them or the iteration has ended. */
  settle(): void {
    while (this.#waiters.length > 0) {
      const arrival = this.#queue.shift();
      if (arrival !== undefined) {
        arrival.waiting--;
        arrival.taken = true;
        this.#waiters.shift()!.resolve({ done: false, value: arrival.packet });
        continue;
      }
      const end = this.#over ? { reason: null } : this.#listener.end();
      if (end === undefined) return;
      const waiter = this.#waiters.shift()!;
      this.#leave();
      if (end.reason === null) waiter.resolve({ done: true, value: undefined });
      else waiter.reject(end.reason);
    }
  }

  next(): Promise<IteratorResult<Packet, void>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.settle();
    });
  }

  async return(): Promise<IteratorResult<Packet, void>> {
    this.#leave();
    this.settle();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<Packet, void>> {
    await this.return();
    throw error;
  }

  #leave(): void {
    if (this.#over) return;
    this.#over = true;
    const left = this.#queue.splice(0);
    for (const arrival of left) arrival.waiting--;
    this.#listener.leave(this, left);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** Inserts a message in the order of arrival: at the end, unless an iteration has given it back. */
function insert(arrivals: Arrival[], arrival: Arrival): void {
  let at = arrivals.length;
  while (at > 0 && arrivals[at - 1].number > arrival.number) at--;
  arrivals.splice(at, 0, arrival);
}

function dropping({ topic }: Packet, why: string): string {
  return `a received message (topic ${JSON.stringify(topic.length > 40 ? `${topic.slice(0, 40)}…` : topic)}) was dropped: ${why}, or raise heldMessages`;
}
