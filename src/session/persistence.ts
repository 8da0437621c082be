import { StateError } from "../errors";
import { decode, encode, type Kept } from "./record";
import type { Store } from "./store";
import type { Teller } from "./teller";

/** The messages that are in the store. */
export class Persistence {
  readonly #store: Store;
  readonly #teller: Teller;
  /** The last one that was used. */
  #key = 0;
  /** Records that were not whole, until the application has been told of them. */
  #damaged = 0;

  constructor(store: Store, teller: Teller) {
    this.#store = store;
    this.#teller = teller;
  }

  /**
   * Calls `each` for every message, the oldest first; what is not whole is removed. @throws what the store throws
   * @returns whether there is something to {@link tell}
   */
  load(each: (message: Kept, key: number, count: number) => void): boolean {
    const found: { key: number; bytes: Uint8Array }[] = [];
    this.#store.load((key, bytes) => void found.push({ key, bytes }));
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
    return this.#damaged > 0;
  }

  /** @returns its key @throws StateError STORE_FAILED */
  put(message: Kept): number {
    try {
      this.#store.put(++this.#key, encode(message));
    } catch (error) {
      throw new StateError("STORE_FAILED", `the message could not be stored, and is not sent: ${String(error)}`, undefined, error);
    }
    return this.#key;
  }

  remove(key: number): void {
    try {
      this.#store.remove(key);
    } catch (error) {
      this.#teller.error(new StateError("STORE_FAILED", `a message that is over could not be removed from the store, and may be sent again: ${String(error)}`, undefined, error));
    }
  }

  /** Tells of what was not whole, once. */
  tell(): void {
    if (this.#damaged === 0) return;
    const error = new StateError("STORE_FAILED", `${this.#damaged} of the stored messages ${this.#damaged === 1 ? "was" : "were"} not whole, and left out`);
    this.#damaged = 0;
    this.#teller.error(error);
  }
}
