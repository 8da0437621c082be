import { frozen } from "./bytes/frozen";

/** In place of an exception, where nothing has been thrown. */
const NOTHING = frozen({});

/**
 * Carries what an application's callback has thrown to the host. What the core is doing is brought to its end first, so that
 * nothing is left between two states. Of several exceptions the host gets the first.
 */
export class Thrown {
  private exception: unknown = NOTHING;

  keep(exception: unknown): void {
    if (this.exception === NOTHING) this.exception = exception;
  }

  /** Called last, when the host is about to get control back. @throws what has been kept, if anything has */
  rethrow(): void {
    const exception = this.exception;
    if (exception === NOTHING) return;
    this.exception = NOTHING;
    throw exception;
  }
}
