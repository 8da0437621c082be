// The virtual modem without a host: bytes in, bytes out, with the clock, the chance and the network it is given.
// The pseudo-terminal of index.ts is one way to connect it; a test or a simulation plugs in its own.

import { type Clock, ClockScope } from "./clock";
import { basicCommands } from "./engine/basics";
import { VirtualModemError } from "./engine/errors";
import type { CommandSpec, Dialect, Family, FamilySession, Frame, Identity, Modem } from "./engine/family";
import { Interpreter } from "./engine/interpreter";
import { Output } from "./engine/output";
import { RadioState } from "./engine/radio";
import { type BytePort, type Trace, Uart } from "./engine/uart";
import { applyFault, Faults, type FaultTarget, type Place } from "./faults";
import type { Network } from "./network";
import { PunctualClock } from "./punctual-clock";
import type { Random } from "./random";
import { chooseVariants, type CommonVariants, commonVariants } from "./variants";

/** How the modem behaves, wherever it runs. */
export interface ModemOptions {
  /** Command echo at power-on; false by default. */
  readonly echo?: boolean;
  /** Choices between documented variants, by name; see `commonVariants` and the family's own table. */
  readonly variants?: CommonVariants & Readonly<Record<string, string | undefined>>;
  /** Faults from the start, each as `name[:arg[,arg]]`; see `faultTable`. */
  readonly faults?: readonly string[];
  /** Who the modem says it is; what is left out is the family's. */
  readonly identity?: Partial<Identity>;
  /** UART rate in bits a second, 300 to 4,000,000, both directions; 0, the default, for no pacing. */
  readonly baud?: number;
  /** Multiplies every time of the modem's own (thinking, starting, attaching); 0 to 1000, 1 by default. */
  readonly latencyScale?: number;
  /** From power-on to the banner, in milliseconds; 2000 by default. */
  readonly bootTime?: number;
  /** From power-on to attached, in milliseconds; 500 by default (a real one: about 30 s). */
  readonly attachTime?: number;
  /** Whether the modem begins switched on (`running`, the default) or prints its banner first (`booting`). */
  readonly start?: "running" | "booting";
  /** Called for every piece of traffic on the serial line. */
  readonly trace?: (trace: Trace) => void;
}

/** Everything that the modem does not have of its own. */
export interface ModemHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** Takes the modem's bytes. */
  readonly port: BytePort;
}

