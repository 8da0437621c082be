/**
 * Keeps messages over a power cut. All functions are synchronous: when `put` has returned, the message is kept.
 *
 * Each record has a checksum, so the session notices a record that was cut short or changed. A store only has to keep the records
 * apart: an interrupted write may lose the message that was being written, and no other.
 */
export interface Store {
  /**
   * Calls `each` for every record, in any order; the bytes then belong to the callee. Calls `left` with a reason for a key whose record
   * cannot be read, or that holds something else. The store leaves it there, the session does not use the key again, and `onError`
   * reports the reason.
   */
  load(each: (key: number, bytes: Uint8Array) => void, left: (key: number, why: string) => void): void;
  /** Keeps a record. Keys are integers from 1 on; each is used once. @throws when the record cannot be kept */
  put(key: number, bytes: Uint8Array): void;
  /** Removes a record, if it is there. */
  remove(key: number): void;
  /** The session has ended, or could not start. Another session may use the store then. */
  close?(): void;
}
