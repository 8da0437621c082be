import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import MQTTClient, { type MQTTClientOptions, type MQTTModemError } from "modem-mqtt";
import BC35G from "modem-mqtt/modems/bc35g";
import NM28 from "modem-mqtt/modems/nm28";
import { hostClock, SerialPort } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { pause, within } from "./support/conformance/bench";

const SIX = [0, 1, 2, 3, 4, 5];

/** One MQTT client of the modem, with promises. */
class Device {
  readonly client: MQTTClient;
  readonly messages: [topic: string, payload: string][] = [];
  readonly connected: Promise<void>;
  /** Null when it ended as it was asked to. */
  readonly ended: Promise<MQTTModemError | null>;
  readonly #done = new Map<number, (error: MQTTModemError | null) => void>();
  readonly #round: number;
  #id = 0;
  #parts: Buffer[] = [];
  #topic = "";
  #waiting: (() => void) | undefined;

  constructor(round: number, options: Omit<MQTTClientOptions, "onReadable" | "onWritable" | "onControl" | "onClose" | "onError" | "onDone">) {
    let connected!: () => void, failed!: (error: MQTTModemError) => void, ended!: (error: MQTTModemError | null) => void;
    this.connected = new Promise((resolve, reject) => { connected = resolve; failed = reject; });
    this.connected.catch(() => {});
    this.ended = new Promise((resolve) => { ended = resolve; });
    const device = this;
    this.#round = round;
    this.client = new MQTTClient({
      ...options,
      onControl: ({ operation, returnCode }) => { if (operation === MQTTClient.CONNACK && returnCode === 0) connected(); },
      onReadable(count, { topic, more }) {
        if (topic !== undefined) device.#topic = topic;
        if (count > 0) device.#parts.push(Buffer.from(this.read(count)!));
        if (more) return;
        device.messages.push([device.#topic, Buffer.concat(device.#parts.splice(0)).toString("latin1")]);
      },
      onWritable: () => {
        const waiting = device.#waiting;
        device.#waiting = undefined;
        waiting?.();
      },
      onClose: () => ended(null),
      onError: (error) => { failed(error); ended(error); },
      onDone: (id, error) => device.#done.get(id)?.(error),
    });
  }

  /** Writes, again after `onWritable` where the modem is too busy. */
  #do(write: (id: number) => void): Promise<void> {
    const id = ++this.#id;
    return within(new Promise<void>((resolve, reject) => {
      this.#done.set(id, (error) => (error === null ? resolve() : reject(error)));
      const attempt = (): void => {
        try {
          write(id);
        } catch (error) {
          if ((error as MQTTModemError).code === "BUSY") this.#waiting = attempt;
          else reject(error);
        }
      };
      attempt();
    }), "not done");
  }

  /** Publishes to `out/<round>/<topic>`. */
  publish(topic: string, payload: string, QoS = 1): Promise<void> {
    return this.#do((id) => this.client.write(Buffer.from(payload, "latin1"), { topic: `out/${this.#round}/${topic}`, QoS, id }));
  }

  subscribe(topic: string, QoS = 1): Promise<void> {
    return this.#do((id) => this.client.write(null, { operation: MQTTClient.SUBSCRIBE, id, items: [{ topic, QoS }] }));
  }

  disconnect(): Promise<MQTTModemError | null> {
    this.client.write(null, { operation: MQTTClient.DISCONNECT });
    return within(this.ended, "not disconnected");
  }

  async received(count: number): Promise<void> {
    for (const deadline = Date.now() + 100_000; this.messages.length < count && Date.now() < deadline;) await pause(5);
    assert.equal(this.messages.length, count, JSON.stringify(this.messages).slice(0, 200));
  }
}

describe("six MQTT clients at once on one NM28 and one serial port", function () {
  let broker: Broker;
  let other: MqttClient;
  let modem: VirtualModem;
  let devices: Device[];
  let released: Promise<void>;
  let arrived: [topic: string, payload: string][];
  /** The test that is being run: its messages are told from late ones of the last. */
  let round = 0;
  /** What the broker has seen of each CONNECT. */
  const seen = new Map<string, { user: string | undefined; password: string | undefined }>();

  const options = (index: number, more: object = {}): MQTTClientOptions => ({
    host: "127.0.0.1", port: broker.port, id: `device-${index}`, user: `user-${index}`, password: `password-${index}`, keepAlive: (60 + index) * 1000,
    will: { topic: `out/${round}/gone/${index}`, message: `device-${index} is lost`, QoS: (index % 3) as 0 | 1 | 2 },
    modem: { io: NM28, clock: hostClock, pollInterval: 1000, ...more },
  });

  const arrivals = async (count: number): Promise<[topic: string, payload: string][]> => {
    for (const deadline = Date.now() + 100_000; arrived.length < count && Date.now() < deadline;) await pause(5);
    assert.equal(arrived.length, count, JSON.stringify(arrived).slice(0, 200));
    return arrived.splice(0).sort();
  };

  before(async () => {
    broker = await startAedes((aedes) => {
      aedes.authenticate = (client, user, password, done) => {
        seen.set(client.id, { user: user?.toString(), password: password?.toString() });
        if (password?.toString() === "wrong") done(Object.assign(new Error("refused"), { returnCode: 4 }) as never, null);
        else done(null, true);
      };
    });
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    other.on("message", (topic, payload) => {
      const [, number, rest] = /^out\/(\d+)\/(.*)$/.exec(topic)!;
      if (Number(number) === round) arrived.push([rest, payload.toString("latin1")]);
    });
    await other.subscribeAsync("out/#", { qos: 2 });
  });

  beforeEach(async () => {
    arrived = [];
    round++;
    seen.clear();
    modem = await createVirtualModem({ modem: "nm28", attachTime: 0, bootTime: 100, latencyScale: 0.1 });
    let onClosed!: () => void;
    released = new Promise((resolve) => { onClosed = resolve; });
    const first = new Device(round, options(0, { serial: { io: SerialPort, path: modem.path, baudRate: 115_200, onClosed } }));
    devices = [first, ...SIX.slice(1).map((index) => new Device(round, options(index, { shared: first.client })))];
    await Promise.all(devices.map(({ connected }) => within(connected, "not connected")));
  });

  afterEach(async () => {
    for (const { client } of devices) client.close();
    await within(released, "the port is not released");
    await modem.close();
  });

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  it("has six sessions, each with its own id, user and password", () => {
    assert.deepEqual([...seen].sort(), SIX.map((index) => [`device-${index}`, { user: `user-${index}`, password: `password-${index}` }]));
  });

  for (const QoS of [0, 1, 2]) {
    it(`publishes from each at QoS ${QoS}, all at once`, async () => {
      await Promise.all(SIX.map((index) => devices[index].publish(`from/${index}`, `I am ${index}`, QoS)));
      assert.deepEqual(await arrivals(6), SIX.map((index) => [`from/${index}`, `I am ${index}`]));
    });
  }

  it("gives each client the messages that are its own, and all of them what is for all", async () => {
    await Promise.all(SIX.map((index) => devices[index].subscribe(`in/to/${index}`)));
    await Promise.all(SIX.map((index) => devices[index].subscribe("in/all")));
    await Promise.all(SIX.map((index) => other.publishAsync(`in/to/${index}`, `you are ${index}`, { qos: 1 })));
    await Promise.all(devices.map((device) => device.received(1)));
    await other.publishAsync("in/all", "everybody", { qos: 1 });
    await Promise.all(devices.map((device) => device.received(2)));
    assert.deepEqual(devices.map(({ messages }) => messages),
      SIX.map((index) => [[`in/to/${index}`, `you are ${index}`], ["in/all", "everybody"]]));
  });

  it("keeps the longest messages apart, there and back at the same time", async () => {
    const payload = (index: number): string => `${index}\r\n+MQTTRECV:${(index + 1) % 6},1,x,1,y\r\nOK\r\n`.repeat(200).slice(0, 2048);
    await Promise.all(SIX.map((index) => devices[index].subscribe(`out/${round}/loop/${index}`)));
    await Promise.all(SIX.map((index) => devices[index].publish(`loop/${index}`, payload(index))));
    await Promise.all(devices.map((device) => device.received(1)));
    assert.deepEqual(devices.map(({ messages }) => messages), SIX.map((index) => [[`out/${round}/loop/${index}`, payload(index)]]));
    assert.deepEqual(await arrivals(6), SIX.map((index) => [`loop/${index}`, payload(index)]));
  });

  it("refuses a seventh, and a place that is taken", () => {
    const shared = devices[0].client;
    assert.throws(() => new MQTTClient(options(6, { shared })), { name: "StateError", code: "BUSY", message: /6 MQTT clients, and all are in use/ });
    assert.throws(() => new MQTTClient(options(6, { shared, link: 3 })), { name: "StateError", code: "BUSY", message: /client 3 .* in use/ });
    assert.throws(() => new MQTTClient(options(6, { shared, link: 6 })), { name: "ArgumentError" });
    assert.throws(() => new MQTTClient(options(6, { shared, io: BC35G })), { name: "ArgumentError", message: /modem\.shared .*BC35-G/ });
  });

  it("ends one in good order, without its will; the others go on, and its place is free", async () => {
    assert.equal(await devices[3].disconnect(), null);
    await Promise.all(SIX.filter((index) => index !== 3).map((index) => devices[index].publish("still", String(index))));
    assert.deepEqual(await arrivals(5), [0, 1, 2, 4, 5].map((index) => ["still", String(index)]));
    const next = new Device(round, options(7, { shared: devices[0].client, link: 3 }));
    devices.push(next);
    await within(next.connected, "not connected");
    await next.publish("next", "in place of 3");
    assert.deepEqual(await arrivals(1), [["next", "in place of 3"]]);
  });

  it("ends the first in good order: the port stays with the others", async () => {
    assert.equal(await devices[0].disconnect(), null);
    await devices[5].publish("still", "here");
    assert.deepEqual(await arrivals(1), [["still", "here"]]);
  });

  it("has the will of one published that is closed at once, and of no other", async () => {
    devices[4].client.close();
    assert.deepEqual(await arrivals(1), [["gone/4", "device-4 is lost"]]);
    await devices[1].publish("still", "here");
    assert.deepEqual(await arrivals(1), [["still", "here"]]);
  });

  it("tells one that its link is lost, which only asking the modem shows; the others go on", async () => {
    modem.fault("link-loss@2:1");
    const error = await within(devices[2].ended, "not told");
    assert.equal(error?.code, "LINK_LOST");
    assert.deepEqual(await arrivals(1), [["gone/2", "device-2 is lost"]]);
    await Promise.all(SIX.filter((index) => index !== 2).map((index) => devices[index].publish("still", String(index))));
    assert.deepEqual(await arrivals(5), [0, 1, 3, 4, 5].map((index) => ["still", String(index)]));
  });

  it("tells all of them that the modem has restarted", async () => {
    modem.restart("watchdog");
    const errors = await Promise.all(devices.map(({ ended }) => within(ended, "not told")));
    assert.deepEqual(errors.map((error) => error?.code), SIX.map(() => "MODEM_RESTARTED"));
  });

  it("goes on with five when the broker refuses the sixth", async () => {
    assert.equal(await devices[5].disconnect(), null);
    const refused = new Device(round, { ...options(8, { shared: devices[0].client }), password: "wrong" });
    devices.push(refused);
    const error = await within(refused.ended, "not told");
    assert.deepEqual([error?.code, error?.modemCode], ["CONNECTION_REFUSED", 4]);
    await devices[1].publish("still", "here");
    assert.deepEqual(await arrivals(1), [["still", "here"]]);
  });
});
