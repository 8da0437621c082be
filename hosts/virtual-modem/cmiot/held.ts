// Whether a command's OK comes before or after what it brings about: X-1. Held back, it is given or refused by the
// outcome; given first, the outcome is a report of its own.

import type { Call } from "../engine/family";

export class Held {
  readonly #okFirst: boolean;
  #call: Call | undefined;

  constructor(okFirst: boolean) {
    this.#okFirst = okFirst;
  }

  /** Begins what `call` asks for, before or after its OK. The call is ended here or by the outcome. */
  begin(call: Call, start: () => void): void {
    if (this.#okFirst) {
      call.afterOk(start);
      call.ok();
      return;
    }
    call.defer();
    this.#call = call;
    start();
  }

  /** The outcome: OK, if it is still owed. */
  ok(): void {
    this.take()?.ok();
  }

  /** The outcome: an error. @returns whether a command was there to take it */
  fail(code?: number | string): boolean {
    const call = this.take();
    call?.fail(code);
    return call !== undefined;
  }

  /** The command that waits, if one does; who takes it ends it. */
  take(): Call | undefined {
    const call = this.#call;
    this.#call = undefined;
    return call;
  }
}
