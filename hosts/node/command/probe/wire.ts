import { ModemError, SerialPort, type SerialPortOptions } from "modem-mqtt/node";
import { Recording } from "./recording";

export interface WireOptions extends Pick<SerialPortOptions, "path" | "baudRate" | "trace"> {
  /** Ends every wait while it is aborted and heeded. */
  readonly signal: AbortSignal;
}

/** How a command ends. A prompt ends no command, and is waited for by name. */
export const FINAL = /(?:^|[\r\n])(?:OK|ERROR|\+CM[ES] ERROR(?::[^\r\n]*)?) *(?=[\r\n])/;
/** The prompt of a data phase, at the end of what has come. */
export const PROMPT = /(?:(?:^|[\r\n])> ?|[\r\n]CONNECT\r*\n)$/;

/** Bytes that a wait looks at, the last ones. */
const MOST = 65_536;

/** A serial port without any interpretation: bytes out, bytes in, each recorded with its time. */
export class Wire {
  readonly #signal: AbortSignal;
  readonly #port: SerialPort;
  readonly #opened: Promise<void>;
  readonly #released: Promise<void>;
  readonly #start = performance.now();
  readonly #chunk = Buffer.alloc(4096);
  #recording = new Recording();
  #text = "";
  #error: Error | undefined;
  #look: (() => void) | undefined;
  #heeds = true;

  constructor({ path, baudRate, trace, signal }: WireOptions) {
    this.#signal = signal;
    let onOpened!: () => void, onClosed!: () => void;
    const opened = new Promise<void>((resolve) => {
      onOpened = resolve;
    });
    this.#released = new Promise((resolve) => {
      onClosed = resolve;
    });
    this.#port = new SerialPort({
      path,
      baudRate,
      trace,
      onOpened,
      onClosed,
      receiver: {
        onReadable: () => this.#receive(),
        onWritable: () => {},
        onError: (error) => this.#fail(error),
      },
    });
    this.#opened = Promise.race([opened, this.#released]);
    signal.addEventListener("abort", () => this.#look?.());
  }

  /** @throws ModemError PORT_FAILED */
  async open(): Promise<void> {
    await this.#opened;
    this.#check();
  }

  /** Milliseconds since the probe began. */
  get now(): number {
    return performance.now() - this.#start;
  }

  get recording(): Recording {
    return this.#recording;
  }

  /** What has been received since {@link mark}. */
  get text(): string {
    return this.#text;
  }

  /** From now on everything goes into a new recording. */
  record(): Recording {
    this.#text = "";
    return (this.#recording = new Recording());
  }

  /** Forgets what has been received, for the waits that follow. */
  mark(): void {
    this.#text = "";
  }

  note(text: string): void {
    this.#recording.add({ at: this.now, who: "note", text });
  }

  send(text: string): void {
    this.#check();
    const bytes = Buffer.from(text, "latin1");
    this.#recording.add({ at: this.now, who: "sent", text });
    this.#port.write(bytes, 0, bytes.length);
  }

  /** From now on an aborted signal ends no wait: what has been changed is put back. */
  ignoreSignal(): void {
    this.#heeds = false;
  }

  /**
   * Waits until what has been received since {@link mark} fits.
   * @param within milliseconds
   * @returns false when it does not fit in time
   * @throws ModemError PORT_FAILED; the signal's reason
   */
  async until(fits: (text: string) => boolean, within: number): Promise<boolean> {
    const deadline = performance.now() + within;
    for (;;) {
      this.#check();
      if (fits(this.#text)) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#look = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#look = undefined;
    }
  }

  /** Listens for so many milliseconds. */
  async listen(milliseconds: number): Promise<void> {
    await this.until(() => false, milliseconds);
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#released;
  }

  #receive(): void {
    let text = "";
    for (let count; (count = this.#port.read(this.#chunk, 0, this.#chunk.length)) > 0; ) text += this.#chunk.toString("latin1", 0, count);
    if (text === "") return;
    this.#text = (this.#text + text).slice(-MOST);
    this.#recording.add({ at: this.now, who: "received", text });
    this.#look?.();
  }

  #fail(error: unknown): void {
    this.#error ??= new ModemError("PORT_FAILED", `the serial port has failed: ${(error as Error).message}`, undefined, error);
    this.#look?.();
  }

  #check(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#heeds) this.#signal.throwIfAborted();
  }
}
