import SerialPort from "modem-mqtt/host/serial-port";
import PlatformSerial from "embedded:io/serial";

/** A serial port as an app names it: its class, `device.io.Serial` if left out, and that class's own options. */
export interface SerialOptions {
  io?: unknown;
  baud: number;
  [option: string]: unknown;
}

/** What says which port of the board it is. */
const PLACES = Object.freeze(["transmit", "receive", "port", "device"]);

/** The port that the SDK names for the board. The global `device` is there if the app includes `$(MODDABLE)/modules/io/manifest.json`. */
function boardPort(serial: object): object | undefined {
  if (PLACES.some((name) => name in serial)) return undefined;
  const { device } = globalThis as { device?: { Serial?: { default?: object }; serial?: { default?: object } } };
  return (device?.Serial ?? device?.serial)?.default; // Zephyr's has the second name
}

/** The same for the core: its port over the class that the app names, or over the platform's, with the board's pins where it names none. */
export function portOptions(serial: SerialOptions | undefined) {
  const told = serial ?? {};
  const { io = PlatformSerial, ...rest } = { ...boardPort(told), ...told } as SerialOptions;
  return { ...rest, io: SerialPort, Serial: io };
}
