/** Which part of a message with a length comes next. */
export const enum HeaderState {
  /** Before the topic. */
  Topic,
  /** In the quotes of the topic. */
  Quoted,
  /** In a topic without quotes, or in what may be the length behind it. */
  Length,
  /** A length was found, and whether the message really ends there is to be seen. */
  Frame,
  /** The ring cannot hold the whole payload: it is handed on as it comes. */
  Stream,
}

/** Of the length that a message tells. */
export const enum Length {
  /** A length above this is text that looks like one (dialects.md 6.1, step 9). */
  LONGEST = 65536,
  /** Bytes that may stand in the length's place without being something else: blanks, and five digits. */
  DIGITS = 24,
}

/**
 * What is known of the line of a message that tells its length. Commas divide it into segments. A topic may have quotes and commas
 * in it, so several segments may look like the length; each of them is a candidate.
 */
export class LengthHeader {
  state: HeaderState = HeaderState.Topic;
  /** Where the present segment begins, and where the one behind the first comma; while no comma has come, the latter is the topic. */
  segment = 0;
  firstSegment = 0;
  /** Digits of the segment so far, or −1 when it is no number. */
  digits = 0;
  /** The number that the segment is: the present length candidate. */
  value = 0;
  /** The topic has quotes around it. */
  quoted = false;
  /** How many length candidates there have been. */
  candidates = 0;
  /** Where the topic begins, with the blank before a topic without quotes, which is the topic's own or the firmware's. */
  lead = 0;
  /** Whether a blank stands before the segment: firmware that prints blanks after commas prints them everywhere. */
  spaced = false;
  /** The first candidate, or the first whose topic is subscribed: where its payload and its topic's end would be. */
  firstSpaced = false;
  firstPayload = 0;
  firstTopicEnd = 0;
  /** `HeaderState.Stream`: bytes of the payload that are still to come. */
  left = 0;

  /** Silence has followed: what has not come does not come. */
  deciding = false;
  /** This modem has put a line's end behind a message. Firmware before guide revision 1.1 puts none. */
  endsLines = false;

  /** Results of `fitOf` for a reading: where its payload begins, where the next line begins, and how many bytes of a line's end its length counts. */
  fitPayload = 0;
  fitNext = 0;
  fitCounted = 0;
  /** The reading that `nextReading` has found. */
  otherTopicEnd = 0;
  otherPayload = 0;
  otherLength = 0;
}
