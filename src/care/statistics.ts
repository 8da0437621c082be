import type { ErrorCode } from "../errors";
import type { Clock, Port } from "../platform";
import type { LinkListener } from "../modem/link-listener";
import { Level, LEVELS } from "../modem/recovery";
import { Stage, STAGES } from "../modem/stage";
import type { StatisticsView } from "../modem/told";
import type { PowerPins } from "./power";
import { Count, CountedClient, CountedPort, type Counts } from "./counted";

/** Where the chat's own counters are. */
export interface CountedChat {
  readonly suspects: number;
  readonly overflows: number;
  readonly lateFinals: number;
  readonly unknownLines: number;
}

/** Counts of one modem, kept without allocation. */
export class Statistics implements Counts {
  readonly counts = new Float64Array(Count.Size);
  private readonly clock: Clock;
  /** Milliseconds by stage. */
  private readonly times: Float64Array;
  private stage: Stage = Stage.Idle;
  private since: number;
  /** On the clock: when MQTT was last at work. */
  trafficAt: number;
  private readonly view: StatisticsView = {
    bytesReceived: 0,
    bytesSent: 0,
    messagesReceived: 0,
    messagesSent: 0,
    connections: 0,
    reconnections: 0,
    failures: {},
    restarts: 0,
    wakeUps: 0,
    recoveries: { attach: 0, radio: 0, restart: 0, reset: 0, power: 0 },
    switchedOn: 0,
    suspects: 0,
    overflows: 0,
    lateReplies: 0,
    unknownLines: 0,
    seconds: {},
  };

  constructor(clock: Clock) {
    this.clock = clock;
    this.times = new Float64Array(STAGES.length);
    this.trafficAt = this.since = clock.now();
  }

  // ---- what stands before the parts that do the work

  port(port: Port, pins: PowerPins | null): Port {
    return new CountedPort(port, this, pins);
  }

  listener(client: LinkListener, number: number): LinkListener {
    return new CountedClient(client, number, this);
  }

  // ---- what happens

  onRestart(): void {
    this.counts[Count.Restarts]++;
  }

  onSwitchedOn(): void {
    this.counts[Count.SwitchedOn]++;
  }

  onRecovery(level: Level): void {
    this.counts[Count.Recoveries + level]++;
  }

  onWakeUp(): void {
    this.counts[Count.WakeUps]++;
  }

  /** The first client has reached a stage. */
  enter(stage: Stage): void {
    this.sample();
    if (stage === Stage.Online && this.stage !== Stage.Online && this.stage !== Stage.Asleep)
      this.counts[this.stage === Stage.Reconnecting ? Count.Reconnections : Count.Connections]++;
    this.stage = stage;
  }

  onDown(code: ErrorCode | null, number: number): void {
    const { failures } = this.view;
    if (number === 0) this.enter(Stage.Idle);
    if (code !== null) failures[code] = (failures[code] ?? 0) + 1;
  }

  onTraffic(): void {
    this.sample();
    this.trafficAt = this.since;
  }

  sample(): void {
    const now = this.clock.now();
    this.times[this.stage] += (now - this.since) | 0;
    this.since = now;
  }

  /** The one object, with what has happened so far. */
  look({ suspects, overflows, lateFinals, unknownLines }: CountedChat): StatisticsView {
    const { view, counts, times } = this;
    this.sample();
    view.bytesReceived = counts[Count.BytesReceived];
    view.bytesSent = counts[Count.BytesSent];
    view.messagesReceived = counts[Count.MessagesReceived];
    view.messagesSent = counts[Count.MessagesSent];
    view.connections = counts[Count.Connections];
    view.reconnections = counts[Count.Reconnections];
    view.restarts = counts[Count.Restarts];
    view.wakeUps = counts[Count.WakeUps];
    for (let level = Level.Attach; level <= Level.Power; level++) view.recoveries[LEVELS[level] as "attach"] = counts[Count.Recoveries + level];
    view.switchedOn = counts[Count.SwitchedOn];
    view.suspects = suspects;
    view.overflows = overflows;
    view.lateReplies = lateFinals;
    view.unknownLines = unknownLines;
    for (let stage = 0; stage < times.length; stage++) view.seconds[STAGES[stage]] = Math.floor(times[stage] / 1000);
    return view;
  }
}
