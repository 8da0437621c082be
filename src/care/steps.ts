import type { CommandCallback } from "../at/own/own-commands";
import type { MQTTModemError } from "../errors";

/** What becomes of a step in place of the next one. */
export const enum Outlook {
  /** The step is done again after its pause. */
  Again = "again",
  /** The modem is looked for anew. */
  Anew = "anew",
}

/** One thing that the modem is asked or told beside MQTT. `S` has what is wanted, and what is known so far. */
export interface ModemStep<S = any> {
  /** The command's line, or null where there is nothing to do. */
  readonly ask: (state: S) => string | null;
  /** Milliseconds until the final at the most. Default 5000. */
  readonly timeout?: number;
  /**
   * What the answer means: an error, which ends the steps, or nothing. Where this is left out, the command's own error ends them.
   * @param error null where the final is OK
   */
  readonly then?: (state: S, lines: readonly string[], error: MQTTModemError | null) => MQTTModemError | Outlook | void;
  /** What it means that it has been done so often. Where this is left out, the next step follows. */
  readonly givenUp?: (state: S, error: MQTTModemError | null) => MQTTModemError | void;
  /** How often it is done at the most where it is done again. Default 10. */
  readonly tries?: number;
  /** Milliseconds before it is done again. Default 1000. */
  readonly pause?: number;
}

/** Of a step, where it does not say. */
const enum Usual {
  Timeout = 5000,
  Tries = 10,
  Pause = 1000,
}

/** For whom steps are done. */
export interface StepsHost {
  /** Sends a command in its turn. */
  ask(line: string, timeout: number, done: CommandCallback): void;
  /** {@link StepsRun.onTimer} is to be called after so many milliseconds. */
  pause(milliseconds: number): void;
  /** The modem is to be looked for anew. */
  lookAnew?(): void;
}

/** Does steps one after the other. */
export class StepsRun<S> {
  private readonly host: StepsHost;
  private readonly state: S;
  private steps: readonly ModemStep<S>[] = [];
  private step = 0;
  private tries = 0;
  private done: ((error: MQTTModemError | null) => void) | null = null;
  /** Which run it is: an answer to an earlier one is nobody's. */
  private run = 0;

  constructor(host: StepsHost, state: S) {
    this.host = host;
    this.state = state;
  }

  /** @param done called once, unless the run is stopped; with the error that has ended it, or null */
  begin(steps: readonly ModemStep<S>[], done: (error: MQTTModemError | null) => void): void {
    this.run++;
    this.steps = steps;
    this.step = this.tries = 0;
    this.done = done;
    this.advance();
  }

  /** Nobody waits for the end any more. */
  stop(): void {
    this.run++;
    this.done = null;
  }

  /** The pause is over. */
  onTimer(): void {
    if (this.done !== null) this.advance();
  }

  private advance(): void {
    for (; this.step < this.steps.length; this.step++) {
      const step = this.steps[this.step],
        line = step.ask(this.state);
      if (line !== null) return this.ask(step, line);
      this.tries = 0;
    }
    this.end(null);
  }

  private ask(step: ModemStep<S>, line: string): void {
    const { run } = this;
    this.host.ask(line, step.timeout ?? Usual.Timeout, (error, lines) => {
      if (run === this.run) this.answered(step, lines, error);
    });
  }

  private answered(step: ModemStep<S>, lines: readonly string[], error: MQTTModemError | null): void {
    let outlook: MQTTModemError | Outlook | null | undefined | void;
    try {
      outlook = step.then === undefined ? error : step.then(this.state, lines, error);
    } catch (thrown) {
      this.goOn(); // what the application has thrown is told by whoever has called, and nothing waits for ever
      throw thrown;
    }
    if (outlook === Outlook.Again) {
      if (++this.tries < (step.tries ?? Usual.Tries)) return this.host.pause(step.pause ?? Usual.Pause);
      outlook = step.givenUp?.(this.state, error);
    }
    if (outlook === Outlook.Anew) {
      this.stop();
      return this.host.lookAnew!();
    }
    if (outlook !== undefined && outlook !== null) return this.end(outlook);
    this.goOn();
  }

  private goOn(): void {
    this.tries = 0;
    this.step++;
    this.advance();
  }

  private end(error: MQTTModemError | null): void {
    const { done } = this;
    this.stop();
    done?.(error);
  }
}
