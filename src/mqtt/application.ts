import { frozen } from "../bytes/frozen";
import type { MQTTModemError } from "../errors";
import type { ClientOptions, ControlMessage, ReadableOptions } from "./options";
import type { StageName } from "./stages";

/** The application's functions. */
export type Callbacks = Pick<ClientOptions, `on${string}` & keyof ClientOptions>;

/** Takes what an application's callback has thrown. */
export interface ExceptionSink {
  keepError(error: unknown): void;
}

const NO_CALLBACKS: Callbacks = frozen({});
/** In place of the callbacks of a client that is closed. */
const CLOSED: Callbacks = frozen({});

/**
 * The application's callbacks, called with its client as `this`. Nothing is called while the client is being constructed, nor once it has been closed.
 * What a callback throws reaches the host only when the modem's bytes have been dealt with: nothing of the modem is lost.
 */
export class Application {
  private readonly client: unknown;
  private readonly sink: ExceptionSink;
  private callbacks: Callbacks = NO_CALLBACKS;

  /** @param client the application's, which the callbacks have as `this` */
  constructor(client: unknown, sink: ExceptionSink) {
    this.client = client;
    this.sink = sink;
  }

  /** From now on the application is told what happens. */
  open(callbacks: Callbacks): void {
    if (!this.isClosed) this.callbacks = callbacks;
  }

  close(): void {
    this.callbacks = CLOSED;
  }

  get isClosed(): boolean {
    return this.callbacks === CLOSED;
  }

  /** False when the application takes no messages. An exception passes through: a message that was not read stays to be read. */
  readable(count: number, options: ReadableOptions): boolean {
    const { onReadable } = this.callbacks;
    if (onReadable === undefined) return false;
    onReadable.call(this.client, count, options);
    return true;
  }

  get takesWritable(): boolean {
    return this.callbacks.onWritable !== undefined;
  }

  get takesControl(): boolean {
    return this.callbacks.onControl !== undefined;
  }

  writable(count: number): void {
    this.call(this.callbacks.onWritable, count);
  }

  control(message: ControlMessage): void {
    this.call(this.callbacks.onControl, message);
  }

  done(id: number, error: MQTTModemError | null): void {
    this.call(this.callbacks.onDone, id, error);
  }

  stage(name: StageName): void {
    this.call(this.callbacks.onStage, name);
  }

  overflow(): void {
    this.call(this.callbacks.onOverflow);
  }

  /** The session is over. @param error null when the application has asked for that */
  ended(error: MQTTModemError | null): void {
    if (error === null) this.call(this.callbacks.onClose);
    else this.call(this.callbacks.onError, error);
  }

  private call(callback: ((...values: any[]) => void) | undefined, value?: unknown, other?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this.client, value, other);
    } catch (thrown) {
      this.sink.keepError(thrown);
    }
  }
}
