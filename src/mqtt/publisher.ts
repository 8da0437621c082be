import type { Request } from "../at/requests/request";
import type { Text } from "../bytes/text";
import { flag, integer } from "../checks";
import { ArgumentError, StateError, type MQTTModemError } from "../errors";
import type { Link } from "../modem/link";
import type { Outgoing } from "../modem/outgoing";
import { linkLost } from "../modem/failure";
import { Stage } from "../modem/stage";
import { topicName } from "../modem/topic";
import type { Application } from "./application";
import { Most, type InFlight } from "./in-flight";
import { bytesOf, textOf } from "./input";
import type { ByteBuffer, ControlMessage, WriteOptions } from "./options";
import { Packet } from "./packets";
import { TopicCache } from "./topic-cache";
import type { PublishListener } from "../modem/receivers";

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const STRING = "string";
const DATA = "data";
const BYTE_LENGTH = "byteLength";
const QOS = "QoS";
const RETAIN = "retain";

/** Publishes messages, whole or in parts, and reports how each has ended. */
export class Publisher implements PublishListener {
  private readonly link: Link;
  private readonly outgoing: Outgoing;
  private readonly inFlight: InFlight;
  private readonly application: Application;
  private readonly topics = new TopicCache<Text>();
  /** The topic of the last message: the next one often has the same. */
  private topic: Text | null = null;
  /** The message of which parts are still to be written, or null. */
  partial: Request | null = null;
  /** Its bytes that are still to be written. */
  private left = 0;
  /** The length of the whole message. */
  private whole = 0;
  /** The application was last told of less room than the longest payload needs, so it has to be told when there is more. */
  private short = false;
  /** One object for all acknowledgements, made at the first one: an application that publishes at QoS 0 alone needs none. */
  private acknowledgement: ControlMessage | null = null;

  constructor(link: Link, inFlight: InFlight, application: Application) {
    this.link = link;
    this.outgoing = link.outgoing;
    this.inFlight = inFlight;
    this.application = application;
  }

  /** Bytes of payload that the next message may have, or that the present one still lacks; 0 while nothing can be written. */
  get room(): number {
    const link = this.link;
    if (link.stage !== Stage.Online) return 0;
    if (this.partial !== null) return this.left;
    if (link.window <= 0 || this.inFlight.batches >= Most.Batches) return 0;
    const most = this.outgoing.longest;
    if (link.chat.payloads.used === 0) {
      this.short = false;
      return most;
    }
    const room = this.outgoing.room;
    this.short = room < most;
    return room < most ? room : most;
  }

  /**
   * Publishes a message, or its first part.
   * @throws ArgumentError; StateError BUSY
   */
  publish(data: ByteBuffer | null | undefined, options: WriteOptions | null | undefined): void {
    if (options === undefined || options === null)
      throw new ArgumentError("ARGUMENT_TYPE", "options", options, "must be given with the first part of a message");
    const outgoing = this.outgoing;
    const named = options.topic,
      last = this.topic;
    const topic = last !== null && named === last.string ? last : this.topicOf(named);
    const QoS = options.QoS === undefined ? 0 : integer(QOS, options.QoS, 0, 2);
    const retain = options.retain === undefined ? 0 : flag(RETAIN, options.retain);
    const bytes = data instanceof Uint8Array ? data : payloadOf(data),
      given = bytes.length,
      byteLength = options.byteLength;
    const length = byteLength === undefined ? given : integer(BYTE_LENGTH, byteLength, given, 0x7fffffff);
    if (length > outgoing.longest || length === 0) this.checkLength(byteLength === undefined ? DATA : BYTE_LENGTH, length);
    const request = this.inFlight.takePublish(options.id);
    request.QoS = QoS;
    request.retain = retain;
    request.granted = 0;
    request.topic = topic;
    if (!outgoing.begin(request, length, bytes)) this.refuse(request);
    if (given === length) {
      if (!outgoing.send(request, length)) this.refuse(request);
      return;
    }
    this.left = length - given;
    this.whole = length;
    this.waitForPart(request);
  }

