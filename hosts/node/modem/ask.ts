import { mustBeTellable } from "../acceptance";
import { CARE, CARE_ELSEWHERE, careOf, type CareOfModem } from "../care-options";
import { loadDriver, modemNames } from "../drivers";
import { atLeast, callable, check, filled, integer, required, signal as isSignal, type Shape } from "../options";
import type { Answer, ATSession } from "./at-session";
import { INQUIRIES, type Inquiry, type ModemInfo } from "./inquiries";
import { modemOf, requireModemOf } from "./names";
import { probe, USUAL_RATES, type ProbeOptions } from "./probe";
import { ToldModem, type MoreInfo } from "./told";

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

/** As for `connect`, what the modem is told before it is asked. Without any of it nothing is changed. */
export interface InfoOptions extends FindOptions, CareOfModem {}

/** What a modem says. `driver` is the name for `connect`, or null when no driver knows the modem; `baud` is in bit/s. */
export interface ModemReport extends ModemInfo, MoreInfo {
  driver: string | null;
  baud: number;
}

/**
 * Asks the modem on a serial port about itself, its SIM and the network.
 * @throws ArgumentError before a byte is sent; ModemError PORT_FAILED or MODEM_SILENT, or NetworkError for what it should be told; each
 * as a rejection, with the port released
 */
export async function readModemInfo(options: InfoOptions): Promise<ModemReport> {
  check("", options, INFO, CARE_ELSEWHERE);
  const care = careOf(options),
    tells = Object.keys(care).length > 0;
  if (tells) await mustBeTellable(care);
  const find = Object.fromEntries(Object.entries(options).filter(([name]) => !Object.hasOwn(CARE, name))) as unknown as FindOptions;
  return talk(find, async (session) => {
    const identity = await ask(session, IDENTITY);
    const driver = modemOf(identity);
    const modem = new ToldModem(session, await loadDriver(driver ?? PLAIN), care);
    await modem.recognise();
    if (tells) await modem.tell();
    const rest = await answers(session, REST);
    return { ...identity, ...rest, ...(await modem.more()), driver, baud: session.baud };
  });
}

/** What is asked first: it tells the driver. */
const IDENTITY: readonly (keyof ModemInfo)[] = ["maker", "model", "firmware", "product", "imei"];
const REST: readonly (keyof ModemInfo)[] = INQUIRIES.map(({ name }) => name).filter((name) => !IDENTITY.includes(name));
/** Of this family nothing is known but what 3GPP TS 27.007 says, so a modem that no driver knows is asked as it is. */
const PLAIN = "nm28";

const FIND: Shape<FindOptions> = {
  serial: filled,
  baud: integer(50, 20_000_000),
  trace: callable,
  bootTimeout: atLeast(0, 86_400_000),
  signal: isSignal,
  onRate: callable,
  onFound: callable,
};

const INFO: Shape<InfoOptions> = { ...FIND, ...CARE };

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
  await session.prepare();
  return { ...(Object.fromEntries(INQUIRIES.map(({ name }) => [name, null])) as unknown as ModemInfo), ...(await answers(session, names)) };
}

async function answers(session: ATSession, names: readonly (keyof ModemInfo)[]): Promise<Partial<ModemInfo>> {
  const told: Partial<ModemInfo> = {};
  for (const inquiry of INQUIRIES) if (names.includes(inquiry.name)) Object.assign(told, { [inquiry.name]: await inquire(session, inquiry) });
  return told;
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
