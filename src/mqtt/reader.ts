import type { Fields } from "../at/lines/fields";
import type { Scanner } from "../at/scanner/scanner";
import { frozen } from "../bytes/frozen";
import { utf8Decode } from "../bytes/utf8";
import { integer } from "../checks";
import type { MQTTModemError } from "../errors";
import type { Driver } from "../modem/driver";
import type { MQTTClient } from "./client";
import { bytesOf } from "./input";
import { KnownTopics, type Known } from "./known";
import type { ByteBuffer, MQTTClientOptions, ReadableOptions } from "./options";

// Hoisted, because a literal in a function of a preloaded module allocates at every evaluation (xs-notes.md).
const FORMAT = "buffer";
const NUMBER = "number";

/** Tells the application what happens, until it has closed its client or has been told of the end: of messages, which it reads here, first. */
export abstract class MessageReader {
  // Private to the engine, because they lead to the password: who inspects a client does not come upon it.
  #driver!: Driver;
  #callbacks: Callbacks = NO_CALLBACKS;

  /** @hidden Each use is a call: where it is used often, once for all. */
  protected get driver(): Driver {
    return this.#driver;
  }

  /** @hidden */
  protected set driver(driver: Driver) {
    this.#driver = driver;
  }

  /** @hidden The application's; none while it makes its client, and `CLOSED` in their place once that is closed. */
  protected get callbacks(): Callbacks {
    return this.#callbacks;
  }

  /** @hidden */
  protected set callbacks(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  readonly #received = new KnownTopics<Known>();
  readonly #info: { -readonly [option in keyof ReadableOptions]: ReadableOptions[option] } = {
    topic: undefined, QoS: undefined, byteLength: undefined, more: false, retain: undefined, duplicate: undefined, suspect: false,
  };

  /**
   * Without an argument, or with a number: the bytes of the present message, as many as there are or as asked for, in a
   * new ArrayBuffer. With a buffer: fills as much of it as there is, and returns how many bytes that was.
   * @returns undefined when there is nothing to read
   */
  read(count?: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(wanted?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const driver = this.#driver, scanner = driver.channel.scanner;
    if (this.#callbacks === CLOSED || scanner.message.available === 0 || !driver.modem.isReader(driver)) return undefined;
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

  // ---- what the modem tells

  /** @internal */
  onModemMessage(fields: Fields, topic: number, QoS: number, retain: number, duplicate: number): void {
    const info = this.#info;
    const { ring, scanner } = this.#driver.channel;
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
    const whole = scanner.message.length;
    info.byteLength = whole < 0 ? undefined : whole;
    this.readable(scanner);
  }

  /** @internal */
  onModemMessageAgain(): boolean {
    const info = this.#info;
    if (info.topic === undefined) return false;
    const { scanner } = this.#driver.channel;
    info.byteLength = scanner.message.length;
    if (info.byteLength < 0) info.byteLength = undefined;
    this.readable(scanner);
    return true;
  }

  /** @internal */
  onModemFragment(): void {
    const info = this.#info;
    info.topic = info.QoS = info.byteLength = info.retain = info.duplicate = undefined;
    this.readable(this.#driver.channel.scanner);
  }

  private readable(scanner: Scanner): void {
    const { available, more, suspect } = scanner.message;
    const onReadable = this.#callbacks.onReadable;
    if (onReadable === undefined) {
      scanner.skip();
      return;
    }
    this.#info.more = more;
    this.#info.suspect = suspect;
    // What it throws leaves the scanner where it is: a message that was not read stays.
    onReadable.call(this as unknown as MQTTClient, available, this.#info);
  }

  // ---- what the application is told

  /**
   * Ends everything at once and without a DISCONNECT, so that the broker publishes the will; no callback comes
   * afterwards. The modem is still told to close its connection. After a DISCONNECT has been written, what was written
   * until then is still sent. A second call does nothing.
   */
  close(): void {
    if (this.isClosed) return;
    this.#callbacks = CLOSED;
    this.#driver.shut();
  }

  /** @hidden */
  protected get isClosed(): boolean {
    return this.#callbacks === CLOSED;
  }

  /** @hidden Calls the application, which may throw. Only `onReadable` is called without this. */
  protected tell(callback: ((...values: any[]) => void) | undefined, value?: unknown, other?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this, value, other);
    } catch (thrown) {
      this.#driver.channel.threw(thrown);
    }
  }

  /** @internal Called by the driver, as all that begin with `onModem`. */
  onModemOverflow(): void {
    this.tell(this.#callbacks.onOverflow);
  }

  /** @internal */
  onModemDown(error: MQTTModemError | null): void {
    if (error === null) this.tell(this.#callbacks.onClose);
    else this.tell(this.#callbacks.onError, error);
    this.close();
  }
}

/** The application's functions. */
export type Callbacks = Pick<MQTTClientOptions, `on${string}` & keyof MQTTClientOptions>;
const NO_CALLBACKS: Callbacks = frozen({});
/** In place of the callbacks of a client that is closed: nothing is told any more. */
const CLOSED: Callbacks = frozen({});
