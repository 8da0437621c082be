import type { Family } from "../../src/modem/family";
import type { SessionOptions } from "../../src/session/session";
import type { Session } from "../../src/session/session";
import { hostClock } from "./clock";
import { SerialPort, type SerialPortOptions } from "./serial-port";

/** A modem on a serial port, and the sessions that are on it. The port is open as long as one of them has a client. */
export class SharedModem {
  readonly driver: Family;
  readonly #serial: Pick<SerialPortOptions, "path" | "baudRate" | "trace">;
  readonly #sessions = new Set<Session>();
  /** The one before: through it the next one finds the modem. */
  #last: Session | undefined;
  #ports = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(driver: Family, serial: Pick<SerialPortOptions, "path" | "baudRate" | "trace">) {
    this.driver = driver;
    this.#serial = serial;
  }

  /** What a session on this modem needs to be told of it. */
  modem(driverOptions: Readonly<Record<string, unknown>> = {}): SessionOptions["modem"] {
    const sharedModem = this;
    class CountedPort extends SerialPort {
      constructor(options: SerialPortOptions) {
        super({ ...options, onClosed: () => sharedModem.#closed() });
        sharedModem.#ports++;
      }
    }
    return { ...driverOptions, io: this.driver, clock: hostClock, serial: { io: CountedPort, ...this.#serial }, shared: this.#last };
  }

  join(session: Session): void {
    this.#last = session;
    this.#sessions.add(session);
  }

  /** The session has ended. */
  leave(session: Session): void {
    this.#sessions.delete(session);
  }

  #closed(): void {
    if (--this.#ports === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Settles when there is no port that is still being closed. */
  async settled(): Promise<void> {
    while (this.#sessions.size === 0 && this.#ports > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
