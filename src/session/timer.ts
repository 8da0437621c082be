/** A session's timers. When several are due, they are handled in this order. */
export const enum Timer {
  /** Reports to the application what was found inside one of its own calls; due at once. */
  Notify,
  /** Tries a write again that the client refused although it had reported room. */
  WriteAgain,
  /** Ends messages that the modem refused: the connection was not lost since. */
  ConfirmRefusal,
  /** The connection has lasted for `retry.lasting`. */
  Lasting,
  /** The present attempt has taken `retry.timeout`. */
  Attempt,
  /** The pause before the next attempt has ended. */
  Retry,
  Count,
}
