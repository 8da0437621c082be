import type { ResponseKind } from "../commands/response-cache";
import type { Line } from "../responses/response-table";
import type { Subscribed } from "../framing/subscribed";

/** What the decoder finds. Each function may use the decoder's `fields`, or its message's, until it returns. */
export interface DecoderListener extends Subscribed {
  /** A line of the response table, its fields read. */
  onLine(line: Line): void;
  /** The same, where the line may be a part of the message before it: it is as good as lost. */
  onDoubtful(line: Line): void;
  /** Any other line, where it may be a part of the message before it. */
  onDoubtfulText(): void;
  /** Nothing has come for a while: what comes now is the modem's own again. */
  onCertain(): void;
  /** Any other line: its bytes stand in the ring from `start` to `end`. */
  onText(start: number, end: number): void;
  /** The `>` that was waited for. */
  onPrompt(): void;
  /** The line that was expected. */
  onAnswered(meaning: ResponseKind): void;
  /** All that was expected, at once; false where it is to be read line by line. */
  onAnsweredWhole(): boolean;
  /** A message begins: the decoder's `message` tells of it, and can be read. Its topic is among its fields. */
  onMessage(line: Line): void;
  /** The message goes on. */
  onFragment(): void;
  /** A line, or a message that nobody read, filled the whole ring and was dropped. */
  onOverflow(): void;
}
