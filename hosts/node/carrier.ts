import { MQTTClient, type MQTTClientOptions } from "../../src/mqtt/client";
import type { DriverClass } from "../../src/modem/dialect";
import { hostClock } from "./clock";
import { SerialPort, type SerialPortOptions } from "./serial-port";

/** A modem on a serial port, and the clients that are on it at the moment. The port is open as long as there is one. */
export class Carrier {
  readonly #driver: DriverClass;
  readonly #serial: Pick<SerialPortOptions, "path" | "baudRate" | "trace">;
  readonly #cores = new Set<MQTTClient>();
  #released: Promise<void> = Promise.resolve();

  constructor(driver: DriverClass, serial: Pick<SerialPortOptions, "path" | "baudRate" | "trace">) {
    this.#driver = driver;
    this.#serial = serial;
  }

  /** One more client on the modem; the port is opened where it is not. @throws what the core throws */
  open(options: Omit<MQTTClientOptions, "modem">, driverOptions: Readonly<Record<string, unknown>> = {}): MQTTClient {
    const [shared] = this.#cores;
    const io = this.#driver;
    if (shared !== undefined) return this.#add(new MQTTClient({ ...options, modem: { ...driverOptions, io, shared } }));
    let onClosed!: () => void;
    const released = new Promise<void>((resolve) => { onClosed = resolve; });
    const serial = { io: SerialPort, ...this.#serial, onClosed };
    const core = this.#add(new MQTTClient({ ...options, modem: { ...driverOptions, io, clock: hostClock, serial } }));
    this.#released = released;
    return core;
  }

  #add(core: MQTTClient): MQTTClient {
    this.#cores.add(core);
    return core;
  }

  /** The client has ended. */
  leave(core: MQTTClient): void {
    this.#cores.delete(core);
  }

  /** Settles when there is no port that is still being closed. */
  async settled(): Promise<void> {
    while (this.#cores.size === 0) {
      const released = this.#released;
      await released;
      if (released === this.#released) return;
    }
  }
}