interface Running {
  readonly clock: ClockScope;
  readonly interpreter: Interpreter;
  readonly radio: RadioState;
  readonly session: FamilySession;
}

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
  /** Bytes that wait for a place of a command's life. */
  #injections: { readonly place: Place; readonly bytes: Uint8Array }[] = [];
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
   * Makes something go wrong, now or at the next chance.
   * @param spec `name[:arg[,arg]]`, see `faultTable`; `name@client` for one client of several
   * @throws VirtualModemError `UNKNOWN_FAULT`
   */
  fault(spec: string): void {
    if (!this.#closed) applyFault(this.#target, spec);
  }

  /** Disarms every fault that lies in wait, every byte fault and every injection. */
  clearFaults(): void {
    this.#faults.clear();
    this.#injections = [];
  }

  /** Writes bytes to the host now, or when the next command gets to `place`. No byte fault touches them. */
  inject(bytes: Uint8Array, place: Place = "now"): void {
    if (this.#closed) return;
    if (place === "now") this.#uart.sendUntouched(bytes);
    else this.#injections.push({ place, bytes });
  }

  /** What `AT+CEREG?` says at this moment; undefined while the modem starts. */
  get registration(): number | undefined {
    return this.#running?.radio.registration;
  }

  /** Restarts the modem: settings and connections are gone; after the boot time it prints its banner. */
  restart(cause: "power" | "pin" | "command" | "watchdog" = "watchdog"): void {
    if (this.#closed) return;
    this.#powerOff();
    this.#boot(cause);
  }

  /** Switches the modem off for good; connections drop without a word. */
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
    if (!this.#running) return;
    const { clock, interpreter, session } = this.#running;
    this.#running = undefined;
    clock.end();
    interpreter.powerOff();
    session.powerOff();
  }

  #boot(cause: "power" | "pin" | "command" | "watchdog"): void {
    const { banner, bootCauses } = this.#dialect;
    this.#bootCount += 1;
    const boot = this.#bootCount;
    this.#clock.setTimer(() => {
      // A restart during the start begins it anew.
      if (boot !== this.#bootCount) return;
      this.#output.text(banner(bootCauses[cause], (name) => this.#variant(name)));
      this.#powerOn();
    }, this.#scaled(this.#options.bootTime ?? 2000));
  }

  get #output(): Output {
    const form = { lineEnd: this.#lineEnd, colon: this.#variant("colon"), altered: (line: string) => this.#altered(line) };
    return new Output(form, (bytes) => this.#uart.send(bytes));
  }

  /** Faults of a publish's end: written twice, or with a damaged field. */
  #altered(line: string): readonly string[] {
    if (!/^\+(?:QMTPUB|MQTTPUBEX|MQTTPUBACK|MQTTPUBCOMP):/.test(line)) return [line];
    const damage = this.#faults.take("damage-ack")?.split(" ");
    const [how, field] = damage ?? [];
    let at = 0;
    const shown = damage === undefined ? line : line.replace(/(?<=[:,] ?)-?\d*(?=,|$)/g, (text) => {
      if (++at !== Number(field)) return text;
      return how === "empty" ? "" : String.fromCharCode(text.charCodeAt(0) ^ 0x40) + text.slice(1);
    });
    return this.#faults.take("repeat-ack") === undefined ? [shown] : [shown, shown];
  }

  get #lineEnd(): string {
    return this.#variant("lineEnd") === "crcrlf" ? "\r\r\n" : "\r\n";
  }

  #variant(name: string): string {
    const value = this.#variants.get(name);
    if (value === undefined) throw new Error(`the family asks for a variant that no table has: ${name}`);
    return value;
  }

  #reached(place: Place): void {
    const due = this.#injections.filter((injection) => injection.place === place);
    this.#injections = this.#injections.filter((injection) => injection.place !== place);
    for (const { bytes } of due) this.#uart.sendUntouched(bytes);
  }

  #powerOn(): void {
    const clock = new ClockScope(this.#host.clock);
    const output = this.#output;
    const dialect = this.#dialect;
    const variant = (name: string): string => this.#variant(name);
    const scaled = (milliseconds: number): number => this.#scaled(milliseconds);
    const framed = (frame: Frame, ...parts: readonly (string | Uint8Array)[]): void => {
      // What was under way at power-off, such as an HTTP request, reports nothing any more.
      if (this.#running?.interpreter === interpreter) interpreter.unsolicited(() => output.line(parts, frame));
    };
    const urc = (...parts: readonly (string | Uint8Array)[]): void => framed({}, ...parts);

    const radio = new RadioState({
      clock,
      attachTime: scaled(this.#options.attachTime ?? 500),
      lost: () => session.networkLost(),
      simChanged: (state) => {
        if (variant("simReports") === "present") urc(`+CPIN: ${state === "ready" ? "READY" : state === "absent" ? "SIM REMOVED" : "NOT READY"}`);
      },
      registrationChanged: (command, registration) => urc(`${command}${dialect.colon}${registration}`),
    });
    const modem: Modem = {
      clock,
      network: this.#host.network,
      faults: this.#faults,
      identity: this.#identity,
      variant,
      scaled,
      get attached() {
        return radio.active;
      },
      urc,
      framed,
    };
    const session = this.#family.powerOn(modem);
    const commands = new Map<string, CommandSpec>();
    const interpreter = new Interpreter({
      commands,
      dialect,
      clock,
      faults: this.#faults,
      output,
      variant,
      scaled,
      echo: this.#options.echo ?? false,
      reached: (place) => this.#reached(place),
    });
    const basics = basicCommands({
      identity: this.#identity,
      dialect,
      radio,
      variant,
      get errorMode() {
        return interpreter.errorMode;
      },
      set errorMode(mode) {
        interpreter.errorMode = mode;
      },
      set echo(on: boolean) {
        interpreter.echo = on;
      },
      now: () => clock.now(),
      // Not inside the command's own call: its handler must have returned.
      restart: () => void this.#clock.setTimer(() => this.restart("command"), scaled(20)),
    });
    for (const command of [...basics, ...session.commands]) commands.set(command.name, command);
    this.#running = { clock, interpreter, radio, session };
  }
}
