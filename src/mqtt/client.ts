import { frozen } from "../bytes/frozen";
import { Text } from "../bytes/text";
import { utf8Decode } from "../bytes/utf8";
import { Fields } from "../at/fields";
import type { Operation } from "../at/operation";
import { ArgumentError, NetworkError, StateError, type MQTTModemError } from "../errors";
import type { Limits } from "../modem/limits";
import type { ModemClient } from "../modem/dialect";
import type { Driver } from "../modem/driver";
import type { InquiryCallback } from "../modem/inquirer";
import { Modem, type ModemOptions } from "../modem/modem";
import { Kind } from "../modem/script";
import { settings } from "../modem/settings";
import { Stage } from "../modem/stage";
import { flag, integer } from "./arguments";
import { bytesOf, itemsOf, portOf, textOf } from "./input";
import { KnownTopics, type Known } from "./known";
import type { ByteBuffer, ControlMessage, Counters, MQTTClientOptions, ReadableOptions, WriteOptions } from "./options";
import type { Parts } from "./parts";
import { STAGES } from "./stages";
import { Subscribing } from "./subscribing";
import { topicName } from "./topic";

/** In place of a secret's value in errors. */
const A_SECRET = "a secret";
/** Topics that are remembered in each direction. */
const TOPICS = 12;
/** Operations that are not publishes and may be under way at once. */
const OTHERS = 2;
// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const STRING = "string";
const FORMAT = "buffer";
const NUMBER = "number";
const DATA = "data";
const BYTE_LENGTH = "byteLength";
const QOS = "QoS";
const RETAIN = "retain";
const ID = "id";

/**
 * ECMA-419's MQTT client class pattern over a modem's own MQTT client.
 *
 * Buffers: what is given to `write` is copied before it returns; what `read` fills is the caller's. Received bytes that
 * are not read keep everything behind them waiting, and are dropped when the ring is full of them.
 */
