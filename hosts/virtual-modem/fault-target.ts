// A modem, as faults act on it.

import type { Clock } from "./clock";
import type { Cause } from "./device/power";
import type { Uart } from "./engine/uart";
import type { Faults, FaultTarget, Place } from "./faults";
import type { Running } from "./running";

export interface FaultyModem {
  readonly clients: number;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly uart: Pick<Uart, "mute">;
  /** The present run, unless the modem is off or starts. */
  readonly running: () => Running | undefined;
  readonly restart: (cause: Cause) => void;
  readonly inject: (bytes: Uint8Array, place: Place) => void;
}

export function faultTarget({ clients, clock, faults, inject, restart, running, uart }: FaultyModem): FaultTarget {
  return {
    clients,
    faults,
    later: (delay, action) => {
      if (delay === 0) action();
      else clock.setTimer(action, delay);
    },
    restart: (cause) => restart(cause as Cause),
    silence: (duration) => uart.mute(duration),
    detach: (duration) => running()?.radio.detach(duration),
    search: (duration) => running()?.radio.search(duration),
    deny: (duration) => running()?.radio.deny(duration),
    sim: (state, duration) => running()?.radio.lockSim(state as "absent", duration),
    linkLost: (code, client) => running()?.session.linkLost(code, client),
    inject: (place, bytes) => inject(bytes, place),
  };
}
