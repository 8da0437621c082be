import type { Operation } from "../at/commands/operation";
import { Match } from "../at/messages/header";
import type { MQTTModemError } from "../errors";
import type { Driver } from "../modem/driver";
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

/** What has ended with a command. */
export const enum Ended {
  /** Nothing: another command has been sent, or the connection is lost. */
  Nothing,
  /** A SUBSCRIBE or UNSUBSCRIBE of the application's; it has been told. */
  Batch,
  /** All that was subscribed before a reconnection is subscribed again. */
  Restoring,
}

/** SUBSCRIBE and UNSUBSCRIBE, and subscribing again to what a modem that has reconnected may have lost. */
export class Subscriber {
  /** Batches of the application's that have not ended. */
  batches = 0;
  private readonly link: Driver;
  private readonly inFlight: InFlight;
  private readonly application: Application;
  private readonly subscriptions: Subscriptions;
  private newest: SubscribeBatch | null = null;
  /** The command that subscribes again. */
  private restoring: Operation | null = null;

  /** @param capacity filters that are subscribed again after a reconnection */
  constructor(link: Driver, inFlight: InFlight, application: Application, capacity: number) {
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
    const items = itemsOf(options.items, link.limits);
    const id = this.inFlight.chooseId(options.id);
    const operation = this.inFlight.take(kind);
    for (let i = 0; i < items.length; i++) items[i]!.id = id;
    const batch = this.newest = new SubscribeBatch(id, items, kind === Kind.Subscribe && !link.limits.grantsEach, this.newest);
    this.batches++;
    link.channel.scanner.message.forget();
    this.send(operation, batch);
  }

  /** Sends the batch's next command. */
  private send(operation: Operation, batch: SubscribeBatch): void {
    const { link } = this;
    operation.id = batch.id;
    operation.items = batch.next(link.limits.topics, link.dialect.commandBuffer);
    if (operation.kind === Kind.Subscribe) link.subscribe(operation);
    else link.unsubscribe(operation);
  }

  /** A command has ended. */
  done(operation: Operation, error: MQTTModemError | null): Ended {
    const { link } = this;
    if (error === null) {
      this.subscriptions.note(operation);
      link.channel.scanner.message.forget();
    }
    if (this.restoring === operation) {
      this.restoring = null;
      return this.restored(operation, error);
    }
    const batch = this.batchOf(operation);
    if (error === null) {
      batch.note(operation);
      if (batch.left > 0 && link.stage === Stage.Online) {
        this.send(link.take(operation.kind)!, batch); // the command that has ended has left its place
        return Ended.Nothing;
      }
    }
    this.remove(batch);
    if (error === null) this.application.control(acknowledgementOf(operation, batch));
    this.application.done(batch.id, error);
    return Ended.Batch;
  }

  private batchOf(operation: Operation): SubscribeBatch {
    let batch = this.newest!;
    while (batch.id !== operation.id) batch = batch.before!;
    return batch;
  }

  private remove(batch: SubscribeBatch): void {
    if (this.newest === batch) this.newest = batch.before;
    else this.newest!.before = batch.before; // there are two at the most
    this.batches--;
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
    const { id } = items[0]!;
    const operation = link.take(Kind.Subscribe)!; // what was in flight has been aborted
    operation.id = this.inFlight.has(id) ? this.inFlight.chooseId(undefined) : id;
    operation.items = items;
    this.restoring = operation;
    link.subscribe(operation);
    return true;
  }

  private restored(operation: Operation, error: MQTTModemError | null): Ended {
    const { link, application } = this;
    if (error !== null) {
      if (link.stage === Stage.Online) link.down(error);
      return Ended.Nothing;
    }
    // The application is told only what it has lost: the session goes on without it.
    if (operation.isRefused) application.control(lossOf(operation));
    return application.isClosed || link.stage !== Stage.Online || this.restoreNext() ? Ended.Nothing : Ended.Restoring;
  }

  // ---- whether a topic is subscribed

  /** How the topic in the ring from `start` to `end` is subscribed. */
  match(start: number, end: number): Match {
    const { channel, link: number } = this.link;
    let best = matchesAny(this.subscriptions.items, channel.ring, start, end);
    // A retained message may come before the modem has reported the SUBACK.
    for (let operation = channel.oldest; operation !== null && best !== Match.Name; operation = operation.next)
      if (operation.link === number && operation.kind === Kind.Subscribe && operation.items !== null) {
        const match = matchesAny(operation.items, channel.ring, start, end);
        if (match > best) best = match;
      }
    return best;
  }
}

/** The acknowledgement of a whole batch. */
function acknowledgementOf(operation: Operation, { id, granted }: SubscribeBatch): ControlMessage {
  return operation.kind === Kind.Subscribe ? { operation: Packet.SUBACK, id, payload: granted, topics: undefined } : { operation: Packet.UNSUBACK, id };
}

/** A SUBACK that tells which topics the broker refuses after a reconnection. */
function lossOf(operation: Operation): ControlMessage {
  const items = operation.items!;
  return { operation: Packet.SUBACK, id: operation.id, payload: items.map((_, index) => operation.grantOf(index)), topics: items.map(({ text }) => text.string) };
}
