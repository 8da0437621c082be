/** What the decoder is in the middle of. In the states up to `Prompt`, no line has begun that has not ended. */
export const enum DecoderState {
  /** Between lines. */
  Start,
  /** Behind a final, whose line's end shows how this modem ends its lines. */
  LineEnd,
  /** The modem may be repeating the payload that it was sent. */
  Echo,
  /** Behind a `>` that nobody waits for, or that is not believed. Its line has an end only where it is no prompt. */
  Prompt,
  /** Behind a message that a pause has ended in the middle of its line: the rest of the line may still come. */
  Unended,
  /** In a message. */
  Message,
  /** The application has bytes to read before the decoder may go on. */
  Held,
  /** In a line that may be the response table's. */
  Line,
  /** In a line that the response table does not have. */
  Text,
  /** In a line that outgrew the ring, or that is not wanted: dropped up to its end. */
  Discard,
}
