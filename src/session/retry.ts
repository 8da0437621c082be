import { integer } from "../checks";
import { BrokerError, ArgumentError, type MQTTModemError } from "../errors";
import type { Clock } from "../platform";

/** When a session tries again. All times are milliseconds. */
export interface RetryOptions {
  /** The first pause, 0–86400000; doubled after every failure. Default 1000. 0: there is no other attempt, the session closes. */
  first?: number;
  /** The longest pause, 1–86400000. Default 60000. */
  longest?: number;
  /** By how much of itself a pause is made longer at random, 0–1, so that many devices do not come at once. Default 0.5. */
  jitter?: number;
  /** So many attempts may follow each other as fast as the pauses allow, 1–100; default 20. */
  burst?: number;
  /** Beyond those there is one attempt in this time, 1–3600000; default 60000. In an hour that makes 80 at the most. */
  every?: number;
  /** Until the next attempt when the broker has refused the credentials, 0–604800000; default 3600000. 0: the session closes. */
  refused?: number;
  /** Whether the first connection is tried again as well when it fails. Default true. */
  initially?: boolean;
  /** For one attempt, from opening the port to the broker's acceptance. Default 0: the driver's own limits for each step. */
  timeout?: number;
  /**
   * Attempts that fail, for want of the network or because of the modem, before more is done than before: the network left and
   * joined again, the modem restarted, reset; 1–100, default 3. 0 or false: never, whatever fails. A broker that cannot be reached,
   * resolved, or refuses, does not count.
   */
  escalate?: number | false;
  /** So long must a connection have lasted before the next loss begins with the least again; 1–86400000, default 600000. */
  lasting?: number;
}

/** The same, checked. */
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

/** How long to wait: doubled after every failure, made longer at random, and never so short that attempts become a storm. */
export class Backoff {
  readonly #retry: Retry;
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  /** On the clock: when as many attempts as there were would be through, one in `every`. */
  #through: number;

  constructor(retry: Retry, clock: Clock, random: () => number) {
    this.#retry = retry;
    this.#clock = clock;
    this.#random = random;
    this.#through = (clock.now() + retry.every) | 0; // the first attempt is made at once
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
    return this.notBefore(pause, burst, every);
  }

  private notBefore(pause: number, burst: number, every: number): number {
    const now = this.#clock.now();
    let ahead = (this.#through - now) | 0;
    if (ahead < 0 || ahead > burst * every) ahead = 0; // long ago; a clock that wraps makes that look like the future
    const least = ahead - (burst - 1) * every;
    const wait = pause > least ? pause : least;
    this.#through = (now + (ahead > wait ? ahead : wait) + every) | 0;
    return wait;
  }
}

/** CONNACK's return codes that say that it is the credentials: MQTT 3.1.1 3.2.2.3. 1 and 3 are about versions and servers. */
const ID_REJECTED = 2, BAD_CREDENTIALS = 4, NOT_AUTHORISED = 5, BAD_VERSION = 1;
/** An ML302's number for the same. */
const ML302_REJECTED = 614;

/** Whether the broker will refuse the next attempt just so. */
export function isRefusal(error: MQTTModemError): boolean {
  if (!(error instanceof BrokerError) || error.code !== "CONNECTION_REFUSED") return false;
  switch (error.modemCode) {
    case BAD_VERSION:
    case ID_REJECTED:
    case BAD_CREDENTIALS:
    case NOT_AUTHORISED:
    case ML302_REJECTED: return true;
    default: return false;
  }
}

/** Whether an operation failed with the connection, and not by itself. */
export function isLoss({ code }: MQTTModemError): boolean {
  return code === "LINK_LOST" || code === "MODEM_RESTARTED" || code === "MODEM_SILENT" || code === "PORT_FAILED";
}
