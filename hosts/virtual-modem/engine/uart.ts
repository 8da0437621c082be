// The serial line between the host and the modem: pacing, and faults of bytes.

import type { Clock } from "../clock";
import type { Faults } from "../faults";
import type { Random } from "../random";
import { readAtOtherRate } from "./other-rate";
import { Pacer } from "./pacing";

/** Takes the modem's bytes: a pseudo-terminal, or a test's own port. */
export interface BytePort {
  /**
   * Takes bytes from the modem, which then belong to the port.
   * @param rate bits a second at which the modem has sent them; 0: at any rate
   */
  write(bytes: Uint8Array, rate: number): void;
}

/** One piece of traffic: `rx` is from the host to the modem, `tx` from the modem to the host. */
export interface Trace {
  readonly direction: "rx" | "tx";
  /** The bytes on the line, after byte faults; read-only. */
  readonly bytes: Uint8Array;
  /** The clock's time, in milliseconds. */
  readonly time: number;
}

export interface UartOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly port: BytePort;
  /** Bits a second, or 0 for no pacing. */
  readonly baud: number;
  readonly trace?: (trace: Trace) => void;
  /** Called with bytes that have arrived from the host. */
  readonly received: (bytes: Uint8Array) => void;
}

/** Both directions of the line. */
export class Uart {
  readonly #options: UartOptions;
  readonly #toHost: Pacer;
  readonly #toModem: Pacer;
  /** Until this time the modem neither reads nor writes. */
  #muteUntil = -Infinity;

  constructor(options: UartOptions) {
    this.#options = options;
    const { clock, baud, port, trace } = options;
    this.#toHost = new Pacer(clock, baud, (bytes) => {
      trace?.({ direction: "tx", bytes, time: clock.now() });
      port.write(bytes, this.#toHost.rate);
    });
    this.#toModem = new Pacer(clock, baud, (bytes) => {
      trace?.({ direction: "rx", bytes, time: clock.now() });
      if (!this.#mute) options.received(bytes);
    });
  }

  /** Bits a second of both directions; 0: no pacing, and any rate will do. */
  get rate(): number {
    return this.#toModem.rate;
  }

  set rate(rate: number) {
    this.#toHost.rate = rate;
    this.#toModem.rate = rate;
  }

  /** Bytes from the modem. */
  send(bytes: Uint8Array): void {
    if (!this.#mute) this.#toHost.push(this.#disturb(bytes, "tx"));
  }

  /** Injected bytes from the modem, which byte faults do not change. */
  sendUntouched(bytes: Uint8Array): void {
    this.#toHost.push(bytes);
  }

  /** Bytes from the host. @param rate bits a second at which the host has sent them; 0: the modem's own */
  receive(bytes: Uint8Array, rate = 0): void {
    const read = rate > 0 && this.rate > 0 ? readAtOtherRate(bytes, rate, this.rate) : bytes;
    this.#toModem.push(this.#disturb(read, "rx"));
  }

  /** The modem neither reads nor writes for `duration` milliseconds; bytes of this time are lost. */
  mute(duration: number): void {
    this.#muteUntil = Math.max(this.#muteUntil, this.#options.clock.now() + duration);
  }

  get #mute(): boolean {
    return this.#options.clock.now() < this.#muteUntil;
  }

  #disturb(bytes: Uint8Array, direction: "rx" | "tx"): Uint8Array {
    const { faults, random } = this.#options;
    const lose = faults.chance("lose", direction);
    const change = faults.chance("change", direction);
    const double = faults.chance("double", direction);
    if (lose + change + double === 0) return bytes;
    const result: number[] = [];
    for (let byte of bytes) {
      if (random() < lose) continue;
      // One bit flipped, as noise on a line does.
      if (random() < change) byte ^= 1 << Math.floor(random() * 8);
      result.push(byte);
      if (random() < double) result.push(byte);
    }
    return Uint8Array.from(result);
  }
}
