import { frozen } from "../bytes/frozen";
import type { MQTTModemError } from "../errors";
import type { Driver } from "../modem/driver";
import type { MQTTClientOptions } from "./options";

/** Tells the application what happens, until it has closed its client or has been told of the end. */
export abstract class Teller {
  // Private to the engine, because they lead to the password: who inspects a client does not come upon it.
  #driver!: Driver;
  #callbacks: Callbacks = NO_CALLBACKS;

  /** @hidden Each use is a call: where it is used often, once for all. */
  protected get driver(): Driver {
    return this.#driver;
  }

  /** @hidden */
  protected set driver(driver: Driver) {
    this.#driver = driver;
  }

  /** @hidden The application's; none while it makes its client, and `CLOSED` in their place once that is closed. */
  protected get callbacks(): Callbacks {
    return this.#callbacks;
  }

  /** @hidden */
  protected set callbacks(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  /**
   * Ends everything at once and without a DISCONNECT, so that the broker publishes the will; no callback comes
   * afterwards. The modem is still told to close its connection. After a DISCONNECT has been written, what was written
   * until then is still sent. A second call does nothing.
   */
  close(): void {
    if (this.isClosed) return;
    this.#callbacks = CLOSED;
    this.#driver.shut();
  }

  /** @hidden */
  protected get isClosed(): boolean {
    return this.#callbacks === CLOSED;
  }

  /** @hidden Calls the application, which may throw. Only `onReadable` is called without this: see the reader. */
  protected tell(callback: ((...values: any[]) => void) | undefined, value?: unknown, other?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this, value, other);
    } catch (thrown) {
      this.#driver.channel.threw(thrown);
    }
  }

  /** @internal Called by the driver, as all that begin with `onModem`. */
  onModemOverflow(): void {
    this.tell(this.#callbacks.onOverflow);
  }

  /** @internal */
  onModemDown(error: MQTTModemError | null): void {
    if (error === null) this.tell(this.#callbacks.onClose);
    else this.tell(this.#callbacks.onError, error);
    this.close();
  }
}

/** The application's functions. */
export type Callbacks = Pick<MQTTClientOptions, `on${string}` & keyof MQTTClientOptions>;
const NO_CALLBACKS: Callbacks = frozen({});
/** In place of the callbacks of a client that is closed: nothing is told any more. */
const CLOSED: Callbacks = frozen({});
