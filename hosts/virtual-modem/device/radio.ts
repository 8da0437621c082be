// The modem's radio, as far as AT commands show it: on or off, and attached to the network some time later, or denied, or without one.

import type { Clock, Timer } from "../clock";
import { Cell } from "./cell";
import type { Kept } from "./kept";
import type { Settings } from "./settings";
import type { SimCard, SimState } from "./sim-card";

export interface RadioOptions {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly card: SimCard;
  readonly kept: Kept;
  /** Milliseconds from switching on, or from the command to attach, to attached. */
  readonly searchTime: () => number;
  /** The functionality at the start: AT+CFUN. */
  readonly functionality: number;
  /** Whether it attaches without being told to. */
  readonly automatic: () => boolean;
  /** Whether the modem comes from a sleep that its registration has survived. */
  readonly registered: boolean;
  /** The modem has attached. */
  readonly attached: () => void;
  /** The network is lost. */
  readonly lost: () => void;
  /** The state of the SIM has changed. */
  readonly simChanged: (state: SimState) => void;
  /** The registration has changed, or the cell. */
  readonly registrationChanged: () => void;
}

/** Why the modem is not registered, although it does not search. */
type Idle = "not-searching" | "uncovered" | "denied";

/** AT+CFUN: everything; everything but the SIM. */
const levels = { full: 1, withoutSim: 7 } as const;

/** The radio from power-on to power-off. It attaches by itself, as with `AUTOCONNECT` of BC35-G. */
export class RadioState {
  /** `AT+COPS`: 0 automatic, 1 the operator of `wanted` alone, 2 none. */
  selection = 0;
  wanted = "";
  /** Whether the network has told the time since power-on. */
  timeGiven = false;
  readonly #options: RadioOptions;
  readonly #cell: Cell;
  /** Milliseconds of a scan for a network that is longer than usual, or 0. */
  #scan = 0;
  #deniedByFault = false;
  #forcedSim: SimState | undefined;
  #functionality: number;
  #attached = false;
  #smsOnly = false;
  #idle: Idle = "not-searching";
  #cause = 0;
  #attaching: Timer;

  constructor(options: RadioOptions) {
    this.#options = options;
    this.#cell = new Cell(options.settings.mobile, options.kept);
    this.#functionality = options.functionality;
    if (options.registered) {
      this.#attached = true;
      this.timeGiven = options.settings.mobile.time;
    } else {
      options.kept.contexts.deactivate();
      if (options.automatic()) this.attach();
    }
  }

  /** `AT+CFUN`. */
  get functionality(): number {
    return this.#functionality;
  }

  get on(): boolean {
    return this.#functionality === levels.full || this.#functionality === levels.withoutSim;
  }

  get attached(): boolean {
    return this.#attached;
  }

  /** Whether the modem has an IP address. */
  get active(): boolean {
    return this.#options.kept.contexts.anyActive;
  }

  get registered(): boolean {
    return this.#attached;
  }

