import { ModemError } from "../../../src/errors";
import { ATSession, type ATSessionOptions } from "./at-session";

/** The usual rates of modems' UARTs in bit/s, factory settings first. */
export const USUAL_RATES: readonly number[] = [9600, 115_200, 57_600, 38_400, 19_200, 4800, 2400, 230_400, 460_800, 921_600];

/** How often `AT` is sent at each rate: bytes that the modem received at a wrong rate may spoil the first one at the right rate. */
const ATTEMPTS = 3;
/** Milliseconds for an answer. At 2400 bit/s the nine bytes of `AT` and `OK` take 38 ms, and a USB adapter may hold bytes back for 16 ms. */
const ANSWER_TIMEOUT = 300;

export interface ProbeOptions extends Omit<ATSessionOptions, "baud"> {
  /** Rates to try, in bit/s. */
  rates: readonly number[];
  /** Milliseconds that the modem may take until it answers; all rates are tried at least once. Default 30000. */
  bootTimeout?: number;
  /** Aborts the attempt. */
  signal?: AbortSignal;
  /** The next rate is being tried. */
  onRate?(rate: number): void;
}

/**
 * Finds the rate at which a modem answers `AT`. Tries all rates again and again until `bootTimeout` has passed.
 * @returns the open session
 * @throws ModemError PORT_FAILED, or MODEM_SILENT with the rates that were tried
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
  throw new ModemError(
    "MODEM_SILENT",
    `no modem answers AT on ${options.serial} within ${bootTimeout / 1000} s at ${rates.join(", ")} bit/s; ` +
      `check wiring, power, that the port is the right one${rates.length === 1 ? ", and the baud rate" : ", or name the rate if it is another"}`,
  );
}

/** Whether the modem answers. Closes the session when it does not. */
async function answers(session: ATSession, signal: AbortSignal | undefined): Promise<boolean> {
  let good = false;
  // Closing also ends the wait for a port that another program holds.
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
