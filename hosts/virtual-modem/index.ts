// `modem-mqtt/virtual-modem`: an emulated modem on a pseudo-terminal, for tests of programs that use a modem.

import { hostClock } from "./clock";
import type { Pin } from "./device/pins";
import type { SomeSettings } from "./device/settings";
import { checkOptions, type VirtualModemOptions } from "./options";
import { VirtualModemError } from "./engine/errors";
import { loadFamily } from "./families";
import type { Place } from "./faults";
import { hostNetwork } from "./host-network";
import { checkInstalled } from "./installed";
import { VirtualModemCore } from "./modem";
import { makeLink, openPty, removeLink } from "./pty";
import { strictLine } from "./strict-line";
import { seededRandom } from "./random";

export type { Clock, Timer } from "./clock";
export { hostClock } from "./clock";
export type { Device } from "./device/device";
export type { Pin } from "./device/pins";
export { readSettings, type Setting, settingsHelp } from "./device/setting";
export { type SomeSettings, settingsTable } from "./device/settings";
export { CmeError, VirtualModemError, type VirtualModemErrorCode } from "./engine/errors";
export type {
  Call,
  CommandSpec,
  DataPhase,
  Dialect,
  Family,
  FamilySession,
  Frame,
  Handler,
  Identity,
  Model,
  Modem,
  StartState,
} from "./engine/family";
export type { DeviceDialect } from "./engine/device-dialect";
export type { BytePort, Trace } from "./engine/uart";
export { familyNames, loadFamily } from "./families";
export { faultHelp, type FaultSpec, faultTable, type Place, places } from "./faults";
export { hostNetwork } from "./host-network";
export { checkInstalled } from "./installed";
export { type ModemHost, type ModemOptions, VirtualModemCore } from "./modem";
export type { VirtualModemOptions } from "./options";
export type { Connection, ConnectionEvents, Network, OpenFailure } from "./network";
export { type Random, seededRandom } from "./random";
export { type CommonVariants, commonVariants, type VariantSpec, type VariantTable } from "./variants";

/** A running virtual modem. */
export interface VirtualModem {
  /** The pseudo-terminal's path, which a client opens as its serial port. */
  readonly path: string;
  /** Makes a fault happen, or arms it: `name[@client][:arg[,arg]]`, see `faultTable`. @throws VirtualModemError `UNKNOWN_FAULT` */
  fault(spec: string): void;
  /** Disarms every fault and removes all injections. */
  clearFaults(): void;
  /** Writes bytes to the client now, or when the next command comes to `place`. */
  inject(bytes: Uint8Array | string, place?: Place): void;
  /** Restarts the modem: it loses settings and connections, and writes its banner after the boot time. */
  restart(cause?: "power" | "pin" | "command" | "watchdog"): void;
  /**
   * Changes the device or what is around it, as the options of the same names: `set({ mobile: { coverage: false } })`.
   * @throws VirtualModemError `BAD_OPTION` for a name or a value that `settingsTable` does not have; then nothing is changed
   */
  set(settings: SomeSettings): void;
  /** Drives a pin: true is its active level, as of a pressed key. */
  drive(pin: Pin, active: boolean): void;
  /** Drives a pin for so many milliseconds. */
  pulse(pin: Pin, duration: number): void;
  /** The status pin: whether the modem has power, also while it starts and while it sleeps. */
  readonly isOn: boolean;
  /** Whether the modem sleeps, and reads nothing. */
  readonly asleep: boolean;
  /** Switches the modem off and removes the pseudo-terminal and the link. */
  close(): Promise<void>;
}

/**
 * Makes a modem on a new pseudo-terminal.
 * @throws VirtualModemError `UNKNOWN_MODEM`, `UNKNOWN_VARIANT`, `UNKNOWN_FAULT`, `BAD_OPTION`, `NOT_INSTALLED` when packages are missing
 * that only a virtual modem needs, or `NO_PTY` when the machine has no pseudo-terminals
 */
export async function createVirtualModem(options: VirtualModemOptions): Promise<VirtualModem> {
  checkOptions(options);
  const { modem, link, baud = 0, strictBaud = false, seed = 1, clock = hostClock, network = hostNetwork } = options;
  if (!Number.isSafeInteger(seed)) throw new VirtualModemError("BAD_OPTION", `seed must be an integer, not ${seed}`);
  if (strictBaud && baud === 0) throw new VirtualModemError("BAD_OPTION", "strictBaud needs baud, the modem's own rate");
  checkInstalled("a virtual modem");
  const family = typeof modem === "string" ? await loadFamily(modem) : modem;
  let core: VirtualModemCore | undefined;
  const receive = (bytes: Uint8Array, rate?: number): void => core?.receive(bytes, rate);
  let fromClient: (bytes: Uint8Array) => void = receive;
  const pty = await openPty((bytes) => fromClient(bytes));
  try {
    const line = strictBaud ? await strictLine(pty, receive) : { write: pty.write, receive };
    fromClient = line.receive;
    core = new VirtualModemCore(family, { clock, network, random: seededRandom(seed), port: line }, options);
    if (link !== undefined) await makeLink(link, pty.path);
  } catch (error) {
    core?.close();
    await pty.close();
    throw error;
  }
  const running = core;
  return {
    path: pty.path,
    fault: (spec) => running.fault(spec),
    clearFaults: () => running.clearFaults(),
    inject: (bytes, place) => running.inject(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes, place),
    restart: (cause) => running.restart(cause),
    set: (settings) => running.set(settings),
    drive: (pin, active) => running.drive(pin, active),
    pulse: (pin, duration) => running.pulse(pin, duration),
    get isOn() {
      return running.isOn;
    },
    get asleep() {
      return running.asleep;
    },
    async close() {
      running.close();
      if (link !== undefined) await removeLink(link, pty.path);
      await pty.close();
    },
  };
}
