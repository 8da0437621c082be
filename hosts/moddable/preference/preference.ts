/** `modem-mqtt/preference`: a session's store in the SDK's `preference` module, which on ESP32 is the NVS partition. */
import { ArgumentError } from "modem-mqtt/errors";
import type { Store } from "modem-mqtt/session/store";
import Preference from "preference";

/** Characters of an NVS namespace. */
const LONGEST = 15;

/** Keeps each message as a preference of its own, under its number; the domain must be the session's alone. */
export class PreferenceStore implements Store {
  readonly #domain: string;

  /** @param domain 1–15 characters @throws ArgumentError */
  constructor(domain: string) {
    if (typeof domain !== "string" || domain.length < 1 || domain.length > LONGEST)
      throw new ArgumentError("ARGUMENT_LENGTH", "domain", domain, `must have 1 to ${LONGEST} characters`);
    this.#domain = domain;
  }

  load(each: (key: number, bytes: Uint8Array) => void): void {
    for (const name of Preference.keys(this.#domain)) {
      const value = Preference.get(this.#domain, name);
      if (value instanceof ArrayBuffer) each(Number(name), new Uint8Array(value));
    }
  }

  put(key: number, bytes: Uint8Array): void {
    Preference.set(this.#domain, String(key), bytes.slice().buffer as ArrayBuffer);
  }

  remove(key: number): void {
    Preference.delete(this.#domain, String(key));
  }
}

export default PreferenceStore;
