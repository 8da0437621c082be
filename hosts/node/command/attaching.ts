import type { Progress } from "modem-mqtt/node";

/** What is known of the network so far, for the terminal: `searching, 46000, RSRP -84 dBm`. */
export function attachingWords({ registration, cause, operator, rsrp, rssi }: Progress): string {
  const signal = rsrp !== undefined ? `RSRP ${Math.round(rsrp)} dBm` : rssi !== undefined ? `RSSI ${Math.round(rssi)} dBm` : undefined;
  return [registration === "unknown" ? undefined : registration, signal, operator, cause].filter((part) => part !== undefined).join(", ");
}
