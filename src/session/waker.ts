/** What a session is woken for. */
export const enum Waker {
  /** The next attempt. */
  Retry,
  /** The present attempt has taken too long. */
  Attempt,
  /** The connection has lasted. */
  Lasting,
  /** Something is to be told on an empty stack. */
  Tell,
  /** The client has not taken what it should have had room for. */
  Again,
  /** The connection is there still, although the modem has refused a message. */
  Doubt,
  Count,
}
