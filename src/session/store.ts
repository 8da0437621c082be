/**
 * What keeps messages over a power cut. All of it is synchronous: what `put` has returned from is kept.
 *
 * A record that was cut short, or changed, is noticed when it is read (it has a checksum), so a store need not do more than
 * keep each apart: a write that is interrupted may lose the message that was being written, and no other.
 */
export interface Store {
  /** Calls `each` for every record, in any order. The bytes are the callee's. */
  load(each: (key: number, bytes: Uint8Array) => void): void;
  /** Keeps a record. Keys are integers from 1 on, each used once. @throws when it cannot */
  put(key: number, bytes: Uint8Array): void;
  /** Forgets a record; one that is not there does not matter. */
  remove(key: number): void;
}
