import type { Clock } from "../../platform";
import type { Timers } from "../../timers";
import type { Decoder } from "../decoder/decoder";
import { Slot } from "./slots";
import { Timeout } from "./timeouts";

/**
 * Pauses in the middle of a message. Where only a pause can tell that a message is over, the decoder hears of it; and no answer
 * is taken for missing while the modem is still printing a message, for the answer can only come behind it.
 */
export class Silence {
  private readonly clock: Clock;
  /** A pause has been long enough. The host looks at its port once more before the decoder hears of it. */
  private isOver = false;
  /** When bytes have come last. */
  private heard = 0;
  /** The timer is set. */
  private isTimed = false;
  private readonly decoder: Decoder;
  private readonly timers: Timers;
  /** How often in a row an answer has been waited for longer. */
  private extensions = 0;

  constructor(decoder: Decoder, timers: Timers) {
    this.decoder = decoder;
    this.timers = timers;
    this.clock = timers.clock;
  }

  /** Bytes have come, and have left the decoder in the middle of a message. A timer that is set stays, and finds that the pause is too short. */
  restart(): void {
    this.isOver = false;
    this.heard = this.clock.now();
    if (!this.isTimed) this.wait(Timeout.Silence);
  }

  private wait(milliseconds: number): void {
    this.isTimed = true;
    this.timers.set(Slot.Silence, milliseconds);
  }

  onTimer(): void {
    const decoder = this.decoder;
    this.isTimed = false;
    const left = this.isOver ? 0 : (this.heard + Timeout.Silence - this.clock.now()) | 0;
    if (left > 0) return this.wait(left);
    if (!decoder.waitsForSilence) return;
    if (this.isOver) decoder.silence();
    this.isOver = !this.isOver;
    if (decoder.isInside) this.wait(Timeout.Listening);
  }

  /** Something else has happened than bytes: the decoder may wait for a pause that it did not wait for before. */
  review(): void {
    if (this.isTimed || !this.decoder.waitsForSilence) return;
    this.heard = (this.clock.now() - Timeout.Silence) | 0;
    this.wait(0);
  }

  /** Whether an answer that is missing is to be waited for longer, because the modem is in the middle of a message. Not for ever. */
  extendsWait(): boolean {
    if (!this.decoder.isInside || !this.isTimed) {
      this.extensions = 0;
      return false;
    }
    if (this.extensions === Timeout.Extensions) return false;
    this.extensions++;
    return true;
  }
}
