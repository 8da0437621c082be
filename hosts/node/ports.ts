import { readdir } from "node:fs/promises";
import { SerialPort } from "serialport";

/** Where Linux has the devices that `serialport` lists, if there is no `udevadm` to ask. */
const DEVICES = "/dev";
const SERIAL = /^(tty(ACM|USB|AMA|MFD|O|XRUSB|WCH|mxc|THS)|rfcomm)\d+$/;
/** A board may have 32 `ttyS`, most of them without a connector. */
const MOST = 8;

/** The paths of this machine's serial ports, those of USB adapters first. Pseudo-terminals are not among them. */
export async function listPorts(): Promise<string[]> {
  try {
    const ports = await SerialPort.list();
    return ports.sort((a, b) => Number(b.vendorId !== undefined) - Number(a.vendorId !== undefined)).map(({ path }) => path);
  } catch {
    const names = await readdir(DEVICES).catch(() => []);
    return names.filter((name) => SERIAL.test(name)).sort().map((name) => `${DEVICES}/${name}`);
  }
}

/** For a message to people about a port that cannot be opened. */
export async function thePortsThatExist(): Promise<string> {
  const ports = await listPorts();
  if (ports.length === 0) return "no serial port was found on this machine";
  const more = ports.length - MOST;
  return `the serial ports are ${ports.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
