// The modem, as the common commands act on it.

import type { Device } from "../../device/device";
import type { SimState } from "../../device/sim-card";
import type { DeviceDialect } from "../device-dialect";
import { CmeError, LineError } from "../errors";
import type { Dialect, Identity } from "../family";

export interface CommonHost {
  readonly identity: Identity;
  readonly dialect: Dialect;
  /** The family's rows, completed with the norm's. */
  readonly rows: DeviceDialect;
  readonly device: Device;
  variant(name: string): string;
  errorMode: number;
  echo: boolean;
  /** Unix time in milliseconds. */
  now(): number;
  restart(): void;
}

/** The errors for a SIM that cannot be used: 27.005 3.2.5 (`code`), 27.007 9.2.1 (`old`). */
const simErrors: Readonly<Record<Exclude<SimState, "ready">, { readonly code: number; readonly old: number; readonly words: string }>> = {
  absent: { code: 310, old: 10, words: "SIM not inserted" },
  pin: { code: 311, old: 11, words: "SIM PIN required" },
  puk: { code: 316, old: 12, words: "SIM PUK required" },
  blocked: { code: 313, old: 13, words: "SIM failure" },
  failure: { code: 313, old: 13, words: "SIM failure" },
  busy: { code: 314, old: 14, words: "SIM busy" },
};

/** Ends the command unless the SIM card can be used. 27.005 and 27.007 have the same states under two sets of numbers. */
export function requireSim({ device, variant }: CommonHost): void {
  const { sim } = device.radio;
  if (sim === "ready") return;
  if (variant("simErrors") === "words") throw new LineError(`+CME ERROR: ${simErrors[sim].words}`);
  throw new CmeError(simErrors[sim][variant("simErrors") === "10" ? "old" : "code"]);
}
