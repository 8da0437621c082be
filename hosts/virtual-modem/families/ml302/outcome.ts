// How a command ends: with a result line and OK, or with an error. In S3 2.3 the line comes first, because the AT engine holds the
// final result back until the acknowledgement has come (P15). In captures of a sibling OK comes first.

import type { Held } from "../../cmiot/held";
import type { Call, Modem } from "../../engine/family";

/** Milliseconds of the variant `okPause`. */
const pause = 100;

export class Outcome {
  readonly #modem: Modem;
  readonly #held: Held;

  constructor(modem: Modem, held: Held) {
    this.#modem = modem;
    this.#held = held;
  }

  begin(call: Call, start: () => void): void {
    this.#held.begin(call, start);
  }

  /** The command has succeeded. */
  done(): void {
    const { clock, scaled, variant } = this.#modem;
    if (variant("okPause") !== "pause") return this.#held.ok();
    const call = this.#held.take();
    if (call) clock.setTimer(() => call.ok(), scaled(pause));
  }

  /** The command has failed. If its OK was written before, the error is a report. */
  failed(code: number | string): void {
    if (!this.#held.fail(code)) this.report(code);
  }

  /** The connection was lost: ends the command that waits, if there is one, and prints nothing otherwise. */
  abandon(code: number): void {
    this.#held.fail(code);
  }

  /** An error that ends no command. P11 writes it whatever AT+CMEE is. */
  report(code: number | string): void {
    this.#modem.urc(typeof code === "string" ? code : `+CME ERROR: ${code}`);
  }
}
