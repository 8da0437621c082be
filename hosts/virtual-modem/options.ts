import { boolean, callable, check, filled, having, number, object, oneOf, required, shaped, text, texts, type Check, type Shape } from "../node/options";
import { VirtualModemError } from "./engine/errors";
import type { Family, Identity } from "./engine/family";
import type { Clock } from "./clock";
import type { ModemOptions } from "./modem";
import type { Network } from "./network";

/** Options of `createVirtualModem`. */
export interface VirtualModemOptions extends ModemOptions {
  /** A name of `familyNames()`, such as `"bc35g"`, or a family of your own. */
  readonly modem: string | Family;
  /** A symbolic link to make to the pseudo-terminal; removed by `close()`. */
  readonly link?: string;
  /**
   * Whether a client that has set another rate than `baud` reads and writes garbage, as on a UART. False by default: a pseudo-terminal
   * carries bytes at any rate. Not on macOS.
   */
  readonly strictBaud?: boolean;
  /** Seed of the byte faults, any integer; 1 by default. */
  readonly seed?: number;
  /** The clock; the host's by default. */
  readonly clock?: Clock;
  /** The network for MQTT connections; this machine's sockets by default. */
  readonly network?: Network;
}

const IDENTITY: Shape<Identity> = {
  maker: text,
  model: text,
  firmware: texts,
  product: texts,
  imei: text,
  imsi: text,
  iccid: text,
  serial: text,
  softwareVersion: text,
  hardware: text,
};

const modem: Check = (name, value) => {
  if (typeof value === "object" && value !== null) return;
  filled(name, value);
};

/** Ranges are checked where the values are used. */
const SHAPE: Shape<VirtualModemOptions> = {
  modem,
  link: filled,
  strictBaud: boolean,
  seed: number,
  clock: having("must be a clock", "now"),
  network: object,
  model: text,
  autoBaud: boolean,
  // What is in them is checked where they are used.
  sim: object,
  radio: object,
  mobile: object,
  sleep: object,
  power: object,
  supply: object,
  echo: boolean,
  variants: object,
  faults: texts,
  identity: shaped(IDENTITY),
  baud: number,
  latencyScale: number,
  bootTime: number,
  attachTime: number,
  start: oneOf("running", "booting", "off"),
  trace: callable,
};

/** @throws VirtualModemError BAD_OPTION, with the nearest known name for one that is not known */
export function checkOptions(options: VirtualModemOptions): void {
  try {
    check("", options, SHAPE);
    required("modem", options.modem, "must be the name of a modem, such as bc35g");
  } catch (error) {
    throw new VirtualModemError("BAD_OPTION", (error as Error).message, { cause: error });
  }
}
