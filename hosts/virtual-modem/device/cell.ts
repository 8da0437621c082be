// The network's side: whether a search finds it, and whether it takes the modem and its contexts.

import type { Kept } from "./kept";
import type { Settings } from "./settings";

/** EMM causes of 3GPP TS 24.301: of a network that does not say more, and of an attach whose APN was refused. */
const causes = { denied: 11, apn: 19 } as const;

export class Cell {
  readonly #settings: Settings["mobile"];
  readonly #kept: Kept;

  constructor(settings: Settings["mobile"], kept: Kept) {
    this.#settings = settings;
    this.#kept = kept;
  }

  /** Whether a search finds it. @param operator the only operator that is looked for; undefined: any */
  isFound(operator: string | undefined): boolean {
    const { band, coverage, operator: own } = this.#settings;
    const { bands } = this.#kept;
    return coverage && (operator === undefined || operator === own) && (bands.length === 0 || bands.includes(band));
  }

  /** The cause with which the network denies the registration; 0: it does not. */
  get denial(): number {
    const { denied, wrongApn } = this.#settings;
    if (denied !== 0) return denied;
    return wrongApn === "denied" && !this.takes(this.#kept.contexts.first) ? causes.apn : 0;
  }

  /** The cause of a denial that the settings do not have. */
  get usualDenial(): number {
    return this.#settings.denied || causes.denied;
  }

  /** Whether the network takes the APN, the user and the password of a context. */
  takes(cid: number): boolean {
    const { apn, password, user } = this.#settings;
    if (apn === "") return true;
    const { apn: own = "", authentication = { protocol: 0, user: "", password: "" } } = this.#kept.contexts.get(cid) ?? {};
    if (own.toLowerCase() !== apn.toLowerCase()) return false;
    return user === "" || (authentication.protocol > 0 && authentication.user === user && authentication.password === password);
  }
}
