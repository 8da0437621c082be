import type { Text } from "../../bytes/text";
import type { Command, Sendable, TopicItem } from "../commands/command";
import type { Fields } from "../responses/fields";
import type { Line } from "../responses/response-table";

/** Where a request is. */
export const enum RequestState {
  /** Taken, its payload not complete yet. */
  Filling,
  /** Waiting for the chat. */
  Queued,
  /** Over: its end is being reported, or it is free. */
  Ended,
  /** To be ended with others. */
  Aborted,
  // From here on the request has a deadline.
  /** On the wire: its final result code is to come. */
  Active,
  /** Its final has come, its result line has not. */
  Awaiting,
  /** Its line did not fit into the transmit buffer. */
  TooLong,
}

/** How a request ended. */
export const enum Outcome {
  Done,
  /** `ERROR`, `+CME ERROR` or `+CMS ERROR`; the code is the modem's number, or −1. */
  Refused,
  /** The result line told of a failure; the code is the line's. */
  Failed,
  /** Nothing came in time. */
  TimedOut,
  /** The modem restarted, or the link went, before it ended. */
  Aborted,
  /** The line did not fit into the transmit buffer: nothing was sent. */
  TooLong,
  /** The request had timed out, and its acknowledgement may still come and be taken for that of the next one. */
  Unsettled,
}

/** In place of a result line's code. */
export const enum ResultCode {
  /** There has been no result line yet. */
  Pending = 0x7ffe,
  /** The line has none: the final tells how it went. */
  Unspecified = 0x7fff,
}

/** In place of an error's number. */
export const enum Refusal {
  /** The modem has asked for data that the command has not. */
  Prompt = -2,
}

/** Which answer of a request that has timed out is missing. It stands in the outcome's code. */
export const enum Missing {
  Final,
  /** The final has come: the modem has taken the command, and works on it or waits for the broker. */
  Result,
}

/** What may have become of an answer that has not come. */
export const enum Skipped {
  Nothing,
  /** A message has come whose end is a guess, or that did not fit: the answer may be among its bytes. */
  Perhaps,
  /** A line that may be the answer was not believed. */
  Line,
}

/** In place of a payload's offset. */
export const enum Offset {
  /** There is no payload, or it is needed no more. */
  None = -1,
}

/** In place of the number of one of the modem's MQTT connections. */
export const enum LinkNumber {
  /** The modem's own, of no connection. */
  Modem = -1,
  /** Those of all, and the modem's own. */
  All = -2,
}

/** In place of the id that a line carries, where a request is looked for. */
export const enum WireId {
  /** Whatever the id is. No field of a line has this value: what is no number is −1, and an id may be written with a minus. */
  Any = -0x40000000,
}

/** In {@link Request.granted}; 3 is no QoS. */
const REFUSED = 3;

/** Whose requests these are. */
export interface RequestListener {
  /** Which of the modem's MQTT connections it is, 0 or more, or `LinkNumber.Modem`. */
  readonly number: number;
  /** How many more of its publishes may be under way. */
  window: number;
  /** A request whose id the modem chooses is sent now. */
  onSending(request: Request): void;
  /** A line of its answer that the response table has. */
  onAnswer(request: Request, line: Line, fields: Fields): void;
  /** Another line of its answer, where the command takes such lines. It is in the ring from `start` to `end`. */
  onText(request: Request, start: number, end: number): void;
  /** The request has ended; it is used again once this returns, unless it stays in the list until its late answer can no longer come. */
  onDone(request: Request, outcome: Outcome, code: number): void;
}

/**
 * One command on its way: it is queued, it is sent, its final comes, its result comes. The chat makes a few of these and uses them
 * again and again.
 */
export class Request implements Sendable {
  // What each publish needs often comes first: XS looks for a property from the first one on.
  state: RequestState = RequestState.Ended;
  command: Command | null = null;
  /** The payload's place among those that wait, or `Offset.None`, and its bytes. */
  offset: number = Offset.None;
  length = 0;
  /** The result line's code, where 0 is good, or a {@link ResultCode}. */
  result: number = ResultCode.Pending;
  QoS = 0;
  /** The id that the result line will carry, which is 0 for QoS 0 in some families. */
  wireId = 0;
  /** Whose settings the command's arguments are; null for the modem's own. */
  listener: RequestListener | null = null;
  /** The request that was taken after this one. */
  next: Request | null = null;
  /** The end has been reported already: the request is only brought to its end on the wire. */
  reported = false;
  /** The request is a publish for which its link's `window` is one less. */
  inWindow = false;
  /** The client's packet id, 1–65535; 0 for what the link does by itself. */
  id = 0;
  /** What the request is for, by its link's numbers. */
  kind = 0;
  /** Publish: the topic. */
  topic: Text | null = null;
  retain = 0;
  /** Milliseconds that the result may take after the final. */
  resultTimeout = 0;
  /** The moment on the clock at which the present wait ends. */
  deadline = 0;
  /** Subscribe and unsubscribe: the topics. */
  items: readonly TopicItem[] | null = null;
  /** A message has come before the result, and no pause since: what looks like the result may be a part of that message. */
  mayBeForged = false;
  /** A result that has come so, or `ResultCode.Pending`. */
  unconfirmed: number = ResultCode.Pending;
  /** What may have become of the answer. */
  answerSkipped: Skipped = Skipped.Nothing;
  /** How often the command has been sent anew for that reason. */
  retries = 0;
  /** What the broker granted, three bits a topic; see {@link grant}. Publish at QoS 2: 1 once PUBREC has been reported. */
  granted = 0;

  /** The number of the MQTT connection that the request belongs to, or `LinkNumber.Modem`. */
  get link(): number {
    return this.listener === null ? LinkNumber.Modem : this.listener.number;
  }

  /** Milliseconds until the final at the most. */
  get finalTimeout(): number {
    const final = this.command!.final;
    return final > 0 ? final : this.resultTimeout;
  }

  /** Keeps a SUBACK value, 0–2 or 128, for topic `index`. */
  grant(index: number, value: number): void {
    this.granted |= (value >= 0 && value <= 2 ? value : REFUSED) << (index * 3);
  }

  /** Whether the broker has refused any of the topics. */
  get isRefused(): boolean {
    for (let i = 0; i < this.items!.length; i++) if (this.grantOf(i) > 2) return true;
    return false;
  }

  /** The SUBACK value for topic `index`: 0–2, or 128 for a refusal. */
  grantOf(index: number): number {
    const value = (this.granted >> (index * 3)) & 7;
    return value === REFUSED ? 128 : value;
  }
}
