import type { Chat } from "../at/chat/chat";
import type { Command } from "../at/commands/command";
import type { Outcome, Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Line } from "../at/responses/response-table";
import type { MQTTModemError } from "../errors";
import type { LinkOptions } from "./family-options";
import type { Kind } from "./script";
import type { Settings } from "./settings";
import type { Stage } from "./stage";

/** What a hook knows of its link, and may have it do. */
export interface HookedLink<O extends LinkOptions = any> {
  readonly chat: Chat;
  /** The modem's number for the link. */
  readonly number: number;
  readonly stage: Stage;
  readonly options: O;
  /** What the connection is made with, until it is online. */
  settings: Settings;
  /** How many filters are subscribed, as far as the broker has acknowledged them. */
  readonly subscriptions: number;
  readonly modem: {
    /** The modem gives a number with each error. */
    readonly tellsReasons: boolean;
  };
  readonly poller: {
    /** Asks how the connection is, unless that is being asked. */
    ask(command: Command): void;
    /** Asks with the family's poll after so many milliseconds. */
    pollIn(milliseconds: number): void;
  };
  /** The oldest request of a kind whose result is still to come, or null. */
  pending(kind: Kind): Request | null;
  /** The oldest request of a kind with this id on the wire, whose result is still to come, or null. */
  find(kind: Kind, id: number): Request | null;
  /** PUBREC has come for the publish. */
  received(request: Request): void;
  /** The connection is lost. */
  lose(error: MQTTModemError): void;
  /** The connection is lost, and the modem tries to have it back. */
  interrupt(error: MQTTModemError): void;
  /** The modem has the connection back. */
  restore(): void;
  /** A line answers the application's inquiry. */
  onAnswer(request: Request, line: Line, fields: Fields): void;
}

/** What a family does beyond its rows, with state of its own for each link. It has only those functions that it needs. */
export interface Hook {
  /** The session has begun. @param again the modem has had the connection back by itself */
  onOnline?(again: boolean): void;
  /** The command that sends the publish, or null where there is no room for its payload now; in place of the family's `publish`. */
  publish?(request: Request): Command | null;
  /** A subscribe or unsubscribe is handed to the chat next. */
  onSubscribe?(request: Request): void;
  /** A publish, subscribe or unsubscribe is sent now, whose packet id the modem chooses. */
  onSending?(request: Request): void;
  /** A report whose row says that the hook interprets it. */
  onReport?(line: Line, fields: Fields): void;
  /** A `+CME ERROR` that ends no command. */
  onUnsolicitedError?(code: number): void;
  /** A request ends, and the client has not been told. True where the hook has sent it again. Not called for a publish that ends well. */
  beforeDone?(request: Request, outcome: Outcome, code: number): boolean;
  /** A request has ended, and the client has been told. Not called for a publish that ends well. */
  afterDone?(request: Request, outcome: Outcome, code: number): void;
  /** A line of the answer to a poll, other than the family's own. */
  onPollAnswer?(line: Line, fields: Fields): void;
  /** A line of such an answer that no response table has. */
  onPollText?(): void;
  /** A poll is over, and the link is online, or was. */
  onPollDone?(command: Command, outcome: Outcome): void;
  /** Refuses an inquiry. @throws ArgumentError */
  checkInquiry?(line: string): void;
  /** A line that answers an inquiry. */
  onInquiryAnswer?(line: Line, fields: Fields): void;
  /** The inquiry is over; where it was answered, its last line was the answer. */
  onInquiryDone?(answered: boolean): void;
}
