import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { COMMAND, Running, type Finished } from "./support/process";

const PIN = "8642";
const PASSWORD = "s3cret-Apn";

describe("flags for the modem as a device", function () {
  let broker: Broker;
  let modem: VirtualModem | undefined;
  let folder: string;

  const run = async (args: readonly string[], { variables = {}, ...options }: Partial<VirtualModemOptions> & { variables?: Record<string, string> } = {}): Promise<Finished> => {
    await modem?.close();
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.1, ...options });
    const environment = Object.entries({ XDG_CONFIG_HOME: folder, ...variables }).map(([name, value]) => `${name}=${value}`);
    const connection = ["--serial", modem.path, "--modem", typeof options.modem === "string" ? options.modem : "bc35g", "-h", "127.0.0.1", "-p", String(broker.port)];
    const running = new Running("env", [...environment, process.execPath, COMMAND, "pub", ...connection, "-t", "t", "-m", "x", "-q", "1", ...args]);
    running.child.stdin.end();
    return running.finished;
  };
  const mustBeDone = ({ status, stderr }: Finished): void => assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });

  before(async () => {
    broker = await startAedes();
    folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
  });

  after(async () => {
    await modem?.close();
    await rm(folder, { recursive: true });
    await broker.stop();
  });

  it("enters the PIN from the environment, and -d does not show it", async () => {
    const { status, stderr } = await run(["-d"], { sim: { state: "pin", pin: PIN }, variables: { MODEM_MQTT_PIN: PIN } });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /AT\+NPIN=0,"\*\*\*"/);
    assert.ok(!stderr.includes(PIN), stderr);
  });

  it("a refused PIN: status 1, what to do, and the PIN nowhere", async () => {
    const { status, stdout, stderr } = await run(["--pin", PIN, "-d"], { sim: { state: "pin", pin: "1111" } });
    assert.deepEqual({ status, stdout: stdout.toString() }, { status: 1, stdout: "" });
    assert.match(stderr, /\nmodem-mqtt: the SIM refuses the PIN \(--pin\); it can be tried 2 times more\. It is not tried again/);
    assert.ok(!stderr.includes(PIN), stderr);
    assert.equal(stderr.match(/NPIN=/g)!.length, 1, stderr);
  });

  it("a SIM that wants its PIN: the flag that it needs", async () => {
    const { status, stderr } = await run([], { sim: { state: "pin" } });
    assert.match(stderr, /^modem-mqtt: the SIM wants its PIN; give it \(--pin, or MODEM_MQTT_PIN\)/);
    assert.equal(status, 1);
  });

  it("sets the access point with user and password, which -d does not show", async () => {
    const args = ["--apn", "meter.example", "--apn-user", "me", "--apn-auth", "chap", "-d"];
    const { status, stderr } = await run(args, { mobile: { apn: "meter.example", user: "me", password: PASSWORD }, variables: { MODEM_MQTT_APN_PASSWORD: PASSWORD } });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /AT\+CGAUTH=0,2,"me","\*\*\*"/);
    assert.ok(!stderr.includes(PASSWORD), stderr);
  });

  it("another access point than the network's: the flag to check", async () => {
    const { status, stderr } = await run(["--apn", "wrong.example", "--attach-timeout", "1"], { mobile: { apn: "meter.example", wrongApn: "denied" } });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^modem-mqtt: /);
  });

  it("PIN and access point from an option file; it warns of one that others can read", async () => {
    const path = join(folder, "modem-mqtt_pub");
    await writeFile(path, `--pin ${PIN}\n--apn meter.example\n--no-roaming\n--setup AT+CSQ\n--setup ?AT+NONSENSE\n`);
    const options: Partial<VirtualModemOptions> = { sim: { state: "pin", pin: PIN }, mobile: { apn: "meter.example" } };
    await chmod(path, 0o600);
    mustBeDone(await run([], options));
    await chmod(path, 0o644);
    const { status, stderr } = await run([], options);
    await rm(path);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: `modem-mqtt: warning: ${path} holds a PIN, and others than its owner may read it; chmod 600 changes that\n` });
  });

  it("--no-roaming: a foreign network alone is not good enough", async () => {
    const { status, stderr } = await run(["--no-roaming", "--attach-timeout", "3"], { mobile: { roaming: true } });
    assert.equal(status, 1);
    assert.match(stderr, /^modem-mqtt: the modem has found a foreign network alone .*\(--no-roaming\)\n$/);
  });

  it("no coverage: what to check, and the flag for a longer wait", async () => {
    const { status, stderr } = await run(["--attach-timeout", "3"], { mobile: { coverage: false } });
    assert.equal(status, 1);
    assert.match(stderr, /^modem-mqtt: the modem has found no network within 3 s .*\(--attach-timeout\)\n$/);
  });

  it("commands of --setup are sent in their order, and one that is refused ends the command unless it may be", async () => {
    const good = await run(["-d", "--setup", "AT+CSQ", "--setup", "?AT+NONSENSE", "--setup", "AT+CFUN?"]);
    assert.equal(good.status, 0, good.stderr);
    assert.match(good.stderr, /AT\+CSQ[^]*AT\+NONSENSE[^]*AT\+CFUN\?/);
    const { status, stderr } = await run(["--setup", "AT+NONSENSE"]);
    assert.equal(status, 1);
    assert.match(stderr, /^modem-mqtt: .*AT\+NONSENSE.*\(--setup; with \? before it, it may be refused\)\n$/);
  });

  it("operator, bands, sleep", async () => {
    const { status, stderr } = await run(["-d", "-k", "0", "--operator", "46000", "--bands", "8,5", "--psm", "10,3600", "--edrx", "20.48"]);
    assert.equal(status, 0, stderr);
    for (const sent of ['AT+COPS=1,2,"46000"', "AT+NBAND=8,5", 'AT+CPSMS=1,,,"', "AT+CEDRXS=1,5,"]) assert.ok(stderr.includes(sent), `${sent}: ${stderr}`);
    const off = await run(["-d", "--psm", "off", "--edrx", "off"]);
    assert.equal(off.status, 0);
    for (const sent of ["AT+CPSMS=0", "AT+CEDRXS=0,5"]) assert.ok(off.stderr.includes(sent), off.stderr);
  });

  const WRONG: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["--pin", "12345x"], /^modem-mqtt: --pin must be a string of 4 to 8 digits; got "a secret"/],
    [["--apn-user", "u"], /need its name: --apn\n$/],
    [["--apn", "a", "--apn-password", "p"], /needs its user: --apn-user\n$/],
    [["--apn", ""], /^modem-mqtt: --apn must not be empty/],
    [["--operator", "Telekom"], /^modem-mqtt: --operator must be "auto", or/],
    [["--bands", "8;5"], /numbers with commas/],
    [["--modem", "nm28", "--bands", "8"], /^modem-mqtt: --bands must be left out: no document says/],
    [["--psm", "10,3600"], /^modem-mqtt: -k must be 0, or from 2400 to 3600 seconds: asleep for up to 3600 s \(the second number of --psm\).*; got 60\n$/],
    [["--psm", "10"], /two numbers of seconds/],
    [["--psm", "0,10"], /^modem-mqtt: the first number of --psm must be/],
    [["--edrx", "often"], /number of seconds/],
    [["--edrx", "20000"], /^modem-mqtt: --edrx must be/],
    [["--setup", "CSQ"], /^modem-mqtt: --setup must/],
    [["--setup", "ATE1"], /^modem-mqtt: --setup must/],
    [["--apn-auth", "md5"], /none, pap, chap/],
  ];
  for (const [args, says] of WRONG) it(`pub ${args.join(" ")} is wrong usage, told before the port is opened`, async () => {
    const running = new Running("env", [`XDG_CONFIG_HOME=${folder}`, process.execPath, COMMAND, "pub", "--serial", "/nonexistent/tty", "--modem", "bc35g", "-h", "h", "-t", "t", "-m", "x", ...args]);
    running.child.stdin.end();
    const { status, stdout, stderr } = await running.finished;
    assert.match(stderr, says);
    assert.deepEqual({ status, stdout: stdout.toString() }, { status: 2, stdout: "" });
  });
});
