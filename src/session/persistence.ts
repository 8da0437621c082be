import { MQTTModemError, StateError, wordsOf } from "../errors";
import { decode, encode, isLater, type Kept } from "./record";
import type { Store } from "./store";
import type { Notifier } from "./notifier";

/** The messages that are in the store. */
export class Persistence {
  readonly #store: Store;
  readonly #teller: Notifier;
  /** The last one that was used. */
  #key = 0;
  /** Records that were not whole, until the application has been told of them. */
  #damaged = 0;
  /** Why something was left in the store that is no message to this session, until the application has been told. */
  #left: string[] = [];

  constructor(store: Store, teller: Notifier) {
    this.#store = store;
    this.#teller = teller;
  }

  /**
   * Calls `each` for every message, the oldest first. What is not whole is removed; what is no message of this version stays. @throws StateError
   * @returns whether there is something to {@link tell}
   */
  load(each: (message: Kept, key: number, count: number) => void): boolean {
    const found: { key: number; bytes: Uint8Array }[] = [];
    try {
      this.#store.load(
        (key, bytes) => {
          if (isLater(bytes)) this.leave(key, `record ${key} was written by a later version of this package`);
          else found.push({ key, bytes });
        },
        (key, why) => this.leave(key, why));
    } catch (error) {
      throw error instanceof MQTTModemError ? error : new StateError("STORE_FAILED", `the store could not be read: ${wordsOf(error)}`, undefined, error);
    }
    found.sort((one, other) => one.key - other.key);
    for (const { key, bytes } of found) {
      if (key > this.#key) this.#key = key;
      const message = decode(bytes);
      if (message !== null) each(message, key, found.length);
      else {
        this.#damaged++;
        this.#store.remove(key);
      }
    }
    return this.#damaged > 0 || this.#left.length > 0;
  }

  /** Its key is not used again. */
  private leave(key: number, why: string): void {
    if (key > this.#key) this.#key = key;
    this.#left.push(why);
  }

  /** The session has no use for the store any more. */
  close(): void {
    try {
      this.#store.close?.();
    } catch (error) {
      this.#teller.error(new StateError("STORE_FAILED", `the store could not be closed: ${wordsOf(error)}`, undefined, error));
    }
  }

  /** @returns its key @throws StateError STORE_FAILED */
  put(message: Kept): number {
    try {
      this.#store.put(++this.#key, encode(message));
    } catch (error) {
      throw new StateError("STORE_FAILED", `the message could not be stored, and is not sent: ${wordsOf(error)}`, undefined, error);
    }
    return this.#key;
  }

  remove(key: number): void {
    try {
      this.#store.remove(key);
    } catch (error) {
      this.#teller.error(new StateError("STORE_FAILED", `a message that is over could not be removed from the store, and may be sent again: ${wordsOf(error)}`, undefined, error));
    }
  }

  /** Tells of what was not whole, and of what was left in the store, once. */
  tell(): void {
    const left = this.#left;
    this.#left = [];
    for (let i = 0; i < left.length; i++)
      this.#teller.error(new StateError("STORE_FAILED", `something in the store is no message that can be sent, and stays there: ${left[i]}`));
    if (this.#damaged === 0) return;
    const error = new StateError("STORE_FAILED", `${this.#damaged} of the stored messages ${this.#damaged === 1 ? "was" : "were"} not whole, and left out`);
    this.#damaged = 0;
    this.#teller.error(error);
  }
}
