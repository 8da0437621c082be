import { frozen } from "../bytes/frozen";
import { integer } from "../checks";
import { ArgumentError } from "../errors";

/**
 * The timers of PSM and eDRX as a network has them: 24.008 10.5.7.4, 10.5.7.4a and 10.5.5.32. Applications have seconds; the
 * commands have strings of bits.
 */

/** What a modem is told in place of the seconds that were asked for. */
export interface EncodedTime {
  readonly bits: string;
  /** The seconds that these bits mean. */
  readonly seconds: number;
}

/** A unit of a timer: its three bits, and its seconds. */
type Unit = readonly [bits: string, seconds: number];

/** How many units a timer has at the most. */
const MOST = 31;

/** GPRS timer 2, for the active time (T3324). */
const ACTIVE_UNITS: readonly Unit[] = frozen([
  ["000", 2],
  ["001", 60],
  ["010", 360],
]);

/** GPRS timer 3, for the periodic tracking area update (T3412 extended). */
const PERIODIC_UNITS: readonly Unit[] = frozen([
  ["011", 2],
  ["100", 30],
  ["101", 60],
  ["000", 600],
  ["001", 3600],
  ["010", 36_000],
  ["110", 1_152_000],
]);

/** Of the active time's units those that the norm has not given a meaning yet: they are read as a minute. */
const UNASSIGNED = 60;
const DEACTIVATED = "111";

/** Seconds. */
export const LONGEST_ACTIVE = 11_160;
export const LONGEST_PERIODIC = 35_712_000;

/**
 * The active time: how long the modem stays reachable after it was last active. It is rounded down, to 2 s at the least.
 * @param seconds 1–{@link LONGEST_ACTIVE}
 * @throws ArgumentError
 */
export function encodeActiveTime(name: string, seconds: unknown): EncodedTime {
  return encode(integer(name, seconds, 1, LONGEST_ACTIVE), ACTIVE_UNITS, Math.floor);
}

/**
 * The periodic tracking area update: how long the modem sleeps at the most. It is rounded up.
 * @param seconds 1–{@link LONGEST_PERIODIC}
 * @throws ArgumentError
 */
export function encodePeriodicUpdate(name: string, seconds: unknown): EncodedTime {
  return encode(integer(name, seconds, 1, LONGEST_PERIODIC), PERIODIC_UNITS, Math.ceil);
}

/** The smallest unit that is enough gives the least error. */
function encode(seconds: number, units: readonly Unit[], round: (units: number) => number): EncodedTime {
  const [bits, unit] = units.find((each) => each[1] * MOST >= seconds)!;
  const count = Math.max(1, round(seconds / unit));
  return { bits: bits + binary(count, 5), seconds: count * unit };
}

/** The seconds of an active time; null where it is deactivated, or where these are not its bits. */
export function decodeActiveTime(bits: string): number | null {
  return decode(bits, ACTIVE_UNITS, UNASSIGNED);
}

/** The seconds of a periodic tracking area update; null where it is deactivated, or where these are not its bits. */
export function decodePeriodicUpdate(bits: string): number | null {
  return decode(bits, PERIODIC_UNITS, null);
}

function decode(bits: string, units: readonly Unit[], otherwise: number | null): number | null {
  if (!/^[01]{8}$/.test(bits) || bits.startsWith(DEACTIVATED)) return null;
  const unit = units.find((each) => bits.startsWith(each[0]))?.[1] ?? otherwise;
  return unit === null ? null : parseInt(bits.slice(3), 2) * unit;
}

/** How the network reaches the modem: the cycles of eDRX differ. */
export const enum Radio {
  /** NB-IoT (NB-S1). */
  Narrow,
  /** LTE, LTE Cat M1 among it (WB-S1). */
  Wide,
}

/** In hundredths of a second, by their bits as a number. */
const CYCLES: readonly number[] = frozen([
  512, 1024, 2048, 4096, 6144, 8192, 10_240, 12_288, 14_336, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576,
]);
/** The places of those that NB-IoT has; the others are read as the first one. */
const NARROW: readonly number[] = frozen([2, 3, 5, 9, 10, 11, 12, 13, 14, 15]);
/** LTE has all up to this one; those above are read as it. */
const LONGEST_WIDE = 13;

/** Of a paging time window, in hundredths of a second. */
const WINDOWS: readonly number[] = frozen([256, 128]);
const MOST_WINDOWS = 16;

/**
 * The eDRX cycle that is nearest to what was asked for; of two that are as near, the shorter one.
 * @param seconds more than 0, at the most 10,486, on LTE 2,622
 * @throws ArgumentError
 */
export function encodeCycle(name: string, seconds: unknown, radio: Radio): EncodedTime {
  const most = cycleOf(15, radio) / 100;
  mustBeUpTo(name, seconds, Math.ceil(most));
  let best = 0,
    least = Infinity;
  for (let bits = 0; bits < CYCLES.length; bits++) {
    const distance = hasCycle(bits, radio) ? Math.abs(CYCLES[bits] - (seconds as number) * 100) : Infinity;
    if (distance >= least) continue;
    best = bits;
    least = distance;
  }
  return { bits: binary(best, 4), seconds: CYCLES[best] / 100 };
}

/** The seconds of an eDRX cycle; null where these are not its bits. */
export function decodeCycle(bits: string, radio: Radio): number | null {
  return /^[01]{4}$/.test(bits) ? cycleOf(parseInt(bits, 2), radio) / 100 : null;
}

/**
 * The paging time window that is nearest to what was asked for.
 * @param seconds more than 0, at the most 41, on LTE 21
 * @throws ArgumentError
 */
export function encodeWindow(name: string, seconds: unknown, radio: Radio): EncodedTime {
  const unit = WINDOWS[radio];
  mustBeUpTo(name, seconds, Math.ceil((unit * MOST_WINDOWS) / 100));
  const count = Math.min(MOST_WINDOWS, Math.max(1, Math.round(((seconds as number) * 100) / unit)));
  return { bits: binary(count - 1, 4), seconds: (count * unit) / 100 };
}

/** The seconds of a paging time window; null where these are not its bits. */
export function decodeWindow(bits: string, radio: Radio): number | null {
  return /^[01]{4}$/.test(bits) ? ((parseInt(bits, 2) + 1) * WINDOWS[radio]) / 100 : null;
}

function hasCycle(bits: number, radio: Radio): boolean {
  return radio === Radio.Wide ? bits <= LONGEST_WIDE : NARROW.includes(bits);
}

/** Hundredths of a second. */
function cycleOf(bits: number, radio: Radio): number {
  return CYCLES[hasCycle(bits, radio) ? bits : radio === Radio.Wide ? LONGEST_WIDE : NARROW[0]];
}

function mustBeUpTo(name: string, seconds: unknown, most: number): void {
  if (typeof seconds !== "number") throw new ArgumentError("ARGUMENT_TYPE", name, seconds, "must be a number of seconds");
  if (!(seconds > 0 && seconds <= most)) throw new ArgumentError("ARGUMENT_RANGE", name, seconds, `must be more than 0 and at most ${most} seconds`);
}

function binary(value: number, length: number): string {
  return value.toString(2).padStart(length, "0");
}
