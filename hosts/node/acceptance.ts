import type { Family } from "../../src/modem/family";
import { ArgumentError } from "../../src/errors";
import type { Clock } from "../../src/platform";
import { Session } from "../../src/session/session";
import { careOf, type CareOfModem } from "./care-options";
import type { ClientSettings } from "./client-types";
import { checkWith, type ConnectOptions } from "./connect-options";
import { loadDriver, modemNames } from "./drivers";
import { inWords } from "./options";

/** A clock that stands still, so that nothing happens. */
const STILL: Clock = { now: () => 0, alarm: () => ({ set() {}, clear() {}, close() {} }) };

/** A port without a modem. */
class NoPort {
  read(): number {
    return 0;
  }

  write(_source: Uint8Array, _offset: number, length: number): number {
    return length;
  }

  close(): void {}
}

/**
 * Checks options for a modem that is not known yet, before a byte is sent to find it out: at least one driver must accept them.
 * @throws ArgumentError
 */
export function mustBeAccepted(options: ConnectOptions, settings: ClientSettings): Promise<void> {
  return oneMustAccept((driver) => {
    checkWith(driver, options);
    tryWith(driver, settings, careOf(options));
  });
}

/** The same of what a modem is told as a device, without a broker. @throws ArgumentError */
export function mustBeTellable(care: CareOfModem): Promise<void> {
  return oneMustAccept((driver) => tryWith(driver, { session: { host: "h" } }, care));
}

/** @throws ArgumentError what the first driver has against it, where all have something */
async function oneMustAccept(attempt: (driver: Family) => void): Promise<void> {
  let refusal: unknown;
  for (const name of await modemNames()) {
    try {
      return attempt(await loadDriver(name));
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      refusal ??= error;
    }
  }
  throw inWords(refusal);
}

/** Begins a session that reaches no modem. @throws ArgumentError */
function tryWith(driver: Family, { session, driverOptions }: Pick<ClientSettings, "session"> & Partial<ClientSettings>, care: CareOfModem): void {
  const wake = typeof care.wake === "function" ? () => {} : care.wake; // no pin is pulsed
  new Session({ ...session, modem: { ...driverOptions, ...care, wake, io: driver, clock: STILL, serial: { io: NoPort } } }).close(true);
}
