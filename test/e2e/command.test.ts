import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { COMMAND, modemMqtt, Running, start, virtualModem } from "./support/process";

describe("the command modem-mqtt", function () {
  let broker: Broker;
  let modem: Awaited<ReturnType<typeof virtualModem>>;
  let other: MqttClient;
  const connection = (): string[] => ["--serial", modem.path, "-h", "127.0.0.1", "-p", String(broker.port)];

  before(async () => {
    broker = await startAedes();
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    modem = await virtualModem();
  });

  after(async () => {
    await other.endAsync();
    const { status } = await modem.running.stop("SIGTERM");
    assert.equal(status, 0);
    await broker.stop();
  });

  it("demo shows the AT exchange and the message that came back, and ends by itself", async () => {
    const { status, stdout, stderr } = await modemMqtt(["demo"]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    const text = stdout.toString();
    assert.match(text, /→ AT\+QMTPUB=0,\d+,1,0,"meter\/1\/data",10\\r/);
    assert.match(text, /← \+QMTRECV: 0,\d+,"meter\/1\/cmd",\{"valve":"open"\}/);
    assert.match(text, /the device has received on meter\/1\/cmd: \{"valve":"open"\}/);
    assert.ok(!text.includes("correct horse"), "the password is masked");
  });

  const WRONG: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ["no command", [], /Usage: modem-mqtt/],
    ["an unknown command", ["nonsense"], /unknown command/],
    ["an unknown flag", ["pub", "--serial", "x", "-h", "h", "-t", "t", "--nonsense"], /unknown option '--nonsense'/],
    ["a URL without a scheme", ["pub", "--serial", "x", "-L", "h/t", "-m", "x"], /^modem-mqtt: -L: It must be mqtt:\/\/\[user\[:password\]@\]host\[:port\]\[\/topic\]\.\n$/],
    ["a flag that is spelled wrong", ["pub", "--serial", "x", "-h", "h", "-t", "t", "--topik", "t"], /^modem-mqtt: unknown option '--topik' \(Did you mean --topic\?\)\n$/],
    ["no port", ["pub", "-h", "h", "-t", "t", "-m", "x"], /--serial/],
    ["no broker", ["pub", "--serial", "x", "-t", "t", "-m", "x"], /--host/],
    ["no topic", ["sub", "--serial", "x", "-h", "h"], /--topic/],
    ["nothing to publish", ["pub", "--serial", "x", "-h", "h", "-t", "t"], /-m, -f, -l and -n/],
    ["two things to publish", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x", "-n"], /exactly one/],
    ["a topic with a wildcard to publish to", ["pub", "--serial", "x", "-h", "h", "-t", "a/+", "-m", "x"], /"a\/\+" is no topic to publish to/],
    ["a count of nothing", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-C", "0"], /from 1/],
    ["no time to wait", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-W", "0"], /from 1/],
    ["a QoS that is none", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x", "-q", "3"], /whole number from 0 to 2/],
    ["a port that is none", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-p", "70000"], /from 1 to 65535/],
    ["MQTT 5", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-V", "mqttv5"], /mqttv31 or mqttv311/],
    ["a kept session without an id", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-c"], /-i/],
    ["a will without a topic", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--will-payload", "x"], /--will-topic/],
    ["a password without a user", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-P", "x"], /-u/],
    ["a keepalive that the modem does not take", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--modem", "nm28", "-k", "5"], /: -k must be from 10 to 290 seconds for nm28; got 5\n$/],
    ["a version that the modem does not speak", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--modem", "ml302", "-V", "mqttv31"], /: -V must be mqttv311 for ml302\n$/],
    ["a modem's port without a name", ["info", "--serial", ""], /--serial .* must not be empty/],
    ["a URL for a host", ["pub", "--serial", "x", "-h", "mqtt://h/t", "-t", "t", "-m", "x"], /It is a URL, .* -L/],
    ["a URL with a password for a host", ["pub", "--serial", "x", "-h", "mqtt://u:secret@h/t", "-t", "t", "-m", "x"], /argument 'mqtt:\/\/u:\*\*\*@h\/t' is invalid/],
    ["a host with its port", ["pub", "--serial", "x", "-h", "h:1883", "-t", "t", "-m", "x"], /the port goes behind -p/],
    ["MQTT over TLS in a URL", ["pub", "--serial", "x", "-L", "mqtts://u:secret@h/t", "-m", "x"], /^modem-mqtt: -L: mqtts is MQTT over TLS: (?!.*secret)/],
    ["another URL", ["pub", "--serial", "x", "-L", "http://u:secret@h/t", "-m", "x"], /^modem-mqtt: -L: It must be mqtt:\/\/(?!.*secret)/],
    ...["--cafile=x", "--cert=x", "--key=x", "--insecure", "--tls-version=tlsv1.2", "--psk=00"].map((flag) =>
      [`TLS (${flag})`, ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x", flag], /NM28: sslContext.* BC35-G, BC28 and M5310-A have none/] as const),
    ["MQTT 5 as MQTT.js says it", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-V", "5"], /mqttv311\. No modem here speaks MQTT 5/],
    ["a double quote in a topic", ["pub", "--serial", "x", "-h", "h", "-t", 'a"b', "-m", "x", "--modem", "bc35g"], /: -t must not hold a double quote/],
    ["a topic that no modem can carry", ["sub", "--serial", "x", "-h", "h", "-t", "a\nb"], /: -t must not hold /],
    ["a topic that is too long", ["pub", "--serial", "x", "-h", "h", "-t", "a".repeat(256), "-m", "x", "--modem", "bc35g"], /: -t must be at most 255 bytes/],
    ["a wildcard in the middle of a filter", ["sub", "--serial", "x", "-h", "h", "-t", "good", "-t", "a/#/b"], /: -t may hold # only as its whole last level; got "a\/#\/b"/],
    ["a will's topic with a wildcard", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--will-topic", "a/+"], /: --will-topic must not hold the wildcards/],
    ["a will that is too long", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--will-topic", "a", "--will-payload", "x".repeat(2000)], /: --will-payload must be at most/],
    ["a file that is not there", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-f", "/no/such/file"], /: -f: ENOENT/],
    ["a message for no modem", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x".repeat(5000)], /: the message must be at most \d+ bytes/],
    ...[["bc35g", 1024], ["m531x", 512], ["ml302", 1024], ["nm28", 2048]].map(([modem, most]) =>
      [`a message that is too long for ${modem}`, ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x".repeat(Number(most) + 1), "--modem", String(modem)],
        new RegExp(`: the message must be at most ${most} bytes`)] as const),
    ["a host's name that is too long", ["pub", "--serial", "x", "-h", "h".repeat(300), "-t", "t", "-m", "x"], /: -h must be at most/],
    ["a client id that cannot be quoted", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x", "-i", 'a"b'], /: -i must not hold a double quote/],
    ["a password that cannot be quoted", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x", "-u", "u", "-P", 'se"cret'], /: -P must not hold a double quote (?!.*se"cret)/],
    ["a way of receiving that is none", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--receiving", "x"], /--receiving/],
    ["a way of receiving that is another modem's", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--receiving", "idle", "--modem", "nm28"], /: --receiving is nothing that this modem can be told\n$/],
    ["an encoding that is none", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--payload-encoding", "x"], /--payload-encoding/],
    ["a rate that is none", ["info", "--serial", "x", "--baud", "0"], /--baud/],
    ["an unknown modem", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--modem", "nope"], /must be one of bc35g/],
  ];
  for (const [what, args, says] of WRONG) {
    it(`${what} is wrong usage: status 2, and stderr says it`, async () => {
      const { status, stdout, stderr } = await modemMqtt(args);
      assert.match(stderr, says);
      assert.deepEqual({ status, stdout: stdout.toString() }, { status: 2, stdout: "" });
    });
  }

  it("shows help and version on stdout", async () => {
    const help = await modemMqtt(["pub", "--help"]);
    assert.equal(help.status, 0);
    assert.match(help.stdout.toString(), /-t, --topic <topic>/);
    const version = await modemMqtt(["--version"]);
    assert.equal(version.status, 0);
    assert.match(version.stdout.toString(), /^\d+\.\d+\.\d+\n$/);
  });

  it("a port that is not there: status 1, one line on stderr", async () => {
    const { status, stdout, stderr } = await modemMqtt(["pub", "--serial", "/dev/no-such-port", "-h", "h", "-t", "t", "-m", "x"]);
    assert.equal(status, 1);
    assert.equal(stdout.length, 0);
    assert.match(stderr, /^modem-mqtt: the serial port has failed: \/dev\/no-such-port cannot be opened \(.+\); (the serial ports are \/dev\/.+|no serial port was found on this machine)\n$/);
  });

  it("a port that is not there: names those that udev knows, USB adapters first", async () => {
    const folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
    const device = (name: string, ...more: string[]): string => [`P: /devices/${name}`, `N: ${name}`, ...more, `E: DEVNAME=/dev/${name}`, "", ""].join("\n");
    // What `udevadm info -e` prints, as far as it matters.
    await writeFile(join(folder, "devices"), device("ttyS0") + device("sda") + device("ttyUSB0", "E: ID_VENDOR_ID=10c4", "E: ID_MODEL_ID=ea60"));
    await writeFile(join(folder, "udevadm"), `#!/bin/sh\ncat ${folder}/devices\n`, { mode: 0o755 });
    const running = new Running("env", [`PATH=${folder}:${process.env.PATH}`, process.execPath, COMMAND, "info", "--serial", "/dev/no-such-port"]);
    const { status, stderr } = await running.finished;
    await rm(folder, { recursive: true });
    assert.equal(status, 1);
    if (process.platform === "linux") assert.match(stderr, /; the serial ports are \/dev\/ttyUSB0, \/dev\/ttyS0\n$/);
  });

  it("takes a message that looks like a flag", async () => {
    await other.subscribeAsync("flag");
    const arrived = new Promise((resolve) => other.once("message", (_topic, payload) => resolve(payload.toString())));
    const { status, stderr } = await modemMqtt(["pub", ...connection(), "-t", "flag", "-m", "-5"]);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    assert.equal(await arrived, "-5");
  });

  it("a broker that is not there: status 1, one line with the modem's code", async () => {
    const { status, stderr } = await modemMqtt(["pub", "--serial", modem.path, "-h", "127.0.0.1", "-p", "1", "-t", "t", "-m", "x"]);
    assert.equal(status, 1);
    assert.match(stderr, /^modem-mqtt: no connection to 127\.0\.0\.1:1: .*\(\+QMTOPEN -?\d+\)\n$/);
  });

  it("sub -W ends with 27, and -C with 0", async () => {
    const timedOut = await modemMqtt(["sub", ...connection(), "-t", "nothing", "-W", "2"]);
    assert.deepEqual({ ...timedOut, stdout: timedOut.stdout.toString() }, { status: 27, stdout: "", stderr: "" });
  });

  it("sub prints bytes untouched: with -N without newline, with -v after the topic", async () => {
    const sub = start("sub", ...connection(), "-t", "a/b", "-t", "c", "-v", "-N", "-C", "2", "-d");
    await sub.until(({ stderr }) => /\+QMTSUB: 0,\d+,0/.test(stderr));
    await other.publishAsync("a/b", Buffer.from([0, 255, 254, 10, 34, 13, 7]));
    await other.publishAsync("c", "d");
    const { status, stdout } = await sub.finished;
    assert.equal(status, 0);
    assert.deepEqual(stdout, Buffer.concat([Buffer.from("a/b "), Buffer.from([0, 255, 254, 10, 34, 13, 7]), Buffer.from("c d")]));
  });

  /** Modems that one test alone needs. */
  const modems: VirtualModem[] = [];
  const another = async (options: Partial<VirtualModemOptions> = {}): Promise<VirtualModem> => {
    const one = await createVirtualModem({ modem: "bc35g", attachTime: 0, ...options });
    modems.push(one);
    return one;
  };
  afterEach(() => Promise.all(modems.splice(0).map((one) => one.close())));

  it("sub -W counts from the connection on, however long the modem takes to get a network", async () => {
    // Retained: it comes with the subscription.
    await other.publishAsync("late", "in time", { qos: 1, retain: true });
    const slow = await another({ attachTime: 6000 });
    const sub = start("sub", "--serial", slow.path, "-h", "127.0.0.1", "-p", String(broker.port), "-t", "late", "-W", "5");
    const { status, stdout } = await sub.finished;
    assert.deepEqual({ status, stdout: stdout.toString() }, { status: 27, stdout: "in time\n" });
  });

  it("sub ends with 0 when nobody reads what it prints any more", async () => {
    const sub = start("sub", ...connection(), "-t", "pipe", "-d");
    await sub.until(({ stderr }) => /\+QMTSUB: 0,\d+,0/.test(stderr));
    sub.child.stdout.destroy();
    await other.publishAsync("pipe", "1");
    await other.publishAsync("pipe", "2");
    assert.equal((await sub.finished).status, 0);
  });

  describe("pub", () => {
    let arrived: Buffer[];
    const collect = (_topic: string, payload: Buffer): void => void arrived.push(payload);
    before(async () => {
      await other.subscribeAsync("out");
      other.on("message", collect);
    });
    beforeEach(() => { arrived = []; });
    after(() => void other.off("message", collect));
    const publish = (...args: string[]): string[] => ["pub", ...connection(), "-t", "out", "-q", "1", ...args];

    it("-s takes all of stdin as it is, -f a file", async () => {
      const bytes = Buffer.from([0, 10, 13, 10, 255, 26]);
      const file = join(tmpdir(), `modem-mqtt-${process.pid}`);
      await writeFile(file, bytes);
      assert.equal((await modemMqtt(publish("-s"), bytes)).status, 0);
      assert.equal((await modemMqtt(publish("-f", file))).status, 0);
      await rm(file);
      assert.deepEqual(arrived, [bytes, bytes]);
    });

    it("-s of nothing is wrong usage, and so is a file that is not there", async () => {
      assert.deepEqual(await modemMqtt(publish("-s"), ""), { status: 2, stdout: Buffer.alloc(0), stderr: "modem-mqtt: -s: stdin was empty; -n publishes an empty message\n" });
      const { status, stderr } = await modemMqtt(publish("-f", "/no/such/file"));
      assert.equal(status, 2);
      assert.match(stderr, /^modem-mqtt: -f: ENOENT: .*\n$/);
    });

    it("-n publishes an empty message, and so does -m ''", async () => {
      assert.equal((await modemMqtt(publish("-n"))).status, 0);
      assert.equal((await modemMqtt(publish("-m", ""))).status, 0);
      assert.deepEqual(arrived.map(String), ["", ""]);
    });

    it("-l sends each line when it comes, the last one without an end too; only LF is taken away", async () => {
      const pub = start(...publish("-l"));
      pub.child.stdin.write("one\r\ntw");
      while (arrived.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
      pub.child.stdin.end("o\n\n  \nlast");
      assert.equal((await pub.finished).status, 0);
      assert.deepEqual(arrived.map(String), ["one\r", "two", "  ", "last"]);
    });

    it("-l does not hang on a silent stdin when Ctrl-C comes: it disconnects, status 1", async () => {
      const pub = start(...publish("-l", "-d"));
      pub.child.stdin.write("one\n");
      while (arrived.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
      const { status, stderr } = await pub.stop("SIGINT");
      assert.equal(status, 1);
      assert.match(stderr, /→ AT\+QMTDISC=0\\r/);
      assert.match(stderr, /\nmodem-mqtt: interrupted; 1 line was acknowledged; line 2 is the first that was not\n$/);
    });

    it("-l does not hang on a silent stdin when the connection is lost: status 1, and what it was", async () => {
      const fragile = await another();
      const pub = start("pub", "--serial", fragile.path, "-h", "127.0.0.1", "-p", String(broker.port), "-t", "out", "-l");
      pub.child.stdin.write("one\n");
      while (arrived.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
      fragile.fault("link-loss:1");
      const { status, stderr } = await pub.finished;
      assert.equal(status, 1);
      assert.match(stderr, /^modem-mqtt: .*\+QMTSTAT.*; 1 line was sent; line 2 is the first that was not\n$/);
    });

    it("-l says how many lines were acknowledged and which is next, blank ones counted, when the connection is lost", async () => {
      const fragile = await another();
      const pub = start("pub", "--serial", fragile.path, "-h", "127.0.0.1", "-p", String(broker.port), "-t", "out", "-q", "1", "-l");
      pub.child.stdin.write("one\n\ntwo\n");
      while (arrived.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
      // The broker has it; the modem does not hear of it any more.
      fragile.fault("drop-in:puback,0");
      pub.child.stdin.write("three\nfour\n");
      while (arrived.length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
      fragile.fault("link-loss:1");
      const { status, stderr } = await pub.finished;
      assert.equal(status, 1);
      assert.match(stderr, /^modem-mqtt: .*; 2 lines were acknowledged; line 4 is the first that was not\n$/);
    });

    it("-l says of a line that is too long which one it is, after those before it have been acknowledged: status 2", async () => {
      const { status, stderr } = await modemMqtt(publish("-l"), `one\n${"x".repeat(5000)}\nthree\n`);
      assert.equal(status, 2);
      assert.match(stderr, /^modem-mqtt: the message must be at most .*; 1 line was acknowledged; line 2 is the first that was not\n$/);
      assert.deepEqual(arrived.map(String).slice(0, 1), ["one"]);
    });

    it("-s: Ctrl-C while stdin is silent, before anything is opened", async () => {
      const pub = start(...publish("-s"));
      // More than a pipe holds: it has been read, in part at least.
      await new Promise((resolve) => pub.child.stdin.write(Buffer.alloc(1_000_000), resolve));
      const { status, stderr } = await pub.stop("SIGINT");
      assert.deepEqual({ status, stderr }, { status: 1, stderr: "modem-mqtt: interrupted\n" });
    });
  });

  it("a second Ctrl-C ends it at once, whatever the modem does", async () => {
    const deaf = await another();
    const sub = start("sub", "--serial", deaf.path, "-h", "127.0.0.1", "-p", String(broker.port), "-t", "x", "-d");
    await sub.until(({ stderr }) => /\+QMTSUB: 0,\d+,0/.test(stderr));
    deaf.fault("silence:60000");
    sub.child.kill("SIGINT");
    await sub.until(({ stderr }) => stderr.includes("AT+QMTDISC"));
    await sub.stop("SIGINT");
    assert.equal(sub.child.signalCode, "SIGINT");
  });

  it("Ctrl-C disconnects sub properly: no will, status 0", async () => {
    const wills: string[] = [];
    await other.subscribeAsync("gone");
    other.on("message", (topic) => void wills.push(topic));
    const sub = start("sub", ...connection(), "-t", "x", "-d", "--will-topic", "gone");
    await sub.until(({ stderr }) => /\+QMTSUB: 0,\d+,0/.test(stderr));
    const { status, stderr } = await sub.stop("SIGINT");
    assert.equal(status, 0);
    assert.match(stderr, /→ AT\+QMTDISC=0\\r/);
    assert.deepEqual(wills, []);
  });

  it("-d shows the traffic on stderr with the password masked", async () => {
    const { status, stdout, stderr } = await modemMqtt(["pub", ...connection(), "-u", "user", "-P", "top-secret", "-t", "t", "-m", "x", "-d"]);
    assert.equal(status, 0);
    assert.equal(stdout.length, 0);
    assert.match(stderr, /^ +\d+\.\d{3} → AT\\r$/m);
    assert.match(stderr, /→ AT\+QMTCONN=0,".*","user","\*\*\*"\\r/);
    assert.ok(!stderr.includes("top-secret"));
  });
});
