// A board in virtual time: a device with a modem's pins and UART, and a virtual modem at their other end. Nothing between them is agreed
// upon but the wires: levels, times and bit rates.

import type { Pin } from "../../hosts/virtual-modem/device/pins";
import type { Family } from "../../hosts/virtual-modem/engine/family";
import { readAtOtherRate } from "../../hosts/virtual-modem/engine/other-rate";
import { type ModemOptions, VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { MQTTClient, type MQTTModemError } from "../../src/index";
import type { Alarm, AlarmListener, Clock, Port, PortReceiver } from "../../src/platform";
import { memoryNetwork, VirtualClock } from "../virtual-modem/virtual-time";

/** The board's pins, by the modem's. */
export const PINS = { key: 4, reset: 5, wake: 6, status: 7 } as const;
const DRIVEN: Readonly<Record<number, Pin>> = { 4: "power", 5: "reset", 6: "wake" };

export class Board {
  readonly time = new VirtualClock();
  readonly modem: VirtualModemCore;
  /** What happened, but for bytes. */
  readonly events: string[] = [];
  /** Command lines that the modem was sent, at whatever rate. */
  readonly lines: string[] = [];
  /** Nothing passes while this says so. */
  cuts: (direction: "tx" | "rx", bytes: Uint8Array) => boolean = () => false;
  /** The modem hangs: it does nothing until it is reset or loses its power. */
  hangs = false;
  /** The levels that the board's pins have when nobody drives them: those that do nothing, as a resistor sees to. */
  readonly activeLow: ReadonlySet<number>;
  client: MQTTClient | null = null;
  /** Of the host's UART. */
  rate = 0;
  #receiver: PortReceiver | null = null;
  #received: number[] = [];
  #line = "";
  #resetAt = 0;

  constructor(family: Family, options: ModemOptions = {}, activeLow: readonly number[] = []) {
    this.activeLow = new Set(activeLow);
    this.modem = new VirtualModemCore(
      family,
      {
        clock: this.time,
        network: memoryNetwork(this.time),
        random: seededRandom(1),
        port: { write: (bytes, rate = 0) => this.#fromModem(bytes, rate) },
      },
      { attachTime: 0, bootTime: 3000, ...options },
    );
  }

  /** Connects. @param modem the options of `modem`, but for the port and the clock */
  connect(modem: Record<string, unknown>, baud = 9600): this {
    const board = this;
    this.client = new MQTTClient({
      host: "broker.example",
      id: "board-1",
      modem: { clock: this.clock, serial: { io: this.Port, baud }, ...modem } as never,
      onStage: (stage) => void this.events.push(stage),
      onError(error: MQTTModemError) {
        board.events.push(error.code);
        board.error = error;
      },
    });
    return this;
  }

  error: MQTTModemError | null = null;

  pass(seconds: number): this {
    this.time.pass(seconds * 1000);
    return this;
  }

  /** How often a pin was pressed, and how long each time, in milliseconds. */
  readonly presses: { readonly pin: Pin; readonly at: number; for: number }[] = [];

  get clock(): Clock {
    const { time } = this;
    return {
      now: () => time.now() | 0,
      alarm(listener: AlarmListener): Alarm {
        let timer: unknown;
        const clear = (): void => time.clearTimer(timer);
        return {
          set(milliseconds) {
            clear();
            timer = time.setTimer(() => listener.onAlarm(), milliseconds);
          },
          clear,
          close: clear,
        };
      },
    };
  }

  // ---- the UART

  get Port(): new (options: { receiver: PortReceiver; baud: number }) => Port {
    const board = this;
    return class implements Port {
      constructor({ receiver, baud }: { receiver: PortReceiver; baud: number }) {
        if (board.#receiver !== null) throw new Error("in use");
        board.#receiver = receiver;
        board.rate = baud;
      }

      read(target: Uint8Array, offset: number, length: number): number {
        const piece = board.#received.splice(0, length);
        target.set(piece, offset);
        return piece.length;
      }

      write(source: Uint8Array, offset: number, length: number): number {
        board.#toModem(source.slice(offset, offset + length));
        return length;
      }

      setRate(baud: number): void {
        board.rate = baud;
        board.events.push(`rate ${baud}`);
        board.#received = [];
      }

      close(): void {
        board.#receiver = null;
      }
    };
  }

  #toModem(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte !== 13) this.#line += String.fromCharCode(byte);
      else {
        this.lines.push(this.#line);
        this.#line = "";
      }
    }
    if (!this.hangs && !this.cuts("rx", bytes)) this.modem.receive(bytes, this.rate);
  }

  #fromModem(bytes: Uint8Array, rate: number): void {
    if (this.#receiver === null || this.hangs || this.cuts("tx", bytes)) return;
    this.#received.push(...(rate > 0 ? readAtOtherRate(bytes, rate, this.rate) : bytes));
    this.time.setTimer(() => this.#receiver?.onReadable(), 0);
  }

  // ---- the pins

  get Digital(): any {
    const board = this;
    return class Digital {
      static readonly Input = 0;
      static readonly Output = 8;
      readonly #pin: number;

      constructor({ pin, mode, initialValue }: { pin: number; mode: number; initialValue?: number }) {
        this.#pin = pin;
        if (mode === Digital.Output) board.#drive(pin, initialValue ?? 0);
      }

      write(value: number): void {
        board.#drive(this.#pin, value);
      }

      read(): number {
        return (board.modem.isOn ? 1 : 0) ^ (board.activeLow.has(this.#pin) ? 1 : 0);
      }

      close(): void {
        board.#drive(this.#pin, board.activeLow.has(this.#pin) ? 1 : 0);
      }
    };
  }

  #drive(number: number, level: number): void {
    const pin = DRIVEN[number],
      active = (level === 1) !== this.activeLow.has(number),
      now = this.time.now(),
      last = this.presses.findLast((press) => press.pin === pin);
    if (active && (last === undefined || last.for >= 0)) this.presses.push({ pin, at: now, for: -1 });
    else if (!active && last !== undefined && last.for < 0) last.for = now - last.at;
    if (pin === "reset") {
      if (active) this.#resetAt = now;
      else if (last !== undefined && now - this.#resetAt >= 100) this.hangs = false;
    }
    if (pin === "power" && active) this.time.setTimer(() => void (this.modem.isOn || (this.hangs = false)), 4000);
    this.modem.drive(pin, active);
  }

  /** The pins as an application names them. */
  power(pins: readonly (keyof typeof PINS)[], more: Partial<Record<keyof typeof PINS, object>> = {}): object {
    return Object.fromEntries(
      pins.map((name) => [name, { io: this.Digital, pin: PINS[name], activeLow: this.activeLow.has(PINS[name]), ...more[name] }]),
    );
  }

  /** Each press, in words. */
  get pressed(): string[] {
    return this.presses.map(({ pin, for: time }) => `${pin} ${time}`);
  }
}
