import { modemNames } from "../drivers";
import { atLeast, callable, check, filled, integer, required, signal as isSignal, type Shape } from "../options";
import type { Answer, ATSession } from "./at-session";
import { INQUIRIES, type Inquiry, type ModemInfo } from "./inquiries";
import { modemOf, requireModemOf } from "./names";
import { probe, USUAL_RATES, type ProbeOptions } from "./probe";

export interface FindOptions extends Omit<ProbeOptions, "rates"> {
  /** Bit/s; default: the usual rates are tried. */
  baud?: number;
  /** The modem has answered; the questions follow. */
  onFound?(): void;
}

/** A modem on a serial port. */
export interface FoundModem {
  /** The name for the option `modem` of `connect`. */
  modem: string;
  /** Bit/s, for the option `baud` of `connect`. */
  baud: number;
}

/**
 * Asks the modem on a serial port for its model, and finds its driver.
 * @throws ModemError PORT_FAILED or MODEM_SILENT; StateError NOT_SUPPORTED when no driver knows the modem; each as a rejection,
 * with the port released
 */
export function findModem(options: FindOptions): Promise<FoundModem> {
  return talk(options, async (session) => {
    const { model, product } = await ask(session, ["model", "product"]);
    return { modem: requireModemOf({ model, product }, await modemNames()), baud: session.baud };
  });
}

/** Finds the rate in bit/s at which the modem on a serial port answers. @throws as {@link readModemInfo} */
export function findBaud(options: FindOptions): Promise<number> {
  return talk(options, async ({ baud }) => baud);
}

/**
 * Asks the modem on a serial port about itself, its SIM and the network. `driver` is the name for `connect`, or null when no driver
 * knows the modem.
 * @throws ModemError PORT_FAILED or MODEM_SILENT, as a rejection, with the port released
 */
export function readModemInfo(options: FindOptions): Promise<ModemInfo & { driver: string | null; baud: number }> {
  return talk(options, async (session) => {
    const info = await ask(
      session,
      INQUIRIES.map(({ name }) => name),
    );
    return { ...info, driver: modemOf(info), baud: session.baud };
  });
}

const FIND: Shape<FindOptions> = {
  serial: filled,
  baud: integer(50, 20_000_000),
  trace: callable,
  bootTimeout: atLeast(0, 86_400_000),
  signal: isSignal,
  onRate: callable,
  onFound: callable,
};

/** Opens an AT session, runs `about` with it and closes it. */
async function talk<T>(options: FindOptions, about: (session: ATSession) => Promise<T>): Promise<T> {
  check("", options, FIND);
  required("serial", options.serial, "must be the path of a serial port, such as /dev/ttyUSB0");
  const { baud, signal, onFound } = options;
  const session = await probe({ ...options, rates: baud === undefined ? USUAL_RATES : [baud] });
  // Closing ends a question at once that a silent modem does not answer.
  const abort = (): void => void session.close();
  signal?.addEventListener("abort", abort);
  try {
    onFound?.();
    return await about(session);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    await session.close();
  }
}

async function ask(session: ATSession, names: readonly (keyof ModemInfo)[]): Promise<ModemInfo> {
  const info = Object.fromEntries(INQUIRIES.map(({ name }) => [name, null])) as unknown as ModemInfo;
  await session.prepare();
  for (const inquiry of INQUIRIES) if (names.includes(inquiry.name)) Object.assign(info, { [inquiry.name]: await inquire(session, inquiry) });
  return info;
}

async function inquire(session: ATSession, inquiry: Inquiry): Promise<unknown> {
  let best: ModemInfo[keyof ModemInfo] = null;
  for (const line of inquiry.lines) {
    const answer: Answer = await session.ask(line);
    const value = inquiry.read(answer, line);
    best ??= value;
    if (value === null) continue;
    if (inquiry.mayBeBetter?.(value) !== true) return value;
  }
  return best;
}
