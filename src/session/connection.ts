import { ModemError, MQTTModemError, wordsOf } from "../errors";
import type { Limits } from "../modem/limits";
import { Level, LEVELS } from "../modem/recovery";
import { MQTTClient, type MQTTClientOptions } from "../mqtt/client";
import type { WriteOptions } from "../mqtt/options";
import type { StageName } from "../modem/stage";
import type { OptionsOfSession } from "./options";

/** A modem that several clients use, one after the other or side by side: a new client takes it over from the client that was made last. */
export interface SharedModem {
  last: MQTTClient | undefined;
}

/** The client's callbacks, which report to the session. */
export type ClientCallbacks = Omit<MQTTClientOptions, "modem" | "host">;

/** Makes one `MQTTClient` for each connection, one after the other, and keeps what is known of the present one. */
export class Connection {
  readonly sharedModem: SharedModem;
  readonly #options: OptionsOfSession;
  readonly #callbacks: ClientCallbacks;
  /** The present client; between two connections the last one; null before the first. */
  client: MQTTClient | null = null;
  stage: StageName = "idle";
  /** Bytes of payload that the client can take now, as its `onWritable` reported; 0 before the first report. */
  room = 0;
  /** The payload of the last SUBACK: a granted QoS or 128 for each topic. */
  grantedCodes: readonly number[] | null = null;
  /** DISCONNECT has been written, or the client was closed: this connection is the session's last. */
  isEnding = false;
  /** The client was closed without a DISCONNECT; it makes no callback any more. */
  isClosed = false;
  /** The SIM has refused the PIN: no client is given it any more, for a third wrong PIN blocks the SIM. */
  isPINRefused = false;
  /** The same of a PIN whose answer was lost with a client. */
  readonly #pinMemory = { isInDoubt: false, tries: -1 };

  constructor(options: OptionsOfSession, sharedModem: SharedModem, callbacks: ClientCallbacks) {
    this.#options = options;
    this.sharedModem = sharedModem;
    this.#callbacks = callbacks;
  }

  /**
   * Makes a client, which begins to connect.
   * @param level how much of the way to the broker is set up again first
   * @throws what the client's constructor throws, or the application's `open` or `reset`
   */
  open(level: Level): void {
    const { modem, host, port, id, user, password, keepAlive, keepalive, protocolVersion, clean, will, subscriptions, open, reset } = this.#options;
    const isOurs = level === Level.Reset && reset !== undefined;
    if (isOurs) reset();
    this.room = 0;
    this.isEnding = this.isClosed = false;
    const options = {
      host,
      port,
      id,
      user,
      password,
      keepAlive,
      keepalive,
      protocolVersion,
      clean,
      will,
      subscriptions,
      ...this.#callbacks,
      modem: {
        ...modem,
        ...(modem.pin === undefined ? {} : { pin: this.isPINRefused ? undefined : modem.pin, pinMemory: modem.pinMemory ?? this.#pinMemory }),
        shared: this.sharedModem.last,
        recover: LEVELS[isOurs ? Level.Connect : level],
      },
    };
    this.sharedModem.last = this.client = open === undefined ? new MQTTClient(options) : open(options);
  }

  /** The limits of this modem's MQTT client. */
  get limits(): Limits {
    return this.client?.limits ?? this.#options.modem.io.limits;
  }

  /** Whether the present client accepts a payload of `length` bytes. */
  canCarry(length: number): boolean {
    try {
      this.client!.checkMessage("data", length);
      return true;
    } catch {
      return false;
    }
  }

  /** @throws what the client's `write` throws */
  write(data: Uint8Array | null, options: WriteOptions): void {
    this.room = this.client!.write(data, options);
  }

  /** Writes DISCONNECT; the client's `onClose` follows. @throws as `write` */
  disconnect(): void {
    this.isEnding = true;
    this.client!.write(null, { operation: MQTTClient.DISCONNECT });
  }

  /** Closes the client without a DISCONNECT; it makes no callback any more. */
  close(): void {
    this.isClosed = true;
    this.client?.close();
  }
}

/** An exception of `open` as an error of this package: the port's class, which is the host's, may throw anything. */
export function openError(error: unknown): MQTTModemError {
  return error instanceof MQTTModemError ? error : new ModemError("PORT_FAILED", `the serial port could not be opened: ${wordsOf(error)}`, undefined, error);
}
