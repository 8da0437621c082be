import { integer } from "../checks";
import { ArgumentError } from "../errors";
import type { ModemClient } from "../modem/dialect";
import type { Limits } from "../modem/limits";
import { Modem, type ModemOptions } from "../modem/modem";
import { knownToModem } from "../modem/names";
import { settings } from "../modem/settings";
import { Acknowledger } from "./acknowledger";
import { portOf, textOf } from "./input";
import type { Counters, MQTTClientOptions } from "./options";
import { Packet } from "./packets";
import { Subscribing } from "./subscribing";

/** In place of a secret's value in errors. */
const A_SECRET = "a secret";

/**
 * ECMA-419's MQTT client class pattern over a modem's own MQTT client.
 *
 * Buffers: what is given to `write` is copied before it returns; what `read` fills is the caller's. Received bytes that
 * are not read keep everything behind them waiting, and are dropped when the ring is full of them.
 */
export class MQTTClient extends Acknowledger implements ModemClient {
  /** What the option of this name was. */
  declare target?: unknown;

  /**
   * Opens the port and begins to connect; `onWritable` follows, or `onError`.
   * @throws ArgumentError before anything is sent; what the port's class throws
   */
  constructor(options: MQTTClientOptions) {
    super();
    const modem = options.modem;
    if (typeof modem?.io !== "function")
      throw new ArgumentError("ARGUMENT_TYPE", "modem.io", modem?.io, "must be a driver: BC35G, M531X, ML302 or NM28");
    knownToModem(modem, modem.io.dialect);
    const subscriptions = integer("subscriptions", options.subscriptions ?? 32, 1, 1000);
    const shared = modem.shared;
    if (shared !== undefined && shared.driver.dialect !== modem.io.dialect)
      throw new ArgumentError("ARGUMENT_RANGE", "modem.shared", shared, `must be a client of a ${modem.io.dialect.name}`);
    const anew = shared === undefined || (shared.driver.channel.closed && modem.serial !== undefined);
    const carrier = anew ? new Modem(modem.io.dialect, modem as ModemOptions, modem.io.baud) : shared.driver.modem;
    const driver = this.driver = new modem.io(carrier, carrier.place(modem.link, anew ? null : shared.driver), modem, this);
    this.subscribing = new Subscribing(driver, subscriptions);
    const connection = settings({
      host: options.host,
      port: portOf(options.port),
      id: textOf(options.id, "id"),
      user: textOf(options.user, "user") || undefined,
      password: textOf(options.password, "password", A_SECRET) || undefined,
      keepAlive: options.keepAlive ?? options.keepalive ?? driver.defaultKeepAlive,
      protocolVersion: options.protocolVersion,
      clean: options.clean,
      will: options.will && {
        topic: textOf(options.will.topic, "will.topic")!, message: textOf(options.will.message, "will.message") ?? "",
        QoS: options.will.QoS, retain: options.will.retain,
      },
    }, driver.limits);
    if (options.format !== undefined) this.format = options.format;
    if (options.target !== undefined) this.target = options.target;
    driver.start(connection);
    if (!this.isClosed) this.callbacks = options;
  }

  /** What this modem can carry. */
  get limits(): Limits {
    return this.driver.limits;
  }

  /** What went by on this modem's port and was nobody's, or could not be told for certain, since it was opened. */
  get counters(): Counters {
    const { unknownLines, strayFinals, overflows, suspects } = this.driver.channel;
    return { unknownLines, strayFinals, overflows, suspects };
  }

  /** Always `"buffer"`. */
  get format(): string {
    return "buffer";
  }

  set format(value: string) {
    if (value !== this.format) throw new RangeError(`the only format is "buffer"; got ${JSON.stringify(value)}`);
  }

  static readonly CONNECT: 1 = Packet.CONNECT;
  static readonly CONNACK: 2 = Packet.CONNACK;
  static readonly PUBLISH: 3 = Packet.PUBLISH;
  static readonly PUBACK: 4 = Packet.PUBACK;
  static readonly PUBREC: 5 = Packet.PUBREC;
  static readonly PUBREL: 6 = Packet.PUBREL;
  static readonly PUBCOMP: 7 = Packet.PUBCOMP;
  static readonly SUBSCRIBE: 8 = Packet.SUBSCRIBE;
  static readonly SUBACK: 9 = Packet.SUBACK;
  static readonly UNSUBSCRIBE: 10 = Packet.UNSUBSCRIBE;
  static readonly UNSUBACK: 11 = Packet.UNSUBACK;
  static readonly PINGREQ: 12 = Packet.PINGREQ;
  static readonly PINGRESP: 13 = Packet.PINGRESP;
  static readonly DISCONNECT: 14 = Packet.DISCONNECT;
}
