// The virtual modem without a host: bytes in, bytes out. Clock, random numbers and network are given to it. index.ts connects it
// to a pseudo-terminal; a test or a simulation connects its own port.

import { type Clock, ClockScope } from "./clock";
import { Kept } from "./device/kept";
import type { Pin } from "./device/pins";
import { type Cause, Power } from "./device/power";
import { Rate } from "./device/rate";
import { assign } from "./device/setting";
import { defaultSettings, type SomeSettings, settingsTable } from "./device/settings";
import { SimCard } from "./device/sim-card";
import type { Waker } from "./device/sleep";
import { type DeviceDialect, norm } from "./engine/device-dialect";
import type { Dialect, Family, Identity } from "./engine/family";
import { Injections } from "./engine/injections";
import { Output } from "./engine/output";
import { type BytePort, Uart } from "./engine/uart";
import { applyFault, Faults, type FaultTarget, type Place } from "./faults";
import { withReportFaults } from "./faults/reports";
import { checkRanges, modelOf, type ModemOptions, settingsIn } from "./modem-options";
import type { Network } from "./network";
import { PunctualClock } from "./punctual-clock";
import type { Random } from "./random";
import { Running } from "./running";
import { chooseVariants, commonVariants } from "./variants";

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
  readonly #identity: Identity;
  readonly #dialect: Dialect;
  readonly #rows: DeviceDialect;
  readonly #model: string;
  readonly #variants: ReadonlyMap<string, string>;
  readonly #faults = new Faults();
  readonly #settings = defaultSettings();
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
    checkRanges(options);
    const { baud = 0, start = "running" } = options;
    const variants = { ...options.variants, ...("model" in family.variants ? { model: options.model ?? options.variants?.model } : {}) };
    this.#variants = chooseVariants(variants, { ...commonVariants, ...family.variants });
    this.#model = this.#variants.get("model") ?? options.model ?? "";
    const model = modelOf(family, this.#model);
    assign(settingsTable, this.#settings, model.settings ?? {});
    assign(settingsTable, this.#settings, settingsIn(options));
    this.#identity = { ...family.identity, ...model.identity, ...options.identity };
    this.#dialect = { ...family.dialect, ...model.dialect };
    this.#rows = { ...norm, ...this.#dialect.device };
    this.#clock = new ClockScope(this.#host.clock);
    this.#card = new SimCard(this.#settings.sim);
    const { bands, contextType, factoryContexts } = this.#rows;
    this.#kept = new Kept({ firstContext: this.#dialect.pdpContext ?? 0, contextType, contexts: factoryContexts, bands });
    this.#uart = new Uart({
      clock: this.#clock,
      random: host.random,
      faults: this.#faults,
      port: host.port,
      baud,
      trace: options.trace,
      received: (bytes) => this.#received(bytes),
    });
    this.#rate = new Rate(this.#clock, this.#uart, baud === 0 ? this.#rows.rate : baud, options.autoBaud ?? false);
    this.#power = new Power({
      clock: this.#clock,
      settings: this.#settings.power,
      pulses: this.#rows.pulses,
      bootTime: () => this.#scaled(options.bootTime ?? 2000),
      started: (cause) => this.#started(cause),
      stopped: () => this.#stop(),
      wake: () => this.#running?.sleep.pin(),
    });
    this.#target = this.#faultTarget();
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
    const names = assign(settingsTable, this.#settings, settings);
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
    this.#banner(this.#dialect.bootCauses[cause]);
  }

  #banner(cause: string): void {
    if (this.#running) this.#output.text(this.#dialect.banner(cause, (name) => this.#variant(name), this.#running.startState));
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

  /** @param registered whether the registration is left from before */
  #run(registered = false): void {
    const { attachTime = 500, echo = false } = this.#options;
    const { clock, network } = this.#host;
    const scaled = (milliseconds: number): number => this.#scaled(milliseconds);
    this.#running = new Running({
      family: this.#family,
      identity: this.#identity,
      dialect: this.#dialect,
      rows: this.#rows,
      clock,
      network,
      faults: this.#faults,
      output: this.#output,
      settings: this.#settings,
      card: this.#card,
      kept: this.#kept,
      rate: this.#rate,
      model: this.#model,
      variant: (name) => this.#variant(name),
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
    const { banner, keeps } = this.#settings.sleep;
    if (keeps === "nothing") {
      this.#stop();
      this.#rate.woken();
      this.#run(true);
    }
    const cause = this.#dialect.wakeCauses?.[by];
    if (banner === "reboot-cause" && cause !== undefined) this.#banner(cause);
  }

  #faultTarget(): FaultTarget {
    return {
      clients: this.#family.clients ?? 1,
      faults: this.#faults,
      later: (delay, action) => {
        if (delay === 0) action();
        else this.#clock.setTimer(action, delay);
      },
      restart: (cause) => this.restart(cause as Cause),
      silence: (duration) => this.#uart.mute(duration),
      detach: (duration) => this.#running?.radio.detach(duration),
      search: (duration) => this.#running?.radio.search(duration),
      deny: (duration) => this.#running?.radio.deny(duration),
      sim: (state, duration) => this.#running?.radio.lockSim(state as "absent", duration),
      linkLost: (code, client) => this.#running?.session.linkLost(code, client),
      inject: (place, bytes) => this.inject(bytes, place),
    };
  }
}

/** Settings that put another card in. */
const cards: ReadonlySet<string> = new Set(["sim.state", "sim.pin", "sim.tries", "sim.pukTries"]);
