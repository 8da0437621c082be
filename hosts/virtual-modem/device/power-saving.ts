// What the modem asks of the network to save power, and what the network grants: AT+CPSMS and AT+CEDRXS.

import type { Settings } from "./settings";
import { activeSeconds, periodicSeconds } from "./timers";

/** An eDRX cycle of four bits for each access technology, numbered as AT+CEDRXS does: 4 LTE, 5 NB-IoT. */
export type EdrxTechnology = 4 | 5;

export class PowerSaving {
  /** `AT+CPSMS`. */
  on = false;
  /** Eight bits each, as they were asked for; empty: none was. */
  activeTime = "";
  periodicTime = "";
  /** `AT+CEDRXS`. */
  edrx = false;
  edrxReports = false;
  edrxCycle = "";
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.edrx = settings.sleep.factoryEdrx;
    if (settings.sleep.factory) this.restore();
  }

  /** Power saving as from the factory. */
  restore(): void {
    this.on = true;
    this.activeTime = this.#settings.sleep.activeTime;
    this.periodicTime = this.#settings.sleep.periodicTime;
  }

  /** Off, and what was asked for is forgotten: `AT+CPSMS=2`. */
  forget(): void {
    this.on = false;
    this.activeTime = "";
    this.periodicTime = "";
  }

  /** The timers that the network grants, eight bits each; undefined while it grants none. */
  get granted(): { readonly active: string; readonly periodic: string } | undefined {
    const { mobile, sleep } = this.#settings;
    if (!this.on || !mobile.psm) return undefined;
    return {
      active: mobile.activeTime || this.activeTime || sleep.activeTime,
      periodic: mobile.periodicTime || this.periodicTime || sleep.periodicTime,
    };
  }

  /** Milliseconds from the end of a connection to sleep; undefined: the modem does not sleep. */
  get awakeFor(): number | undefined {
    const time = this.granted && activeSeconds(this.granted.active);
    return time === undefined ? undefined : time * 1000;
  }

  /** Milliseconds of a sleep that nothing ends; undefined: for ever. */
  get asleepFor(): number | undefined {
    const time = this.granted && periodicSeconds(this.granted.periodic);
    return time === undefined || time === 0 ? undefined : time * 1000;
  }

  /** The cycle and the paging time window that the network grants, four bits each. */
  get grantedEdrx(): { readonly cycle: string; readonly window: string } | undefined {
    const { mobile } = this.#settings;
    return this.edrx ? { cycle: mobile.edrx || this.edrxCycle || "0101", window: mobile.pagingWindow } : undefined;
  }
}
