import type { Operation, TopicItem } from "../at/commands/operation";
import { Match } from "../at/messages/header";
import type { MQTTModemError } from "../errors";
import type { Driver } from "../modem/driver";
import { Kind } from "../modem/script";
import { Stage } from "../modem/stage";
import { matchesAny } from "../modem/topic";
import { Parts } from "./parts";
import { Subscriptions } from "./subscriptions";

/**
 * SUBSCRIBE and UNSUBSCRIBE, each in as many commands as its topics need, one after the other; and subscribing again to what
 * was subscribed, when the modem has lost it.
 */
export class Subscribing extends Subscriptions {
  /** How many are under way that the application has asked for. */
  changes = 0;
  private last: Parts | null = null;
  private restoring: Operation | null = null;
  private readonly driver: Driver;

  constructor(driver: Driver, capacity: number) {
    super(capacity);
    this.driver = driver;
  }

  /** Begins to subscribe or to unsubscribe, as is `operation`'s kind. */
  change(operation: Operation, id: number, items: readonly TopicItem[]): void {
    for (let i = 0; i < items.length; i++) items[i]!.id = id;
    const parts = this.last = new Parts(id, items, operation.kind === Kind.Subscribe && !this.driver.limits.grantsEach, this.last);
    this.changes++;
    this.driver.channel.scanner.message.forget();
    this.send(operation, parts);
  }

  /** Sends the next command of those that the topics need. */
  private send(operation: Operation, parts: Parts): void {
    const driver = this.driver;
    operation.id = parts.id;
    operation.items = parts.next(driver.limits.topics, driver.dialect.commandBuffer);
    if (operation.kind === Kind.Subscribe) driver.subscribe(operation);
    else driver.unsubscribe(operation);
  }

  /** One of the commands has ended. @returns what has ended with it; null where another command has been sent */
  changed(operation: Operation, error: MQTTModemError | null): Parts | null {
    const parts = this.partsOf(operation);
    if (error === null) {
      parts.note(operation);
      if (parts.left > 0 && this.driver.stage === Stage.Online) {
        this.send(this.driver.take(operation.kind)!, parts); // the one that has ended has left its place
        return null;
      }
    }
    if (this.last === parts) this.last = parts.before;
    else this.last!.before = parts.before; // there are two at the most
    this.changes--;
    return parts;
  }

  private partsOf(operation: Operation): Parts {
    let parts = this.last!;
    while (parts.id !== operation.id) parts = parts.before!;
    return parts;
  }

  override rewind(): void {
    super.rewind();
    this.restoring = null;
  }

  /** Subscribes to these again (dialects.md 3.6). */
  restore(items: readonly TopicItem[], id: number): void {
    const operation = this.driver.take(Kind.Subscribe)!; // what was under way has been aborted
    operation.id = id;
    operation.items = items;
    this.restoring = operation;
    this.driver.subscribe(operation);
  }

  /** Whether the operation, which has ended, was one that subscribed again. */
  endsRestoring(operation: Operation): boolean {
    if (this.restoring !== operation) return false;
    this.restoring = null;
    return true;
  }

  /** How the topic in the ring from `start` to `end` is subscribed. */
  includes(start: number, end: number): Match {
    const { channel, link } = this.driver;
    let best = matchesAny(this.items, channel.ring, start, end);
    // A retained message may come before the modem has told of the SUBACK.
    for (let operation = channel.oldest; operation !== null && best !== Match.Name; operation = operation.next)
      if (operation.link === link && operation.kind === Kind.Subscribe && operation.items !== null) {
        const match = matchesAny(operation.items, channel.ring, start, end);
        if (match > best) best = match;
      }
    return best;
  }
}
