/**
 * How far what comes is believed to be the modem's own, and not a part of a message: of one whose topic has a line's end in it,
 * whose header did not fit into the ring, or whose length is wrong. That lasts until nothing has come for a while, for a modem
 * prints a message in one piece.
 */
export const enum Trust {
  /** Every line is the modem's own. */
  Certain,
  /**
   * A message has come that may go on in the next line: its topic is subscribed only through a wildcard, or it has no length. Lines
   * are believed, but what looks like the result of a publish is held until the modem has been asked.
   */
  AfterWildcard,
  /**
   * The length of a message was wrong whose topic is subscribed by its name. Its header is the modem's, and firmware that counts
   * wrongly does so with every message, and is to be of use all the same: finals and results that are awaited are believed.
   */
  Miscounted,
  /** The same, and results are held. */
  MiscountedAfterWildcard,
  /** Neither finals nor results are believed, nor is a loss of the connection. */
  Doubtful,
}

/** A message may go on in the next line. */
export function afterWildcard(trust: Trust): Trust {
  return trust === Trust.Certain ? Trust.AfterWildcard : trust === Trust.Miscounted ? Trust.MiscountedAfterWildcard : trust;
}

/** A message's length was wrong. @param byName its topic is subscribed by its name */
export function afterWrongLength(trust: Trust, byName: boolean): Trust {
  if (!byName || trust === Trust.Doubtful) return Trust.Doubtful;
  return trust === Trust.Certain ? Trust.Miscounted : trust === Trust.AfterWildcard ? Trust.MiscountedAfterWildcard : trust;
}
