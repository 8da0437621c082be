import { ModemError } from "../../../src/errors";
import { ATSession, type ATSessionOptions } from "./at-session";

/** Bit/s that modems' UARTs are set to, the factories' settings first. */
export const USUAL_RATES: readonly number[] = [9600, 115_200, 57_600, 38_400, 19_200, 4800, 2400, 230_400, 460_800, 921_600];

/** What was sent at a wrong rate may still stand before the first `AT` at the right one. */
const ATTEMPTS = 3;
/** Milliseconds for an answer: at 2400 bit/s the nine bytes of `AT` and `OK` take 38, and a USB adapter holds some back for 16. */
const ANSWER_TIMEOUT = 300;

export interface ProbeOptions extends Omit<ATSessionOptions, "baud"> {
  /** Bit/s that may be the modem's. */
  rates: readonly number[];
  /** Milliseconds that the modem may take until it answers, at least one round of all rates. Default 30000. */
  bootTimeout?: number;
  /** Ends the attempt. */
  signal?: AbortSignal;
  /** A rate is being tried. */
  onRate?(rate: number): void;
}

/**
 * Finds the rate at which a modem answers `AT`: goes round all of them until the modem has had the time to start.
 * @returns the session, open
 * @throws ModemError PORT_FAILED, or MODEM_SILENT with what was tried
 */
export async function probe(options: ProbeOptions): Promise<ATSession> {
  const { rates, bootTimeout = 30_000, signal, onRate } = options;
  const deadline = performance.now() + bootTimeout;
  do {
    for (const baud of rates) {
      onRate?.(baud);
      const session = new ATSession({ ...options, baud });
      if (await answers(session, signal)) return session;
    }
  } while (performance.now() < deadline);
  throw new ModemError("MODEM_SILENT", `no modem answers AT on ${options.serial} within ${bootTimeout / 1000} s at ${rates.join(", ")} bit/s; ` +
    `check wiring, power, that the port is the right one${rates.length === 1 ? ", and the baud rate" : ", or name the rate if it is another"}`);
}

/** Left open only if the modem answers. */
async function answers(session: ATSession, signal: AbortSignal | undefined): Promise<boolean> {
  let good = false;
  // A port that another program holds may be waited for for a long time.
  const abort = (): void => void session.close();
  signal?.addEventListener("abort", abort);
  try {
    for (let i = 0; i < ATTEMPTS && !good; i++) {
      signal?.throwIfAborted();
      good = await session.greets(ANSWER_TIMEOUT);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    if (!good) await session.close();
  }
  return good;
}
