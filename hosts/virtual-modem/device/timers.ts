// The timers of power saving, as 3GPP TS 24.008 10.5.7.4 and 10.5.7.4a code them: three bits of unit, five of a multiplier.

/** Seconds of each unit of GPRS timer 2; 7 is "deactivated", and the others count as a minute. */
const activeUnits: readonly (number | undefined)[] = [2, 60, 360, 60, 60, 60, 60, undefined];
/** Seconds of each unit of GPRS timer 3. */
const periodicUnits: readonly (number | undefined)[] = [600, 3600, 36_000, 2, 30, 60, 1_152_000, undefined];

function seconds(bits: string, units: readonly (number | undefined)[]): number | undefined {
  const value = parseInt(bits, 2);
  const unit = units[value >> 5];
  return unit === undefined ? undefined : unit * (value & 31);
}

/** Seconds of an active time (T3324), or undefined when it is deactivated. */
export function activeSeconds(bits: string): number | undefined {
  return seconds(bits, activeUnits);
}

/** Seconds of a periodic update (T3412 extended), or undefined when it is deactivated. */
export function periodicSeconds(bits: string): number | undefined {
  return seconds(bits, periodicUnits);
}
