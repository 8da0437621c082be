import { integer } from "../checks";
import { ArgumentError } from "../errors";
import type { RatedPort } from "../modem/bit-rates";
import type { ModemOptions } from "../modem/options";
import type { CareRows } from "./rows";

/** Milliseconds that modem and UART have for a change of the rate. No document gives a time. */
const SETTLE = 100;

/**
 * The bit rates at which the modem may be: the port's own, the one that it is told to change to, and the factory's, which a restart may
 * have brought back. As long as the application names the same rates, the modem is at one of them.
 */
export class Rates {
  /** The port can change its rate. */
  isFree = false;
  private readonly port: RatedPort;
  private readonly wanted: number;
  /** Without repetitions; empty where nobody has said at which rate the port is. */
  private readonly all: readonly number[];
  /** Where the port is, in that list. */
  private at = 0;
  /** Where it is to be next, or −1. */
  private told = -1;
  /** The modem has been told to change, and has not been heard at that rate since. */
  private isTried = false;

  /** @param own the port's rate, where that is known @param wanted 0: none */
  constructor(port: RatedPort, own: unknown, wanted: number, factory: number) {
    this.port = port;
    this.wanted = wanted;
    this.all = typeof own === "number" ? [own, wanted, factory].filter((rate, index, all) => rate > 0 && all.indexOf(rate) === index) : [];
  }

  /** How many there are to look at. */
  get count(): number {
    return this.isFree && this.all.length > 0 ? this.all.length : 1;
  }

  /** For messages: where the modem has been looked for, where that is more than one. */
  get words(): string {
    return this.count > 1 ? `, at ${this.all.join(" and at ")} bit/s` : "";
  }

  /** The rate to which the modem is to be told to change; 0: none. A change that was lost is not tried again. */
  get change(): number {
    return this.isFree && !this.isTried && this.all.length > 0 && this.all[this.at] !== this.wanted ? this.wanted : 0;
  }

  /** The modem has accepted the change. */
  onTold(): void {
    this.isTried = true;
    this.told = this.all.indexOf(this.wanted);
  }

  /** The modem refuses it. */
  onRefused(): void {
    this.isTried = true;
  }

  /** The port is to change because the modem has been told to. */
  get isChanging(): boolean {
    return this.told >= 0;
  }

  /** The port changes as the modem has. @returns milliseconds to wait */
  follow(): number {
    this.to(this.told);
    this.told = -1;
    return SETTLE;
  }

  /** The modem does not answer here: on to the next one. */
  next(): void {
    if (this.count > 1) this.to((this.at + 1) % this.all.length);
  }

  /** The modem answers here. */
  onAnswer(): void {
    if (this.all[this.at] === this.wanted) this.isTried = false;
  }

  private to(index: number): void {
    if (this.port.setRate(this.all[index])) this.at = index;
  }
}

/** Which rates these are, or null where the application wants none to be changed. @throws ArgumentError */
export function ratesOf(port: RatedPort, options: ModemOptions, family: { rows: CareRows; takesRate: boolean; baud: number }): Rates | null {
  const { changeBaud, serial } = options,
    { rows, takesRate, baud } = family,
    own = serial.baud ?? serial.baudRate;
  if (changeBaud === undefined && options.power === undefined) return null;
  if (changeBaud === undefined) return new Rates(port, own, 0, baud);
  if (!takesRate)
    throw new ArgumentError("ARGUMENT_RANGE", "modem.changeBaud", changeBaud, "must be left out: no document says how this modem is told its bit rate");
  integer("modem.changeBaud", changeBaud, 110, 921_600);
  if (rows.rate?.all !== undefined && !rows.rate.all.includes(changeBaud))
    throw new ArgumentError("ARGUMENT_RANGE", "modem.changeBaud", changeBaud, `must be one of ${rows.rate.all.join(", ")}`);
  if (typeof own !== "number")
    throw new ArgumentError("ARGUMENT_TYPE", "modem.serial.baud", own, "must be given with modem.changeBaud: the modem has to be found first");
  return new Rates(port, own, changeBaud, baud);
}
