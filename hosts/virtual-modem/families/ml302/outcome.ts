// How a command ends: the result line, then OK; or an error. S3 2.3 has the line first (the AT engine holds the final
// result until the acknowledgement is there: P15), captures of a sibling OK first.

import type { Held } from "../../cmiot/held";
import type { Call, Modem } from "../../engine/family";

/** Of the variant `okPause`, in milliseconds. */
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

  /** The command has done what it was to do. */
  done(): void {
    const { clock, scaled, variant } = this.#modem;
    if (variant("okPause") !== "pause") return this.#held.ok();
    const call = this.#held.take();
    if (call) clock.setTimer(() => call.ok(), scaled(pause));
  }

  /** The command has failed; if it had its OK already, the error is a report of its own. */
  failed(code: number | string): void {
    if (!this.#held.fail(code)) this.report(code);
  }

  /** The connection went: whatever command waits ends so, and nothing is printed if none does. */
  abandon(code: number): void {
    this.#held.fail(code);
  }

  /** An error that no command asked for. P11 writes these whatever AT+CMEE says. */
  report(code: number | string): void {
    this.#modem.urc(typeof code === "string" ? code : `+CME ERROR: ${code}`);
  }
}
