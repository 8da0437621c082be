import type { Signal, SignalWord } from "../modem/told";

/** In a report of the modem's: not known, or not detectable (27.007 8.5 and 8.69). */
const enum Unknown {
  SHORT = 99,
  LONG = 255,
}

/** What a Quectel prints for a value that was not measured. */
const NOT_MEASURED = -32_768;

/** `<rssi>` of `+CSQ`, in dBm. */
export function rssiOfCSQ(value: number): number | undefined {
  return value >= 0 && value <= 31 ? -113 + 2 * value : undefined;
}

/** `<rxlev>` of `+CESQ`, in dBm. */
export function rxlev(value: number): number | undefined {
  return value >= 0 && value <= 63 && value !== Unknown.SHORT ? -111 + value : undefined;
}

/** `<rsrq>` of `+CESQ`, in dB. */
export function rsrqOfCESQ(value: number): number | undefined {
  return value >= 0 && value <= 34 ? -20 + value / 2 : undefined;
}

/** `<rsrp>` of `+CESQ`, in dBm: the lower edge of a step of 1 dB. */
export function rsrpOfCESQ(value: number): number | undefined {
  return value >= 0 && value <= 97 ? -141 + value : undefined;
}

/** A value in tenths of a dB or dBm. */
export function tenths(value: number): number | undefined {
  return value === NOT_MEASURED || value === Unknown.LONG || !Number.isFinite(value) ? undefined : value / 10;
}

/** The signal in a word: by RSRP where that is known, and else by RSSI. "none" where neither is. */
export function signalWord({ rsrp, rssi }: Pick<Signal, "rsrp" | "rssi">): SignalWord {
  if (rsrp !== undefined) return rsrp >= -85 ? "excellent" : rsrp >= -95 ? "good" : rsrp >= -105 ? "fair" : "weak";
  if (rssi !== undefined) return rssi >= -73 ? "excellent" : rssi >= -83 ? "good" : rssi >= -93 ? "fair" : "weak";
  return "none";
}
