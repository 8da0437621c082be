// One client on a virtual modem, with a network and a broker, in virtual time, for tests that are no runs drawn from a seed.

import { type ModemOptions, VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { MQTTClient, type MQTTClientOptions, type MQTTModemError } from "../../src/index";
import { Broker } from "./broker";
import { CoreTime, Processor, SimulatedClock } from "./clock";
import { families, type FamilyName } from "./families";
import { Line, SimulatedPort } from "./line";
import { SimulatedNetwork } from "./network";

export interface BenchOptions {
  readonly modem: FamilyName;
  /** Beside the modem's driver, port and clock. */
  readonly client?: Omit<Partial<MQTTClientOptions>, "modem">;
  readonly driver?: Readonly<Record<string, unknown>>;
  readonly echo?: boolean;
  /** The modem as a device. */
  readonly device?: ModemOptions;
  readonly faults?: readonly string[];
  /** Sees all that goes by. */
  readonly traffic?: (direction: "sent" | "received", bytes: Uint8Array) => void;
  /**
   * Called for every command line before the modem has it, counted from 1. What is returned is said in the modem's place,
   * and nothing at all where that is empty; undefined leaves it to the modem.
   */
  readonly instead?: (command: string, number: number, bench: Bench) => string | undefined;
}

export class Bench {
  readonly clock = new SimulatedClock();
  readonly broker = new Broker(this.clock);
  readonly line: Line;
  readonly virtual: VirtualModemCore;
  /** Undefined where the constructor has thrown. */
  readonly client: MQTTClient | undefined;
  /** All that was thrown or told of. */
  readonly errors: unknown[] = [];
  connected = false;
  over = false;
  readonly done = new Map<number, MQTTModemError | null>();
  readonly #options: BenchOptions;
  #port: SimulatedPort | null = null;
  #heard = "";
  #commands = 0;

  constructor(options: BenchOptions) {
    this.#options = options;
    const { modem, client, driver, echo = false, device = {}, faults = [], traffic } = options;
    const { clock } = this;
    const family = families[modem];
    const processor = new Processor(clock, (what) => this.attempt(what));
    this.line = new Line({
      clock, processor, baud: 0, fifo: Infinity, toModem: (bytes) => this.#toModem(bytes),
      wrote: (bytes) => traffic?.("sent", bytes), read: (bytes) => traffic?.("received", bytes), overflowed: () => {},
    });
    const { line } = this;
    this.virtual = new VirtualModemCore(
      family.modem, { clock, network: new SimulatedNetwork(clock, this.broker), random: () => 0.5, port: { write: (bytes) => line.fromModem(bytes) } },
      { echo, attachTime: 0, faults, ...device },
    );
    const attach = (port: SimulatedPort): void => void (this.#port = port);
    class Port extends SimulatedPort {
      constructor(given: any) {
        super(given);
        attach(this);
      }
    }
    this.client = this.attempt(() => new MQTTClient({
      host: "broker.example", id: "meter-1", keepAlive: 60_000, ...client,
      modem: { io: family.driver as any, clock: new CoreTime(clock, processor, 0), ...driver, serial: { io: Port as any, line } },
      onControl: ({ operation }) => { if (operation === MQTTClient.CONNACK) this.connected = true; },
      onDone: (id, error) => {
        this.done.set(id, error);
        if (error !== null) this.errors.push(error);
      },
      onError: (error) => {
        this.over = true;
        this.errors.push(error);
      },
      onClose: () => void (this.over = true),
    }));
  }

  get commands(): number {
    return this.#commands;
  }

  /** Keeps what it throws. */
  attempt<T>(what: () => T): T | undefined {
    try {
      return what();
    } catch (error) {
      this.errors.push(error);
      return undefined;
    }
  }

  /** Lets time pass until something is so, or for so many milliseconds. @returns whether it is so */
  pass(milliseconds: number, enough: () => boolean = () => false): boolean {
    const end = this.clock.now() + milliseconds;
    while (!enough() && this.clock.step(end));
    return enough();
  }

  /** Says something in the modem's place. */
  says(text: string): void {
    this.clock.setTimer(() => this.line.fromModem(Buffer.from(text, "latin1")), 1);
  }

  /** The port fails, as one that is unplugged. */
  unplug(): void {
    this.clock.setTimer(() => this.attempt(() => this.#port!.receiver.onError(new Error("the port was unplugged"))), 1);
  }

  end(): void {
    this.attempt(() => this.client?.close());
    this.pass(120_000, () => !this.line.open);
    this.virtual.close();
  }

  #toModem(bytes: Uint8Array): void {
    const { instead } = this.#options;
    if (instead === undefined) return this.virtual.receive(bytes);
    for (const byte of bytes) {
      this.#heard += String.fromCharCode(byte);
      if (byte !== 13) continue;
      const command = this.#heard;
      this.#heard = "";
      const said = instead(command.slice(0, -1), ++this.#commands, this);
      if (said === undefined) this.virtual.receive(Buffer.from(command, "latin1"));
      else if (said !== "") this.says(said);
    }
  }
}
