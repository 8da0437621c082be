/**
 * Whom the channel works for, what it is told of him and of his modem, and what it tells him.
 */
import type { Bytes, Clock, Port, PortReceiver } from "../../platform";
import type { Operation, Outcome } from "../commands/operation";
import type { Fields } from "../lines/fields";
import type { Lexicon, Line } from "../lines/lexicon";
import type { Match } from "../messages/header";

/** The driver, as the channel knows it. All of it is called with the channel ready for the next call. */
export interface ChannelOwner {
  /** @throws what the port's class throws */
  openPort(receiver: PortReceiver): Port;
  /** A line that `operation` asked for. */
  onAnswer(operation: Operation, line: Line, fields: Fields): void;
  /** A line of the lexicon that nobody asked for. */
  onUrc(line: Line, fields: Fields): void;
  /** A line without a known beginning, while `operation` takes such lines. It is in the ring from `start` to `end`. */
  onText(operation: Operation, start: number, end: number): void;
  /** What may have been a message's has not been believed: how the connection is, is to be asked. @param lines one of them may have told of a restart */
  onDoubt(lines: boolean): void;
  /** A message begins: the channel's `scanner.message` tells of it; its topic is among the fields. */
  onMessage(line: Line, fields: Fields): void;
  /** The message goes on. */
  onFragment(): void;
  /** Whether a topic is subscribed by whom `fields`, which end before it, are about. It is in the ring from `start` to `end`. */
  isSubscribed(fields: Fields, start: number, end: number): Match;
  /** The operation has ended; it is used again once this returns, unless it keeps its place: see finisher.ts. */
  onDone(operation: Operation, outcome: Outcome, code: number): void;
  /** Bytes were lost: a line longer than the ring, or a message that was not read in time. */
  onOverflow(): void;
  /** The modem and the channel agree again which answer belongs to which command; `cmee` is its CMEE setting, or −1 where it has not been told. */
  onSynchronised(cmee: number): void;
  /**
   * The modem gives no answer at all.
   * @param swallowing it may be taking what it is sent for a payload
   * @param speaking it answers, but to nothing in a way that no other answer looks like
   */
  onSilent(swallowing: boolean, speaking: boolean): void;
  /** What the channel's `wake` asked for. */
  onWake(waker: number): void;
  /** A `+CME ERROR` that ends no command. */
  onUnsolicitedError(code: number): void;
  onPortError(error: unknown): void;
}

/** What differs from modem to modem. */
export interface ChannelDialect {
  readonly lexicon: Lexicon;
  /** The byte that leaves a data phase without sending, or 0 where the modem has none. */
  readonly cancel: number;
  /** It does not tell which acknowledgement is whose: one operation of a kind at a time on each connection. */
  readonly oneOfAKind?: boolean;
  /** `+CME ERROR` codes that end no command. */
  readonly unsolicitedErrors?: readonly number[];
}

/** What the channel is made of. */
export interface ChannelOptions {
  clock: Clock;
  bytes: Bytes;
  dialect: ChannelDialect;
  /** Bytes of the ring. */
  receiveBuffer: number;
  /** Bytes at the most of a command line, and of the payloads that wait. */
  commandBuffer: number;
  payloadBuffer: number;
  /** How many can be woken. */
  wakers: number;
}
