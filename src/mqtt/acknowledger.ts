import type { Operation } from "../at/commands/operation";
import type { Match } from "../at/messages/header";
import { frozen } from "../bytes/frozen";
import type { MQTTModemError } from "../errors";
import { Kind } from "../modem/script";
import { Stage } from "../modem/stage";
import type { ControlMessage } from "./options";
import { Packet } from "./packets";
import type { Parts } from "./parts";
import { MessageWriter } from "./writer";

/** How what was written has ended, and the control messages that the modem's reports stand for. */
export abstract class Acknowledger extends MessageWriter {
  /** One for all that the application is told of: made for the first one, for QoS 0 has none. */
  #acknowledgement: ControlMessage | null = null;

  /** @internal */
  onModemConnected(): void {
    this.tell(this.callbacks.onControl, { operation: Packet.CONNACK, returnCode: 0 });
    this.tellWritable();
  }

  /** @internal */
  onModemPinged(): void {
    this.tell(this.callbacks.onControl, PINGRESP);
  }

  /** @internal */
  onModemDone(operation: Operation, error: MQTTModemError | null): void {
    if (operation.kind !== Kind.Publish) return this.changed(operation, error);
    const id = operation.id;
    if (operation.QoS !== 0 && error === null) this.acknowledged(operation);
    this.tell(this.callbacks.onDone, id, error);
    this.tellWritable();
  }

  // ---- publishes

  /** @internal */
  onModemReceived(operation: Operation): void {
    if (operation.granted !== 0) return;
    operation.granted = 1;
    this.control(Packet.PUBREC, operation.id);
  }

  /** Makes the control messages that the modem's report stands for. */
  private acknowledged(operation: Operation): void {
    if (operation.QoS === 1) return this.control(Packet.PUBACK, operation.id);
    // No PUBCOMP without PUBREC (MQTT 3.1.1, 4.3.3): a modem that reports the end alone has reported both. The SDK's
    // mqtt/js looks for PUBCOMP only once it has seen PUBREC.
    this.onModemReceived(operation);
    this.control(Packet.PUBCOMP, operation.id);
  }

  private control(operation: number, id: number): void {
    const onControl = this.callbacks.onControl;
    if (onControl === undefined) return;
    const message = this.#acknowledgement ??= { operation: 0, id: 0 };
    message.operation = operation;
    message.id = id;
    this.tell(onControl, message);
  }

  // ---- subscriptions

  /** A subscribe or unsubscribe has ended. */
  private changed(operation: Operation, error: MQTTModemError | null): void {
    const subscriptions = this.subscribing;
    if (error === null) {
      subscriptions.note(operation);
      this.driver.channel.scanner.message.forget();
    }
    if (subscriptions.endsRestoring(operation)) return this.restored(operation, error);
    const parts = subscriptions.changed(operation, error);
    if (parts === null) return;
    if (error === null) this.tell(this.callbacks.onControl, controlOf(operation, parts));
    this.tell(this.callbacks.onDone, parts.id, error);
    this.tellWritable();
  }

  /** @internal */
  isSubscribed(start: number, end: number): Match {
    return this.subscribing.includes(start, end);
  }

  /** @internal */
  get subscriptions(): number {
    return this.subscribing.count;
  }

  /** @internal */
  onModemReconnected(): void {
    this.subscribing.rewind();
    this.restoreNext();
  }

  /** Subscribes again to what was subscribed, one command after the other; then it is online again, whether it can publish now or not. */
  private restoreNext(): void {
    const items = this.subscribing.next(this.driver.limits.topics);
    if (items === null) {
      this.onModemStage(Stage.Online);
      return this.tellWritable();
    }
    const { id } = items[0]!;
    this.subscribing.restore(items, this.isUnderWay(id) ? this.chosenId(undefined) : id);
  }

  private restored(operation: Operation, error: MQTTModemError | null): void {
    if (error === null) {
      // The application learns only of what it has lost: the session goes on without it.
      if (operation.isRefused) this.tell(this.callbacks.onControl, lossOf(operation));
      if (!this.isClosed && this.driver.stage === Stage.Online) this.restoreNext();
    }
    else if (this.driver.stage === Stage.Online) this.driver.down(error);
  }
}

const PINGRESP: ControlMessage = frozen({ operation: Packet.PINGRESP });

/** What acknowledges a subscribe or unsubscribe as a whole. */
function controlOf(operation: Operation, { id, granted }: Parts): ControlMessage {
  return operation.kind === Kind.Subscribe ? { operation: Packet.SUBACK, id, payload: granted, topics: undefined } : { operation: Packet.UNSUBACK, id };
}

/** What tells of topics that the broker refuses now. */
function lossOf(operation: Operation): ControlMessage {
  const items = operation.items!;
  return { operation: Packet.SUBACK, id: operation.id, payload: items.map((_, index) => operation.grantOf(index)), topics: items.map(({ text }) => text.string) };
}
