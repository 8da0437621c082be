import type { Consents } from "./consents";
import type { Keeper } from "./keeper";
import type { Performer } from "./performer";
import type { ProbeOptions } from "./probe-options";
import type { Need } from "./question";
import type { Recording } from "./recording";
import type { Wire } from "./wire";

/** Milliseconds between two questions whether the modem is attached, or its SIM ready. */
const PAUSE = 2000;
/** Milliseconds that a SIM may take until it is ready. */
const SIM_PATIENCE = 60_000;
/** Milliseconds for AT+CFUN: BC35-G 85 s, M5311 90 s. */
const RADIO_TIMEOUT = 90_000;
/** These need a radio. */
const RADIO: readonly Need[] = ["sim", "waited", "network", "broker", "own-broker"];

/** The modem's radio, SIM and network, as far as exchanges need them. */
export class Readiness {
  readonly #wire: Wire;
  readonly #performer: Performer;
  readonly #keeper: Keeper;
  readonly #consents: Consents;
  readonly #options: ProbeOptions;
  #hasSIM = false;
  /** Undefined: it has not been waited for yet. */
  #isAttached: boolean | undefined;
  #hadNetwork = false;

  constructor(options: ProbeOptions, wire: Wire, performer: Performer, keeper: Keeper, consents: Consents) {
    this.#options = options;
    this.#wire = wire;
    this.#performer = performer;
    this.#keeper = keeper;
    this.#consents = consents;
  }

  /** Whether there is a SIM that can be used. */
  get hasSIM(): boolean {
    return this.#hasSIM;
  }

  /** Whether the modem was attached at any time. */
  get hadNetwork(): boolean {
    return this.#hadNetwork;
  }

  /** Switches on a radio that is off, where that is needed and may be done; then sees to the SIM. */
  async begin(needs: ReadonlySet<Need>, recording: Recording): Promise<void> {
    const isOff = /\+CFUN: ?[04]/.test(await this.#performer.ask("AT+CFUN?"));
    if (isOff && RADIO.some((need) => needs.has(need)) && (await this.#consents.want("radio"))) {
      await this.#keeper.keep(["radio"]);
      await this.#switchOn();
    }
    await this.#sim(recording);
  }

  /** After a restart of the modem. */
  async again(): Promise<void> {
    if (this.#keeper.has("radio")) await this.#switchOn();
    this.#isAttached = undefined;
  }

  async #switchOn(): Promise<void> {
    await this.#performer.ask("AT+CFUN=1", RADIO_TIMEOUT);
  }

  /** A SIM that is busy is waited for. */
  async #sim(recording: Recording): Promise<void> {
    for (const deadline = this.#wire.now + SIM_PATIENCE; ; await this.#wire.listen(PAUSE)) {
      const text = await this.#performer.ask("AT+CPIN?");
      recording.label("sim", text);
      this.#hasSIM = /READY/.test(text);
      if (!/ERROR: ?(?:3?14\b|SIM busy)/i.test(text) || this.#wire.now > deadline) return;
    }
  }

  /** Waits until the modem is attached; only once. */
  async attached(): Promise<boolean> {
    if (this.#isAttached !== undefined) return this.#isAttached;
    const { attachTimeout, onProgress } = this.#options;
    const deadline = this.#wire.now + attachTimeout;
    for (;;) {
      if (/\+CGATT: ?1/.test(await this.#performer.ask("AT+CGATT?"))) return (this.#isAttached = this.#hadNetwork = true);
      if (this.#wire.now > deadline || !this.#hasSIM) return (this.#isAttached = false);
      onProgress?.("waiting for the modem to attach to the network");
      await this.#wire.listen(PAUSE);
    }
  }
}
