import { frozen } from "../bytes/frozen";
import type { MQTTModemError } from "../errors";
import type { Thrown } from "../thrown";
import type { ClientOptions, ControlMessage, ReadableOptions } from "./options";
import type { StageName } from "./stages";

/** The application's functions. */
export type Callbacks = Pick<ClientOptions, `on${string}` & keyof ClientOptions>;

const NO_CALLBACKS: Callbacks = frozen({});
/** Replaces the callbacks of a closed client. */
const CLOSED: Callbacks = frozen({});

/**
 * Calls the application's callbacks with its client as `this`. None is called while the client is being constructed, nor after it has been closed.
 * An exception of a callback reaches the host only after the received bytes have been processed, so that none of them is lost.
 */
export class Application {
  private readonly client: unknown;
  private readonly thrown: Thrown;
  private callbacks: Callbacks = NO_CALLBACKS;

  /** @param client the `MQTTClient`, which is `this` in the callbacks */
  constructor(client: unknown, thrown: Thrown) {
    this.client = client;
    this.thrown = thrown;
  }

  /** From now on the callbacks are called. The object that has them is the client's options, with the password: it is not kept. */
  open({ onReadable, onWritable, onControl, onDone, onStage, onOverflow, onClose, onError }: Callbacks): void {
    if (!this.isClosed) this.callbacks = { onReadable, onWritable, onControl, onDone, onStage, onOverflow, onClose, onError };
  }

  close(): void {
    this.callbacks = CLOSED;
  }

  get isClosed(): boolean {
    return this.callbacks === CLOSED;
  }

  /** @returns false when the application has no `onReadable` @throws what `onReadable` throws: the message then stays to be read */
  readable(count: number, options: ReadableOptions): boolean {
    const { onReadable } = this.callbacks;
    if (onReadable === undefined) return false;
    onReadable.call(this.client, count, options);
    return true;
  }

  get takesControl(): boolean {
    return this.callbacks.onControl !== undefined;
  }

  writable(count: number): void {
    const onWritable = this.callbacks.onWritable;
    if (onWritable === undefined) return;
    try {
      onWritable.call(this.client, count);
    } catch (thrown) {
      this.thrown.keep(thrown);
    }
  }

  control(message: ControlMessage): void {
    this.call(this.callbacks.onControl, message);
  }

  done(id: number, error: MQTTModemError | null): void {
    const onDone = this.callbacks.onDone;
    if (onDone === undefined) return;
    try {
      onDone.call(this.client, id, error);
    } catch (thrown) {
      this.thrown.keep(thrown);
    }
  }

  stage(name: StageName): void {
    this.call(this.callbacks.onStage, name);
  }

  overflow(): void {
    this.call(this.callbacks.onOverflow);
  }

  /** The connection has ended. @param error null when the application asked for it with DISCONNECT */
  ended(error: MQTTModemError | null): void {
    if (error === null) this.call(this.callbacks.onClose);
    else this.call(this.callbacks.onError, error);
  }

  private call(callback: ((...values: any[]) => void) | undefined, value?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this.client, value);
    } catch (thrown) {
      this.thrown.keep(thrown);
    }
  }
}
