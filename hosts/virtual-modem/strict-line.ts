// A pseudo-terminal on which the bit rate matters.

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
 * A line between the modem and its pseudo-terminal. While the client has set another rate than the modem's, bytes become what a UART
 * would read.
 * @param receive takes the client's bytes, and the rate at which they come
 * @throws VirtualModemError `BAD_OPTION` when the client's rate cannot be read
 */
export async function strictLine(pty: Pty, receive: (bytes: Uint8Array, rate: number) => void): Promise<StrictLine> {
  const rate = (): Promise<number> => pty.rate();
  await rate().catch((cause: Error) => {
    throw new VirtualModemError("BAD_OPTION", `strictBaud: the client's rate cannot be read here: ${cause.message}`, { cause });
  });
  // Reading the rate takes a moment, so the pieces wait for each other to keep their order.
  let before = Promise.resolve();
  const pass = (go: (client: number) => void): void => {
    before = before.then(rate).then(go, () => undefined); // fails when the terminal has been closed meanwhile
  };
  return {
    write: (bytes, baud) => pass((client) => pty.write(readAtOtherRate(bytes, baud, client))),
    receive: (bytes) => pass((client) => receive(bytes, client)),
  };
}
