// What stands still while the modem sleeps: its timers, and its connections. What comes meanwhile is there when it wakes.

import type { Clock, Timer } from "../clock";
import type { Connection, ConnectionEvents, Network, OpenFailure } from "../network";

/** Runs actions at once, or keeps them until the modem is awake. */
export class Gate {
  #held: (() => void)[] | undefined;

  close(): void {
    this.#held ??= [];
  }

  /** @param first comes before what was kept */
  open(first: () => void): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    first();
    for (const action of held) action();
  }

  pass(action: () => void): void {
    if (this.#held === undefined) action();
    else this.#held.push(action);
  }
}

/** A clock whose timers do not fire while the modem sleeps; those that are due then fire when it wakes. */
export class GatedClock implements Clock {
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #set = new Set<object>();

  constructor(clock: Clock, gate: Gate) {
    this.#clock = clock;
    this.#gate = gate;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(callback: () => void, delay: number, exact?: boolean): Timer {
    const timer: { inner?: Timer } = {};
    this.#set.add(timer);
    timer.inner = this.#clock.setTimer(
      () =>
        this.#gate.pass(() => {
          if (this.#set.delete(timer)) callback();
        }),
      delay,
      exact,
    );
    return timer;
  }

  clearTimer(timer: Timer): void {
    if (this.#set.delete(timer as object)) this.#clock.clearTimer((timer as { inner?: Timer }).inner);
  }
}

/** A network whose connections tell nothing while the modem sleeps. @param traffic is called for what goes through the air */
export function gatedNetwork(network: Network, gate: Gate, traffic: () => void): Network {
  return {
    open(host, port, events, secure) {
      let over = false;
      const tell = (action: () => void): void => {
        traffic();
        gate.pass(() => {
          if (!over) action();
        });
      };
      const told: ConnectionEvents = {
        opened: () => tell(() => events.opened()),
        received: (bytes: Uint8Array) => tell(() => events.received(bytes)),
        closed: () => tell(() => events.closed()),
        failed: (reason: OpenFailure) => tell(() => events.failed(reason)),
      };
      traffic();
      const connection = network.open(host, port, told, secure);
      const ending =
        (end: () => void): (() => void) =>
        () => {
          over = true;
          end();
        };
      const result: Connection = {
        write: (bytes) => {
          traffic();
          connection.write(bytes);
        },
        close: ending(() => connection.close()),
        abort: ending(() => connection.abort()),
      };
      return result;
    },
  };
}
