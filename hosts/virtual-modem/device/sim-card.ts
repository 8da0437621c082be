// The SIM card: its PIN, its PUK, and how many tries are left. It keeps them while the modem has no power.

import type { Settings } from "./settings";

/** What the card wants before it can be used, or why it cannot be. `blocked`: no PUK opens it any more. */
export type SimState = "ready" | "absent" | "pin" | "puk" | "blocked" | "failure" | "busy";

/** How the card answers a code. `wrong`: one try less; `blocked`: none left; `disabled`: there is no PIN to check; `format`: no such code. */
export type CodeResult = "right" | "wrong" | "blocked" | "disabled" | "format" | "unusable";

const pinForm = /^\d{4,8}$/;
const pukForm = /^\d{8}$/;
/** 3GPP TS 31.101: so many tries each. */
export const fullTries = { pin: 3, puk: 10 } as const;

export class SimCard {
  readonly #settings: Settings["sim"];
  #kind: "card" | "absent" | "failure" = "card";
  #pin = "";
  #locked = false;
  #verified = false;
  #busy = false;
  pinTries: number = fullTries.pin;
  pukTries: number = fullTries.puk;

  constructor(settings: Settings["sim"]) {
    this.#settings = settings;
    this.insert();
  }

  /** Another card is put in, as the settings describe it; or none. */
  insert(): void {
    const { state, pin, tries, pukTries } = this.#settings;
    this.#kind = state === "absent" || state === "failure" ? state : "card";
    this.#pin = pin;
    this.#locked = state !== "ready";
    this.#verified = false;
    this.pinTries = state === "puk" || state === "blocked" ? 0 : tries;
    this.pukTries = state === "blocked" ? 0 : pukTries;
  }

  /** The modem starts: the PIN counts no more, and the card may be busy for a time. */
  powerOn(busy: boolean): void {
    this.#verified = false;
    this.#busy = busy;
  }

  /** The card has done what it does after a start. */
  settle(): void {
    this.#busy = false;
  }

  get state(): SimState {
    if (this.#kind !== "card") return this.#kind;
    if (this.#busy) return "busy";
    if (this.pukTries === 0) return "blocked";
    if (this.pinTries === 0) return "puk";
    return this.#locked && !this.#verified ? "pin" : "ready";
  }

  /** Whether a PIN is asked for at each start. */
  get locked(): boolean {
    return this.#locked;
  }

  /** `AT+CPIN="1234"`, `AT+NPIN=0`. */
  verify(pin: string): CodeResult {
    if (!this.#locked) return this.#unusable() ?? "disabled";
    return this.#check(pin, () => (this.#verified = true));
  }

  /** Sets another PIN in place of the present one. */
  change(pin: string, next: string): CodeResult {
    if (!pinForm.test(next)) return "format";
    if (!this.#locked) return this.#unusable() ?? "disabled";
    return this.#check(pin, () => (this.#pin = next));
  }

  /** From now on the PIN is asked for, or is no more. */
  lock(pin: string, on: boolean): CodeResult {
    return this.#check(pin, () => {
      this.#locked = on;
      this.#verified = true;
    });
  }

  /** Opens a card whose PIN is blocked, and gives it another PIN. */
  unblock(puk: string, next: string): CodeResult {
    const unusable = this.#unusable();
    if (unusable !== undefined) return unusable;
    if (!pukForm.test(puk) || !pinForm.test(next)) return "format";
    if (this.pukTries === 0) return "blocked";
    if (puk !== this.#settings.puk) {
      this.pukTries -= 1;
      return this.pukTries === 0 ? "blocked" : "wrong";
    }
    this.#pin = next;
    this.#verified = true;
    this.pinTries = fullTries.pin;
    this.pukTries = fullTries.puk;
    return "right";
  }

  #check(pin: string, right: () => void): CodeResult {
    const unusable = this.#unusable();
    if (unusable !== undefined) return unusable;
    if (this.pinTries === 0) return "blocked";
    if (!pinForm.test(pin)) return "format";
    if (pin !== this.#pin) {
      this.pinTries -= 1;
      return this.pinTries === 0 ? "blocked" : "wrong";
    }
    this.pinTries = fullTries.pin;
    right();
    return "right";
  }

  #unusable(): CodeResult | undefined {
    return this.#kind !== "card" || this.#busy ? "unusable" : undefined;
  }
}
