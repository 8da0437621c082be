import { frozen } from "./bytes/frozen";

/** In place of an exception, where nothing has been thrown. */
const NOTHING = frozen({});

/**
 * Carries what an application's callback has thrown to the host. What the core is doing is brought to its end first, so that
 * nothing is left between two states. Of several exceptions the host gets the first.
 */
export class Thrown {
  private exception: unknown = NOTHING;
  hasKept = false;

  keep(exception: unknown): void {
    if (this.hasKept) return;
    this.exception = exception;
    this.hasKept = true;
  }

  /** Called last, when the host is about to get control back. @throws what has been kept, if anything has */
  rethrow(): void {
    if (!this.hasKept) return;
    const exception = this.exception;
    this.exception = NOTHING;
    this.hasKept = false;
    throw exception;
  }
}
