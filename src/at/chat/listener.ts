/**
 * Whom the chat works for, what it is told of him and of his modem, and what it tells him.
 */
import type { Bytes, Port, PortReceiver } from "../../platform";
import type { Timers } from "../../timers";
import type { Request, Outcome } from "../requests/request";
import type { Fields } from "../responses/fields";
import type { ResponseTable, Line } from "../responses/response-table";
import type { Match } from "../framing/subscribed";

/** The driver, as the chat knows it. All of it is called with the chat ready for the next call. */
export interface ChatListener {
  /** @throws what the port's class throws */
  openPort(receiver: PortReceiver): Port;
  /** A line that `request` asked for. */
  onAnswer(request: Request, line: Line, fields: Fields): void;
  /** A line of the response table that nobody asked for. */
  onUrc(line: Line, fields: Fields): void;
  /** A line without a known beginning, while `request` takes such lines. It is in the ring from `start` to `end`. */
  onText(request: Request, start: number, end: number): void;
  /** What may have been a message's has not been believed: how the connection is, is to be asked. @param lines one of them may have told of a restart */
  onDoubt(lines: boolean): void;
  /** A message begins: the chat's `decoder.message` tells of it; its topic is among the fields. */
  onMessage(line: Line, fields: Fields): void;
  /** The message goes on. */
  onFragment(): void;
  /** Whether a topic is subscribed by whom `fields`, which end before it, are about. It is in the ring from `start` to `end`. */
  isSubscribed(fields: Fields, start: number, end: number): Match;
  /** The request has ended; it is used again once this returns, unless it keeps its place: see finisher.ts. */
  onDone(request: Request, outcome: Outcome, code: number): void;
  /** Bytes were lost: a line longer than the ring, or a message that was not read in time. */
  onOverflow(): void;
  /** The modem and the chat agree again which answer belongs to which command; `cmee` is its CMEE setting, or −1 where it has not been told. */
  onResynced(cmee: number): void;
  /**
   * The modem gives no answer at all.
   * @param swallowing it may be taking what it is sent for a payload
   * @param speaking it answers, but to nothing in a way that no other answer looks like
   */
  onSilent(swallowing: boolean, speaking: boolean): void;
  /** A `+CME ERROR` that ends no command. */
  onUnsolicitedError(code: number): void;
  onPortError(error: unknown): void;
}

/** What differs from modem to modem. */
export interface ChatFamily {
  readonly responses: ResponseTable;
  /** The byte that leaves a data phase without sending, or 0 where the modem has none. */
  readonly cancel: number;
  /** It does not tell which acknowledgement is whose: one request of a kind at a time on each connection. */
  readonly oneOfAKind?: boolean;
  /** `+CME ERROR` codes that end no command. */
  readonly unsolicitedErrors?: readonly number[];
}

/** What the chat is made of. */
export interface ChatOptions {
  /** Its owner starts and stops them, and tells the chat of those of its own: see {@link Slot}. */
  timers: Timers;
  bytes: Bytes;
  family: ChatFamily;
  /** Bytes of the ring. */
  receiveBuffer: number;
  /** Bytes at the most of a command line, and of the payloads that wait. */
  commandBuffer: number;
  payloadBuffer: number;
}
