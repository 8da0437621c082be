import type { ToldTime } from "../modem/told";

/** What the hour of a family's `AT+CCLK?` is: 27.007 says local time, and several chips print UTC with the zone as information. */
export type ClockHour = "utc" | "local";

/** A modem that has not had the time from the network begins at some year before this one, such as that of GPS, 80. */
const FIRST_YEAR = 2020;
const FIRST_OF_1900 = 80;
/** Quarters of an hour: 27.007 8.15. */
const FARTHEST_ZONE = 96;
const QUARTER = 900_000;

/**
 * The time in a line such as `+CCLK: "26/11/30,17:05:09+32"`, or undefined where there is none: no time has come from the network
 * yet, it is no date, or the zone that local time needs is missing.
 */
export function timeOf(line: string, hour: ClockHour): ToldTime | undefined {
  // `yy/MM/dd,hh:mm:ss±zz`, with two or four digits of the year; the zone, in quarters of an hour, may be missing.
  const found = /(\d{4}|\d\d)\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d)(?:([+-])(\d{1,2}))?/.exec(line);
  if (found === null) return undefined;
  const [year, month, day, hours, minutes, seconds] = found.slice(1, 7).map(Number);
  const fullYear = year >= 100 ? year : year + (year < FIRST_OF_1900 ? 2000 : 1900);
  const quarters = found[8] === undefined ? undefined : Number(found[7] + found[8]);
  if (fullYear < FIRST_YEAR || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  if (quarters === undefined ? hour === "local" : Math.abs(quarters) > FARTHEST_ZONE) return undefined;
  const midnight = Date.UTC(fullYear, month - 1, day),
    date = new Date(midnight);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const told = midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return { utc: hour === "utc" ? told : told - quarters! * QUARTER, zone: quarters === undefined ? undefined : quarters * 15 };
}
