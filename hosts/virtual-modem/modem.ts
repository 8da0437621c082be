// The virtual modem without a host: bytes in, bytes out. Clock, random numbers and network are given to it. index.ts connects it
// to a pseudo-terminal; a test or a simulation connects its own port.

import { type Clock, ClockScope } from "./clock";
import { VirtualModemError } from "./engine/errors";
import type { Dialect, Family, Identity } from "./engine/family";
import { Injections } from "./engine/injections";
import { Output } from "./engine/output";
import { type BytePort, type Trace, Uart } from "./engine/uart";
import { applyFault, Faults, type FaultTarget, type Place } from "./faults";
import { withReportFaults } from "./faults/reports";
import type { Network } from "./network";
import { PunctualClock } from "./punctual-clock";
import type { Random } from "./random";
import { Running } from "./running";
import { chooseVariants, type CommonVariants, commonVariants } from "./variants";

/** How the modem behaves. */
export interface ModemOptions {
  /** Command echo at power-on; false by default. */
  readonly echo?: boolean;
  /** Values of variants, by name; see `commonVariants` and the family's own table. */
  readonly variants?: CommonVariants & Readonly<Record<string, string | undefined>>;
  /** Faults from the start, each as `name[:arg[,arg]]`; see `faultTable`. */
  readonly faults?: readonly string[];
  /** The modem's answers about its identity; what is left out is the family's. */
  readonly identity?: Partial<Identity>;
  /** The UART's rate in bits a second, 300 to 4,000,000, for both directions; 0 (default): no pacing. */
  readonly baud?: number;
  /** Multiplies the modem's own times (answering, starting, attaching); 0 to 1000, 1 by default. */
  readonly latencyScale?: number;
  /** From power-on to the banner, in milliseconds; 2000 by default. */
  readonly bootTime?: number;
  /** From power-on to attached, in milliseconds; 500 by default (a real one: about 30 s). */
  readonly attachTime?: number;
  /** `running` (default): the modem is on from the start. `booting`: it starts first and writes its banner. */
  readonly start?: "running" | "booting";
  /** Called for every piece of traffic on the serial line. */
  readonly trace?: (trace: Trace) => void;
}

/** What the modem needs from its host. */
export interface ModemHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** Takes the modem's bytes. */
  readonly port: BytePort;
}

/** @returns `value` @throws VirtualModemError `BAD_OPTION` */
function inRange(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new VirtualModemError("BAD_OPTION", `${name} must be from ${least} to ${most}, not ${value}`);
}

/** A modem of one family. */
export class VirtualModemCore {
  readonly #family: Family;
  readonly #options: ModemOptions;
  readonly #host: ModemHost;
  readonly #identity: Identity;
  readonly #dialect: Dialect;
  readonly #variants: ReadonlyMap<string, string>;
  readonly #faults = new Faults();
  readonly #uart: Uart;
  readonly #clock: ClockScope;
  readonly #injections = new Injections();
  readonly #target: FaultTarget;
  #running: Running | undefined;
  #bootCount = 0;
  #closed = false;

