import type { ErrorCode } from "../errors";
import type { Port } from "../platform";
import type { Stage } from "./stage";
import type { MessageReceiver, PublishListener } from "./receivers";

/** What has happened since the modem's port was opened. One object: each look fills it anew, so copy what must stay. */
export interface StatisticsView {
  /** Over the serial port. */
  bytesReceived: number;
  bytesSent: number;
  /** MQTT messages that were received, and publishes that ended well. */
  messagesReceived: number;
  messagesSent: number;
  /** Sessions with the broker that came about; those among them that the modem had back by itself are not counted. */
  connections: number;
  /** How often the modem had a connection back by itself. */
  reconnections: number;
  /** Why sessions have ended or did not come about, by the error's code. */
  failures: Partial<Record<ErrorCode, number>>;
  /** Restarts of the modem that were noticed. */
  restarts: number;
  /** Received messages whose end is doubtful, lines and messages that were lost, finals that came too late, and lines that nobody knows. */
  suspects: number;
  overflows: number;
  lateReplies: number;
  unknownLines: number;
  /** Seconds that the first client has been in each stage. */
  seconds: Record<string, number>;
}

/** Where the chat's own counters are. */
export interface CountedChat {
  readonly suspects: number;
  readonly overflows: number;
  readonly lateFinals: number;
  readonly unknownLines: number;
}

/** Counts what a modem and its clients do: of a modem with care. */
export interface ModemCounts {
  /** The same port, inbox or publisher, with a count before it. */
  port(port: Port): Port;
  receiver(inbox: MessageReceiver): MessageReceiver;
  published(publisher: PublishListener): PublishListener;
  /** The first client has reached a stage. */
  enter(stage: Stage): void;
  onRestart(): void;
  /** A session has ended, or has not come about. */
  onFailure(code: ErrorCode): void;
  /** Adds the time that has passed. The clock wraps: it is looked at once in a while. */
  sample(): void;
  /** Fills the one object with what has happened so far. */
  look(chat: CountedChat): StatisticsView;
}
