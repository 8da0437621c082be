/**
 * What keeps messages over a power cut. All of it is synchronous: what `put` has returned from is kept.
 *
 * A record that was cut short, or changed, is noticed when it is read (it has a checksum), so a store need not do more than
 * keep each apart: a write that is interrupted may lose the message that was being written, and no other.
 */
export interface Store {
  /**
   * Calls `each` for every record, in any order. The bytes are the callee's. Calls `left` for a key under which something stands
   * that is no record or cannot be read. It stays there, and its key is not used again; the application is told why.
   */
  load(each: (key: number, bytes: Uint8Array) => void, left: (key: number, why: string) => void): void;
  /** Keeps a record. Keys are integers from 1 on, each used once. @throws when it cannot */
  put(key: number, bytes: Uint8Array): void;
  /** Forgets a record; one that is not there does not matter. */
  remove(key: number): void;
  /** The session has ended, or was never begun: the store may be given to another one. */
  close?(): void;
}
