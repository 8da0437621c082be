import { integer, known } from "../checks";
import { ArgumentError } from "../errors";
import type { CareOptions, WatchdogOptions } from "../modem/care-options";
import { Level } from "../modem/recovery";
import type { Clock } from "../platform";
import { frozen } from "../bytes/frozen";

const NAMES = frozen({ answer: 1, registration: 1 } satisfies Record<keyof WatchdogOptions, 1>);

/** After so many milliseconds something is done; 0: never. */
export interface WatchdogTimes {
  readonly answer: number;
  readonly registration: number;
}

/**
 * @param boot milliseconds: `modem.bootTimeout` @param attach `modem.attachTimeout`
 * @throws ArgumentError
 */
export function watchdogOf({ watchdog, power }: CareOptions, boot: number, attach: number): WatchdogTimes {
  if (watchdog === undefined) return { answer: 0, registration: 0 };
  known("modem.watchdog", watchdog, NAMES);
  const seconds = (name: keyof WatchdogOptions, least: number, most: number): number => {
    const { [name]: value } = watchdog;
    return value === undefined ? 0 : integer(`modem.watchdog.${name}`, value, least, Math.max(least, Math.ceil(most / 1000) - 1)) * 1000;
  };
  const answer = seconds("answer", 5, boot);
  if (answer > 0 && power?.reset === undefined && power?.key === undefined)
    throw new ArgumentError("ARGUMENT_RANGE", "modem.watchdog.answer", watchdog.answer, "needs modem.power with the reset pin or the power key");
  return { answer, registration: seconds("registration", 30, attach) };
}

/** The watchdog over the registration: does one thing more each time that it has been waited for in vain for so long. */
export class RegistrationWatch {
  private readonly clock: Clock;
  private readonly limit: number;
  private readonly levels: readonly Level[];
  private since = 0;
  /** Which of the levels comes next. */
  private at = 0;

  /** @param limit milliseconds; 0: nothing is ever done @param levels ascending */
  constructor(clock: Clock, limit: number, levels: readonly Level[]) {
    this.clock = clock;
    this.limit = limit;
    this.levels = levels;
  }

  /** The network is waited for from now on. */
  begin(): void {
    this.since = this.clock.now();
  }

  /** The modem has its network, or is given up. */
  end(): void {
    this.at = 0;
  }

  /** What is to be done now; `Connect`: nothing. */
  due(): Level {
    if (this.limit === 0 || this.at >= this.levels.length || ((this.clock.now() - this.since) | 0) < this.limit) return Level.Connect;
    return this.levels[this.at++];
  }
}
