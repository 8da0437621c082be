import type { Operation } from "../at/commands/operation";
import { Text } from "../bytes/text";
import { flag, integer } from "../checks";
import { ArgumentError, StateError } from "../errors";
import type { Driver } from "../modem/driver";
import { linkLost } from "../modem/failure";
import type { InquiryCallback } from "../modem/inquirer";
import { Kind } from "../modem/script";
import { Stage } from "../modem/stage";
import { topicName } from "../modem/topic";
import { bytesOf, itemsOf, textOf } from "./input";
import { KnownTopics } from "./known";
import type { ByteBuffer, WriteOptions } from "./options";
import { Packet } from "./packets";
import { MessageReader } from "./reader";
import { STAGES } from "./stages";
import type { Subscribing } from "./subscribing";

/** Operations that are not publishes and may be under way at once. */
const OTHERS = 2;
// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const STRING = "string";
const DATA = "data";
const BYTE_LENGTH = "byteLength";
const QOS = "QoS";
const RETAIN = "retain";
const ID = "id";

/** What the application writes: messages, whole or in parts, and changes of what is subscribed; and what it asks the modem. */
export abstract class MessageWriter extends MessageReader {
  /** The reader's, once more: what is used most often is read without a call. */
  #driver!: Driver;
  #subscribing!: Subscribing;
  readonly #published = new KnownTopics<Text>();
  #filling: Operation | null = null;
  /** Bytes that are still to come of the message that is being written, and all that it has. */
  #left = 0;
  #whole = 0;
  #id = 0;
  /** There is less room than this one may use, or it is in the middle of a message: it is told when it can go on. */
  #short = false;

  /**
   * Sends a message or a control message.
   * PUBLISH, SUBSCRIBE and UNSUBSCRIBE are done by the modem; DISCONNECT ends the connection in good order, then
   * `onClose`. The acknowledgements (PUBACK, PUBREC, PUBREL, PUBCOMP) and PINGREQ are the modem's own affair: writing
   * them does nothing.
   * @param data the payload, or the next part of one; copied before this returns
   * @returns how many bytes can be written now, as `onWritable` counts them
   * @throws ArgumentError when the modem cannot carry it; StateError NOT_CONNECTED, CLOSED, or BUSY until `onWritable`
   */
  write(data: ByteBuffer | null | undefined, options?: WriteOptions): number {
    this.mustBeOpen();
    const driver = this.#driver;
    if (driver.stage !== Stage.Online)
      throw new StateError("NOT_CONNECTED", "there is no connection to the broker yet or any more; wait for onWritable");
    if (this.#filling !== null) {
      if (options !== undefined && options !== null) throw new StateError("BUSY", "a message is not complete yet: write the rest of its bytes first, without options");
      this.fill(data);
    } else switch (options?.operation ?? Packet.PUBLISH) {
      case Packet.PUBLISH:
        this.publish(driver, data, options);
        break;
      case Packet.SUBSCRIBE:
        this.changeSubscriptions(options!, true);
        break;
      case Packet.UNSUBSCRIBE:
        this.changeSubscriptions(options!, false);
        break;
      case Packet.DISCONNECT:
        driver.disconnect();
        return 0;
      case Packet.PUBACK:
      case Packet.PUBREC:
      case Packet.PUBREL:
      case Packet.PUBCOMP:
      case Packet.PINGREQ:
        break;
      default:
        throw new ArgumentError("ARGUMENT_RANGE", "operation", options!.operation, "must be one that a client sends");
    }
    return this.writable;
  }

