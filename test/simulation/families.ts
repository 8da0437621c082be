// What the simulation knows of each family, beside the virtual modem's model and the core's driver of it.

import bc35gModem from "../../hosts/virtual-modem/families/bc35g";
import m531xModem from "../../hosts/virtual-modem/families/m531x";
import ml302Modem from "../../hosts/virtual-modem/families/ml302";
import nm28Modem from "../../hosts/virtual-modem/families/nm28";
import type { Family as ModemFamily } from "../../hosts/virtual-modem/engine/family";
import BC35GWithCare from "../../src/care/bc35g";
import M531XWithCare from "../../src/care/m531x";
import ML302WithCare from "../../src/care/ml302";
import NM28WithCare from "../../src/care/nm28";
import BC35G from "../../src/modems/bc35g";
import M531X from "../../src/modems/m531x";
import ML302 from "../../src/modems/ml302";
import NM28 from "../../src/modems/nm28";
import type { Family as Driver } from "../../src/modem/family";

export interface Family {
  readonly modem: ModemFamily;
  readonly driver: Driver;
  /** The same with care. */
  readonly withCare: Driver;
  /** A received message comes with its length. */
  readonly framed: boolean;
  /** Bytes of one message. */
  readonly longestOut: number;
  readonly longestIn: number;
  /** An inquiry. */
  readonly inquiry: string;
  /** Publishes that may be under way at once. */
  readonly window: number;
  /** Milliseconds in which every write ends, whatever goes wrong (promise 1). */
  readonly writeEnds: number;
  /**
   * Milliseconds after the last fault in which all is well again (promise 4): a data phase that was left open is filled in half
   * a minute, while the application pauses for up to one after each attempt.
   */
  readonly recovers: number;
}

const minutes = 60_000;

export const families = {
  bc35g: { modem: bc35gModem, driver: BC35G, withCare: BC35GWithCare, framed: false, longestOut: 1024, longestIn: 900, inquiry: "AT+QMTCONN?", window: 5, writeEnds: 8 * minutes, recovers: 15 * minutes },
  m531x: { modem: m531xModem, driver: M531X, withCare: M531XWithCare, framed: true, longestOut: 512, longestIn: 3000, inquiry: "AT+MQTTSTAT?", window: 1, writeEnds: 4 * minutes, recovers: 15 * minutes },
  ml302: { modem: ml302Modem, driver: ML302, withCare: ML302WithCare, framed: true, longestOut: 1024, longestIn: 3000, inquiry: "AT+MQTTSTAT?", window: 1, writeEnds: 4 * minutes, recovers: 15 * minutes },
  nm28: { modem: nm28Modem, driver: NM28, withCare: NM28WithCare, framed: true, longestOut: 2048, longestIn: 3000, inquiry: "AT+MQTTCONN?", window: 1, writeEnds: 8 * minutes, recovers: 15 * minutes },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;
export const familyNames = Object.keys(families) as FamilyName[];
