import { StateError, type MQTTModemError } from "../../src/errors";
import type { Session } from "../../src/session/session";
import { inWords } from "./options";

/** Settles the promise of one operation. */
type Settle = (error: MQTTModemError | null, granted: readonly number[] | null) => void;

/** Gives the session operations and keeps a promise for each. */
export class Operations {
  readonly #session: Session;
  readonly #highWaterMark: number;
  /** Whether a full queue drops messages rather than refuse new operations. */
  readonly #drops: boolean;
  readonly #pending = new Map<number, Settle>();
  readonly #roomWaiters: (() => void)[] = [];

  /** @param highWaterMark the most operations that may wait or be in flight */
  constructor(session: Session, highWaterMark: number, drops: boolean) {
    this.#session = session;
    this.#highWaterMark = highWaterMark;
    this.#drops = drops;
  }

  /** Settles when another operation would be accepted. */
  drained(): Promise<void> {
    return this.#session.queued < this.#highWaterMark ? Promise.resolve() : new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /**
   * Starts an operation.
   * @param begin asks the session for it and returns its id
   * @param topics how many topics the application gave, for the words of errors
   * @returns what was granted, for a subscription
   */
  start(begin: (session: Session) => number, signal: AbortSignal | undefined, topics: number): Promise<readonly number[] | null> {
    return new Promise((resolve, reject) => {
      const session = this.#session,
        { queued } = session;
      if (queued >= this.#highWaterMark && !this.#drops)
        throw new StateError("BUSY", `${queued} operations wait already, as many as highWaterMark allows; wait for drained()`);
      let id: number;
      try {
        id = begin(session);
      } catch (error) {
        throw inWords(error, topics);
      }
      const abort = (): void => {
        if (session.withdraw(id)) this.#pending.delete(id);
        this.notifyRoom();
        reject(signal!.reason);
      };
      this.#pending.set(id, (error, granted) => {
        signal?.removeEventListener("abort", abort);
        if (error === null) resolve(granted);
        else reject(inWords(error, topics));
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Settles the promise of an operation that has ended. @returns false when there is none: an earlier process stored the message */
  settle(id: number, error: MQTTModemError | null, granted: readonly number[] | null): boolean {
    const settle = this.#pending.get(id);
    this.#pending.delete(id);
    settle?.(error, granted);
    return settle !== undefined;
  }

  /** Settles the promises of `drained` if there is room now. */
  notifyRoom(): void {
    if (this.#session.queued < this.#highWaterMark) for (const resolve of this.#roomWaiters.splice(0)) resolve();
  }
}
