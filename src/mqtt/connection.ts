import type { Request } from "../at/requests/request";
import type { Match } from "../at/framing/subscribed";
import { frozen } from "../bytes/frozen";
import { integer } from "../checks";
import { ArgumentError, StateError, type MQTTModemError } from "../errors";
import type { CareClient } from "../modem/care";
import type { ClientModem } from "../modem/client-modem";
import type { InquiryCallback } from "../modem/inquiry";
import { Link } from "../modem/link";
import type { LinkListener } from "../modem/link-listener";
import { Modem } from "../modem/modem";
import { knownToModem, needsCare } from "../modem/names";
import type { ModemOptions } from "../modem/options";
import { Kind } from "../modem/script";
import { settings } from "../modem/settings";
import { Stage, STAGES } from "../modem/stage";
import { Application } from "./application";
import { InFlight } from "./in-flight";
import { Inbox } from "./inbox";
import { portOf, textOf } from "./input";
import type { ByteBuffer, ClientOptions, ControlMessage, WriteOptions } from "./options";
import { Packet } from "./packets";
import { Publisher } from "./publisher";
import { Ended, Subscriber } from "./subscriber";

/** Stands for a secret's value in errors. */
const A_SECRET = "a secret";
const PINGRESP: ControlMessage = frozen({ operation: Packet.PINGRESP });

/** The parts of one client. Passes each call of the application and each report of the link to the part that handles it. */
export class Connection implements LinkListener, CareClient {
  readonly link: Link;
  readonly inbox: Inbox;
  readonly publisher: Publisher;
  private readonly subscriber: Subscriber;
  private readonly inFlight: InFlight;
  private readonly application: Application;
  /** Made for the first who asks. */
  declare private face?: ClientModem;

  /**
   * @param client the `MQTTClient`, which is `this` in the callbacks
   * @param shared the connection of the client that `modem.shared` names
   * @throws ArgumentError; StateError; what the port's class throws
   */
  constructor(client: unknown, options: ClientOptions, shared: Connection | undefined) {
    const modemOptions = options.modem,
      { io: family, serial } = modemOptions;
    knownToModem(modemOptions, family);
    const capacity = integer("subscriptions", options.subscriptions ?? 32, 1, 1000);
    const before = shared === undefined || (shared.link.chat.closed && serial !== undefined) ? null : shared.link;
    const modem = before === null ? new Modem(family, modemOptions as ModemOptions) : before.modem;
    const { chat, care } = modem,
      number = modem.place(modemOptions.link, before);
    this.application = new Application(client, chat.thrown);
    this.inbox = new Inbox(chat, this.application);
    this.link = new Link(modem, number, modemOptions, care === null ? this : care.listener(this, number));
    this.inFlight = new InFlight(this.link);
    this.publisher = new Publisher(this.link, this.inFlight, this.application);
    this.subscriber = new Subscriber(this.link, this.inFlight, this.application, capacity);
  }

  /**
   * Opens the port and begins to connect.
   * @throws ArgumentError before anything is sent; what the port's class throws
   */
  start(options: ClientOptions): void {
    const { link } = this,
      { family } = link,
      { will } = options;
    link.start(
      settings(
        {
          host: options.host,
          port: portOf(options.port),
          id: textOf(options.id, "id"),
          user: textOf(options.user, "user") || undefined,
          password: textOf(options.password, "password", A_SECRET) || undefined,
          keepAlive: options.keepAlive ?? options.keepalive ?? family.keepAlive ?? 0,
          protocolVersion: options.protocolVersion,
          clean: options.clean,
          will: will && { topic: textOf(will.topic, "will.topic")!, message: textOf(will.message, "will.message") ?? "", QoS: will.QoS, retain: will.retain },
        },
        link.limits,
        link.chat.ring.native,
      ),
    );
    this.application.open(options);
  }

  // ---- calls of the application

