// The network between the modem and the broker: TCP connections that keep their order, with a latency, and what can
// become of them.

import type { Connection, ConnectionEvents, Network, OpenFailure } from "../../hosts/virtual-modem/network";
import type { SimulatedClock } from "./clock";

/** One end of a connection, as the broker has it. */
export interface ServerConnection {
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface Server {
  /** @returns what is told of the connection, or null where nobody listens */
  accept(connection: ServerConnection): { received(bytes: Uint8Array): void; closed(): void } | null;
}

const LATENCY = 40;

export class SimulatedNetwork implements Network {
  readonly #clock: SimulatedClock;
  readonly #server: Server;
  readonly #open = new Set<TCP>();
  #failure: OpenFailure | null = null;
  #holeUntil = 0;
  #latency = LATENCY;
  /** Every byte that the modem has sent to the broker's side. */
  connections = 0;

  constructor(clock: SimulatedClock, server: Server) {
    this.#clock = clock;
    this.#server = server;
  }

  open(_host: string, _port: number, events: ConnectionEvents): Connection {
    this.connections++;
    const connection = new TCP(this.#clock, events, () => Math.max(this.#latency, this.#holeUntil - this.#clock.now()), (gone) => this.#open.delete(gone));
    this.#open.add(connection);
    connection.begin(this.#server, this.#failure);
    return connection;
  }

  /** New connections fail so, for a while. */
  fail(failure: OpenFailure, duration: number): void {
    this.#failure = failure;
    this.#clock.setTimer(() => {
      if (this.#failure === failure) this.#failure = null;
    }, duration);
  }

  /** Resets every connection. */
  reset(): void {
    for (const connection of [...this.#open]) connection.reset();
  }

  /** Nothing gets through for a while; then the connections of before are gone, for their packets have been given up. */
  hole(duration: number): void {
    this.#holeUntil = Math.max(this.#holeUntil, this.#clock.now() + duration);
    const before = [...this.#open];
    this.#clock.setTimer(() => before.forEach((connection) => connection.reset()), duration);
  }

  slow(latency: number, duration: number): void {
    this.#latency = latency;
    this.#clock.setTimer(() => void (this.#latency = LATENCY), duration);
  }

  heal(): void {
    this.#failure = null;
    this.#holeUntil = 0;
    this.#latency = LATENCY;
  }
}

class TCP implements Connection {
  readonly #clock: SimulatedClock;
  readonly #events: ConnectionEvents;
  readonly #latency: () => number;
  readonly #gone: (connection: TCP) => void;
  #over = false;
  #peer: ReturnType<Server["accept"]> = null;
  /** When the last bytes arrive, in each direction: later ones do not overtake them. */
  #arrived = { up: 0, down: 0 };

  constructor(clock: SimulatedClock, events: ConnectionEvents, latency: () => number, gone: (connection: TCP) => void) {
    this.#clock = clock;
    this.#events = events;
    this.#latency = latency;
    this.#gone = gone;
  }

  begin(server: Server, failure: OpenFailure | null): void {
    this.#later("down", () => {
      if (failure === "timeout") return;
      if (failure === null)
        this.#peer = server.accept({
          send: (bytes) => this.#later("down", () => this.#events.received(bytes)),
          close: () => this.#later("down", () => {
            this.#end();
            this.#events.closed();
          }),
        });
      if (this.#peer !== null) return this.#events.opened();
      this.#end();
      this.#events.failed(failure ?? "refused");
    });
  }

  #later(way: "up" | "down", action: () => void): void {
    const due = Math.max(this.#arrived[way], this.#clock.now() + this.#latency());
    this.#arrived[way] = due;
    this.#clock.setTimer(() => {
      if (!this.#over || way === "up") action();
    }, due - this.#clock.now());
  }

  write(bytes: Uint8Array): void {
    if (!this.#over) this.#later("up", () => this.#peer?.received(bytes));
  }

  close(): void {
    if (this.#over) return;
    this.#later("up", () => this.#hangUp());
    this.#end();
  }

  abort(): void {
    // A modem that loses its power says nothing: the broker learns of it when its patience is over.
    this.close();
  }

  /** Both ends lose it. */
  reset(): void {
    if (this.#over) return;
    const opened = this.#peer !== null;
    this.#end();
    this.#hangUp();
    if (opened) this.#events.closed();
    else this.#events.failed("unreachable");
  }

  #hangUp(): void {
    const peer = this.#peer;
    this.#peer = null;
    peer?.closed();
  }

  #end(): void {
    this.#over = true;
    this.#gone(this);
  }
}
