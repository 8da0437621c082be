// A command's OK comes before or after its outcome, depending on a variant: X-1. When it comes after, the outcome decides between OK
// and an error. When it comes first, the outcome is only a report.

import type { Call } from "../engine/family";

/** Holds the final result of the command that waits for its outcome. */
export class Held {
  readonly #okFirst: boolean;
  #call: Call | undefined;

  constructor(okFirst: boolean) {
    this.#okFirst = okFirst;
  }

  /** Starts the command's action, before or after its OK. The command ends here, or later by its outcome. */
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

  /** The outcome is good: writes OK, unless it has been written. */
  ok(): void {
    this.take()?.ok();
  }

  /** The outcome is an error. @returns false when no command waited for it */
  fail(code?: number | string): boolean {
    const call = this.take();
    call?.fail(code);
    return call !== undefined;
  }

  /** Removes and returns the command that waits; the caller must end it. */
  take(): Call | undefined {
    const call = this.#call;
    this.#call = undefined;
    return call;
  }
}
