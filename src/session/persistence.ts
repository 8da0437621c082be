import { MQTTModemError, StateError, wordsOf } from "../errors";
import { decode, encode, isLater, type StoredMessage } from "./record";
import type { Store } from "./store";
import type { Notifier } from "./notifier";

/** Writes messages to the store and reads them back. */
export class Persistence {
  readonly #store: Store;
  readonly #notifier: Notifier;
  /** The highest key that was used. */
  #lastKey = 0;
  /** How many damaged records were removed since the last {@link report}. */
  #damaged = 0;
  /** For each record that stays in the store unread, the reason, until {@link report}. */
  #skipped: string[] = [];

  constructor(store: Store, notifier: Notifier) {
    this.#store = store;
    this.#notifier = notifier;
  }

  /**
   * Calls `each` for every stored message, the oldest first. Damaged records are removed. Records of a later version stay in the store.
   * @returns whether there is something to {@link report}
   * @throws StateError STORE_FAILED; what `each` throws
   */
  load(each: (message: StoredMessage, key: number, count: number) => void): boolean {
    const found: { key: number; bytes: Uint8Array }[] = [];
    try {
      this.#store.load(
        (key, bytes) => {
          if (isLater(bytes)) this.skip(key, `record ${key} was written by a later version of this package`);
          else found.push({ key, bytes });
        },
        (key, why) => this.skip(key, why),
      );
    } catch (error) {
      throw error instanceof MQTTModemError ? error : new StateError("STORE_FAILED", `the store could not be read: ${wordsOf(error)}`, undefined, error);
    }
    found.sort((one, other) => one.key - other.key);
    for (const { key, bytes } of found) {
      if (key > this.#lastKey) this.#lastKey = key;
      const message = decode(bytes);
      if (message !== null) each(message, key, found.length);
      else {
        this.#damaged++;
        this.#store.remove(key);
      }
    }
    return this.#damaged > 0 || this.#skipped.length > 0;
  }

  /** Leaves a record in the store; its key is not used again. */
  private skip(key: number, why: string): void {
    if (key > this.#lastKey) this.#lastKey = key;
    this.#skipped.push(why);
  }

  /** Closes the store, if it can be closed. */
  close(): void {
    try {
      this.#store.close?.();
    } catch (error) {
      this.#notifier.error(new StateError("STORE_FAILED", `the store could not be closed: ${wordsOf(error)}`, undefined, error));
    }
  }

  /** Stores a message. @returns its key @throws StateError STORE_FAILED */
  put(message: StoredMessage): number {
    try {
      this.#store.put(++this.#lastKey, encode(message));
    } catch (error) {
      throw new StateError("STORE_FAILED", `the message could not be stored, and is not sent: ${wordsOf(error)}`, undefined, error);
    }
    return this.#lastKey;
  }

  remove(key: number): void {
    try {
      this.#store.remove(key);
    } catch (error) {
      this.#notifier.error(
        new StateError(
          "STORE_FAILED",
          `a message that is over could not be removed from the store, and may be sent again: ${wordsOf(error)}`,
          undefined,
          error,
        ),
      );
    }
  }

  /** Reports, once, the records that stay in the store and how many damaged ones were removed. */
  report(): void {
    const left = this.#skipped;
    this.#skipped = [];
    for (let i = 0; i < left.length; i++)
      this.#notifier.error(new StateError("STORE_FAILED", `something in the store is no message that can be sent, and stays there: ${left[i]}`));
    if (this.#damaged === 0) return;
    const error = new StateError("STORE_FAILED", `${this.#damaged} of the stored messages ${this.#damaged === 1 ? "was" : "were"} not whole, and left out`);
    this.#damaged = 0;
    this.#notifier.error(error);
  }
}
