import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import { loadDriver } from "modem-mqtt/node";
import { startAedes, type Broker } from "./support/brokers";
import { families } from "./support/families";
import { modemMqtt, start, virtualModem } from "./support/process";

describe("the command modem-mqtt with every family", function () {
  let broker: Broker;
  let other: MqttClient;
  /** Of the last CONNECT. */
  let version: number | undefined;

  before(async () => {
    broker = await startAedes((aedes) => {
      aedes.authenticate = (client, _user, password, done) => {
        version = (client as { version?: number }).version;
        if (password?.toString() === "wrong") done(Object.assign(new Error("refused"), { returnCode: 4 }) as never, null);
        else done(null, true);
      };
    });
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await other.subscribeAsync("out/#", { qos: 2 });
  });

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  for (const [name, facts] of families) {
    describe(name, () => {
      let modem: Awaited<ReturnType<typeof virtualModem>>;
      const connection = (): string[] => ["--serial", modem.path, "--modem", name, "-h", "127.0.0.1", "-p", String(broker.port)];

      before(async () => {
        modem = await virtualModem("--modem", name);
      });

      after(async () => {
        const { status, stderr } = await modem.running.stop("SIGTERM");
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      });

      it("demo shows the AT exchange and a message each way, and ends by itself", async () => {
        const { status, stdout, stderr } = await modemMqtt(["demo", "--modem", name]);
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
        const text = stdout.toString();
        assert.match(text, new RegExp(`a virtual ${name} is behind the serial port`));
        assert.match(text, facts.connects);
        assert.match(text, /the office has received on meter\/1\/data: \{"t":21\.5\}/);
        assert.match(text, /the device has received on meter\/1\/cmd: \{"valve":"open"\}/);
      });

      it("pub publishes a message, and a message for each line", async () => {
        const arrived: string[] = [];
        const onMessage = (topic: string, payload: Buffer): void => void arrived.push(`${topic} ${payload}`);
        other.on("message", onMessage);
        const one = await modemMqtt(["pub", ...connection(), "-t", "out/one", "-m", "21.5", "-q", "2"]);
        const lines = await modemMqtt(["pub", ...connection(), "-t", "out/lines", "-q", "1", "-l"], "a\nb\n\nc\n");
        other.off("message", onMessage);
        for (const { status, stdout, stderr } of [one, lines])
          assert.deepEqual({ status, stdout: stdout.toString(), stderr }, { status: 0, stdout: "", stderr: "" });
        assert.deepEqual(arrived, ["out/one 21.5", "out/lines a", "out/lines b", "out/lines c"]);
      });

      it("sub prints what it receives, bytes untouched, and ends with -C", async () => {
        const { limits } = await loadDriver(name);
        const bytes = Buffer.from([0x22, 0, 0xff, 0x0a, 0x2c, 0x1a]);
        const sub = start("sub", ...connection(), "-t", "in/+", "-t", "also/#", "-q", "1", "-v", "-C", "3", "-d");
        await sub.until(({ stderr }) => (stderr.match(/← \+[A-Z]+SUB[A-Z]*: ?/g)?.length ?? 0) >= (limits.topics > 1 ? 1 : 2));
        await other.publishAsync("in/x", bytes, { qos: 1 });
        await other.publishAsync("also/y/z", "text");
        await other.publishAsync("in/x", "");
        const { status, stdout } = await sub.finished;
        assert.deepEqual(stdout, Buffer.concat([Buffer.from("in/x "), bytes, Buffer.from("\nalso/y/z text\nin/x \n")]));
        assert.equal(status, 0);
      });

      for (const [flag, number] of [["mqttv31", 3], ["mqttv311", 4]] as const) {
        it(`-V ${flag}: the broker sees that version, or the usage is wrong`, async () => {
          version = undefined;
          const { status, stderr } = await modemMqtt(["pub", ...connection(), "-t", "t", "-m", "x", "-V", flag]);
          if (facts.versions.includes(number)) assert.deepEqual({ status, stderr, version }, { status: 0, stderr: "", version: number });
          else {
            assert.equal(status, 2);
            assert.match(stderr, /^modem-mqtt: -V must be mqttv311 for .*\n$/);
          }
        });
      }

      it("says in one line, with status 1, that the broker has refused", async () => {
        const { status, stdout, stderr } = await modemMqtt(["pub", ...connection(), "-t", "t", "-m", "x", "-u", "u", "-P", "wrong"]);
        assert.equal(status, 1);
        assert.equal(stdout.length, 0);
        assert.match(stderr, /^modem-mqtt: .*(refused the connection|MQTTOPEN failed|no connection to).*\n$/);
        assert.equal(stderr.split("\n").length, 2);
      });

      it("says, with status 2, that a message is too long for this modem", async () => {
        const { status, stderr } = await modemMqtt(["pub", ...connection(), "-t", "t", "-m", "x".repeat(2049)]);
        assert.equal(status, 2);
        assert.match(stderr, /^modem-mqtt: the message must be at most \d+ bytes for an? .*\n$/);
      });
    });
  }
});
