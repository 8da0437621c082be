import type { Timers } from "../../timers";
import type { Decoder } from "../decoder/decoder";
import { Slot } from "./slots";
import { Timeout } from "./timeouts";

/**
 * Pauses in the middle of a message. Where only a pause can tell that a message is over, the decoder hears of it; and no answer
 * is taken for missing while the modem is still printing a message, for the answer can only come behind it.
 */
export class Silence {
  private readonly decoder: Decoder;
  private readonly timers: Timers;
  /** A pause has been long enough. The host looks at its port once more before the decoder hears of it. */
  private isOver = false;
  /** How often in a row an answer has been waited for longer. */
  private extensions = 0;

  constructor(decoder: Decoder, timers: Timers) {
    this.decoder = decoder;
    this.timers = timers;
  }

  /** Bytes have come, and have left the decoder in the middle of a message. */
  restart(): void {
    this.isOver = false;
    this.timers.set(Slot.Silence, Timeout.Silence);
  }

  onTimer(): void {
    const decoder = this.decoder;
    if (!decoder.waitsForSilence) return;
    if (this.isOver) decoder.silence();
    this.isOver = !this.isOver;
    if (decoder.isInside) this.timers.set(Slot.Silence, Timeout.Listening);
  }

  /** Something else has happened than bytes: the decoder may wait for a pause that it did not wait for before. */
  review(): void {
    if (this.decoder.waitsForSilence && !this.timers.isSet(Slot.Silence)) this.timers.set(Slot.Silence, 0);
  }

  /** Whether an answer that is missing is to be waited for longer, because the modem is in the middle of a message. Not for ever. */
  extendsWait(): boolean {
    if (!this.decoder.isInside || !this.timers.isSet(Slot.Silence)) {
      this.extensions = 0;
      return false;
    }
    if (this.extensions === Timeout.Extensions) return false;
    this.extensions++;
    return true;
  }
}
