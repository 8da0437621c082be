// A pseudo-terminal that minds the rate.

import { VirtualModemError } from "./engine/errors";
import { readAtOtherRate } from "./engine/other-rate";
import type { BytePort } from "./engine/uart";
import type { Pty } from "./pty";

/** Both directions of a serial line. */
export interface StrictLine extends BytePort {
  /** Bytes from the client. */
  readonly receive: (bytes: Uint8Array) => void;
}

/**
 * Between the modem and its pseudo-terminal: what goes by while the client has set another rate than the modem's is what
 * a UART would make of it.
 * @throws VirtualModemError `BAD_OPTION` where the rate cannot be read
 */
export async function strictLine(pty: Pty, baud: number, receive: (bytes: Uint8Array) => void): Promise<StrictLine> {
  const rate = (): Promise<number> => pty.rate();
  await rate().catch((cause: Error) => {
    throw new VirtualModemError("BAD_OPTION", `strictBaud: the client's rate cannot be read here: ${cause.message}`, { cause });
  });
  // One after the other: asking for the rate takes a moment.
  let before = Promise.resolve();
  const pass = (go: (client: number) => void): void => {
    before = before.then(rate).then(go, () => undefined); // refused: the terminal has been closed meanwhile
  };
  return {
    write: (bytes) => pass((client) => pty.write(readAtOtherRate(bytes, baud, client))),
    receive: (bytes) => pass((client) => receive(readAtOtherRate(bytes, client, baud))),
  };
}
