import type { Family } from "../../src/modem/family";
import type { SessionOptions } from "../../src/session/session";
import type { Session } from "../../src/session/session";
import { hostClock } from "./clock";
import type { CareOfModem } from "./care-options";
import { SerialPort, type SerialPortOptions } from "./serial-port";

/** A modem on a serial port, shared by sessions. The port is open while one of them has a client. */
export class SharedModem {
  readonly driver: Family;
  readonly #serial: Pick<SerialPortOptions, "path" | "baudRate" | "trace">;
  /** What the modem is told as a device: for each session, because any of them may be the one that brings it up. */
  readonly #care: CareOfModem;
  /** No session of this modem is to send a PIN whose answer another one has lost. */
  readonly #pinMemory = { isInDoubt: false, tries: -1 };
  readonly #sessions = new Set<Session>();
  /** The session that joined last: the next one gets the modem from it. */
  #last: Session | undefined;
  /** Ports that are open or being closed. */
  #ports = 0;
  /** Wait until all ports are closed. */
  readonly #waiters: (() => void)[] = [];

  constructor(driver: Family, serial: Pick<SerialPortOptions, "path" | "baudRate" | "trace">, care: CareOfModem = {}) {
    this.driver = driver;
    this.#serial = serial;
    this.#care = care;
  }

  /** The option `modem` of a session on this modem. */
  modem(driverOptions: Readonly<Record<string, unknown>> = {}): SessionOptions["modem"] {
    const sharedModem = this;
    class CountedPort extends SerialPort {
      constructor(options: SerialPortOptions) {
        super({ ...options, onClosed: () => sharedModem.#closed() });
        sharedModem.#ports++;
      }
    }
    return {
      ...driverOptions,
      ...this.#care,
      ...(this.#care.pin === undefined ? {} : { pinMemory: this.#pinMemory }),
      io: this.driver,
      clock: hostClock,
      serial: { io: CountedPort, ...this.#serial },
      shared: this.#last,
    };
  }

  /** The session uses this modem from now on. */
  join(session: Session): void {
    this.#last = session;
    this.#sessions.add(session);
  }

  /** The session has ended. */
  leave(session: Session): void {
    this.#sessions.delete(session);
  }

  #closed(): void {
    if (--this.#ports === 0) for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** Settles when no port is still being closed. */
  async settled(): Promise<void> {
    while (this.#sessions.size === 0 && this.#ports > 0) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }
}
