import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, chown, stat } from "node:fs/promises";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { whyNotOpened } from "../../hosts/node/ports";
import { COMMAND, Running } from "./support/process";

/** What root may do beyond others: open what is held exclusively, and what it has no right to. */
const CAPABILITIES = "-sys_admin,-dac_override,-dac_read_search";
/** Opens a terminal, and sets TIOCEXCL; says so, and holds it for so many seconds. */
const HOLDER = "import fcntl, os, sys, termios, time\nfd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\nfcntl.ioctl(fd, termios.TIOCEXCL)\nprint('held', flush=True)\ntime.sleep(float(sys.argv[2]))\nfcntl.ioctl(fd, termios.TIOCNXCL)";

const isRoot = process.getuid?.() === 0;

function has(...command: string[]): boolean {
  try {
    execFileSync(command[0], command.slice(1), { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const canTry = process.platform === "linux" && has("python3", "-c", "import fcntl, termios") &&
  (!isRoot || has("setpriv", "--bounding-set", CAPABILITIES, "--inh-caps", CAPABILITIES, "true"));

/** `modem-mqtt info` as a user who is not root would run it. */
function info(path: string): Running {
  const command = [process.execPath, COMMAND, "info", "--serial", path, "--json"];
  return isRoot ? new Running("setpriv", ["--bounding-set", CAPABILITIES, "--inh-caps", CAPABILITIES, ...command]) : new Running(command[0], command.slice(1));
}

(canTry ? describe : describe.skip)("a port that cannot be opened", function () {
  let modem: VirtualModem;

  beforeEach(async () => {
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.1 });
  });

  afterEach(() => modem.close());

  /** Until `seconds` are over, or the holder is ended. */
  const hold = async (seconds: number): Promise<ChildProcess> => {
    const holder = spawn("python3", ["-c", HOLDER, modem.path, String(seconds)]);
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once("data", () => resolve());
      holder.once("exit", () => reject(new Error("the port could not be held")));
    });
    return holder;
  };

  it("because ModemManager holds it exclusively is waited for", async () => {
    await hold(3);
    const { status, stdout, stderr } = await info(modem.path).finished;
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.equal(JSON.parse(stdout.toString()).driver, "bc35g");
  });

  it("because it is held exclusively is waited for until Ctrl-C", async () => {
    const holder = await hold(600);
    const running = info(modem.path);
    // It waits when it has been asleep whenever it was looked at; one that wants a processor is not.
    const isAsleep = (): boolean => /^State:\s+S/m.test(readFileSync(`/proc/${running.child.pid}/status`, "latin1"));
    for (let asleep = 0; asleep < 5; asleep = isAsleep() ? asleep + 1 : 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const { status, stderr } = await running.stop("SIGINT");
    holder.kill("SIGKILL");
    assert.deepEqual({ status, stderr }, { status: 1, stderr: "modem-mqtt: interrupted\n" });
  });

  // After fifteen seconds; what is waited for above is told of so.
  it("because a program holds it exclusively for good is named so", async () => {
    assert.equal(await whyNotOpened("/dev/ttyUSB0", new Error("Error: Device or resource busy, cannot open /dev/ttyUSB0")),
      "/dev/ttyUSB0 cannot be opened (another program holds it exclusively, as ModemManager does for some seconds after a modem was plugged in)");
  });

  it("for want of rights names the group that has them, and does not say that there is no port", async function () {
    if (!isRoot) this.skip(); // to give the port to somebody else
    await chown(modem.path, 65534, 5);
    await chmod(modem.path, 0o660);
    const { status, stderr } = await info(modem.path).finished;
    assert.equal(status, 1);
    assert.match(stderr, /^modem-mqtt: .* cannot be opened \(permission denied\); it belongs to the group tty; join it \(sudo usermod -aG tty \S+\) and log in again\n$/);
    await chmod(modem.path, 0o600);
    const alone = await info(modem.path).finished;
    assert.match(alone.stderr, /it belongs to the user with the id 65534 and the group tty, and the group may not open it either/);
    assert.equal((await stat(modem.path)).gid, 5);
  });

  for (const path of [COMMAND, "/dev/null"]) it(`because it is a file, or a device without a UART, says that it is no serial port: ${path}`, async () => {
    const { status, stderr } = await info(path).finished;
    assert.equal(status, 1);
    assert.match(stderr, /it is no serial port\n$/);
    assert.doesNotMatch(stderr, /no serial port was found/);
  });
});
