import { readdir, readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { SerialPort } from "serialport";

/** Where Linux has its devices: listed here when `serialport` cannot, for want of `udevadm`. */
const DEVICES = "/dev";
const SERIAL = /^(tty(ACM|USB|AMA|MFD|O|XRUSB|WCH|mxc|THS)|rfcomm)\d+$/;
/** How many ports a message lists: a board may have 32 `ttyS`, most of them without a connector. */
const MOST = 8;
const GROUPS = "/etc/group";
const GROUP_MAY_READ_AND_WRITE = 0o060;

/** Why a port could not be opened, read from the message of `serialport`'s error, which gives nothing else. */
export type Obstacle = "locked" | "exclusive" | "denied" | "missing" | "other";

const OBSTACLES: readonly (readonly [message: RegExp, obstacle: Obstacle])[] = [
  // The port is locked with flock, as most programs do.
  [/\block/i, "locked"],
  // The port is held with TIOCEXCL, as ModemManager does; and Windows's message for any port in use.
  [/busy|access denied/i, "exclusive"],
  [/permission denied/i, "denied"],
  [/no such file|file not found/i, "missing"],
];

/** The system's message for a device that is no UART, such as `/dev/null`. */
const NO_TERMINAL = /inappropriate ioctl/i;

/** The reason in an error with which `serialport` could not open a port. */
export function obstacleOf({ message }: Error): Obstacle {
  return OBSTACLES.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
}

/** The paths of this machine's serial ports, those of USB adapters first. Pseudo-terminals are not among them. */
export async function listPorts(): Promise<string[]> {
  try {
    const ports = await SerialPort.list();
    return ports.sort((a, b) => Number(b.vendorId !== undefined) - Number(a.vendorId !== undefined)).map(({ path }) => path);
  } catch {
    const names = await readdir(DEVICES).catch(() => []);
    return names
      .filter((name) => SERIAL.test(name))
      .sort()
      .map((name) => `${DEVICES}/${name}`);
  }
}

/** Why a port could not be opened and what the user can do, as a message. */
export async function whyNotOpened(path: string, error: Error): Promise<string> {
  switch (obstacleOf(error)) {
    case "locked":
      return `${path} cannot be opened (another program uses it)`;
    case "exclusive":
      return `${path} cannot be opened (another program holds it exclusively, as ModemManager does for some seconds after a modem was plugged in)`;
    case "denied":
      return `${path} cannot be opened (permission denied); ${await whoMay(path)}`;
    case "missing":
      return `${path} cannot be opened (${reasonOf(error)}); ${await portsThatExist()}`;
    default:
      return `${path} cannot be opened (${reasonOf(error)})${NO_TERMINAL.test(error.message) || !(await isDevice(path)) ? "; it is no serial port" : ""}`;
  }
}

function reasonOf({ message }: Error): string {
  return message.replace(/^Error:? /, "");
}

async function portsThatExist(): Promise<string> {
  const ports = await listPorts();
  if (ports.length === 0) return "no serial port was found on this machine";
  const more = ports.length - MOST;
  return `the serial ports are ${ports.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

async function isDevice(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isCharacterDevice(),
    () => true,
  );
}

/** Who may open the port, and how this user gets the right, as part of a message. */
async function whoMay(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return "a folder on its path may not be entered";
  const group = await groupName(found.gid);
  if ((found.mode & GROUP_MAY_READ_AND_WRITE) !== GROUP_MAY_READ_AND_WRITE)
    return `it belongs to the user with the id ${found.uid} and the group ${group}, and the group may not open it either; give it the right, with a udev rule or chmod`;
  return `it belongs to the group ${group}; join it (sudo usermod -aG ${group} ${userName()}) and log in again`;
}

async function groupName(id: number): Promise<string> {
  const groups = await readFile(GROUPS, "utf8").catch(() => "");
  return (
    groups
      .split("\n")
      .map((line) => line.split(":"))
      .find(([, , gid]) => gid === String(id))?.[0] ?? String(id)
  );
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "USER"; // this user has no entry in the user database
  }
}
