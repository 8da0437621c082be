import { BrokerError, ModemError, NetworkError, type MQTTModemError } from "../../src/errors";

/** The pause is doubled after every failure, up to this many milliseconds. */
const LONGEST = 60_000;

/** When to try again. */
export class Reconnection {
  readonly #period: number;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param period milliseconds before the first try; 0 for none at all */
  constructor(period: number) {
    this.#period = period;
  }

  /** Whether there is another try after this error. */
  follows(error: MQTTModemError): boolean {
    return this.#period > 0 && isPassing(error);
  }

  schedule(attempt: () => void): void {
    const pause = Math.min(this.#period * 2 ** this.#failures, Math.max(LONGEST, this.#period));
    this.#failures++;
    this.#timer = setTimeout(attempt, pause);
  }

  succeeded(): void {
    this.#failures = 0;
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

/** A broker that refuses will refuse again; an argument stays wrong. */
function isPassing(error: MQTTModemError): boolean {
  return error instanceof NetworkError || error instanceof ModemError || (error instanceof BrokerError && error.code !== "CONNECTION_REFUSED");
}

/** Whether an operation failed with the connection, and not by itself. */
export function isLoss({ code }: MQTTModemError): boolean {
  return code === "LINK_LOST" || code === "MODEM_RESTARTED" || code === "MODEM_SILENT" || code === "PORT_FAILED";
}
