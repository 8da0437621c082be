import { ArgumentError, type MQTTModemError } from "../errors";
import { highestFor, Level, levelFor, type Recovery } from "../modem/recovery";
import type { Clock } from "../platform";
import { Escalation } from "./escalation";
import type { OptionsOfSession } from "./options";
import { Backoff, isRefusal, retryOf, type Retry } from "./retry";
import { Event } from "./states";

/** Decides what follows a lost connection or a failed attempt: the session's end or another attempt, when, and at which level. */
export class Reconnection {
  readonly retry: Retry;
  readonly #backoff: Backoff;
  readonly #escalation: Escalation;
  readonly #recovery: Recovery;
  #wasConnected = false;

  /** @throws ArgumentError for an option of `retry` */
  constructor({ modem, retry, reset }: OptionsOfSession, clock: Clock, random: () => number) {
    this.retry = retryOf(retry ?? {});
    this.#recovery = modem.io.recovery;
    this.#backoff = new Backoff(this.retry, clock, random);
    this.#escalation = new Escalation(levelsOf(modem, reset !== undefined), this.retry.escalate);
  }

  /** How much of the way to the broker is set up again at the next attempt. */
  get level(): Level {
    return this.#escalation.level;
  }

  /** The event that begins the next attempt. */
  get attempt(): Event.Due | Event.Escalate {
    return this.#escalation.level === Level.Connect ? Event.Due : Event.Escalate;
  }

  /** Whether any loss is followed by another attempt. */
  get isEnabled(): boolean {
    return this.retry.first > 0;
  }

  /** Whether another attempt follows when the first client could not be made. */
  retriesFirst(error: unknown): boolean {
    return !(error instanceof ArgumentError) && this.retry.initially && this.isEnabled;
  }

  onConnected(): void {
    this.#wasConnected = true;
    this.#backoff.succeeded();
  }

  /** The connection has lasted for `retry.lasting`. */
  onLasted(): void {
    this.#escalation.reset();
  }

  /**
   * The connection was lost, or an attempt has failed.
   * @param working the modem and its network did work
   * @returns the event for the state machine: `Failed` when no other attempt follows
   */
  onLost(error: MQTTModemError, working: boolean): Event.Failed | Event.Refused | Event.Lost {
    const { initially, refused } = this.retry,
      refusal = isRefusal(error);
    if (!this.isEnabled || error instanceof ArgumentError || !(this.#wasConnected || initially) || (refusal && refused === 0)) return Event.Failed;
    if (refusal) return Event.Refused;
    // A port that fails shows nothing about the modem.
    if (error.code !== "PORT_FAILED") this.#escalation.onFailure(working ? null : levelFor(error, this.#recovery), highestFor(error));
    return Event.Lost;
  }

  /** Milliseconds until the next attempt. */
  pause(): number {
    return this.#backoff.pause();
  }
}

/** The levels that this modem and this application have, ascending. */
function levelsOf(modem: OptionsOfSession["modem"], canReset: boolean): readonly Level[] {
  const {
      io: {
        recovery: { attach, restart },
        care,
      },
    } = modem,
    levels = [Level.Connect];
  if (care !== undefined) return care.levels(modem, canReset);
  if (attach.length > 0) levels.push(Level.Attach);
  if (restart.length > 0) levels.push(Level.Restart);
  if (canReset) levels.push(Level.Reset);
  return levels;
}
