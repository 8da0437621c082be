// The virtual modem without a host: bytes in, bytes out. Clock, random numbers and network are given to it. index.ts connects it
// to a pseudo-terminal; a test or a simulation connects its own port.

import { type Clock, ClockScope } from "./clock";
import { type Configuration, configure } from "./configuration";
import { Kept } from "./device/kept";
import type { Pin } from "./device/pins";
import { type Cause, Power } from "./device/power";
import { Rate } from "./device/rate";
import { assign } from "./device/setting";
import { type SomeSettings, settingsTable } from "./device/settings";
import { SimCard } from "./device/sim-card";
import type { Waker } from "./device/sleep";
import type { Family } from "./engine/family";
import { Injections } from "./engine/injections";
import { Output } from "./engine/output";
import { type BytePort, Uart } from "./engine/uart";
import { faultTarget } from "./fault-target";
import { applyFault, Faults, type FaultTarget, type Place } from "./faults";
import { withReportFaults } from "./faults/reports";
import type { ModemOptions } from "./modem-options";
import type { Network } from "./network";
import { PunctualClock } from "./punctual-clock";
import type { Random } from "./random";
import { Running } from "./running";

export type { ModemOptions } from "./modem-options";

/** What the modem needs from its host. */
export interface ModemHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** Takes the modem's bytes. */
  readonly port: BytePort;
}

/** A modem of one family. */
export class VirtualModemCore {
  readonly #family: Family;
  readonly #options: ModemOptions;
  readonly #host: ModemHost;
  readonly #configuration: Configuration;
  readonly #faults = new Faults();
  readonly #card: SimCard;
  readonly #kept: Kept;
  readonly #power: Power;
  readonly #rate: Rate;
  readonly #uart: Uart;
  readonly #clock: ClockScope;
  readonly #injections = new Injections();
  readonly #target: FaultTarget;
  #running: Running | undefined;
  #closed = false;

