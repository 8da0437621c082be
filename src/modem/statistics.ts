import type { ErrorCode } from "../errors";
import type { Clock } from "../platform";
import { Stage } from "./stage";

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

/** What is counted. */
export const enum Count {
  BytesReceived,
  BytesSent,
  MessagesReceived,
  MessagesSent,
  Connections,
  Reconnections,
  Restarts,
  Size,
}

/** Where the chat's own counters are. */
export interface CountedChat {
  readonly suspects: number;
  readonly overflows: number;
  readonly lateFinals: number;
  readonly unknownLines: number;
}

/** Counts of one modem, kept without allocation: a modem with care has them. */
export class Statistics {
  /** By {@link Count}; doubles, for bytes grow beyond 32 bits. */
  readonly counts = new Float64Array(Count.Size);
  private readonly clock: Clock;
  private readonly names: readonly string[];
  /** Milliseconds by stage. */
  private readonly times: Float64Array;
  private stage: Stage = Stage.Idle;
  private since: number;
  private readonly view: StatisticsView = {
    bytesReceived: 0,
    bytesSent: 0,
    messagesReceived: 0,
    messagesSent: 0,
    connections: 0,
    reconnections: 0,
    failures: {},
    restarts: 0,
    suspects: 0,
    overflows: 0,
    lateReplies: 0,
    unknownLines: 0,
    seconds: {},
  };

  /** @param names of the stages */
  constructor(clock: Clock, names: readonly string[]) {
    this.clock = clock;
    this.names = names;
    this.times = new Float64Array(names.length);
    this.since = clock.now();
  }

  /** The first client has reached a stage. */
  enter(stage: Stage): void {
    this.sample();
    if (stage === Stage.Online && this.stage !== Stage.Online) this.counts[this.stage === Stage.Reconnecting ? Count.Reconnections : Count.Connections]++;
    this.stage = stage;
  }

  /** A session has ended, or has not come about. */
  onFailure(code: ErrorCode): void {
    const { failures } = this.view;
    failures[code] = (failures[code] ?? 0) + 1;
  }

  /** Adds the time that has passed. The clock wraps: it is looked at once in a while. */
  sample(): void {
    const now = this.clock.now();
    this.times[this.stage] += (now - this.since) | 0;
    this.since = now;
  }

  /** Fills the object with what has happened so far. */
  look({ suspects, overflows, lateFinals, unknownLines }: CountedChat): StatisticsView {
    const { view, counts, times, names } = this;
    this.sample();
    view.bytesReceived = counts[Count.BytesReceived];
    view.bytesSent = counts[Count.BytesSent];
    view.messagesReceived = counts[Count.MessagesReceived];
    view.messagesSent = counts[Count.MessagesSent];
    view.connections = counts[Count.Connections];
    view.reconnections = counts[Count.Reconnections];
    view.restarts = counts[Count.Restarts];
    view.suspects = suspects;
    view.overflows = overflows;
    view.lateReplies = lateFinals;
    view.unknownLines = unknownLines;
    for (let stage = 0; stage < times.length; stage++) view.seconds[names[stage]] = Math.floor(times[stage] / 1000);
    return view;
  }
}
