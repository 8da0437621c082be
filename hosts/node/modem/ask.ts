import { modemNames } from "../drivers";
import type { Answer, Conversation } from "./conversation";
import { INQUIRIES, type Inquiry, type ModemInfo } from "./inquiries";
import { modemOf, requireModemOf } from "./names";
import { reach, USUAL_RATES, type ReachOptions } from "./reach";

export interface FindOptions extends Omit<ReachOptions, "rates"> {
  /** Bit/s; one of the usual rates when left out. */
  baud?: number;
  /** The modem answers, and is asked. */
  onFound?(): void;
}

/** A modem on a serial port. */
export interface FoundModem {
  /** What `connect` takes as `modem`. */
  modem: string;
  /** What `connect` takes as `baud`. */
  baud: number;
}

/**
 * Asks the modem on a serial port who it is.
 * @throws ModemError PORT_FAILED or MODEM_SILENT; StateError NOT_SUPPORTED when no driver knows it; each as a rejection,
 * with the port released
 */
export function findModem(options: FindOptions): Promise<FoundModem> {
  return talk(options, async (conversation) => {
    const { model, product } = await ask(conversation, ["model", "product"], options.signal);
    return { modem: requireModemOf({ model, product }, await modemNames()), baud: conversation.baud };
  });
}

/** The rate at which the modem on a serial port answers, in bit/s. */
export function findBaud(options: FindOptions): Promise<number> {
  return talk(options, async ({ baud }) => baud);
}

/**
 * Asks the modem on a serial port what it is, and how it is. `driver` is the name for `connect`, or null when no driver
 * knows the modem.
 * @throws ModemError PORT_FAILED or MODEM_SILENT, as a rejection, with the port released
 */
export function readModemInfo(options: FindOptions): Promise<ModemInfo & { driver: string | null; baud: number }> {
  return talk(options, async (conversation) => {
    const info = await ask(conversation, INQUIRIES.map(({ name }) => name), options.signal);
    return { ...info, driver: modemOf(info), baud: conversation.baud };
  });
}

async function talk<T>(options: FindOptions, about: (conversation: Conversation) => Promise<T>): Promise<T> {
  const conversation = await reach({ ...options, rates: options.baud === undefined ? USUAL_RATES : [options.baud] });
  try {
    options.onFound?.();
    return await about(conversation);
  } finally {
    await conversation.close();
  }
}

async function ask(conversation: Conversation, names: readonly (keyof ModemInfo)[], signal: AbortSignal | undefined): Promise<ModemInfo> {
  const info = Object.fromEntries(INQUIRIES.map(({ name }) => [name, null])) as unknown as ModemInfo;
  await conversation.prepare();
  for (const inquiry of INQUIRIES) {
    signal?.throwIfAborted();
    if (names.includes(inquiry.name)) Object.assign(info, { [inquiry.name]: await inquire(conversation, inquiry) });
  }
  return info;
}

async function inquire(conversation: Conversation, inquiry: Inquiry): Promise<unknown> {
  let best: ModemInfo[keyof ModemInfo] = null;
  for (const line of inquiry.lines) {
    const answer: Answer = await conversation.ask(line);
    const value = inquiry.read(answer, line);
    best ??= value;
    if (value === null) continue;
    if (inquiry.mayBeBetter?.(value) !== true) return value;
  }
  return best;
}
