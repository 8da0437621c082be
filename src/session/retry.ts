import { integer } from "../checks";
import { BrokerError, ArgumentError, type MQTTModemError } from "../errors";
import type { Clock } from "../platform";

/** When a session tries again to connect. All times are milliseconds. */
export interface RetryOptions {
  /** The first pause, 0–86400000; it doubles after every failure. Default 1000. 0: no further attempt, the session closes. */
  first?: number;
  /** The longest pause, 1–86400000. Default 60000. */
  longest?: number;
  /** The largest random part that is added to a pause, as a fraction of it, 0–1, so that many devices do not reconnect at once. Default 0.5. */
  jitter?: number;
  /** How many attempts may follow each other as fast as the pauses allow, 1–100; default 20. */
  burst?: number;
  /** After a burst, one attempt in this time, 1–3600000; default 60000. With the defaults at most 81 attempts an hour. */
  every?: number;
  /** The pause after the broker has refused the credentials, 0–604800000; default 3600000. 0: the session closes. */
  refused?: number;
  /** Whether the session tries again when the first connection fails. Default true. */
  initially?: boolean;
  /** The most time for one attempt, from opening the port to the broker's acceptance, 0–86400000. Default 0: only the driver's limits for each step apply. */
  timeout?: number;
  /**
   * After how many failed attempts the session does more than connect again: it leaves the network and joins it, then restarts the
   * modem, then resets it; 1–100, default 3. 0 or false: never. Only failures of the network or the modem count, not a broker that
   * cannot be reached or resolved, or that refuses.
   */
  escalate?: number | false;
  /** After a connection of this length the next loss begins with a mere reconnect again; 1–86400000, default 600000. */
  lasting?: number;
}

/** {@link RetryOptions}, checked and complete. */
export interface Retry extends Required<RetryOptions> {
  escalate: number;
}

const DAY = 86_400_000;

/** @throws ArgumentError naming the option */
export function retryOf(options: RetryOptions): Retry {
  const jitter = options.jitter ?? 0.5;
  if (!(jitter >= 0 && jitter <= 1)) throw new ArgumentError("ARGUMENT_RANGE", "retry.jitter", jitter, "must be from 0 to 1");
  return {
    first: integer("retry.first", options.first ?? 1000, 0, DAY),
    longest: integer("retry.longest", options.longest ?? 60_000, 1, DAY),
    jitter,
    burst: integer("retry.burst", options.burst ?? 20, 1, 100),
    every: integer("retry.every", options.every ?? 60_000, 1, 3_600_000),
    refused: integer("retry.refused", options.refused ?? 3_600_000, 0, 7 * DAY),
    initially: options.initially ?? true,
    timeout: integer("retry.timeout", options.timeout ?? 0, 0, DAY),
    escalate: options.escalate === false ? 0 : integer("retry.escalate", options.escalate ?? 3, 0, 100),
    lasting: integer("retry.lasting", options.lasting ?? 600_000, 1, DAY),
  };
}

/** The pause before the next attempt: it doubles after every failure, a random part is added, and `burst` and `every` limit the rate of attempts. */
export class Backoff {
  readonly #retry: Retry;
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  /** The clock's time at which all attempts so far would be over if there were one in each `every` (a leaky bucket). */
  #allDue: number;

  constructor(retry: Retry, clock: Clock, random: () => number) {
    this.#retry = retry;
    this.#clock = clock;
    this.#random = random;
    this.#allDue = (clock.now() + retry.every) | 0; // the first attempt is made at once
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Milliseconds until the next attempt. */
  pause(): number {
    const { first, longest, jitter, burst, every } = this.#retry;
    let pause = first * 2 ** this.#failures;
    if (pause < longest) this.#failures++;
    else pause = longest > first ? longest : first;
    pause = Math.floor(pause * (1 + jitter * this.#random()));
    return this.limited(pause, burst, every);
  }

  /** `pause`, made longer where `burst` attempts have been used up. */
  private limited(pause: number, burst: number, every: number): number {
    const now = this.#clock.now();
    let ahead = (this.#allDue - now) | 0;
    if (ahead < 0 || ahead > burst * every) ahead = 0; // the last attempt was long ago; when the clock has wrapped, that time seems to lie ahead
    const least = ahead - (burst - 1) * every;
    const wait = pause > least ? pause : least;
    this.#allDue = (now + (ahead > wait ? ahead : wait) + every) | 0;
    return wait;
  }
}

/** CONNACK's return codes that will be the same at the next attempt: MQTT 3.1.1, 3.2.2.3. Code 3, "server unavailable", may pass. */
const ID_REJECTED = 2,
  BAD_CREDENTIALS = 4,
  NOT_AUTHORISED = 5,
  BAD_VERSION = 1;
/** An ML302's code for a CONNACK that refuses the credentials. */
const ML302_REJECTED = 614;

/** Whether the broker will refuse the next attempt for the same reason. */
export function isRefusal(error: MQTTModemError): boolean {
  if (!(error instanceof BrokerError) || error.code !== "CONNECTION_REFUSED") return false;
  switch (error.modemCode) {
    case BAD_VERSION:
    case ID_REJECTED:
    case BAD_CREDENTIALS:
    case NOT_AUTHORISED:
    case ML302_REJECTED:
      return true;
    default:
      return false;
  }
}

/** Whether an operation failed because the connection was lost. */
export function isLoss({ code }: MQTTModemError): boolean {
  return code === "LINK_LOST" || code === "MODEM_RESTARTED" || code === "MODEM_SILENT" || code === "PORT_FAILED";
}
