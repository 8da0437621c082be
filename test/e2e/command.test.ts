import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import { startAedes, type Broker } from "./support/brokers";
import { modemMqtt, start, virtualModem } from "./support/process";

describe("the command modem-mqtt", function () {
  this.timeout(30_000);
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
    ["no port", ["pub", "-h", "h", "-t", "t", "-m", "x"], /--serial/],
    ["no broker", ["pub", "--serial", "x", "-t", "t", "-m", "x"], /--host/],
    ["no topic", ["sub", "--serial", "x", "-h", "h"], /--topic/],
    ["nothing to publish", ["pub", "--serial", "x", "-h", "h", "-t", "t"], /-m, -f, -l and -n/],
    ["two things to publish", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x", "-n"], /exactly one/],
    ["a QoS that is none", ["pub", "--serial", "x", "-h", "h", "-t", "t", "-m", "x", "-q", "3"], /whole number from 0 to 2/],
    ["a port that is none", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-p", "70000"], /from 1 to 65535/],
    ["MQTT 5", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-V", "mqttv5"], /mqttv31 or mqttv311/],
    ["a kept session without an id", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-c"], /-i/],
    ["a will without a topic", ["sub", "--serial", "x", "-h", "h", "-t", "t", "--will-payload", "x"], /--will-topic/],
    ["a password without a user", ["sub", "--serial", "x", "-h", "h", "-t", "t", "-P", "x"], /-u/],
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
    assert.match(stderr, /^modem-mqtt: the serial port has failed: .*no-such-port.*\n$/);
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
    await sub.until(({ stderr }) => stderr.includes("+QMTSUB: 0,1,0"));
    await other.publishAsync("a/b", Buffer.from([0, 255, 254, 10, 34, 13, 7]));
    await other.publishAsync("c", "d");
    const { status, stdout } = await sub.finished;
    assert.equal(status, 0);
    assert.deepEqual(stdout, Buffer.concat([Buffer.from("a/b "), Buffer.from([0, 255, 254, 10, 34, 13, 7]), Buffer.from("c d")]));
  });

  it("Ctrl-C disconnects sub properly: no will, status 0", async () => {
    const wills: string[] = [];
    await other.subscribeAsync("gone");
    other.on("message", (topic) => void wills.push(topic));
    const sub = start("sub", ...connection(), "-t", "x", "-d", "--will-topic", "gone");
    await sub.until(({ stderr }) => stderr.includes("+QMTSUB: 0,1,0"));
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
