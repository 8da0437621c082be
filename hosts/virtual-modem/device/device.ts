// The modem as a device, as commands act on it: from power-on to power-off, with what outlasts that.

import type { Kept } from "./kept";
import type { PowerSaving } from "./power-saving";
import type { RadioState } from "./radio";
import type { Rate } from "./rate";
import type { Settings } from "./settings";
import type { SimCard } from "./sim-card";
import type { Sleep } from "./sleep";

/** What the modem reports unasked, as commands have switched it on. */
export interface Watched {
  /** The mode of each registration command, such as `+CEREG`; 0 or missing: no reports. */
  readonly registration: Map<string, number>;
  /** `AT+CSCON=1`. */
  connection: boolean;
  /** `AT+CTZR`: 0 none, 1 the zone, 2 zone and local time, 3 zone and UTC. */
  zone: number;
  /** Reports of the family's own, by the name of their command. */
  readonly own: Set<string>;
}

export interface Device {
  readonly settings: Settings;
  readonly card: SimCard;
  readonly radio: RadioState;
  readonly kept: Kept;
  readonly saving: PowerSaving;
  readonly sleep: Sleep;
  readonly rate: Rate;
  readonly watched: Watched;
  /** Milliseconds by which `AT+CCLK=` has moved the modem's clock. */
  clockOffset: number;
  /** Writes an unsolicited line. */
  report(line: string): void;
  /** Reports what the SIM card wants, where the family does. */
  reportSim(): void;
  /** A code has changed what the SIM card wants. */
  simChanged(): void;
  /** The modem switches itself off. */
  switchOff(): void;
  /** The modem restarts, as by a command. */
  restart(): void;
}