  /** @throws VirtualModemError for an option out of range, an unknown setting or value, an unknown variant or an unknown fault */
  constructor(family: Family, host: ModemHost, options: ModemOptions = {}) {
    this.#family = family;
    this.#host = { ...host, clock: new PunctualClock(host.clock) };
    this.#options = options;
    const { baud = 0, start = "running" } = options;
    this.#configuration = configure(family, options);
    const { dialect, rows, settings } = this.#configuration;
    this.#clock = new ClockScope(this.#host.clock);
    this.#card = new SimCard(settings.sim);
    const { bands, contextType, factoryContexts } = rows;
    this.#kept = new Kept({ firstContext: dialect.pdpContext ?? 0, contextType, contexts: factoryContexts, bands });
    this.#uart = new Uart({
      clock: this.#clock,
      random: host.random,
      faults: this.#faults,
      port: host.port,
      baud,
      trace: options.trace,
      received: (bytes) => this.#received(bytes),
    });
    this.#rate = new Rate(this.#clock, this.#uart, baud === 0 ? rows.rate : baud, options.autoBaud ?? false);
    this.#power = new Power({
      clock: this.#clock,
      settings: settings.power,
      pulses: rows.pulses,
      bootTime: () => this.#scaled(options.bootTime ?? 2000),
      started: (cause) => this.#started(cause),
      stopped: () => this.#stop(),
      wake: () => this.#running?.sleep.pin(),
    });
    this.#target = faultTarget({
      clients: family.clients ?? 1,
      faults: this.#faults,
      clock: this.#clock,
      uart: this.#uart,
      running: () => this.#running,
      restart: (cause) => this.restart(cause),
      inject: (bytes, place) => this.inject(bytes, place),
    });
    if (start === "booting") this.#power.start("power");
    else if (start === "off") this.#power.beOff();
    else this.#run();
    try {
      for (const spec of options.faults ?? []) this.fault(spec);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Bytes from the host. @param rate bits a second at which they come, where it matters; 0: the modem's own */
  receive(bytes: Uint8Array, rate = 0): void {
    if (this.#closed) return;
    if (rate > 0) this.#rate.hear(bytes, rate);
    this.#uart.receive(bytes, rate);
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

  /**
   * Changes the device or what is around it, as the options of the same names: `set({ mobile: { coverage: false } })`.
   * @throws VirtualModemError `BAD_OPTION` for a name or a value that is not in `settingsTable`; then nothing is changed
   */
  set(settings: SomeSettings): void {
    const names = assign(settingsTable, this.#configuration.settings, settings);
    if (this.#closed) return;
    if (names.some((name) => cards.has(name))) this.#card.insert();
    this.#running?.settingsChanged(names);
  }

  /** Drives a pin: true is its active level, as of a pressed key. */
  drive(pin: Pin, active: boolean): void {
    if (!this.#closed) this.#power.drive(pin, active);
  }

  /** Drives a pin for so many milliseconds. */
  pulse(pin: Pin, duration: number): void {
    if (!this.#closed) this.#power.pulse(pin, duration);
  }

  /** The status pin: whether the modem has power, also while it starts and while it sleeps. */
  get isOn(): boolean {
    return !this.#closed && this.#power.isOn;
  }

  /** Whether the modem sleeps, and reads nothing. */
  get asleep(): boolean {
    return this.#running?.sleep.asleep ?? false;
  }

  /** The rate of the UART in bits a second; 0 when any will do. */
  get baud(): number {
    return this.#uart.rate;
  }

  /** The registration as `AT+CEREG?` would report it now; undefined while the modem starts. */
  get registration(): number | undefined {
    return this.#running?.radio.registration;
  }

  /** Restarts the modem: it loses settings and connections, and writes its banner after the boot time. */
  restart(cause: Cause = "watchdog"): void {
    if (!this.#closed) this.#power.restart(cause);
  }

  /** Switches the modem off for good; its connections are dropped without a report. */
  close(): void {
    this.#closed = true;
    this.#stop();
    this.#clock.end();
  }

  #scaled(milliseconds: number): number {
    const { latencyScale = 1 } = this.#options;
    return milliseconds * latencyScale * Number(this.#faults.take("slow") ?? 1);
  }

  #received(bytes: Uint8Array): void {
    const read = this.#running?.sleep.heard(bytes) ?? bytes;
    // Bytes that wake the modem may begin another run of it.
    this.#running?.interpreter.receive(read);
  }

  #stop(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.powerOff();
  }

  #started(cause: Cause): void {
    this.#kept.start();
    this.#rate.powerOn();
    this.#run();
    this.#banner(this.#configuration.dialect.bootCauses[cause]);
  }

  #banner(cause: string): void {
    const { dialect, variant } = this.#configuration;
    if (this.#running) this.#output.text(dialect.banner(cause, variant, this.#running.startState));
  }

  get #output(): Output {
    const { variant } = this.#configuration;
    const lineEnd = variant("lineEnd") === "crcrlf" ? "\r\r\n" : "\r\n";
    const altered = (line: string): readonly string[] => withReportFaults(line, this.#faults);
    return new Output({ lineEnd, colon: variant("colon"), altered }, (bytes) => this.#uart.send(bytes));
  }

  /** @param registered whether the registration is left from before */
  #run(registered = false): void {
    const { attachTime = 500, echo = false } = this.#options;
    const { clock, network } = this.#host;
    const scaled = (milliseconds: number): number => this.#scaled(milliseconds);
    this.#running = new Running({
      ...this.#configuration,
      family: this.#family,
      clock,
      network,
      faults: this.#faults,
      output: this.#output,
      card: this.#card,
      kept: this.#kept,
      rate: this.#rate,
      scaled,
      echo,
      attachTime: scaled(attachTime),
      registered,
      reached: (place) => {
        for (const bytes of this.#injections.take(place)) this.#uart.sendUntouched(bytes);
      },
      // Later, because the command's handler has not returned yet.
      restart: () => void this.#clock.setTimer(() => this.restart("command"), scaled(20)),
      switchOff: () => this.#power.switchOff(),
      woken: (by) => this.#woken(by),
    });
  }

  #woken(by: Waker): void {
    const { dialect, settings } = this.#configuration;
    const { banner, keeps } = settings.sleep;
    if (keeps === "nothing") {
      // A network that was lost in its sleep is not there when it wakes.
      const registered = this.#running?.radio.registered ?? false;
      this.#stop();
      this.#rate.woken();
      this.#run(registered);
    }
    const cause = dialect.wakeCauses?.[by];
    if (banner === "reboot-cause" && cause !== undefined) this.#banner(cause);
  }
}

/** Settings that put another card in. */
const cards: ReadonlySet<string> = new Set(["sim.state", "sim.pin", "sim.tries", "sim.pukTries"]);
