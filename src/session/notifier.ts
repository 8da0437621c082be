import type { MQTTModemError } from "../errors";
import type { Progress } from "../modem/care";
import type { StageName } from "../modem/stage";
import type { Timers } from "../timers";
import type { OptionsOfSession } from "./options";
import type { SessionState } from "./states";
import { Timer } from "./timer";

/** Stands for "nothing was thrown": an application may throw any value, `undefined` too. */
const NOTHING = Object.freeze({});

/** Calls the application's callbacks. An exception is kept, and goes to the host after the session has finished its state change. */
export class Notifier {
  readonly #session: unknown;
  readonly #options: OptionsOfSession;
  readonly #timers: Timers;
  #thrown: unknown = NOTHING;

  constructor(session: unknown, options: OptionsOfSession, timers: Timers) {
    this.#session = session;
    this.#options = options;
    this.#timers = timers;
  }

  state(state: SessionState, error: MQTTModemError | null): void {
    this.call(this.#options.onState, state, error);
  }

  stage(stage: StageName, progress: Progress | null): void {
    this.call(this.#options.onStage, stage, progress);
  }

  done(id: number, error: MQTTModemError | null, granted: readonly number[] | null): void {
    this.call(this.#options.onDone, id, error, granted);
  }

  error(error: MQTTModemError): void {
    this.call(this.#options.onError, error);
  }

  private call(callback: ((...values: any[]) => void) | undefined, one: unknown, two?: unknown, three?: unknown): void {
    if (callback === undefined) return;
    try {
      callback.call(this.#session, one, two, three);
    } catch (thrown) {
      if (this.#thrown === NOTHING) this.#thrown = thrown;
      this.#timers.set(Timer.Notify, 0);
    }
  }

  /** @throws the first exception that was kept */
  rethrow(): void {
    const thrown = this.#thrown;
    this.#thrown = NOTHING;
    if (thrown !== NOTHING) throw thrown;
  }
}
