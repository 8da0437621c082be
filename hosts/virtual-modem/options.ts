import { boolean, callable, check, filled, having, number, object, oneOf, required, shaped, text, texts, type Check, type Shape } from "../node/options";
import { VirtualModemError } from "./engine/errors";
import type { Identity } from "./engine/family";
import type { VirtualModemOptions } from "./index";

const IDENTITY: Shape<Identity> = { maker: text, model: text, firmware: texts, product: texts, imei: text, imsi: text, iccid: text };

const modem: Check = (name, value) => {
  if (typeof value === "object" && value !== null) return;
  filled(name, value);
};

/** What is out of range is found where it is used. */
const SHAPE: Shape<VirtualModemOptions> = {
  modem, link: filled, strictBaud: boolean, seed: number, clock: having("must be a clock", "now"), network: object,
  echo: boolean, variants: object, faults: texts, identity: shaped(IDENTITY), baud: number, latencyScale: number, bootTime: number, attachTime: number,
  start: oneOf("running", "booting"), trace: callable,
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
