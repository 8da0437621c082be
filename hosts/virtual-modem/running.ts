// The modem from power-on to power-off: what it knows is lost at power-off.

import type { Clock } from "./clock";
import { ClockScope } from "./clock";
import { basicCommands } from "./engine/basics";
import type { CommandSpec, Dialect, Family, FamilySession, Frame, Identity, Modem } from "./engine/family";
import { Interpreter } from "./engine/interpreter";
import type { Output } from "./engine/output";
import { RadioState } from "./engine/radio";
import type { Faults, Place } from "./faults";
import type { Network } from "./network";

export interface RunningOptions {
  readonly family: Family;
  readonly identity: Identity;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly network: Network;
  readonly faults: Faults;
  readonly output: Output;
  readonly variant: (name: string) => string;
  readonly scaled: (milliseconds: number) => number;
  readonly echo: boolean;
  /** Milliseconds from power-on to attached. */
  readonly attachTime: number;
  /** A command has come to this moment of its life. */
  readonly reached: (place: Place) => void;
  /** A command asks for a restart. Called while the command is being processed. */
  readonly restart: () => void;
}

/** How `+CPIN` reports a SIM that has gone or is back. */
const simReport = (state: string): string => (state === "ready" ? "READY" : state === "absent" ? "SIM REMOVED" : "NOT READY");

/** One power-on of the modem. */
export class Running {
  readonly interpreter: Interpreter;
  readonly radio: RadioState;
  readonly session: FamilySession;
  readonly #clock: ClockScope;
  #isOff = false;

  constructor({ family, identity, dialect, clock: outer, network, faults, output, variant, scaled, echo, attachTime, reached, restart }: RunningOptions) {
    const clock = (this.#clock = new ClockScope(outer));
    const framed = (frame: Frame, ...parts: readonly (string | Uint8Array)[]): void => {
      // An HTTP request that was under way at power-off, for example, reports nothing.
      if (!this.#isOff) this.interpreter.unsolicited(() => output.line(parts, frame));
    };
    const urc = (...parts: readonly (string | Uint8Array)[]): void => framed({}, ...parts);

    const radio = (this.radio = new RadioState({
      clock,
      attachTime,
      lost: () => this.session.networkLost(),
      simChanged: (state) => {
        if (variant("simReports") === "present") urc(`+CPIN: ${simReport(state)}`);
      },
      registrationChanged: (command, registration) => urc(`${command}${dialect.colon}${registration}`),
    }));
    const modem: Modem = {
      clock,
      network,
      faults,
      identity,
      variant,
      scaled,
      get attached() {
        return radio.active;
      },
      urc,
      framed,
    };
    this.session = family.powerOn(modem);
    const commands = new Map<string, CommandSpec>();
    const interpreter = (this.interpreter = new Interpreter({ commands, dialect, clock, faults, output, variant, scaled, echo, reached }));
    const basics = basicCommands({
      identity,
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
      restart,
    });
    for (const command of [...basics, ...this.session.commands]) commands.set(command.name, command);
  }

  /** Forgets all timers, reads nothing more and drops all connections. */
  powerOff(): void {
    this.#isOff = true;
    this.#clock.end();
    this.interpreter.powerOff();
    this.session.powerOff();
  }
}