  /** @internal Bytes of payload that the next publish may have, or that the present one still lacks; 0 while anything that can be written could not be taken. */
  get writable(): number {
    const driver = this.#driver;
    if (driver.stage !== Stage.Online) return 0;
    if (this.#filling !== null) return this.#left;
    if (driver.publishing >= driver.limits.window || this.#subscribing.changes >= OTHERS) return 0;
    const most = driver.longestPayload;
    const room = driver.channel.operations.isEmpty ? most : driver.room;
    this.#short = room < most;
    return room < most ? room : most;
  }

  /**
   * Beyond ECMA-419: asks the modem something that changes nothing, and gives the lines of its answer.
   * @param line a read form or test form of the modem's own, as its manual prints it: `AT+QMTCONN?`
   * @throws ArgumentError when it is not one; StateError
   */
  inquire(line: string, done: InquiryCallback): void {
    this.mustBeOpen();
    const driver = this.#driver;
    if (!this.hasRoomFor(driver, Kind.Inquiry)) throw new StateError("BUSY", "as much is under way as the modem can do at once");
    driver.inquire(line, done);
  }

  /** @hidden */
  protected override get driver(): Driver {
    return this.#driver;
  }

  /** @hidden */
  protected override set driver(driver: Driver) {
    super.driver = this.#driver = driver;
  }

  /** @hidden */
  protected get subscribing(): Subscribing {
    return this.#subscribing;
  }

  /** @hidden */
  protected set subscribing(subscribing: Subscribing) {
    this.#subscribing = subscribing;
  }

  // ---- messages

  private publish(driver: Driver, data: ByteBuffer | null | undefined, options: WriteOptions | undefined): void {
    if (options === undefined || options === null) throw new ArgumentError("ARGUMENT_TYPE", "options", options, "must be given with the first part of a message");
    const topic = this.knownTopic(options.topic);
    const QoS = options.QoS === undefined ? 0 : integer(QOS, options.QoS, 0, 2);
    const retain = options.retain === undefined ? 0 : flag(RETAIN, options.retain);
    const bytes = payloadOf(data);
    let length = bytes.length;
    if (options.byteLength === undefined) this.checkMessage(DATA, length);
    else this.checkMessage(BYTE_LENGTH, length = integer(BYTE_LENGTH, options.byteLength, length, 0x7fffffff));
    const id = this.chosenId(options.id);
    const operation = this.take(driver, Kind.Publish);
    operation.id = id;
    operation.QoS = QoS;
    operation.retain = retain;
    operation.granted = 0;
    operation.topic = topic;
    if (!driver.reserve(operation, length)) this.refuse(operation);
    const left = driver.fill(operation, bytes, length);
    if (left > 0) {
      this.#left = left;
      this.#whole = length;
      this.goOn(operation);
    } else if (!driver.send(operation, length)) this.refuse(operation);
  }

  /** @internal Refuses a length that the modem cannot carry. @throws ArgumentError */
  checkMessage(argument: string, length: number): void {
    const driver = this.#driver;
    if (length > driver.longestPayload)
      throw new ArgumentError("ARGUMENT_LENGTH", argument, length, `must be at most ${driver.longestPayload} bytes for a ${driver.dialect.name}`);
    driver.checkPublish(length);
  }

  /** Adds a part to the message that is being written. */
  private fill(data: ByteBuffer | null | undefined): void {
    const operation = this.#filling!;
    const bytes = payloadOf(data);
    if (bytes.length > this.#left)
      throw new ArgumentError("ARGUMENT_LENGTH", "data", bytes.length, `must be at most the ${this.#left} bytes that byteLength left`);
    this.#left = this.#driver.fill(operation, bytes, this.#left);
    if (this.#left > 0) return this.goOn(operation);
    this.#filling = null;
    this.#driver.send(operation, this.#whole); // not empty, so it has its room already
  }

  /** There is room for the rest of the message already, but whoever waits for `onWritable` is to have one. */
  private goOn(operation: Operation): void {
    this.#filling = operation;
    this.#short = true;
    this.#driver.modem.tellRoom();
  }

  /** The connection is lost, and with it the beginning of a message. */
  private giveUp(): void {
    const operation = this.#filling;
    if (operation === null) return;
    this.#filling = null;
    this.tell(this.callbacks.onDone, operation.id, linkLost("was lost before the message was complete"));
  }

  private knownTopic(topic: string | ByteBuffer | undefined): Text {
    const string = typeof topic === STRING ? (topic as string) : textOf(topic, "topic");
    if (string !== undefined) {
      const known = this.#published.byString(string);
      if (known !== null) return known;
    }
    return this.#published.keep(topicName("topic", string, this.#driver.limits.topic, this.#driver.limits.escapes));
  }

  // ---- subscriptions

  private changeSubscriptions(options: WriteOptions, subscribe: boolean): void {
    const driver = this.#driver;
    const checked = itemsOf(options.items, driver.limits);
    const id = this.chosenId(options.id);
    this.#subscribing.change(this.take(driver, subscribe ? Kind.Subscribe : Kind.Unsubscribe), id, checked);
  }

  // ---- operations

  /** @throws StateError */
  private mustBeOpen(): void {
    if (this.isClosed) throw new StateError("CLOSED", "this client has been closed; make a new one");
  }

  private hasRoomFor(driver: Driver, kind: Kind): boolean {
    if (kind === Kind.Publish) return driver.publishing < driver.limits.window;
    const { channel, link } = driver;
    return channel.count(link, Kind.Subscribe) + channel.count(link, Kind.Unsubscribe) + channel.count(link, Kind.Inquiry) < OTHERS;
  }

  private take(driver: Driver, kind: Kind): Operation {
    const operation = this.hasRoomFor(driver, kind) ? driver.take(kind) : null;
    if (operation === null)
      throw new StateError("BUSY", "as much is under way as the modem can do at once; wait for onWritable");
    return operation;
  }

  private refuse(operation: Operation): never {
    this.#driver.channel.abandon(operation);
    this.#short = true;
    throw new StateError("BUSY", "the transmit buffer has no room for this message now; wait for onWritable");
  }

  /** @hidden The id that was asked for, or the next one that is not under way; never 0. */
  protected chosenId(asked: number | undefined): number {
    if (asked !== undefined) {
      integer(ID, asked, 1, 65535);
      if (this.isUnderWay(asked)) throw new StateError("BUSY", `id ${asked} is under way; use another one, or leave it out`);
      return asked;
    }
    const channel = this.#driver.channel;
    let id = this.#id;
    do id = id === 65535 ? 1 : id + 1;
    while (channel.oldest !== null && this.isUnderWay(id));
    return this.#id = id;
  }

  /** @hidden */
  protected isUnderWay(id: number): boolean {
    return this.#driver.channel.has(this.#driver.link, id);
  }

  // ---- what the modem tells

  /** @internal */
  onModemStage(stage: Stage): void {
    if (stage === Stage.Reconnecting) this.giveUp();
    this.tell(this.callbacks.onStage, STAGES[stage]!);
  }

  /** @internal */
  onModemRoom(): void {
    if (!this.#short) return;
    this.#short = false;
    this.tellWritable();
  }

  /** @internal */
  onModemSettled(): void {
    this.tellWritable();
  }

  /** @hidden */
  protected tellWritable(): void {
    const { onWritable } = this.callbacks;
    if (onWritable === undefined) return;
    const count = this.writable;
    if (count > 0) this.tell(onWritable, count);
  }
}

const EMPTY = new Uint8Array(0);

function payloadOf(data: ByteBuffer | null | undefined): Uint8Array {
  return data === null || data === undefined ? EMPTY : bytesOf(data, DATA);
}