  /** Adds a part to the message that has begun. @throws ArgumentError */
  add(data: ByteBuffer | null | undefined): void {
    const request = this.partial!;
    const bytes = payloadOf(data);
    if (bytes.length > this.left)
      throw new ArgumentError("ARGUMENT_LENGTH", "data", bytes.length, `must be at most the ${this.left} bytes that byteLength left`);
    this.outgoing.add(request, bytes, this.left);
    this.left -= bytes.length;
    if (this.left > 0) return this.waitForPart(request);
    this.partial = null;
    this.outgoing.send(request, this.whole); // cannot fail: `publish` has reserved the room
  }

  /** Checks a payload's length against the modem's limits. @throws ArgumentError */
  checkLength(argument: string, length: number): void {
    const { link, outgoing } = this;
    if (length > outgoing.longest)
      throw new ArgumentError("ARGUMENT_LENGTH", argument, length, `must be at most ${outgoing.longest} bytes for a ${link.family.title}`);
    outgoing.check(length);
  }

  /** There may be more room now. @returns whether the application has to be told */
  takesRoom(): boolean {
    const { short } = this;
    this.short = false;
    return short;
  }

  /** The connection is lost: a message that is not complete has failed. */
  connectionLost(): void {
    const request = this.partial;
    if (request === null) return;
    this.partial = null;
    this.application.done(request.id, linkLost("was lost before the message was complete"));
  }

  /** The broker has answered a publish at QoS 2 with PUBREC. The application gets it once, however often it comes. */
  received(request: Request): void {
    if (request.granted !== 0) return;
    request.granted = 1;
    this.acknowledge(Packet.PUBREC, request.id);
  }

  onPublished(request: Request): void {
    this.done(request, null);
    this.tellRoom();
  }

  /** Tells the application how much it can write, if that is anything. */
  tellRoom(): void {
    const room = this.room;
    if (room > 0) this.application.writable(room);
  }

  /** A publish has ended. */
  done(request: Request, error: MQTTModemError | null): void {
    const id = request.id,
      QoS = request.QoS; // read first: a callback may publish, and the next message may use this request
    if (QoS === 0 || error !== null) return this.application.done(id, error);
    if (QoS === 1) this.acknowledge(Packet.PUBACK, id);
    else {
      // PUBREC always comes before PUBCOMP (MQTT 3.1.1, 4.3.3). Some modems report only the end of both, and the SDK's mqtt/js
      // expects PUBCOMP only after PUBREC, so the application gets PUBREC first.
      this.received(request);
      this.acknowledge(Packet.PUBCOMP, id);
    }
    this.application.done(id, null);
  }

  private acknowledge(packet: number, id: number): void {
    if (!this.application.takesControl) return;
    const message = (this.acknowledgement ??= { operation: 0, id: 0 });
    message.operation = packet;
    message.id = id;
    this.application.control(message);
  }

  /** Waits for the message's next part. Its room is reserved, so `onWritable` can follow at once. */
  private waitForPart(request: Request): void {
    this.partial = request;
    this.short = true;
    this.link.modem.tellRoom();
  }

  private topicOf(topic: string | ByteBuffer | undefined): Text {
    const string = typeof topic === STRING ? (topic as string) : textOf(topic, "topic");
    const cached = string === undefined ? null : this.topics.byString(string);
    if (cached !== null) return (this.topic = cached);
    const { limits, chat } = this.link;
    return (this.topic = this.topics.keep(topicName("topic", string, limits.topic, limits.escapes, chat.ring.native)));
  }

  private refuse(request: Request): never {
    this.link.chat.abandon(request);
    this.short = true;
    throw new StateError("BUSY", "the transmit buffer has no room for this message now; wait for onWritable");
  }
}

const EMPTY = new Uint8Array(0);

function payloadOf(data: ByteBuffer | null | undefined): Uint8Array {
  return data === null || data === undefined ? EMPTY : bytesOf(data, DATA);
}
