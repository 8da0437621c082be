// The modem from power-on to power-off: what it knows is lost at power-off.

import type { Clock } from "./clock";
import { ClockScope } from "./clock";
import type { Configuration } from "./configuration";
import { Gate, GatedClock, gatedNetwork } from "./device/asleep";
import type { Device } from "./device/device";
import type { Kept } from "./device/kept";
import { PowerSaving } from "./device/power-saving";
import { RadioState } from "./device/radio";
import type { Rate } from "./device/rate";
import type { SimCard } from "./device/sim-card";
import { Sleep, type Waker } from "./device/sleep";
import { basicCommands } from "./engine/basics";
import type { CommandSpec, Family, FamilySession, Frame, Modem, StartState } from "./engine/family";
import { Interpreter } from "./engine/interpreter";
import type { Output } from "./engine/output";
import { Reports } from "./engine/reports";
import type { Faults, Place } from "./faults";
import type { Network } from "./network";

export interface RunningOptions extends Configuration {
  readonly family: Family;
  readonly clock: Clock;
  readonly network: Network;
  readonly faults: Faults;
  readonly output: Output;
  readonly card: SimCard;
  readonly kept: Kept;
  readonly rate: Rate;
  readonly scaled: (milliseconds: number) => number;
  readonly echo: boolean;
  /** Milliseconds from power-on to attached. */
  readonly attachTime: number;
  /** Whether the modem comes from a sleep that only its registration has survived. */
  readonly registered: boolean;
  /** A command has come to this moment of its life. */
  readonly reached: (place: Place) => void;
  /** A command asks for a restart. Called while the command is being processed. */
  readonly restart: () => void;
  /** A command switches the modem off. Called while the command is being processed. */
  readonly switchOff: () => void;
  /** The modem has been woken. */
  readonly woken: (by: Waker) => void;
}

/** One power-on of the modem. */
export class Running {
  readonly interpreter: Interpreter;
  readonly radio: RadioState;
  readonly sleep: Sleep;
  readonly #options: RunningOptions;
  readonly #clock: ClockScope;
  readonly #gate = new Gate();
  readonly #commands = new Map<string, CommandSpec>();
  readonly #reports: Reports;
  readonly #device: Device;
  #session: FamilySession;
  #sessionClock: ClockScope;
  #isOff = false;

