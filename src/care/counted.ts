import type { Match } from "../at/framing/subscribed";
import type { Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { ErrorCode, MQTTModemError } from "../errors";
import type { LinkListener } from "../modem/link-listener";
import type { MessageReceiver, PublishListener } from "../modem/receivers";
import type { Stage } from "../modem/stage";
import type { Port } from "../platform";
import type { PowerPins } from "./power";

/** What is counted. */
export const enum Count {
  BytesReceived,
  BytesSent,
  MessagesReceived,
  MessagesSent,
  Connections,
  Reconnections,
  Restarts,
  WakeUps,
  SwitchedOn,
  /** By level, of which the first is no recovery. */
  Recoveries,
  Size = Recoveries + 6,
}

/** Where it is counted. */
export interface Counts {
  /** By {@link Count}; doubles, for bytes grow beyond 32 bits. */
  readonly counts: Float64Array;
  /** Adds the time that has passed. The clock wraps, in weeks: it is looked at whenever something is sent or received. */
  sample(): void;
  /** MQTT is at work: something goes through the air. */
  onTraffic(): void;
  /** A session has ended, or has not come about. @param code why, or null where the application has ended it */
  onDown(code: ErrorCode | null, number: number): void;
}

/** What a modem with care has counted: each stands before the part that does the work, so that a modem without care pays nothing. */

/** A port whose bytes are counted. */
export class CountedPort implements Port {
  private readonly port: Port;
  private readonly counts: Float64Array;
  private readonly clock: Counts;
  private readonly pins: PowerPins | null;
  /** As the port has it, or not at all. */
  readonly setRate?: (baud: number) => void;

  /** @param pins are open as long as the port is */
  constructor(port: Port, counts: Counts, pins: PowerPins | null) {
    this.port = port;
    this.pins = pins;
    this.counts = counts.counts;
    this.clock = counts;
    if (port.setRate !== undefined) this.setRate = (baud) => port.setRate!(baud);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const count = this.port.read(target, offset, length);
    this.counts[Count.BytesReceived] += count;
    return count;
  }

  write(source: Uint8Array, offset: number, length: number): number {
    const count = this.port.write(source, offset, length);
    this.counts[Count.BytesSent] += count;
    this.clock.sample();
    return count;
  }

  close(): void {
    this.pins?.close();
    this.port.close();
  }
}

/** A client's inbox whose messages are counted. */
class CountedMessages implements MessageReceiver {
  private readonly inbox: MessageReceiver;
  private readonly counts: Counts;

  constructor(inbox: MessageReceiver, counts: Counts) {
    this.inbox = inbox;
    this.counts = counts;
  }

  onMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    this.count();
    this.inbox.onMessage(fields, topic, QoS, retain, duplicate);
  }

  onMessageAgain(): boolean {
    if (!this.inbox.onMessageAgain()) return false;
    this.count();
    return true;
  }

  onFragment(): void {
    this.inbox.onFragment();
  }

  private count(): void {
    this.counts.counts[Count.MessagesReceived]++;
    this.counts.onTraffic();
  }
}

/** A client whose messages, publishes and failures are counted. */
export class CountedClient implements LinkListener, PublishListener {
  readonly inbox: MessageReceiver;
  private readonly client: LinkListener;
  private readonly number: number;
  private readonly counts: Counts;

  constructor(client: LinkListener, number: number, counts: Counts) {
    this.client = client;
    this.number = number;
    this.counts = counts;
    this.inbox = new CountedMessages(client.inbox, counts);
  }

  get publisher(): PublishListener {
    return this;
  }

  onPublished(request: Request): void {
    this.counts.counts[Count.MessagesSent]++;
    this.counts.onTraffic();
    this.client.publisher.onPublished(request);
  }

  onModemDown(error: MQTTModemError | null): void {
    this.counts.onDown(error === null ? null : error.code, this.number);
    this.client.onModemDown(error);
  }

  // ---- as they come

  onModemStage(stage: Stage): void {
    this.counts.onTraffic();
    this.client.onModemStage(stage);
  }

  onModemConnected(): void {
    this.counts.onTraffic();
    this.client.onModemConnected();
  }

  onModemReceived(request: Request): void {
    this.client.onModemReceived(request);
  }

  onModemPinged(): void {
    this.counts.onTraffic();
    this.client.onModemPinged();
  }

  onModemReconnected(): void {
    this.client.onModemReconnected();
  }

  isSubscribed(start: number, end: number): Match {
    return this.client.isSubscribed(start, end);
  }

  onModemDone(request: Request, error: MQTTModemError | null): void {
    this.counts.onTraffic();
    this.client.onModemDone(request, error);
  }

  onModemSettled(): void {
    this.client.onModemSettled();
  }

  onModemOverflow(): void {
    this.client.onModemOverflow();
  }

  onModemRoom(): void {
    this.client.onModemRoom();
  }

  get subscriptions(): number {
    return this.client.subscriptions;
  }
}
