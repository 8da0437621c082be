import { StateError } from "../../src/errors";
import type { Packet } from "./packet";

/** A message on its way to the application. */
interface Arrival {
  /** In the order in which they came. */
  readonly number: number;
  readonly packet: Packet;
  /** A listener has been called with it, or an iteration has given it out. */
  taken: boolean;
  /** How many iterations have it in their queues. */
  waiting: number;
}

/** What the inbox needs of its client. */
export interface InboxListener {
  /** Whether there is a listener that would be called. */
  readonly listens: boolean;
  call(packet: Packet): void;
  /** Messages could not be kept. */
  dropped(error: StateError): void;
}

/**
 * Keeps each message until the application takes it: until there is a listener, or an iteration. A modem acknowledges a message
 * to the broker before it hands it over, so one that nobody has taken would be gone for good.
 */
export class Inbox {
  readonly #listener: InboxListener;
  readonly #limit: number;
  readonly #held: Arrival[] = [];
  readonly #iterations = new Set<Iteration>();
  #numbers = 0;
  #scheduled = false;
  /** Why it is over; undefined as long as it is not. */
  #end: { readonly reason: Error | null } | undefined;

  /** @param limit messages that are held at the most, and that wait in one iteration at the most */
  constructor(limit: number, listener: InboxListener) {
    this.#limit = limit;
    this.#listener = listener;
  }

  get #hasTaker(): boolean {
    return this.#iterations.size > 0 || this.#listener.listens;
  }

  receive(packet: Packet): void {
    const arrival: Arrival = { number: this.#numbers++, packet, taken: false, waiting: 0 };
    // What came earlier goes first.
    if (this.#held.length === 0 && this.#hasTaker) this.#deliver(arrival);
    else if (this.#held.length < this.#limit) this.#held.push(arrival);
    else this.#listener.dropped(new StateError("DROPPED", dropping(packet, `the application has taken none of ${this.#limit} earlier ones; listen to "message", or iterate over the client`)));
  }

  /** There may be someone who takes what is held. Who comes in the same tick gets it too. */
  offer(): void {
    if (this.#scheduled || this.#held.length === 0) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Hands over what is held, as long as there is someone who takes it. */
  flush(): void {
    while (this.#held.length > 0 && this.#hasTaker) this.#deliver(this.#held.shift()!);
  }

  #deliver(arrival: Arrival): void {
    for (const iteration of this.#iterations) iteration.add(arrival);
    if (!this.#listener.listens) return;
    arrival.taken = true;
    this.#listener.call(arrival.packet);
  }

  /** Nothing comes any more. @param reason what ended it, or null where that was asked for */
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

  /** An iteration is over; what it has not given out is held again, unless others have it. */
  #left(iteration: Iteration, left: readonly Arrival[]): void {
    this.#iterations.delete(iteration);
    for (const arrival of left) if (!arrival.taken && arrival.waiting === 0) insert(this.#held, arrival);
    if (this.#hasTaker) this.offer();
  }
}

interface IterationListener {
  end(): { readonly reason: Error | null } | undefined;
  dropped(error: StateError): void;
  leave(iteration: Iteration, left: readonly Arrival[]): void;
}

interface Waiter {
  resolve(result: IteratorResult<Packet, void>): void;
  reject(reason: Error): void;
}

/** One `for await` over a client. It begins when it is made, not when the first message is asked for. */
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
      return this.#listener.dropped(new StateError("DROPPED", dropping(arrival.packet, `an iteration has not asked for any of ${this.#limit} earlier ones; ask for them, or end it with return()`)));
    arrival.waiting++;
    insert(this.#queue, arrival);
    this.settle();
  }

  /** Answers who waits, as far as there is something to say. */
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

/** Puts it where it belongs in the order of arrival: at the end, but for one that an iteration has given back. */
function insert(arrivals: Arrival[], arrival: Arrival): void {
  let at = arrivals.length;
  while (at > 0 && arrivals[at - 1]!.number > arrival.number) at--;
  arrivals.splice(at, 0, arrival);
}

function dropping({ topic }: Packet, why: string): string {
  return `a received message (topic ${JSON.stringify(topic.length > 40 ? `${topic.slice(0, 40)}…` : topic)}) was dropped: ${why}, or raise heldMessages`;
}
