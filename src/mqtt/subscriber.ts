import type { Request } from "../at/requests/request";
import { Match } from "../at/framing/subscribed";
import type { MQTTModemError } from "../errors";
import type { Link } from "../modem/link";
import { Kind } from "../modem/script";
import { Stage } from "../modem/stage";
import { matchesAny } from "../modem/topic";
import type { Application } from "./application";
import type { InFlight } from "./in-flight";
import { itemsOf } from "./input";
import type { ControlMessage, WriteOptions } from "./options";
import { Packet } from "./packets";
import { SubscribeBatch } from "./subscribe-batch";
import { Subscriptions } from "./subscriptions";

/** What the end of a command means. */
export const enum Ended {
  /** Nothing has ended: another command has been sent, or the connection is lost. */
  Nothing,
  /** A SUBSCRIBE or UNSUBSCRIBE of the application has ended, and the application has been told. */
  Batch,
  /** All filters are subscribed again after a reconnection. */
  Restoring,
}

/** Subscribes and unsubscribes for the application, and subscribes again after the modem has reconnected by itself. */
export class Subscriber {
  private readonly link: Link;
  private readonly inFlight: InFlight;
  private readonly application: Application;
  private readonly subscriptions: Subscriptions;
  private newest: SubscribeBatch | null = null;
  /** The command in flight that subscribes again, or null. */
  private restoring: Request | null = null;

  /** @param capacity filters that are subscribed again after a reconnection */
  constructor(link: Link, inFlight: InFlight, application: Application, capacity: number) {
    this.link = link;
    this.inFlight = inFlight;
    this.application = application;
    this.subscriptions = new Subscriptions(capacity);
  }

  /** How many filters are subscribed. */
  get count(): number {
    return this.subscriptions.items.length;
  }

  /**
   * Subscribes, or unsubscribes.
   * @throws ArgumentError; StateError BUSY
   */
  change(kind: Kind.Subscribe | Kind.Unsubscribe, options: WriteOptions): void {
    const { link } = this;
    const items = itemsOf(options.items, link.limits, link.chat.ring.native);
    const request = this.inFlight.take(kind, options.id),
      { id } = request;
    for (let i = 0; i < items.length; i++) items[i].id = id;
    const batch = (this.newest = new SubscribeBatch(id, items, kind === Kind.Subscribe && !link.limits.grantsEach, this.newest));
    this.inFlight.batches++;
    link.chat.decoder.message.headerCache.invalidate();
    this.send(request, batch);
  }

  /** Sends the batch's next command. */
  private send(request: Request, batch: SubscribeBatch): void {
    const { link } = this;
    request.id = batch.id;
    request.items = batch.next(link.limits.topics, link.family.commandBuffer);
    if (request.kind === Kind.Subscribe) link.subscribe(request);
    else link.unsubscribe(request);
  }

  /** A command has ended. */
  done(request: Request, error: MQTTModemError | null): Ended {
    const { link } = this;
    if (error === null) {
      this.subscriptions.update(request);
      link.chat.decoder.message.headerCache.invalidate();
    }
    if (this.restoring === request) {
      this.restoring = null;
      return this.restored(request, error);
    }
    const batch = this.batchOf(request);
    if (error === null) {
      batch.addGrants(request);
      if (batch.left > 0 && link.stage === Stage.Online) {
        this.send(link.take(request.kind)!, batch); // a request is free: the one that has just ended
        return Ended.Nothing;
      }
    }
    this.remove(batch);
    if (error === null) this.application.control(acknowledgementOf(request, batch));
    this.application.done(batch.id, error);
    return Ended.Batch;
  }

  private batchOf(request: Request): SubscribeBatch {
    let batch = this.newest!;
    while (batch.id !== request.id) batch = batch.before!;
    return batch;
  }

  private remove(batch: SubscribeBatch): void {
    if (this.newest === batch) this.newest = batch.before;
    else this.newest!.before = batch.before; // there are at most two batches
    this.inFlight.batches--;
  }

  // ---- after a reconnection

  /** Subscribes again to all filters, one command after the other. @returns false when there is none */
  restoreAll(): boolean {
    this.subscriptions.rewind();
    this.restoring = null;
    return this.restoreNext();
  }

  private restoreNext(): boolean {
    const { link } = this;
    const items = this.subscriptions.next(link.limits.topics);
    if (items === null) return false;
    const { id } = items[0];
    const request = link.take(Kind.Subscribe)!; // the reconnection has aborted all requests, so one is free
    request.id = this.inFlight.has(id) ? this.inFlight.chooseId(undefined) : id;
    request.items = items;
    this.restoring = request;
    link.subscribe(request);
    return true;
  }

  private restored(request: Request, error: MQTTModemError | null): Ended {
    const { link, application } = this;
    if (error !== null) {
      if (link.stage === Stage.Online) link.lose(error);
      return Ended.Nothing;
    }
    // The application is told only about refused topics; the connection goes on without them.
    if (request.isRefused) application.control(lossOf(request));
    return application.isClosed || link.stage !== Stage.Online || this.restoreNext() ? Ended.Nothing : Ended.Restoring;
  }

  // ---- whether a topic is subscribed

  /** How the topic in the ring from `start` to `end` is subscribed. */
  match(start: number, end: number): Match {
    const { chat, number } = this.link;
    let best = matchesAny(this.subscriptions.items, chat.ring, start, end);
    // A retained message may come before the modem reports the SUBACK, so requests in flight count too.
    for (let request = chat.requests.first; request !== null && best !== Match.Name; request = request.next)
      if (request.link === number && request.kind === Kind.Subscribe && request.items !== null) {
        const match = matchesAny(request.items, chat.ring, start, end);
        if (match > best) best = match;
      }
    return best;
  }
}

/** The acknowledgement of a whole batch. */
function acknowledgementOf(request: Request, { id, granted }: SubscribeBatch): ControlMessage {
  return request.kind === Kind.Subscribe ? { operation: Packet.SUBACK, id, payload: granted, topics: undefined } : { operation: Packet.UNSUBACK, id };
}

/** The second SUBACK, which tells the application that the broker refuses topics after a reconnection. */
function lossOf(request: Request): ControlMessage {
  const items = request.items!;
  return { operation: Packet.SUBACK, id: request.id, payload: items.map((_, index) => request.grantOf(index)), topics: items.map(({ text }) => text.string) };
}
