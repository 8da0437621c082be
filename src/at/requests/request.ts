import type { Text } from "../../bytes/text";
import type { Command, Sendable, TopicItem } from "../commands/command";

/** Where an request is. */
export const enum RequestState {
  Free,
  /** Taken, its payload not complete yet. */
  Filling,
  /** Waiting for the chat. */
  Queued,
  /** Over, and its owner is being told. */
  Ended,
  /** Being ended with all others. */
  Aborted,
  // From here on its deadline counts.
  /** On the chat, its final result code owed. */
  Active,
  /** Its final is in, its result line owed. */
  Awaiting,
  /** Its line did not fit into the transmit buffer. */
  TooLong,
}

/** How an request ended. */
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
  /** Of one that had timed out: its acknowledgement may still come, and be taken for that of the next one. */
  Unsettled,
}

/** In place of a result line's code. */
export const enum ResultCode {
  /** There has been no result line yet. */
  Pending = 0x7ffe,
  /** The line has none: the final tells how it went. */
  Unspecified = 0x7fff,
}

/** Of an request that has timed out: which answer is missing. It stands in the outcome's code. */
export const enum Missing {
  Final,
  /** The final has come: the modem has taken the command, and works on it or waits for the broker. */
  Result,
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

/** In place of the id that a line carries, where an request is looked for. */
export const enum WireId {
  /** Whatever its id is. No field of a line can say that: what is no number is −1, and an id may be written with a minus. */
  Any = -0x40000000,
}

/** In {@link Request.granted}; 3 is no QoS. */
const REFUSED = 3;

/** Who has requests under way. */
export interface RequestListener {
  /** Which of the modem's MQTT connections it is, 0 or more. */
  readonly number: number;
  /** How many of its publishes are not over. */
  publishing: number;
  /** The request, whose id the modem chooses, is sent now. */
  onSending(request: Request): void;
}

/**
 * One command on its way: queued, sent, its final and its result awaited. The chat makes a few of them once and
 * uses them again and again.
 */
export class Request implements Sendable {
  state: RequestState = RequestState.Free;
  command: Command | null = null;
  /** Whose settings the command's arguments are; null for the modem's own. */
  listener: RequestListener | null = null;
  /** What its owner uses to tell its requests apart. */
  kind = 0;
  /** The client's packet id, 1–65535; 0 for what the driver does by itself. */
  id = 0;
  /** The id that the result line will carry, which is 0 for QoS 0 in some families. */
  wireId = 0;
  QoS = 0;
  retain = 0;
  /** Publish: the topic. */
  topic: Text | null = null;
  /** It counts among its owner's `publishing`. */
  inWindow = false;
  /** Subscribe and unsubscribe: the topics. */
  items: readonly TopicItem[] | null = null;
  /** The payload's place among those that wait, or `Offset.None`, and its bytes. */
  offset: number = Offset.None;
  length = 0;
  /** Milliseconds that its result may take after the final. */
  resultTimeout = 0;
  /** The one that was taken after it. */
  next: Request | null = null;
  /** When its present wait ends, on the clock. */
  deadline = 0;
  /** What the result line has told, or `ResultCode.Owed`; 0 is good, `ResultCode.Untold` is left to the final. */
  result: number = ResultCode.Pending;
  /** A message has come while its result was owed, without a pause since: what looks like the result may be that message's. */
  mayBeForged = false;
  /** A result that has come so, or `ResultCode.Owed`. */
  unconfirmed: number = ResultCode.Pending;
  /** A line that may be its answer was not believed. */
  answerSkipped = false;
  /** How often it has been sent anew for that. */
  retries = 0;
  /** Its owner has been told of its end already: it is only brought to an end on the wire. */
  reported = false;
  /** What the broker granted, three bits a topic; see {@link grant}. Publish at QoS 2: 1 once PUBREC has been told of. */
  granted = 0;

  /** Which of the modem's MQTT connections it belongs to, or `Link.Modem`. */
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

  /** Whether the broker has refused any of it. */
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
