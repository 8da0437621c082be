import type { Request } from "../at/requests/request";
import type { Fields } from "../at/responses/fields";
import type { Port } from "../platform";
import type { MessageReceiver, PublishListener } from "../modem/receivers";

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

/** What a modem with care has counted: each stands before the part that does the work, so that a modem without care pays nothing. */

/** A port whose bytes are counted. */
export class CountedPort implements Port {
  private readonly port: Port;
  private readonly counts: Float64Array;
  /** As the port has it, or not at all. */
  readonly setRate?: (baud: number) => void;

  constructor(port: Port, counts: Float64Array) {
    this.port = port;
    this.counts = counts;
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
    return count;
  }

  close(): void {
    this.port.close();
  }
}

/** A client's inbox whose messages are counted. */
export class CountedMessages implements MessageReceiver {
  private readonly inbox: MessageReceiver;
  private readonly counts: Float64Array;

  constructor(inbox: MessageReceiver, counts: Float64Array) {
    this.inbox = inbox;
    this.counts = counts;
  }

  onMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    this.counts[Count.MessagesReceived]++;
    this.inbox.onMessage(fields, topic, QoS, retain, duplicate);
  }

  onMessageAgain(): boolean {
    if (!this.inbox.onMessageAgain()) return false;
    this.counts[Count.MessagesReceived]++;
    return true;
  }

  onFragment(): void {
    this.inbox.onFragment();
  }
}

/** A client's publisher whose publishes are counted. */
export class CountedPublishes implements PublishListener {
  private readonly publisher: PublishListener;
  private readonly counts: Float64Array;

  constructor(publisher: PublishListener, counts: Float64Array) {
    this.publisher = publisher;
    this.counts = counts;
  }

  onPublished(request: Request): void {
    this.counts[Count.MessagesSent]++;
    this.publisher.onPublished(request);
  }
}
