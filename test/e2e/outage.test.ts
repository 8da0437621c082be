import assert from "node:assert/strict";
import { connectAsync } from "mqtt";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { freePort, hasMosquitto, startAedes, startMosquitto, type Broker } from "./support/brokers";
import { start, type Running } from "./support/process";

const LOST = /^modem-mqtt: .*connecting again$/m;
/** More than any pause before the next attempt. */
const PATIENCE = 90_000;

async function publish(port: number, topic: string, payload: string): Promise<void> {
  const other = await connectAsync(`mqtt://127.0.0.1:${port}`);
  await other.publishAsync(topic, payload, { qos: 1 });
  await other.endAsync();
}

(hasMosquitto ? describe : describe.skip)("a broker that is restarted", function () {
  let broker: Broker | undefined;
  let modem: VirtualModem;
  let sub: Running;
  let port: number;

  const begin = async (name: string, ...args: string[]): Promise<void> => {
    port = await freePort();
    broker = await startMosquitto(port);
    // Without a report of the loss it would be half a minute before the modem is asked.
    const variants = name === "nm28" ? { linkLoss: "stat" } : {};
    modem = await createVirtualModem({ modem: name, attachTime: 0, latencyScale: 0.1, variants });
    sub = start("sub", "--serial", modem.path, "--modem", name, "-h", "127.0.0.1", "-p", String(port), "-t", "a/#", "-q", "1", "-v", ...args);
    // Retained: it comes when the subscription is there.
    await publishRetained();
    await sub.until(({ stdout }) => stdout.includes("a/hello 1\n"), PATIENCE);
  };
  const publishRetained = async (): Promise<void> => {
    const other = await connectAsync(`mqtt://127.0.0.1:${port}`);
    await other.publishAsync("a/hello", "1", { qos: 1, retain: true });
    await other.endAsync();
  };
  const stopBroker = async (): Promise<void> => {
    await broker?.stop();
    broker = undefined;
  };

  afterEach(async () => {
    await sub.stop("SIGKILL");
    await modem.close();
    await stopBroker();
  });

  for (const name of ["bc35g", "m531x", "ml302", "nm28"]) it(`${name}: sub connects and subscribes again, and prints what comes afterwards`, async () => {
    await begin(name, "-C", "2");
    await stopBroker();
    await sub.until(({ stderr }) => LOST.test(stderr), PATIENCE);
    broker = await startMosquitto(port);
    await sub.until(({ stderr }) => stderr.includes("modem-mqtt: connected again\n"), PATIENCE);
    await publish(port, "a/after", "2");
    const { status, stdout } = await sub.finished;
    assert.deepEqual({ status, stdout: stdout.toString() }, { status: 0, stdout: "a/hello 1\na/after 2\n" });
  });

  for (const name of ["bc35g", "m531x"]) it(`${name}: Ctrl-C ends sub at once while the broker is away`, async () => {
    await begin(name);
    await stopBroker();
    await sub.until(({ stderr }) => LOST.test(stderr), PATIENCE);
    const { status } = await sub.stop("SIGINT");
    assert.equal(status, 0);
  });

  it("-W runs out while the broker is away", async () => {
    await begin("bc35g", "-W", "15");
    await stopBroker();
    const { status, stderr } = await sub.finished;
    assert.equal(status, 27);
    assert.match(stderr, LOST);
  });
});

describe("a broker that refuses after a loss", function () {

  it("ends sub with status 1 and the refusal", async () => {
    let refuse = false;
    const broker = await startAedes((aedes) => {
      aedes.authenticate = (_client, _user, _password, done) => refuse ? done(Object.assign(new Error(), { returnCode: 4 }), false) : done(null, true);
    });
    const modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.1 });
    const sub = start("sub", "--serial", modem.path, "--modem", "bc35g", "-h", "127.0.0.1", "-p", String(broker.port), "-t", "a", "-d");
    await sub.until(({ stderr }) => /\+QMTSUB: 0,\d+,0/.test(stderr));
    refuse = true;
    modem.fault("link-loss:1");
    const { status, stderr } = await sub.finished;
    await modem.close();
    await broker.stop();
    assert.equal(status, 1);
    assert.match(stderr, /\nmodem-mqtt: the broker refused the connection: .*\(return code 4\)\n$/);
  });
});

describe("a first connection that fails", function () {

  it("ends sub with status 1, as with mosquitto_sub", async () => {
    const modem = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.1 });
    const sub = start("sub", "--serial", modem.path, "--modem", "bc35g", "-h", "127.0.0.1", "-p", "1", "-t", "a");
    const { status, stderr } = await sub.finished;
    await modem.close();
    assert.equal(status, 1);
    assert.match(stderr, /^modem-mqtt: no connection to 127\.0\.0\.1:1: .*\n$/);
  });
});
