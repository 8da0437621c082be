import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { COMMAND, Running, type Finished } from "./support/process";

const SECRET = "from a file, with blanks ";

describe("options that are not on the command line", function () {
  let broker: Broker;
  let modem: VirtualModem;
  let folder: string;
  /** Whom the broker has seen. */
  let seen: [user: string | undefined, password: string | undefined, topic: string | undefined][];

  before(async () => {
    broker = await startAedes((aedes) => {
      aedes.authenticate = (_client, user, password, done) => {
        seen.push([user, password?.toString(), undefined]);
        done(null, true);
      };
      aedes.authorizePublish = (_client, { topic }, done) => {
        const last = seen.at(-1);
        if (last !== undefined) last[2] = topic;
        done(null);
      };
    });
    modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.1 });
  });

  beforeEach(async () => {
    seen = [];
    folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  after(async () => {
    await modem.close();
    await broker.stop();
  });

  const file = async (name: string, lines: readonly string[], mode = 0o600): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `${lines.join("\n")}\n`);
    await chmod(path, mode);
    return path;
  };
  const port = (): string[] => [`--serial ${modem.path}`, "--modem bc35g"];
  const address = (): string[] => ["-h 127.0.0.1", `-p ${broker.port}`];
  const run = (args: readonly string[], variables: Record<string, string> = {}): Promise<Finished> => {
    const environment = Object.entries({ XDG_CONFIG_HOME: folder, ...variables }).map(([name, value]) => `${name}=${value}`);
    const running = new Running("env", ["-u", "MODEM_MQTT_PASSWORD", "-u", "MODEM_MQTT_USERNAME", ...environment, process.execPath, COMMAND, ...args]);
    running.child.stdin.end();
    return running.finished;
  };
  const mustBeDone = ({ status, stderr }: Finished): void => assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });

  it("in modem-mqtt and modem-mqtt_pub: user and password, the value up to the line's end; not those of other commands", async () => {
    await file("modem-mqtt", ["\uFEFF# all commands, in a file that an editor has begun with a byte order mark", "", ...port(), ...address(), "-C 3", "-u meter"]);
    await file("modem-mqtt_pub", [`-P ${SECRET}`, "-q 1"]);
    mustBeDone(await run(["pub", "-t", "t", "-m", "x"]));
    assert.deepEqual(seen, [["meter", SECRET, "t"]]);
    const { status, stdout } = await run(["info", "--json"]);
    assert.equal(status, 0);
    assert.equal(JSON.parse(stdout.toString()).driver, "bc35g");
  });

  it("in the files of mosquitto's commands, where there are none of its own", async () => {
    await file("mosquitto_pub", [...address(), "-u meter", "-P secret"]);
    const args = ["pub", "--serial", modem.path, "--modem", "bc35g", "-t", "t", "-m", "x", "-q", "1"];
    mustBeDone(await run(args));
    await file("modem-mqtt_pub", address());
    mustBeDone(await run(args));
    assert.deepEqual(seen, [["meter", "secret", "t"], [undefined, undefined, "t"]]);
  });

  it("in ~/.config, where XDG_CONFIG_HOME is not set", async () => {
    await mkdir(join(folder, ".config"));
    await file(".config/modem-mqtt_pub", [...port(), ...address(), "-u home"]);
    mustBeDone(await run(["pub", "-t", "t", "-m", "x", "-q", "1"], { XDG_CONFIG_HOME: "", HOME: folder }));
    assert.deepEqual(seen, [["home", undefined, "t"]]);
  });

  it("in the environment, which goes before files; the command line goes before both", async () => {
    await file("modem-mqtt", [...port(), ...address(), "-u file", "-P file"]);
    const variables = { MODEM_MQTT_USERNAME: "environment", MODEM_MQTT_PASSWORD: "variable" };
    mustBeDone(await run(["pub", "-t", "t", "-m", "x", "-q", "1"], variables));
    mustBeDone(await run(["pub", "-t", "t", "-m", "x", "-q", "1", "-u", "line", "-P", "argument"], variables));
    mustBeDone(await run(["pub", "-t", "t", "-m", "x", "-q", "1"], { MODEM_MQTT_PASSWORD: "" }));
    assert.deepEqual(seen, [["environment", "variable", "t"], ["line", "argument", "t"], ["file", "file", "t"]]);
  });

  it("in a URL, on the command line or in a file: host, port, user, password and topic", async () => {
    await file("modem-mqtt", [...port(), `-L mqtt://u:p%40ss@127.0.0.1:${broker.port}/from/a/file`]);
    mustBeDone(await run(["pub", "-m", "x", "-q", "1"]));
    mustBeDone(await run(["pub", "-m", "x", "-q", "1", "-L", `mqtt://you:50%25%@127.0.0.1:${broker.port}/from/the/line`]));
    mustBeDone(await run(["pub", "-m", "x", "-q", "1", "-t", "other", "-u", "me"]));
    assert.deepEqual(seen, [["u", "p@ss", "from/a/file"], ["you", "50%25%", "from/the/line"], ["me", "p@ss", "other"]]);
  });

  it("masks the password of a file in -d", async () => {
    await file("modem-mqtt", [...port(), `-L mqtt://u:s3cr3t@127.0.0.1:${broker.port}/t`]);
    const { status, stderr } = await run(["pub", "-m", "s3cr3t", "-q", "1", "-d"]);
    assert.equal(status, 0);
    assert.match(stderr, /"u","\*\*\*"/);
    assert.ok(!stderr.includes("s3cr3t"));
  });

  for (const line of ["-P secret", "-L mqtt://u:p@h/t"]) it(`warns of a file with a password that others can read: ${line.slice(0, 2)}`, async function () {
    if (process.platform === "win32") this.skip();
    const path = await file("modem-mqtt", [...port(), ...address(), "-u u", line, ...address()], 0o640);
    const { status, stderr } = await run(["pub", "-t", "t", "-m", "x"]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: `modem-mqtt: warning: ${path} holds a password, and others than its owner may read it; chmod 600 changes that\n` });
  });

  const WRONG: readonly (readonly [file: string, line: string, says: RegExp])[] = [
    ["modem-mqtt_pub", "--nonsense 1", /modem-mqtt_pub, line 1: there is no option "--nonsense"\n$/],
    ["modem-mqtt_pub", "-C 3", /line 1: there is no option "-C"\n$/],
    ["modem-mqtt", "-p many", /line 1: -p: It must be a whole number/],
    ["modem-mqtt", "-P", /line 1: -P needs a value/],
    ["modem-mqtt", "-r yes", /line 1: -r takes no value/],
    ["modem-mqtt", "-L http://u:secret@h", /line 1: -L: It must be mqtt:(?!.*secret)/],
    ["modem-mqtt", "host=broker", /there is no option "host=broker"/],
    ["mosquitto_pub", "--cafile ca.pem", /mosquitto_pub, line 1: --cafile: .*NM28: sslContext.*a file modem-mqtt_pub beside it/],
  ];
  for (const [name, line, says] of WRONG) it(`refuses ${JSON.stringify(line)} in ${name}: status 2, file and line`, async () => {
    await file(name, [line]);
    const { status, stdout, stderr } = await run(["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x"]);
    assert.match(stderr, says);
    assert.deepEqual({ status, stdout: stdout.toString() }, { status: 2, stdout: "" });
  });

  (process.getuid?.() === 0 ? it : it.skip)("a folder of options that this user may not enter kept the command from running, and a file that may not be read must be told of", async () => {
    // A process that gives up being root keeps its HOME.
    const asNobody = async (): Promise<Finished> => {
      const args = ["pub", "--serial", "/nonexistent/tty", "--modem", "bc35g", "-h", "h", "-t", "t", "-m", "x"];
      const running = new Running(process.execPath, ["-e", "process.setgroups([]); process.setgid(65534); process.setuid(65534); const [, ...rest] = process.argv; process.env.XDG_CONFIG_HOME = rest.shift(); const command = rest.shift(); process.argv = [process.execPath, ...rest]; import(command);", "--", folder, COMMAND, ...args]);
      running.child.stdin.end();
      return running.finished;
    };
    await file("modem-mqtt", ["-u meter"], 0o600);
    await chmod(folder, 0o700);
    const { status, stderr } = await asNobody();
    assert.match(stderr, /^modem-mqtt: the serial port has failed: /);
    assert.equal(status, 1);
    await chmod(folder, 0o755);
    const told = await asNobody();
    assert.match(told.stderr, /^modem-mqtt: .*modem-mqtt cannot be read \(EACCES\)\n$/);
    assert.equal(told.status, 2);
  });
});
