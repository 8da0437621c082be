import type { ResponseKind } from "../commands/response-cache";
import type { Subscribed } from "../framing/subscribed";
import type { Line } from "../responses/response-table";

/** The decoder calls it for everything that it finds. The decoder's `fields`, or its message's, belong to the line until the function returns. */
export interface DecoderListener extends Subscribed {
  /** A line of the response table has come; its fields have been read. */
  onResponse(line: Line): void;
  /** The same, but the line may be a part of the message before it. */
  onDoubtfulResponse(line: Line): void;
  /** Another line has come. It is in the ring from `start` to `end`. */
  onText(start: number, end: number): void;
  /** The same, but the line may be a part of the message before it. */
  onDoubtfulText(): void;
  /** Nothing has come for a while: what comes now is the modem's own again. */
  onCertain(): void;
  /** The `>` that was expected has come. */
  onPrompt(): void;
  /** The next line of the expected answer has come, byte by byte the same. */
  onExpected(kind: ResponseKind): void;
  /** All lines of the expected answer that were still to come have come at once. False where they are to be read one by one. */
  onAllExpected(): boolean;
  /** A step is done of a message that does not begin as the last one did: the line is a message, or its end has been found. Each next step may take long. */
  onHeader(): void;
  /** A message begins: the decoder's `message` describes it, and can be read. Its topic is among its fields, unless it begins as the last one did: see `Message.addTopic`. */
  onMessage(line: Line): void;
  /** The message goes on. */
  onFragment(): void;
  /** A line, or a message that nobody has read, has filled the whole ring and was dropped; or the header of a message has broken off. */
  onOverflow(): void;
}
