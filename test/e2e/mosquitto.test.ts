import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasMosquitto, startMosquitto, type Broker } from "./support/brokers";
import { modemMqtt, Running, start, virtualModem } from "./support/process";

/** What must pass through the modem untouched. */
const PAYLOADS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["text", Buffer.from('{"t":21.5}, "OK" > ERROR')],
  ["nothing", Buffer.alloc(0)],
  ["one byte", Buffer.from("x")],
  ["1024 bytes", Buffer.alloc(1024, "0123456789abcdef")],
  ["all 256 byte values", Buffer.from(Array.from({ length: 256 }, (_, value) => value))],
  ["Chinese in UTF-8", Buffer.from("这是测试数据, hello MQTT.")],
];

/** What both `sub -v` and `mosquitto_sub -F "%t %p"` print for a message. */
const line = (topic: string, payload: Buffer): Buffer => Buffer.concat([Buffer.from(`${topic} `), payload, Buffer.from("\n")]);

const suite = hasMosquitto ? describe : describe.skip;

suite("modem-mqtt pub and sub over a BC35-G, mosquitto's clients at the other end", function () {
  let broker: Broker;
  let modem: Awaited<ReturnType<typeof virtualModem>>;
  const connection = (): string[] => ["--serial", modem.path, "--modem", "bc35g", "-h", "127.0.0.1", "-p", String(broker.port), "-u", "meter", "-P", "secret"];
  // stdbuf, for mosquitto_sub shows its SUBACK only when a buffer is full or the line is flushed.
  const mosquitto = (command: string, ...args: string[]): Running =>
    new Running("stdbuf", ["-oL", command, "-h", "127.0.0.1", "-p", String(broker.port), ...args]);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "modem-mqtt-"));
    broker = await startMosquitto();
    modem = await virtualModem("--modem", "bc35g");
  });

  after(async () => {
    await modem.running.stop();
    await broker.stop();
    await rm(folder, { recursive: true });
  });

  for (const qos of [0, 1, 2]) {
    // How the broker keeps a message does not hang on its QoS, and conformance.test.ts has each with each.
    for (const retain of qos === 1 ? [false, true] : [false]) {
      it(`publishes every payload, QoS ${qos}${retain ? ", retained" : ""}`, async () => {
        for (const [name, bytes] of PAYLOADS) {
          const topic = `out/${name}/${qos}`;
          const file = join(folder, "payload");
          await writeFile(file, bytes);
          const receive = (): Running => mosquitto("mosquitto_sub", "-F", "%t %p", "-q", "2", "-C", "1", "-W", "100", "-t", topic);
          const subscriber = mosquitto("mosquitto_sub", "-F", "%t %p", "-q", "2", "-C", "1", "-W", "100", "-d", "-t", topic);
          await subscriber.until(() => subscriber.stdout.includes("SUBACK"));
          const { status, stderr } = await modemMqtt(["pub", ...connection(), "-t", topic, "-q", String(qos), ...(retain ? ["-r"] : []),
            ...(bytes.length === 0 ? ["-n"] : ["-f", file])]);
          assert.deepEqual({ status, stderr }, { status: 0, stderr: "" }, name);
          const live = await subscriber.finished;
          assert.ok(live.stdout.includes(line(topic, bytes)), `${name}: ${live.stdout}`);
          // A retained message comes again to whoever subscribes later; an empty one takes it away.
          if (retain && bytes.length > 0) assert.deepEqual((await receive().finished).stdout, line(topic, bytes), name);
        }
      });
    }

    it(`receives every payload, QoS ${qos}, live${qos === 1 ? " and retained" : ""}`, async () => {
      const sub = start("sub", ...connection(), "-t", `in/+/${qos}`, "-q", String(qos), "-v", "-d", "-C", String(PAYLOADS.length));
      await sub.until(({ stderr }) => new RegExp(`\\+QMTSUB: 0,\\d+,0,${qos}`).test(stderr));
      const expected: Buffer[] = [];
      for (const [name, bytes] of PAYLOADS) {
        const topic = `in/${name}/${qos}`;
        const file = join(folder, "payload");
        await writeFile(file, bytes);
        const publisher = mosquitto("mosquitto_pub", "-q", String(qos), "-r", "-t", topic, ...(bytes.length === 0 ? ["-n"] : ["-f", file]));
        assert.equal((await publisher.finished).status, 0);
        expected.push(line(topic, bytes));
        await sub.until(({ stdout }) => stdout.length >= Buffer.concat(expected).length);
      }
      const { status, stdout } = await sub.finished;
      assert.deepEqual(stdout, Buffer.concat(expected));
      assert.equal(status, 0);

      if (qos !== 1) return;
      // Retained, each on its own; the empty one has taken itself away.
      for (const [name, bytes] of PAYLOADS) {
        if (bytes.length === 0) continue;
        const later = await modemMqtt(["sub", ...connection(), "-t", `in/${name}/${qos}`, "-q", String(qos), "-v", "-C", "1", "-W", "100"]);
        assert.deepEqual(later.stdout, line(`in/${name}/${qos}`, bytes), name);
      }
    });
  }

  it("refuses what the broker refuses, in words and with its code", async () => {
    const wrong = await modemMqtt(["pub", ...connection().slice(0, -1), "wrong", "-t", "t", "-m", "x"]);
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /^modem-mqtt: the broker refused the connection: .*\(return code [45]\)\n$/);
  });

  it("publishes a line of stdin each with -l, in order", async () => {
    const subscriber = mosquitto("mosquitto_sub", "-q", "1", "-C", "20", "-W", "100", "-d", "-t", "lines");
    await subscriber.until(() => subscriber.stdout.includes("SUBACK"));
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const { status, stderr } = await modemMqtt(["pub", ...connection(), "-t", "lines", "-q", "1", "-l"], `${lines.join("\n\n")}\n`);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    const received = (await subscriber.finished).stdout.toString().split("\n").filter((text) => text.startsWith("line "));
    assert.deepEqual(received, lines);
  });

  it("has its will published when the modem is lost", async () => {
    const subscriber = mosquitto("mosquitto_sub", "-v", "-C", "1", "-W", "100", "-d", "-t", "meter/gone");
    await subscriber.until(() => subscriber.stdout.includes("SUBACK"));
    const other = await virtualModem("--modem", "bc35g");
    const sub = start("sub", ...connection().map((word) => (word === modem.path ? other.path : word)), "-t", "x", "-d",
      "--will-topic", "meter/gone", "--will-payload", "lost it", "--will-qos", "1");
    await sub.until(({ stderr }) => /\+QMTSUB: 0,\d+,0,0/.test(stderr));
    await other.running.stop("SIGKILL");
    assert.ok((await subscriber.finished).stdout.includes("meter/gone lost it\n"));
    await sub.stop("SIGKILL");
  });
});
