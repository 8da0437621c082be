// A modem without a pseudo-terminal, in front of a real broker: tests say bytes and expect bytes.

import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Aedes, type AedesOptions } from "aedes";
import type { Clock } from "../../hosts/virtual-modem/clock";
import { hostClock } from "../../hosts/virtual-modem/clock";
import type { Family } from "../../hosts/virtual-modem/engine/family";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import { hostNetwork } from "../../hosts/virtual-modem/host-network";
import { type ModemOptions, VirtualModemCore } from "../../hosts/virtual-modem/modem";
import type { Network } from "../../hosts/virtual-modem/network";
import { seededRandom } from "../../hosts/virtual-modem/random";

/**
 * The host's clock, so many times as fast: a retry of ten seconds takes a moment. It stands still while this process has not the
 * processor, so that no timeout is over before what has come in meanwhile has been read.
 */
export function fastClock(factor: number): Clock {
  return new FastClock(factor);
}

/** Milliseconds of a {@link FastClock} that may pass from one turn of the event loop to the next. */
const TURN = 25;

interface FastTimer {
  readonly due: number;
  readonly exact: boolean;
  readonly callback: () => void;
}

class FastClock implements Clock {
  readonly #factor: number;
  /** The time at the last turn, and when that was. */
  #time: number;
  #turned = performance.now();
  /** The next one first. */
  readonly #timers: FastTimer[] = [];
  #timeout: ReturnType<typeof setTimeout> | undefined;
  #immediate: ReturnType<typeof setImmediate> | undefined;

  constructor(factor: number) {
    this.#factor = factor;
    this.#time = hostClock.now() * factor;
  }

  now(): number {
    return this.#time + Math.min((performance.now() - this.#turned) * this.#factor, TURN);
  }

  setTimer(callback: () => void, delay: number, exact = false): FastTimer {
    if (this.#timers.length === 0) this.#forward(); // nothing has turned the clock while there was no timer
    const timer = { due: this.now() + delay, exact, callback };
    const before = this.#timers.findLastIndex(({ due }) => due <= timer.due);
    this.#timers.splice(before + 1, 0, timer);
    this.#arm();
    return timer;
  }

  clearTimer(timer: unknown): void {
    const index = this.#timers.indexOf(timer as FastTimer);
    if (index < 0) return;
    this.#timers.splice(index, 1);
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timeout);
    clearImmediate(this.#immediate);
    const next = this.#timers[0];
    if (next === undefined) return;
    const left = next.due - this.now();
    if (left <= 0 || (next.exact && left < 2 * this.#factor)) this.#immediate = setImmediate(() => this.#turn());
    else this.#timeout = setTimeout(() => this.#turn(), 1);
  }

  #forward(): number {
    this.#time = this.now();
    this.#turned = performance.now();
    return this.#time;
  }

  #turn(): void {
    const now = this.#forward();
    try {
      for (let next = this.#timers[0]; next !== undefined && next.due <= now; next = this.#timers[0]) {
        this.#timers.shift();
        next.callback();
      }
    } finally {
      this.#arm();
    }
  }
}

/** One character a byte, control characters readable. */
export function readable(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString("latin1"));
}

/** A broker on a free loopback port. */
export interface Broker {
  readonly aedes: Aedes;
  readonly port: number;
  close(): Promise<void>;
}

export async function startBroker(options: AedesOptions = {}): Promise<Broker> {
  const aedes = await Aedes.createBroker(options);
  const listener = await listen((socket) => void aedes.handle(socket));
  return {
    aedes,
    port: listener.port,
    async close() {
      await new Promise<void>((done) => aedes.close(done));
      await listener.close();
    },
  };
}

/** A TCP server on a free loopback port. */
export async function listen(connected: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    connected(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

/** A loopback port where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await listen(() => undefined);
  await server.close();
  return server.port;
}

export interface BenchOptions extends ModemOptions {
  readonly family?: Family;
  readonly clock?: Clock;
  readonly network?: Network;
  readonly seed?: number;
  /** By default 0: every test that wants a network has it at once. */
  readonly attachTime?: number;
}

/** A modem and what it has said. */
export class Bench {
  readonly modem: VirtualModemCore;
  readonly #clock: Clock;
  #said: number[] = [];
  #waiting: (() => void) | undefined;

  constructor({ family = bc35g, clock = fastClock(20), network = hostNetwork, seed = 1, ...options }: BenchOptions = {}) {
    const port = {
      write: (bytes: Uint8Array) => {
        this.#said.push(...bytes);
        this.#waiting?.();
      },
    };
    this.#clock = clock;
    this.modem = new VirtualModemCore(
      family,
      { clock, network, random: seededRandom(seed), port },
      { attachTime: 0, bootTime: 100, ...options },
    );
  }

  /** The host writes. One character a byte; `<1A>` and `<1B>` stand for those bytes. */
  say(text: string): void {
    this.modem.receive(Buffer.from(text.replaceAll("<1A>", "\x1a").replaceAll("<1B>", "\x1b"), "latin1"));
  }

  /** Waits for exactly these bytes to come next, one character a byte. */
  async expect(text: string, timeout = 100_000): Promise<void> {
    const wanted = Buffer.from(text, "latin1");
    const started = Date.now();
    while (this.#said.length < wanted.length && wanted.subarray(0, this.#said.length).equals(Uint8Array.from(this.#said))) {
      const left = timeout - (Date.now() - started);
      if (left <= 0) break;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, left);
        this.#waiting = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
    const got = Uint8Array.from(this.#said.splice(0, wanted.length));
    assert.equal(readable(got), readable(wanted));
  }

  /** A command and the answer to it. */
  async exchange(command: string, ...answers: readonly string[]): Promise<void> {
    this.say(`${command}\r`);
    for (const answer of answers) await this.expect(answer);
  }

  /** So many of the modem's milliseconds pass. */
  async pass(duration: number): Promise<void> {
    await new Promise<void>((done) => void this.#clock.setTimer(done, duration));
  }

  /** Nothing is said for this long, in the modem's milliseconds. */
  async quiet(duration = 600): Promise<void> {
    await this.pass(duration);
    assert.equal(readable(Uint8Array.from(this.#said)), '""');
  }

  /** What has been said and not expected yet. */
  drain(): Buffer {
    return Buffer.from(this.#said.splice(0));
  }

  /** Opens and connects. */
  async connect(port: number, credentials = '"dev-1"'): Promise<void> {
    await this.exchange("AT+CMEE=1", OK);
    await this.exchange('AT+QMTCFG="version",0,4', OK);
    await this.exchange(`AT+QMTOPEN=0,"127.0.0.1",${port}`, OK, "\r\n+QMTOPEN: 0,0\r\n");
    await this.exchange(`AT+QMTCONN=0,${credentials}`, OK, "\r\n+QMTCONN: 0,0,0\r\n");
  }

  close(): void {
    this.modem.close();
  }
}

export const OK = "\r\nOK\r\n";
export const ERROR = "\r\nERROR\r\n";
