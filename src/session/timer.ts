/** A session's timers. Where several times have come, they are dealt with in this order. */
export const enum Timer {
  /** Something is to be told on an empty stack. */
  Notify,
  /** The client has not taken what it should have had room for. */
  WriteAgain,
  /** The connection is there still, although the modem has refused a message. */
  ConfirmRefusal,
  /** The connection has lasted. */
  Lasting,
  /** The present attempt has taken too long. */
  Attempt,
  /** The next attempt. */
  Retry,
  Count,
}
