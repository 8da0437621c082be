/** How long the chat waits, in milliseconds, where the command or the request does not say. */
export const enum Timeout {
  /** How long a final may come after its result (dialects.md 3.1). */
  Grace = 1000,
  /**
   * How long a final may take for a payload that the modem has not asked for: as long as that of any command that the modem does by
   * itself (dialects.md 9; S1 gives 300 ms), and for each byte of the payload, at 2000 bit/s.
   */
  Blind = 2000,
  BlindByte = 5,
  /** How long a probe's answer may take. */
  Probe = 2000,
  /** How long it may take after a final that may have refused it, while it is not known which probe this modem answers. */
  ProbeRefused = 500,
  /** Nothing for so long is silence: a USB adapter may hold bytes back for 16 (dialects.md 6.1, step 2). */
  Silence = 130,
  /** After that the host has so much longer to look at its port: its timer may have come first. */
  Listening = 20,
  /**
   * So many times in a row an answer is waited for {@link Grace} longer because the modem prints a message. That is longer than the
   * longest message takes at 9600 bit/s, whose topic and payload have 65,535 bytes each.
   */
  Extensions = 150,
}