  constructor(options: RunningOptions) {
    this.#options = options;
    const { card, dialect, faults, identity, kept, output, rate, rows, settings, variant, scaled } = options;
    const clock = (this.#clock = new ClockScope(options.clock));
    if (!options.registered) this.#startCard();

    const saving = new PowerSaving(settings);
    const radio = (this.radio = new RadioState({
      clock,
      settings,
      card,
      kept,
      searchTime: () => (settings.mobile.searchTime === "attachTime" ? options.attachTime : scaled(settings.mobile.searchTime)),
      functionality: kept.functionality ?? Number(settings.radio.on && kept.connectsByItself),
      registered: options.registered,
      automatic: () => kept.connectsByItself,
      attached: () => this.#attached(),
      lost: () => this.#session.networkLost(),
      simChanged: (state) => this.#reports.sim(state),
      // While the radio is being made, nobody has asked for reports.
      registrationChanged: () => this.#reports?.registration(),
    }));
    const sleep = (this.sleep = new Sleep({
      clock,
      settings,
      saving,
      kept,
      awakeAfterCommand: rows.awakeAfterCommand,
      registered: () => radio.registered,
      forbidden: () => this.interpreter.busy || rate.told > rows.highestSleepRate,
      connection: (connected) => this.#reports.connection(connected),
      entered: () => this.#entered(),
      woken: (by) => this.#woken(by),
    }));
    const device: Device = (this.#device = {
      settings,
      card,
      radio,
      kept,
      saving,
      sleep,
      rate,
      watched: { registration: new Map(), connection: false, zone: 0, own: new Set() },
      clockOffset: 0,
      report: (line: string) => this.#urc(line),
      reportSim: () => this.#reports.code(),
      simChanged: () => {
        this.#reports.code();
        radio.simHasChanged();
      },
      switchOff: options.switchOff,
      restart: options.restart,
    });
    [this.#session, this.#sessionClock] = this.#newSession();
    const interpreter = (this.interpreter = new Interpreter({
      commands: this.#commands,
      dialect,
      clock,
      faults,
      output,
      variant,
      scaled,
      echo: options.echo,
      reached: options.reached,
      heard: () => rate.command(),
      done: () => sleep.command(),
    }));
    const common = {
      identity,
      dialect,
      rows,
      device,
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
      restart: options.restart,
    };
    this.#reports = new Reports(common);
    this.#adopt(basicCommands(common));
    this.#adoptSession();
  }

  get session(): FamilySession {
    return this.#session;
  }

  /** What a banner tells of this start. */
  get startState(): StartState {
    return this.#reports.start;
  }

  /** The user has set something about the device. */
  settingsChanged(names: readonly string[]): void {
    const inSim = names.some((name) => name.startsWith("sim."));
    if (inSim) this.radio.simHasChanged();
    const mobile = names.filter((name) => name.startsWith("mobile."));
    if (mobile.length > 0) this.radio.networkChanged(mobile);
    if (this.radio.registered && names.some((name) => name === "mobile.zone" || name === "mobile.time")) this.#reports.zone();
    this.#session.settingsChanged?.(names);
    this.sleep.refresh();
  }

  /** Forgets all timers, reads nothing more and drops all connections. */
  powerOff(): void {
    this.#isOff = true;
    this.#clock.end();
    this.interpreter.powerOff();
    this.#session.powerOff();
  }

  #startCard(): void {
    const { card, settings } = this.#options;
    const { busyTime } = settings.sim;
    card.powerOn(busyTime > 0);
    if (busyTime === 0) return;
    this.#clock.setTimer(() => {
      card.settle();
      this.radio.attach();
    }, busyTime);
  }

  #adopt(commands: readonly CommandSpec[]): void {
    for (const command of commands) this.#commands.set(command.name, command);
  }

  #adoptSession(): void {
    this.#adopt(this.#session.device ?? []);
    this.#adopt(this.#session.commands);
  }

  #newSession(): [FamilySession, ClockScope] {
    const { family, faults, identity, model, network, rows, scaled, variant } = this.#options;
    const { radio, sleep } = this;
    const scope = new ClockScope(this.#clock);
    const modem: Modem = {
      clock: new GatedClock(scope, this.#gate),
      network: gatedNetwork(network, this.#gate, () => sleep.traffic()),
      faults,
      identity,
      model,
      device: this.#device,
      rows,
      variant,
      scaled,
      get attached() {
        return radio.active;
      },
      urc: (...parts) => this.#urc(...parts),
      framed: (frame, ...parts) => this.#framed(frame, ...parts),
    };
    return [family.powerOn(modem), scope];
  }

  #framed(frame: Frame, ...parts: readonly (string | Uint8Array)[]): void {
    this.#gate.pass(() => {
      // An HTTP request that was under way at power-off, for example, reports nothing.
      if (!this.#isOff) this.interpreter.unsolicited(() => this.#options.output.line(parts, frame));
    });
  }

  #urc(...parts: readonly (string | Uint8Array)[]): void {
    this.#framed({}, ...parts);
  }

  #attached(): void {
    const { saving, sleep } = this.#device;
    // BC28: power saving mode comes back at each attach.
    if (this.#options.settings.sleep.factory) saving.restore();
    sleep.traffic();
    this.#reports.zone();
  }

  #entered(): void {
    this.#session.sleeping?.();
    const { keeps } = this.#options.settings.sleep;
    this.#gate.close();
    if (keeps === "session") return;
    // The session is gone, and nobody is told.
    this.#session.powerOff();
    this.#sessionClock.end();
    [this.#session, this.#sessionClock] = this.#newSession();
    this.#adoptSession();
  }

  #woken(by: Waker): void {
    const { settings, woken } = this.#options;
    if (settings.sleep.keeps === "nothing") return woken(by);
    this.#options.rate.woken();
    woken(by);
    this.#gate.open(() => this.#session.woken?.());
  }
}
