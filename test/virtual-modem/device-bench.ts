// A modem in virtual time, for exchanges with the device: a table reads like the manual.

import assert from "node:assert/strict";
import type { Family } from "../../hosts/virtual-modem/engine/family";
import { readAtOtherRate } from "../../hosts/virtual-modem/engine/other-rate";
import { type ModemOptions, VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { memoryNetwork, VirtualClock } from "./virtual-time";

export const OK = "\r\nOK\r\n";
export const ERROR = "\r\nERROR\r\n";
export const cme = (code: number): string => `\r\n+CME ERROR: ${code}\r\n`;
/** Each line as a response of its own. */
export const lines = (...all: readonly string[]): string => all.map((line) => `\r\n${line}\r\n`).join("");
/** Lines as one response, then OK. */
export const answer = (...all: readonly string[]): string => `\r\n${all.map((line) => `${line}\r\n`).join("")}${OK}`;

/** A row of an exchange: what the host writes, and what the modem says until it is asked again; or something that happens. */
export type Row = readonly [command: string, said: string, wait?: number] | ((bench: DeviceBench) => void);

export class DeviceBench {
  readonly clock = new VirtualClock();
  readonly modem: VirtualModemCore;
  /** The rate that the host has set; 0: the modem's. */
  hostRate = 0;
  #said = "";

  constructor(family: Family, options: ModemOptions = {}) {
    const port = {
      write: (bytes: Uint8Array, rate: number) => {
        const read = this.hostRate > 0 && rate > 0 ? readAtOtherRate(bytes, rate, this.hostRate) : bytes;
        this.#said += Buffer.from(read).toString("latin1");
      },
    };
    const host = { clock: this.clock, network: memoryNetwork(this.clock), random: seededRandom(1), port };
    this.modem = new VirtualModemCore(family, host, { attachTime: 0, bootTime: 100, ...options });
  }

  /** Milliseconds pass. @returns what the modem has said since it was asked last */
  pass(duration: number): string {
    this.clock.pass(duration);
    const said = this.#said;
    this.#said = "";
    return said;
  }

  write(text: string): void {
    this.modem.receive(Buffer.from(text, "latin1"), this.hostRate);
  }

  /** A command. @returns what the modem says within a second, or so many milliseconds */
  say(command: string, wait = 1000): string {
    this.write(`${command}\r`);
    return this.pass(wait);
  }

  /** Plays the rows of a table. */
  play(rows: readonly Row[]): void {
    for (const row of rows) {
      if (typeof row === "function") row(this);
      else {
        const [command, said, wait] = row;
        assert.equal(JSON.stringify(this.say(command, wait)), JSON.stringify(said), command);
      }
    }
  }

  /** Nothing is said for so long but this. */
  hears(said: string, duration = 1000): void {
    assert.equal(JSON.stringify(this.pass(duration)), JSON.stringify(said));
  }

  get registration(): number | undefined {
    return this.modem.registration;
  }
}

/** Something happens, and the modem says this within a second or so many milliseconds. */
export const then = (what: (bench: DeviceBench) => void, said = "", duration = 1000): Row => (bench) => {
  what(bench);
  bench.hears(said, duration);
};

/** Milliseconds pass, and the modem says this. */
export const wait = (duration: number, said = ""): Row => (bench) => bench.hears(said, duration);

/** Tests of rows, each on a modem of its own that has attached and whose errors are numbers. */
export function exchanges(family: Family, all: Readonly<Record<string, readonly [ModemOptions, readonly Row[]] | readonly Row[]>>): void {
  for (const [name, test] of Object.entries(all)) {
    it(name, () => {
      const [options, rows] = isWithOptions(test) ? test : [{}, test];
      const bench = new DeviceBench(family, options);
      bench.pass(10);
      if (options.start === undefined) assert.equal(bench.say("AT+CMEE=1").slice(-OK.length), OK);
      bench.play(rows);
      bench.modem.close();
    });
  }
}

function isWithOptions(test: readonly [ModemOptions, readonly Row[]] | readonly Row[]): test is readonly [ModemOptions, readonly Row[]] {
  return test.length === 2 && typeof test[0] === "object" && !Array.isArray(test[0]);
}
