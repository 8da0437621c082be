/** What the decoder is in the middle of. */
export const enum DecoderState {
  /** Between lines. */
  Start,
  /** In a message. */
  Message,
  /** The application has bytes to read before the decoder may go on. */
  Held,
  /** In the name of a line, at a node of the response table. */
  Name,
  /** After a name that only the end of the line may follow. */
  End,
  /** After the colon. */
  Fields,
  /** In a line that the response table does not have. */
  Text,
  /** In a line that outgrew the ring: dropped up to its end. */
  Discard,
  /** The modem may be repeating the payload that it was sent. */
  Echo,
}
