import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import { createVirtualModem, type VirtualModem, type VirtualModemOptions } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { start, type Finished } from "./support/process";

describe("a message that is not what was sent", function () {
  let broker: Broker;
  let other: MqttClient;
  let modem: VirtualModem;

  before(async () => {
    broker = await startAedes();
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  });

  afterEach(() => modem.close());

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  const receive = async (name: string, options: Partial<VirtualModemOptions>, payload: string, ...args: string[]): Promise<Omit<Finished, "stdout"> & { stdout: string }> => {
    modem = await createVirtualModem({ modem: name, attachTime: 0, latencyScale: 0.1, ...options });
    // Retained: it comes when the subscription is there.
    await other.publishAsync("a", payload, { qos: 1, retain: true });
    const sub = start("sub", "--serial", modem.path, "--modem", name, "-h", "127.0.0.1", "-p", String(broker.port), "-t", "a", "-C", "1", ...args);
    const { stdout, ...rest } = await sub.finished;
    return { ...rest, stdout: stdout.toString() };
  };

  it("BC35-G: cut at its first line end, is told of so on stderr", async () => {
    const { status, stdout, stderr } = await receive("bc35g", {}, "one\r\ntwo");
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "one\n" });
    assert.match(stderr, /^modem-mqtt: the message on "a" was cut at its first line end, it seems: .*--receiving idle takes messages of several lines\n$/);
  });

  it("BC35-G: is whole with --receiving idle, and nothing is said", async () => {
    assert.deepEqual(await receive("bc35g", {}, "one\r\ntwo", "--receiving", "idle"), { status: 0, stdout: "one\r\ntwo\n", stderr: "" });
  });

  it("BC35-G: nothing is said of a message of one line", async () => {
    assert.deepEqual(await receive("bc35g", {}, "one"), { status: 0, stdout: "one\n", stderr: "" });
  });

  it("M531X: with a length that does not fit, is told of so on stderr", async () => {
    const { status, stderr } = await receive("m531x", { variants: { publishLength: "long" } }, "hello");
    assert.equal(status, 0);
    assert.match(stderr, /^modem-mqtt: the message on "a" may have been cut, or have something added: .*\n$/);
  });

  it("written as hexadecimal digits, is itself again with --payload-encoding, and told of where it is no such text", async () => {
    assert.deepEqual(await receive("bc35g", {}, "6f6e650d0a74776f", "--payload-encoding", "hex"), { status: 0, stdout: "one\r\ntwo\n", stderr: "" });
    await modem.close();
    const { status, stdout, stderr } = await receive("bc35g", {}, "no digits", "--payload-encoding", "hex");
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "no digits\n" });
    assert.match(stderr, /may have been cut/);
  });
});