  get sim(): SimState {
    if (this.#functionality === levels.withoutSim) return "absent";
    return this.#forcedSim ?? this.#options.card.state;
  }

  /** The EMM cause of a denied registration; 0: none. */
  get cause(): number {
    return this.registration === 3 ? this.#cause : 0;
  }

  /**
   * `+CEREG`: 0 not searching, 1 registered at home, 2 searching, 3 denied, 4 out of coverage, 5 registered as a guest, 6 and 7 the same for
   * SMS only.
   */
  get registration(): number {
    const { roaming, uncovered } = this.#options.settings.mobile;
    if (this.#deniedByFault) return 3;
    if (this.#attached) return this.#smsOnly ? (roaming ? 7 : 6) : roaming ? 5 : 1;
    if (this.#attaching !== undefined) return 2;
    if (this.#idle === "denied") return 3;
    return this.#idle === "uncovered" ? Number(uncovered) : 0;
  }

  /** Begins to attach, unless attached or at it. */
  attach(): void {
    if (!this.on || this.#attached || this.#attaching !== undefined || this.#deniedByFault || this.sim !== "ready" || this.selection === 2) return;
    this.#begin(Math.max(this.#options.searchTime(), this.#scan));
  }

  #begin(delay: number): void {
    this.#idle = "not-searching";
    this.#attaching = this.#options.clock.setTimer(() => {
      this.#attaching = undefined;
      this.#scan = 0;
      this.#found();
    }, delay);
    this.#options.registrationChanged();
  }

  /** A search has ended. */
  #found(): void {
    const { denial } = this.#cell;
    if (!this.#findable) this.#idle = "uncovered";
    else if (denial !== 0) this.#deny(denial);
    else this.#register();
    this.#options.registrationChanged();
    if (this.#attached) this.#options.attached();
  }

  #deny(cause: number): void {
    this.#idle = "denied";
    this.#cause = cause;
  }

  #register(): void {
    const { kept, settings } = this.#options;
    const { first } = kept.contexts;
    this.#attached = true;
    this.#smsOnly = false;
    if (this.#cell.takes(first)) kept.contexts.activate(first);
    else this.#smsOnly = settings.mobile.wrongApn === "sms-only";
    this.timeGiven ||= settings.mobile.time;
  }

  /** Whether a search finds a network. */
  get #findable(): boolean {
    return this.#cell.isFound(this.selection === 1 ? this.wanted : undefined);
  }

  /** Leaves the network; attaches again by itself after `duration` milliseconds, if given. */
  detach(duration?: number): void {
    const was = this.#attached;
    this.#leave();
    if (duration !== undefined && this.on && this.sim === "ready") this.#begin(duration);
    else if (was) this.#options.registrationChanged();
  }

  #leave(): void {
    const { clock, kept, lost } = this.#options;
    clock.clearTimer(this.#attaching);
    this.#attaching = undefined;
    this.#idle = "not-searching";
    const had = this.active;
    this.#attached = false;
    kept.contexts.deactivate();
    if (had) lost();
  }

  /** Loses the network. A scan of `duration` milliseconds finds one; when the scan is interrupted, the next one begins from the start. */
  search(duration: number): void {
    this.detach();
    this.#scan = duration;
    this.attach();
  }

  /** The network denies the registration for `duration` milliseconds. */
  deny(duration: number): void {
    this.#deniedByFault = true;
    this.#cause = this.#cell.usualDenial;
    this.detach();
    this.#options.registrationChanged();
    this.#options.clock.setTimer(() => {
      this.#deniedByFault = false;
      this.attach();
    }, duration);
  }

  /** The SIM is in `state`, and cannot be used, for `duration` milliseconds. */
  lockSim(state: SimState, duration: number): void {
    this.#forcedSim = state;
    this.simHasChanged();
    this.#options.clock.setTimer(() => {
      this.#forcedSim = undefined;
      this.simHasChanged();
    }, duration);
  }

  /** The SIM can be used now, or no more. */
  simHasChanged(): void {
    if (this.sim !== "ready") this.detach();
    this.#options.simChanged(this.sim);
    this.attach();
  }

  /**
   * Activates a PDP context.
   * @returns whether the network took it
   */
  activate(cid: number): boolean {
    if (!this.#cell.takes(cid)) return false;
    this.#options.kept.contexts.activate(cid);
    return true;
  }

  /** @param cid all contexts when left out */
  deactivate(cid?: number): void {
    const had = this.active;
    this.#options.kept.contexts.deactivate(cid);
    if (had && !this.active) this.#options.lost();
  }

  /** `AT+CFUN`. */
  switch(functionality: number): void {
    if (functionality === this.#functionality) return;
    this.#functionality = functionality;
    if (!this.on || this.sim !== "ready") this.detach();
    else if (this.#options.automatic()) this.attach();
  }

  /** Selects the operator anew: leaves the network when it is another one. */
  select(selection: number, wanted: string): void {
    this.selection = selection;
    this.wanted = wanted;
    if (selection === 2 || (this.#attached && !this.#findable)) this.detach();
    this.attach();
  }

  /** The network around the modem is another one than before. @param names the settings that have changed */
  networkChanged(names: readonly string[]): void {
    const { mobile } = this.#options.settings;
    if (!this.#attached) {
      // A modem that has found nothing looks again, as it would after a time. One that was told to leave does not.
      if (this.#idle !== "not-searching") this.attach();
      return;
    }
    if (!this.#findable) {
      this.detach();
      this.attach();
    } else if (mobile.denied !== 0) {
      this.#leave();
      this.#deny(mobile.denied);
      this.#options.registrationChanged();
    } else {
      this.timeGiven ||= mobile.time;
      if (names.some((name) => visible.has(name))) this.#options.registrationChanged();
    }
  }
}

/** Settings whose change a registered modem reports. */
const visible: ReadonlySet<string> = new Set(["mobile.roaming", "mobile.area", "mobile.cell", "mobile.technology"]);
