// How a virtual modem behaves, as options.

import type { SomeSettings } from "./device/settings";
import { VirtualModemError } from "./engine/errors";
import type { Identity } from "./engine/family";
import type { Trace } from "./engine/uart";
import type { CommonVariants } from "./variants";

/** How the modem behaves. The settings of the device (`sim`, `mobile` and so on) are those of `settingsTable`. */
export interface ModemOptions extends SomeSettings {
  /** The model, where the family has several: its variant `model` does the same, where there is one. */
  readonly model?: string;
  /** Command echo at power-on; false by default. */
  readonly echo?: boolean;
  /** Values of variants, by name; see `commonVariants` and the family's own table. */
  readonly variants?: CommonVariants & Readonly<Record<string, string | undefined>>;
  /** Faults from the start, each as `name[:arg[,arg]]`; see `faultTable`. */
  readonly faults?: readonly string[];
  /** The modem's answers about its identity; what is left out is the family's. */
  readonly identity?: Partial<Identity>;
  /** The UART's rate in bits a second, 300 to 4,000,000, for both directions; 0 (default): no pacing, and any rate will do. */
  readonly baud?: number;
  /** Whether the modem finds the host's rate itself, in its first command; false by default. */
  readonly autoBaud?: boolean;
  /** Multiplies the modem's own times (answering, starting, attaching); 0 to 1000, 1 by default. */
  readonly latencyScale?: number;
  /** From power-on to the banner, in milliseconds; 2000 by default. */
  readonly bootTime?: number;
  /** From power-on to attached, in milliseconds; 500 by default (a real one: about 30 s). */
  readonly attachTime?: number;
  /**
   * `running` (default): the modem is on from the start. `booting`: it starts first and writes its banner. `off`: it is mute until its power
   * key is pressed.
   */
  readonly start?: "running" | "booting" | "off";
  /** Called for every piece of traffic on the serial line. */
  readonly trace?: (trace: Trace) => void;
}

/** @throws VirtualModemError `BAD_OPTION` */
function inRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new VirtualModemError("BAD_OPTION", `${name} must be from ${least} to ${most}, not ${value}`);
}

/** @throws VirtualModemError `BAD_OPTION` for a number out of its range */
export function checkRanges({ attachTime = 500, baud = 0, bootTime = 2000, latencyScale = 1 }: ModemOptions): void {
  if (baud !== 0) inRange("baud", baud, 300, 4_000_000);
  inRange("latencyScale", latencyScale, 0, 1000);
  inRange("bootTime", bootTime, 0, 600_000);
  inRange("attachTime", attachTime, 0, 3_600_000);
}
