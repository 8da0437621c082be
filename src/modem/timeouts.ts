/** How long a modem and its drivers wait, in milliseconds, where neither the application nor the family says. */
export const enum Timeout {
  /** The clock wraps at twice this. */
  Longest = 0x3fffffff,
  /** Until the modem is asked again whether it is there. */
  Probe = 500,
  /** For its answer at the factory's bit rate. */
  OtherRate = 5000,
  /** Until it is asked again whether it is attached. */
  Attach = 2000,
  /** A modem that has taken the command to restart may answer for a while as if it had not. */
  Restart = 5000,
  /** How long closing the connection may take, when the client is to go. */
  Close = 5000,
  /** The same, where the application has gone after it had written DISCONNECT: what is under way may still go out. */
  Disconnect = 10_000,
  /** From one look at the connection to the next, where there is no keep-alive time. */
  Poll = 120_000,
  /** For one attempt of the modem's to have its connection back: its pause before it, 16 s at the most, and an opening that takes its time (dialects.md 3.6). */
  Reconnect = 180_000,
  /** From a write that has failed to a look at the connection. */
  Hurry = 5000,
}
