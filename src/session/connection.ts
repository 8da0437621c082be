import { ModemError, MQTTModemError, wordsOf } from "../errors";
import type { Limits } from "../modem/limits";
import { Level, LEVELS } from "../modem/recovery";
import { MQTTClient, type MQTTClientOptions } from "../mqtt/client";
import type { WriteOptions } from "../mqtt/options";
import type { StageName } from "../mqtt/stages";
import type { OptionsOfSession } from "./options";

/** The client that was made last on a modem: the next one takes the modem over from it, or stands beside it. */
export interface SharedModem {
  last: MQTTClient | undefined;
}

/** What a client tells the session. */
export type ClientCallbacks = Omit<MQTTClientOptions, "modem" | "host">;

/** One client after the other on a modem, and what is known of the present one. */
export class Connection {
  readonly sharedModem: SharedModem;
  readonly #options: OptionsOfSession;
  readonly #callbacks: ClientCallbacks;
  /** The present client, or the last one; null before there was any. */
  client: MQTTClient | null = null;
  stage: StageName = "idle";
  /** Bytes that the client takes now; 0 until it says so. */
  room = 0;
  /** What the broker has granted last. */
  grantedCodes: readonly number[] | null = null;
  /** DISCONNECT has been written, or the client let go: this is its end. */
  isEnding = false;
  /** The client was let go. */
  isClosed = false;

  constructor(options: OptionsOfSession, sharedModem: SharedModem, callbacks: ClientCallbacks) {
    this.#options = options;
    this.sharedModem = sharedModem;
    this.#callbacks = callbacks;
  }

  /**
   * Makes a client, which begins to connect.
   * @param level how much is done anew for that
   * @throws what the client's constructor throws, or the application's functions
   */
  open(level: Level): void {
    const { modem, host, port, id, user, password, keepAlive, keepalive, protocolVersion, clean, will, subscriptions, open, reset } = this.#options;
    if (level === Level.Reset) reset!();
    this.room = 0;
    this.isEnding = this.isClosed = false;
    const options = {
      host, port, id, user, password, keepAlive, keepalive, protocolVersion, clean, will, subscriptions, ...this.#callbacks,
      modem: { ...modem, shared: this.sharedModem.last, recover: LEVELS[level === Level.Reset ? Level.Connect : level] },
    };
    this.sharedModem.last = this.client = open === undefined ? new MQTTClient(options) : open(options);
  }

  /** What this modem can carry. */
  get limits(): Limits {
    return this.client?.limits ?? this.#options.modem.io.family.limits;
  }

  /** Whether a message may have so many bytes, with this modem and its options. */
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

  /** Ends it in good order. @throws as `write` */
  disconnect(): void {
    this.isEnding = true;
    this.client!.write(null, { operation: MQTTClient.DISCONNECT });
  }

  /** Lets go of the client: it tells nothing any more. */
  close(): void {
    this.isClosed = true;
    this.client?.close();
  }
}

/** What `open` has thrown: where it is not this package's, the port's class has thrown something of its own. */
export function openError(error: unknown): MQTTModemError {
  return error instanceof MQTTModemError ? error : new ModemError("PORT_FAILED", `the serial port could not be opened: ${wordsOf(error)}`, undefined, error);
}