export class MQTTClient implements ModemClient {
  readonly #driver: Driver;
  /** Its callbacks: none while it is being constructed, and none once it is closed. */
  #options: Callbacks = NO_CALLBACKS;
  readonly #received = new KnownTopics<Known>(TOPICS);
  readonly #published = new KnownTopics<Text>(TOPICS);
  readonly #info: { -readonly [option in keyof ReadableOptions]: ReadableOptions[option] } = {
    topic: undefined, QoS: undefined, byteLength: undefined, more: false, retain: undefined, duplicate: undefined, suspect: false,
  };
  /** One for all that the application is told of: made for the first one, for QoS 0 has none. */
  #acknowledgement: ControlMessage | null = null;
  readonly #subscriptions: Subscribing;
  #filling: Operation | null = null;
  /** Bytes that are still to come of the message that is being written, and all that it has. */
  #left = 0;
  #whole = 0;
  #id = 0;
  #closed = false;
  /** There is less room than this one may use, or it is in the middle of a message: it is told when it can go on. */
  #short = false;
  /** What the option of this name was. */
  declare target?: unknown;

  /**
   * Opens the port and begins to connect; `onWritable` follows, or `onError`.
   * @throws ArgumentError before anything is sent; what the port's class throws
   */
  constructor(options: MQTTClientOptions) {
    const modem = options.modem;
    if (typeof modem?.io !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.io", modem?.io, "must be a driver: BC35G, M531X, ML302 or NM28");
    const subscriptions = integer("subscriptions", options.subscriptions ?? 32, 1, 1000);
    const shared = modem.shared;
    if (shared !== undefined && shared.#driver.dialect !== modem.io.dialect)
      throw new ArgumentError("ARGUMENT_RANGE", "modem.shared", shared, `must be a client of a ${modem.io.dialect.name}`);
    const anew = shared === undefined || (shared.#driver.channel.closed && modem.serial !== undefined);
    const carrier = anew ? new Modem(modem.io.dialect, modem as ModemOptions) : shared.#driver.modem;
    this.#driver = new modem.io(carrier, carrier.place(modem.link, anew ? null : shared.#driver), modem, this);
    this.#subscriptions = new Subscribing(this.#driver, subscriptions);
    const connection = settings({
      host: options.host,
      port: portOf(options.port),
      id: textOf(options.id, "id"),
      user: textOf(options.user, "user") || undefined,
      password: textOf(options.password, "password", A_SECRET) || undefined,
      keepAlive: options.keepAlive ?? options.keepalive ?? this.#driver.defaultKeepAlive,
      protocolVersion: options.protocolVersion,
      clean: options.clean,
      will: options.will && {
        topic: textOf(options.will.topic, "will.topic")!, message: textOf(options.will.message, "will.message") ?? "",
        QoS: options.will.QoS, retain: options.will.retain,
      },
    }, this.#driver.limits);
    if (options.format !== undefined) this.format = options.format;
    if (options.target !== undefined) this.target = options.target;
    this.#driver.start(connection);
    this.#options = options;
  }

  /** What this modem can carry. */
  get limits(): Limits {
    return this.#driver.limits;
  }

  /** What went by on this modem's port and was nobody's, or could not be told for certain, since it was opened. */
  get counters(): Counters {
    const { unknownLines, strayFinals, overflows, suspects } = this.#driver.channel;
    return { unknownLines, strayFinals, overflows, suspects };
  }

  /** Always `"buffer"`. */
  get format(): string {
    return FORMAT;
  }

  set format(value: string) {
    if (value !== FORMAT) throw new RangeError(`the only format is "buffer"; got ${JSON.stringify(value)}`);
  }

  /**
   * Ends everything at once and without a DISCONNECT, so that the broker publishes the will; no callback comes
   * afterwards. The modem is still told to close its connection. After a DISCONNECT has been written, what was written
   * until then is still sent. A second call does nothing.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options = NO_CALLBACKS;
    this.#driver.shut();
  }

  /**
   * Without an argument, or with a number: the bytes of the present message, as many as there are or as asked for, in a
   * new ArrayBuffer. With a buffer: fills as much of it as there is, and returns how many bytes that was.
   * @returns undefined when there is nothing to read
   */
  read(count?: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(wanted?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const driver = this.#driver, scanner = driver.channel.scanner;
    if (this.#closed || scanner.message.available === 0 || !driver.modem.isReader(driver)) return undefined;
    let result: ArrayBuffer | number;
    if (wanted === undefined || typeof wanted === NUMBER) {
      const length = wanted === undefined ? scanner.message.available : integer("count", wanted, 0, 0x7fffffff);
      const bytes = new Uint8Array(length < scanner.message.available ? length : scanner.message.available);
      scanner.read(bytes, 0, bytes.length);
      result = bytes.buffer;
    } else {
      const bytes = wanted instanceof Uint8Array ? wanted : bytesOf(wanted as ByteBuffer, FORMAT);
      result = scanner.read(bytes, 0, bytes.length);
    }
    if (!scanner.scanning) driver.channel.released();
    return result;
  }

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
    if (this.#closed) throw new StateError("CLOSED", "this client has been closed; make a new one");
    if (this.#driver.stage !== Stage.Online)
      throw new StateError("NOT_CONNECTED", "there is no connection to the broker yet or any more; wait for onWritable");
    if (this.#filling !== null) {
      if (options !== undefined && options !== null) throw new StateError("BUSY", "a message is not complete yet: write the rest of its bytes first, without options");
      this.fill(data);
    } else switch (options?.operation ?? MQTTClient.PUBLISH) {
      case MQTTClient.PUBLISH:
        this.publish(data, options);
        break;
      case MQTTClient.SUBSCRIBE:
        this.changeSubscriptions(options!, true);
        break;
      case MQTTClient.UNSUBSCRIBE:
        this.changeSubscriptions(options!, false);
        break;
      case MQTTClient.DISCONNECT:
        this.#driver.disconnect();
        return 0;
      case MQTTClient.PUBACK:
      case MQTTClient.PUBREC:
      case MQTTClient.PUBREL:
      case MQTTClient.PUBCOMP:
      case MQTTClient.PINGREQ:
        break;
      default:
        throw new ArgumentError("ARGUMENT_RANGE", "operation", options!.operation, "must be one that a client sends");
    }
    return this.writable;
  }

  /**
   * Beyond ECMA-419: asks the modem something that changes nothing, and gives the lines of its answer.
   * @param line a read form or test form of the modem's own, as its manual prints it: `AT+QMTCONN?`
   * @throws ArgumentError when it is not one; StateError
   */
  inquire(line: string, done: InquiryCallback): void {
    if (this.#closed) throw new StateError("CLOSED", "this client has been closed; make a new one");
    if (!this.hasRoomFor(Kind.Inquiry)) throw new StateError("BUSY", "as much is under way as the modem can do at once");
    this.#driver.inquire(line, done);
  }

  // ---- writing

  /** @internal Bytes of payload that the next publish may have, or that the present one still lacks; 0 while anything that can be written could not be taken. */
  get writable(): number {
    const driver = this.#driver;
    if (driver.stage !== Stage.Online) return 0;
    if (this.#filling !== null) return this.#left;
    if (driver.publishing >= driver.limits.window || this.#subscriptions.changes >= OTHERS) return 0;
    const most = driver.longestPayload;
    const room = driver.channel.operations.isEmpty ? most : driver.room;
    this.#short = room < most;
    return room < most ? room : most;
  }

  private hasRoomFor(kind: Kind): boolean {
    const driver = this.#driver;
    if (kind === Kind.Publish) return driver.publishing < driver.limits.window;
    const { channel, link } = driver;
    return channel.count(link, Kind.Subscribe) + channel.count(link, Kind.Unsubscribe) + channel.count(link, Kind.Inquiry) < OTHERS;
  }

  private publish(data: ByteBuffer | null | undefined, options: WriteOptions | undefined): void {
    if (options === undefined || options === null) throw new ArgumentError("ARGUMENT_TYPE", "options", options, "must be given with the first part of a message");
    const driver = this.#driver;
    const topic = this.knownTopic(options.topic);
    const QoS = options.QoS === undefined ? 0 : integer(QOS, options.QoS, 0, 2);
    const retain = options.retain === undefined ? 0 : flag(RETAIN, options.retain);
    const bytes = data === null || data === undefined ? EMPTY : bytesOf(data, DATA);
    let length = bytes.length;
    if (options.byteLength === undefined) this.checkMessage(DATA, length);
    else this.checkMessage(BYTE_LENGTH, length = integer(BYTE_LENGTH, options.byteLength, length, 0x7fffffff));
    const id = this.chosenId(options.id);
    const operation = this.take(Kind.Publish);
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
    const bytes = data === null || data === undefined ? EMPTY : bytesOf(data, DATA);
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
    this.tell(this.#options.onDone, operation.id, new NetworkError("LINK_LOST", "the connection to the broker was lost before the message was complete"));
  }

  private changeSubscriptions(options: WriteOptions, subscribe: boolean): void {
    const checked = itemsOf(options.items, this.#driver.limits.topic);
    const id = this.chosenId(options.id);
    this.#subscriptions.change(this.take(subscribe ? Kind.Subscribe : Kind.Unsubscribe), id, checked);
  }

  private take(kind: Kind): Operation {
    const operation = this.hasRoomFor(kind) ? this.#driver.take(kind) : null;
    if (operation === null)
      throw new StateError("BUSY", "as much is under way as the modem can do at once; wait for onWritable");
    return operation;
  }

  private refuse(operation: Operation): never {
    this.#driver.channel.abandon(operation);
    this.#short = true;
    throw new StateError("BUSY", "the transmit buffer has no room for this message now; wait for onWritable");
  }

  private knownTopic(topic: string | ByteBuffer | undefined): Text {
    const string = typeof topic === STRING ? (topic as string) : textOf(topic, "topic");
    if (string !== undefined) {
      const known = this.#published.byString(string);
      if (known !== null) return known;
    }
    return this.#published.keep(topicName("topic", string, this.#driver.limits.topic));
  }

  /** The id that was asked for, or the next one that is not under way; never 0. */
  private chosenId(asked: number | undefined): number {
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

  private isUnderWay(id: number): boolean {
    return this.#driver.channel.has(this.#driver.link, id);
  }

  // ---- what the modem tells

  /** Calls the application, which may throw. Only `onReadable` is called without this: see {@link readable}. */
  private tell(callback: ((...values: any[]) => void) | undefined, value?: unknown, other?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this, value, other);
    } catch (thrown) {
      this.#driver.channel.threw(thrown);
    }
  }

  /** @internal Called by the driver, as all that begin with `onModem`. */
  onModemStage(stage: Stage): void {
    if (stage === Stage.Reconnecting) this.giveUp();
    if (!this.#closed) this.tell(this.#options.onStage, STAGES[stage]!);
  }

  /** @internal */
  onModemConnected(): void {
    this.tell(this.#options.onControl, { operation: MQTTClient.CONNACK, returnCode: 0 });
    this.tellWritable();
  }

  /** @internal */
  onModemReceived(operation: Operation): void {
    if (operation.granted !== 0) return;
    operation.granted = 1;
    this.control(MQTTClient.PUBREC, operation.id);
  }

  /** @internal */
  onModemPinged(): void {
    if (!this.#closed) this.tell(this.#options.onControl, PINGRESP);
  }

  /** @internal */
  onModemReconnected(): void {
    this.#subscriptions.rewind();
    this.restoreNext();
  }

  /** @internal */
  onModemDown(error: MQTTModemError | null): void {
    this.ended(error);
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

  /** @internal */
  onModemOverflow(): void {
    if (!this.#closed) this.tell(this.#options.onOverflow);
  }

  /** @internal */
  onModemFragment(): void {
    const info = this.#info;
    info.topic = info.QoS = info.byteLength = info.retain = info.duplicate = undefined;
    this.readable();
  }

  /** @internal */
  onModemMessageAgain(): boolean {
    const info = this.#info;
    if (info.topic === undefined) return false;
    info.byteLength = this.#driver.channel.scanner.message.length;
    if (info.byteLength < 0) info.byteLength = undefined;
    this.readable();
    return true;
  }

  /** @internal */
  onModemMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    const info = this.#info;
    const ring = this.#driver.channel.ring;
    const start = fields.start(topic);
    const length = fields.length(topic);
    let known = this.#received.byBytes(ring, start, length);
    if (known === null) {
      const bytes = new Uint8Array(length);
      ring.copy(start, bytes, 0, length);
      known = this.#received.keep({ string: utf8Decode(bytes), bytes });
    }
    info.topic = known.string;
    info.QoS = QoS < 0 ? undefined : QoS;
    info.retain = retain < 0 ? undefined : retain === 1;
    info.duplicate = duplicate < 0 ? undefined : duplicate === 1;
    const whole = this.#driver.channel.scanner.message.length;
    info.byteLength = whole < 0 ? undefined : whole;
    this.readable();
  }

  /** @internal */
  isSubscribed(start: number, end: number): boolean {
    return this.#subscriptions.includes(start, end);
  }

  /** @internal */
  get subscriptions(): number {
    return this.#subscriptions.count;
  }

  private readable(): void {
    const { available, more, suspect } = this.#driver.channel.scanner.message;
    const onReadable = this.#options.onReadable;
    if (this.#closed || onReadable === undefined) {
      this.#driver.channel.scanner.skip();
      return;
    }
    this.#info.more = more;
    this.#info.suspect = suspect;
    // What it throws leaves the scanner where it is: a message that was not read stays.
    onReadable.call(this, available, this.#info);
  }

  /** @internal */
  onModemDone(operation: Operation, error: MQTTModemError | null): void {
    if (this.#closed) return;
    if (operation.kind !== Kind.Publish) return this.changed(operation, error);
    const id = operation.id;
    if (operation.QoS !== 0) {
      if (error === null) this.acknowledged(operation);
      if (this.#closed) return;
    }
    this.tell(this.#options.onDone, id, error);
    this.tellWritable();
  }

  /** Makes the control messages that the modem's report stands for. */
  private acknowledged(operation: Operation): void {
    if (operation.QoS === 1) return this.control(MQTTClient.PUBACK, operation.id);
    // No PUBCOMP without PUBREC (MQTT 3.1.1, 4.3.3): a modem that reports the end alone has reported both. The SDK's
    // mqtt/js looks for PUBCOMP only once it has seen PUBREC.
    this.onModemReceived(operation);
    this.control(MQTTClient.PUBCOMP, operation.id);
  }

  /** A subscribe or unsubscribe has ended. */
  private changed(operation: Operation, error: MQTTModemError | null): void {
    const subscriptions = this.#subscriptions;
    if (error === null) {
      subscriptions.note(operation);
      this.#driver.channel.scanner.message.forget();
    }
    if (subscriptions.endsRestoring(operation)) return this.restored(operation, error);
    const parts = subscriptions.changed(operation, error);
    if (parts === null) return;
    if (error === null) this.tell(this.#options.onControl, controlOf(operation, parts));
    if (this.#closed) return;
    this.tell(this.#options.onDone, parts.id, error);
    this.tellWritable();
  }

  private control(operation: number, id: number): void {
    const onControl = this.#options.onControl;
    if (this.#closed || onControl === undefined) return;
    const message = this.#acknowledgement ??= { operation: 0, id: 0 };
    message.operation = operation;
    message.id = id;
    this.tell(onControl, message);
  }

  /** Subscribes again to what was subscribed, one command after the other; then it is online again, whether it can publish now or not. */
  private restoreNext(): void {
    const items = this.#subscriptions.next(this.#driver.limits.topics);
    if (items === null) {
      this.onModemStage(Stage.Online);
      return this.tellWritable();
    }
    const { id } = items[0]!;
    this.#subscriptions.restore(items, this.isUnderWay(id) ? this.chosenId(undefined) : id);
  }

  private restored(operation: Operation, error: MQTTModemError | null): void {
    if (error === null) {
      // The application learns only of what it has lost: the session goes on without it.
      if (operation.isRefused) this.tell(this.#options.onControl, lossOf(operation));
      if (!this.#closed && this.#driver.stage === Stage.Online) this.restoreNext();
    }
    else if (this.#driver.stage === Stage.Online) this.#driver.down(error);
  }

  private tellWritable(): void {
    if (this.#closed || this.#options.onWritable === undefined) return;
    const count = this.writable;
    if (count > 0) this.tell(this.#options.onWritable, count);
  }

  private ended(error: MQTTModemError | null): void {
    if (this.#closed) return;
    this.#filling = null;
    if (error === null) this.tell(this.#options.onClose);
    else this.tell(this.#options.onError, error);
    this.close();
  }

  static readonly CONNECT = 1;
  static readonly CONNACK = 2;
  static readonly PUBLISH = 3;
  static readonly PUBACK = 4;
  static readonly PUBREC = 5;
  static readonly PUBREL = 6;
  static readonly PUBCOMP = 7;
  static readonly SUBSCRIBE = 8;
  static readonly SUBACK = 9;
  static readonly UNSUBSCRIBE = 10;
  static readonly UNSUBACK = 11;
  static readonly PINGREQ = 12;
  static readonly PINGRESP = 13;
  static readonly DISCONNECT = 14;
}

type Callbacks = Pick<MQTTClientOptions, `on${string}` & keyof MQTTClientOptions>;
const NO_CALLBACKS: Callbacks = frozen({});
const EMPTY = new Uint8Array(0);
const PINGRESP: ControlMessage = frozen({ operation: MQTTClient.PINGRESP });

/** What acknowledges a subscribe or unsubscribe as a whole. */
function controlOf(operation: Operation, { id, granted }: Parts): ControlMessage {
  return operation.kind === Kind.Subscribe ? { operation: MQTTClient.SUBACK, id, payload: granted, topics: undefined } : { operation: MQTTClient.UNSUBACK, id };
}

/** What tells of topics that the broker refuses now. */
function lossOf(operation: Operation): ControlMessage {
  const items = operation.items!;
  return { operation: MQTTClient.SUBACK, id: operation.id, payload: items.map((_, index) => operation.grantOf(index)), topics: items.map(({ text }) => text.string) };
}
