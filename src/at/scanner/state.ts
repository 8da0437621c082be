/** What the scanner is in the middle of. */
export const enum State {
  /** Between lines. */
  Start,
  /** In a message. */
  Message,
  /** The application has bytes to read before the scanner may go on. */
  Held,
  /** In the name of a line, at a node of the lexicon. */
  Name,
  /** After a name that only the end of the line may follow. */
  End,
  /** After the colon. */
  Fields,
  /** In a line that the lexicon does not have. */
  Text,
  /** In a line that outgrew the ring: dropped up to its end. */
  Discard,
  /** The modem may be repeating the payload that it was sent. */
  Echo,
}
