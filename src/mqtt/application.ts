import { frozen } from "../bytes/frozen";
import type { MQTTModemError } from "../errors";
import type { Progress } from "../modem/care";
import type { Thrown } from "../thrown";
import type { ClientOptions, ControlMessage, ReadableOptions } from "./options";
import type { StageName } from "../modem/stage";

/** The application's functions. */
export type Callbacks = Pick<ClientOptions, `on${string}` & keyof ClientOptions>;

/** Of a client that has been closed. */
const NONE: Callbacks = frozen({});

/**
 * Calls the application's callbacks with its client as `this`. None is called while the client is being constructed, nor after it has been closed.
 * An exception of a callback reaches the host only after the received bytes have been processed, so that none of them is lost.
 */
export class Application {
  private readonly client: unknown;
  // One by one, and no object that has them: each call takes one step less, and the options, with the password, are not kept.
  private onReadable: Callbacks["onReadable"];
  private onWritable: Callbacks["onWritable"];
  private onDone: Callbacks["onDone"];
  private onControl: Callbacks["onControl"];
  private onStage: Callbacks["onStage"];
  private onOverflow: Callbacks["onOverflow"];
  private onClose: Callbacks["onClose"];
  private onError: Callbacks["onError"];
  /** No callback is called any more. Set by {@link close} alone. */
  isClosed = false;
  private readonly thrown: Thrown;

  /** @param client the `MQTTClient`, which is `this` in the callbacks */
  constructor(client: unknown, thrown: Thrown) {
    this.client = client;
    this.thrown = thrown;
  }

  /** From now on the callbacks are called. */
  open(callbacks: Callbacks): void {
    if (!this.isClosed) this.take(callbacks);
  }

  close(): void {
    this.isClosed = true;
    this.take(NONE);
  }

  private take({ onReadable, onWritable, onDone, onControl, onStage, onOverflow, onClose, onError }: Callbacks): void {
    this.onReadable = onReadable;
    this.onWritable = onWritable;
    this.onDone = onDone;
    this.onControl = onControl;
    this.onStage = onStage;
    this.onOverflow = onOverflow;
    this.onClose = onClose;
    this.onError = onError;
  }

  /** @returns false when the application has no `onReadable` @throws what `onReadable` throws: the message then stays to be read */
  readable(count: number, options: ReadableOptions): boolean {
    const { onReadable } = this;
    if (onReadable === undefined) return false;
    onReadable.call(this.client, count, options);
    return true;
  }

  get takesControl(): boolean {
    return this.onControl !== undefined;
  }

  writable(count: number): void {
    const onWritable = this.onWritable;
    if (onWritable === undefined) return;
    try {
      onWritable.call(this.client, count);
    } catch (thrown) {
      this.thrown.keep(thrown);
    }
  }

  control(message: ControlMessage): void {
    this.call(this.onControl, message);
  }

  done(id: number, error: MQTTModemError | null): void {
    const onDone = this.onDone;
    if (onDone === undefined) return;
    try {
      onDone.call(this.client, id, error);
    } catch (thrown) {
      this.thrown.keep(thrown);
    }
  }

  stage(name: StageName, progress: Progress | null): void {
    this.call(this.onStage, name, progress);
  }

  overflow(): void {
    this.call(this.onOverflow);
  }

  /** The connection has ended. @param error null when the application asked for it with DISCONNECT */
  ended(error: MQTTModemError | null): void {
    if (error === null) this.call(this.onClose);
    else this.call(this.onError, error);
  }

  private call(callback: ((...values: any[]) => void) | undefined, value?: unknown, more?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this.client, value, more);
    } catch (thrown) {
      this.thrown.keep(thrown);
    }
  }
}