  read(wanted: number | ByteBuffer | undefined): ArrayBuffer | number | undefined {
    // Of a client that has been closed nothing is left to be read: see Link.close.
    const link = this.link;
    return link.modem.reader === link.incoming ? this.inbox.read(wanted) : undefined;
  }

  /** See `MQTTClient.write`. */
  write(data: ByteBuffer | null | undefined, options: WriteOptions | null | undefined): number {
    const publisher = this.publisher;
    if (this.link.stage !== Stage.Online) {
      this.mustBeOpen();
      throw new StateError("NOT_CONNECTED", "there is no connection to the broker yet or any more; wait for onWritable");
    }
    if (publisher.partial !== null) {
      if (options !== undefined && options !== null)
        throw new StateError("BUSY", "a message is not complete yet: write the rest of its bytes first, without options");
      publisher.add(data);
    } else
      switch (options?.operation ?? Packet.PUBLISH) {
        case Packet.PUBLISH:
          publisher.publish(data, options);
          break;
        case Packet.SUBSCRIBE:
          this.subscriber.change(Kind.Subscribe, options!);
          break;
        case Packet.UNSUBSCRIBE:
          this.subscriber.change(Kind.Unsubscribe, options!);
          break;
        case Packet.DISCONNECT:
          this.link.disconnect();
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
    return publisher.room;
  }

  /** Bytes of payload that can be written now; 0 while nothing can be written. */
  get writable(): number {
    return this.publisher.room;
  }

  inquire(line: string, done: InquiryCallback): void {
    this.mustBeOpen();
    if (!this.inFlight.hasRoomForOther) throw new StateError("BUSY", "as much is under way as the modem can do at once");
    this.link.inquire(line, done);
  }

  close(): void {
    if (this.application.isClosed) return;
    this.application.close();
    this.link.modem.care?.forget(this);
    this.link.close();
  }

  /** The modem as a device, for the application. @throws StateError NOT_SUPPORTED by a plain driver */
  get modem(): ClientModem {
    const { care, family } = this.link.modem;
    if (care === null) throw new StateError("NOT_SUPPORTED", `this ${needsCare(family)}`);
    return (this.face ??= care.face(this));
  }

  mustBeOpen(): void {
    if (this.application.isClosed) throw new StateError("CLOSED", "this client has been closed; make a new one");
  }

  // ---- reports of the link

  onModemStage(stage: Stage): void {
    if (stage === Stage.Reconnecting) this.publisher.connectionLost();
    const { care } = this.link.modem;
    this.application.stage(STAGES[stage], care === null ? null : care.onStage(stage, this.link.number));
  }

  onModemConnected(): void {
    this.application.control({ operation: Packet.CONNACK, returnCode: 0 });
    this.publisher.tellRoom();
  }

  onModemPinged(): void {
    this.application.control(PINGRESP);
  }

  onModemReceived(request: Request): void {
    this.publisher.received(request);
  }

  onModemDone(request: Request, error: MQTTModemError | null): void {
    if (request.kind === Kind.Publish) this.publisher.done(request, error);
    else
      switch (this.subscriber.done(request, error)) {
        case Ended.Nothing:
          return;
        case Ended.Restoring:
          this.onModemStage(Stage.Online);
      }
    this.publisher.tellRoom();
  }

  onModemReconnected(): void {
    if (this.subscriber.restoreAll()) return;
    this.onModemStage(Stage.Online);
    this.publisher.tellRoom();
  }

  onModemSettled(): void {
    this.publisher.tellRoom();
  }

  onModemRoom(): void {
    if (this.publisher.takesRoom()) this.publisher.tellRoom();
  }

  onModemOverflow(): void {
    this.application.overflow();
  }

  onModemDown(error: MQTTModemError | null): void {
    this.link.modem.care?.onEnded(this, error);
    this.application.ended(error);
    this.close();
  }

  isSubscribed(start: number, end: number): Match {
    return this.subscriber.match(start, end);
  }

  get subscriptions(): number {
    return this.subscriber.count;
  }
}