  /** @throws VirtualModemError for an option out of range, an unknown variant or an unknown fault */
  constructor(family: Family, host: ModemHost, options: ModemOptions = {}) {
    this.#family = family;
    this.#host = { ...host, clock: new PunctualClock(host.clock) };
    this.#options = options;
    const { baud = 0, latencyScale = 1, bootTime = 2000, attachTime = 500, start = "running" } = options;
    if (baud !== 0) inRange("baud", baud, 300, 4_000_000);
    inRange("latencyScale", latencyScale, 0, 1000);
    inRange("bootTime", bootTime, 0, 600_000);
    inRange("attachTime", attachTime, 0, 3_600_000);
    this.#variants = chooseVariants(options.variants ?? {}, { ...commonVariants, ...family.variants });
    const model = family.models?.[this.#variant("model")];
    this.#identity = { ...family.identity, ...model?.identity, ...options.identity };
    this.#dialect = { ...family.dialect, ...model?.dialect };
    this.#clock = new ClockScope(this.#host.clock);
    this.#uart = new Uart({
      clock: this.#clock,
      random: host.random,
      faults: this.#faults,
      port: host.port,
      baud,
      trace: options.trace,
      received: (bytes) => this.#running?.interpreter.receive(bytes),
    });
    this.#target = {
      clients: family.clients ?? 1,
      faults: this.#faults,
      later: (delay, action) => {
        if (delay === 0) action();
        else this.#clock.setTimer(action, delay);
      },
      restart: (cause) => this.restart(cause as "watchdog"),
      silence: (duration) => this.#uart.mute(duration),
      detach: (duration) => this.#running?.radio.detach(duration),
      search: (duration) => this.#running?.radio.search(duration),
      deny: (duration) => this.#running?.radio.deny(duration),
      sim: (state, duration) => this.#running?.radio.lockSim(state as "absent", duration),
      linkLost: (code, client) => this.#running?.session.linkLost(code, client),
      inject: (place, bytes) => this.inject(bytes, place),
    };
    if (start === "booting") this.#boot("power");
    else this.#powerOn();
    try {
      for (const spec of options.faults ?? []) this.fault(spec);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Bytes from the host. */
  receive(bytes: Uint8Array): void {
    if (!this.#closed) this.#uart.receive(bytes);
  }

  /**
   * Makes a fault happen, or arms it.
   * @param spec `name[:arg[,arg]]`, see `faultTable`; `name@client` for one client of several
   * @throws VirtualModemError `UNKNOWN_FAULT`
   */
  fault(spec: string): void {
    if (!this.#closed) applyFault(this.#target, spec);
  }

  /** Disarms every fault, also byte faults, and removes all injections. */
  clearFaults(): void {
    this.#faults.clear();
    this.#injections.clear();
  }

  /** Writes bytes to the host now, or when the next command comes to `place`. Byte faults do not change them. */
  inject(bytes: Uint8Array, place: Place = "now"): void {
    if (this.#closed) return;
    if (place === "now") this.#uart.sendUntouched(bytes);
    else this.#injections.add(place, bytes);
  }

  /** The registration as `AT+CEREG?` would report it now; undefined while the modem starts. */
  get registration(): number | undefined {
    return this.#running?.radio.registration;
  }

  /** Restarts the modem: it loses settings and connections, and writes its banner after the boot time. */
  restart(cause: "power" | "pin" | "command" | "watchdog" = "watchdog"): void {
    if (this.#closed) return;
    this.#powerOff();
    this.#boot(cause);
  }

  /** Switches the modem off for good; its connections are dropped without a report. */
  close(): void {
    this.#closed = true;
    this.#powerOff();
    this.#clock.end();
  }

  #scaled(milliseconds: number): number {
    const { latencyScale = 1 } = this.#options;
    return milliseconds * latencyScale * Number(this.#faults.take("slow") ?? 1);
  }

  #powerOff(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.powerOff();
  }

  #boot(cause: "power" | "pin" | "command" | "watchdog"): void {
    const { banner, bootCauses } = this.#dialect;
    this.#bootCount += 1;
    const boot = this.#bootCount;
    this.#clock.setTimer(
      () => {
        // The modem was restarted while it was starting.
        if (boot !== this.#bootCount) return;
        this.#output.text(banner(bootCauses[cause], (name) => this.#variant(name)));
        this.#powerOn();
      },
      this.#scaled(this.#options.bootTime ?? 2000),
    );
  }

  get #output(): Output {
    const altered = (line: string): readonly string[] => withReportFaults(line, this.#faults);
    return new Output({ lineEnd: this.#lineEnd, colon: this.#variant("colon"), altered }, (bytes) => this.#uart.send(bytes));
  }

  get #lineEnd(): string {
    return this.#variant("lineEnd") === "crcrlf" ? "\r\r\n" : "\r\n";
  }

  #variant(name: string): string {
    const value = this.#variants.get(name);
    if (value === undefined) throw new Error(`the family asks for a variant that no table has: ${name}`);
    return value;
  }

  #powerOn(): void {
    const scaled = (milliseconds: number): number => this.#scaled(milliseconds);
    this.#running = new Running({
      family: this.#family,
      identity: this.#identity,
      dialect: this.#dialect,
      clock: this.#host.clock,
      network: this.#host.network,
      faults: this.#faults,
      output: this.#output,
      variant: (name) => this.#variant(name),
      scaled,
      echo: this.#options.echo ?? false,
      attachTime: scaled(this.#options.attachTime ?? 500),
      reached: (place) => {
        for (const bytes of this.#injections.take(place)) this.#uart.sendUntouched(bytes);
      },
      // Later, because the command's handler has not returned yet.
      restart: () => void this.#clock.setTimer(() => this.restart("command"), scaled(20)),
    });
  }
}
