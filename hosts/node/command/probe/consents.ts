import type { Consent, Need } from "./question";

/** Asks a person whether something may be done. @param text a whole sentence without its question mark */
export type AskConsent = (kind: Consent, text: string) => Promise<boolean>;

const TEXTS: Readonly<Record<Exclude<Consent, "hands">, string>> = {
  radio: "The modem's radio is off. It is switched on, and off again in the end. Go on",
  data: "It connects to the broker again and again, and sends and receives some 100 kilobytes, which cost what your contract says. Go on",
  restart: "It restarts the modem once by command. Go on",
  sleep: "It has the modem sleep in power saving mode, for some minutes. A module that only its wake-up pin wakes has to be woken by hand then. Go on",
  replace: "The modem's MQTT client is set up or connected. It is replaced, and cannot be set up again as it was: modems do not tell passwords. Go on",
};

/** What has been agreed to; each is asked for once, and only where it is needed. */
export class Consents {
  readonly #ask: AskConsent;
  readonly #given = new Set<Consent>();

  constructor(ask: AskConsent) {
    this.#ask = ask;
  }

  /** Asks for all that the exchanges need. */
  async ask(needs: ReadonlySet<Need>, hasBroker: boolean, isBusy: boolean): Promise<void> {
    const usesBroker = hasBroker && (needs.has("broker") || needs.has("own-broker"));
    if (isBusy && (usesBroker || needs.has("replace"))) await this.want("replace");
    if (usesBroker && (!isBusy || this.has("replace"))) await this.want("data");
    if (needs.has("sleep")) await this.want("sleep");
    if (needs.has("restart")) await this.want("restart");
  }

  has(kind: Consent): boolean {
    return this.#given.has(kind);
  }

  /** Asks a person to do something. @returns false when nobody does */
  person(what: string): Promise<boolean> {
    return this.#ask("hands", `Please ${what}, as soon as you have said yes. Go on`);
  }

  /** Asks for one thing. @returns whether it was agreed to */
  async want(kind: Exclude<Consent, "hands">): Promise<boolean> {
    if (await this.#ask(kind, TEXTS[kind])) this.#given.add(kind);
    return this.has(kind);
  }
}
