import assert from "node:assert/strict";
import { connect, type ConnectOptions, type ModemMQTTClient, type MQTTModemError } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { within } from "./support/conformance/bench";
import { families, type Facts } from "./support/families";
import { Lives } from "./support/lives";

// What the documents say that can go wrong goes wrong on demand: the client says what it was, and works afterwards.

/** One modem with one failure, and a client to meet it. */
interface Subject {
  readonly facts: Facts;
  readonly modem: VirtualModem;
  open(options?: Partial<ConnectOptions>): Promise<ModemMQTTClient>;
}
type Run = (subject: Subject) => Promise<void>;

const failsToOpen = (fault: string, code: (facts: Facts) => string, options?: Partial<ConnectOptions>): Run => async ({ facts, modem, open }) => {
  modem.fault(fault);
  await assert.rejects(open(options), { code: code(facts) });
};

const failsTo = (what: (client: ModemMQTTClient) => Promise<unknown>, fault: string, code: (facts: Facts) => string): Run => async ({ facts, modem, open }) => {
  const client = await open();
  modem.fault(fault);
  await assert.rejects(what(client), { code: code(facts) });
};

/** The packet is lost once. */
const sendsAgain = (what: (client: ModemMQTTClient) => Promise<unknown>, fault: string): Run => async ({ facts, modem, open }) => {
  const client = await open();
  modem.fault(fault);
  if (facts.failures.sendsAgain) await what(client);
  else await assert.rejects(what(client), { code: facts.failures.unanswered.publish });
};

const publish = (qos: 1 | 2) => (client: ModemMQTTClient) => client.publish("t", "x", { qos });

const FAILURES: readonly (readonly [name: string, run: Run])[] = [
  ["the network is not there", failsToOpen("detach:60000", () => "NO_COVERAGE", { modemOptions: { attachTimeout: 500 } })],
  ["the name is not found", failsToOpen("dns:0", () => "OPEN_FAILED")],
  ["the peer refuses the connection", failsToOpen("refused:0", () => "OPEN_FAILED")],
  ["the PDP context cannot be activated", failsToOpen("pdp:0", (facts) => facts.failures.noContext ?? "OPEN_FAILED")],
  ["the network drops", failsToOpen("dropped:0", () => "OPEN_FAILED")],
  ["the modem has no socket", failsToOpen("socket:0", () => "OPEN_FAILED")],
  ...([1, 2, 3, 4, 5] as const).map((code) => [`CONNACK ${code}`, failsToOpen(`connack:${code},0`, (facts) => facts.failures.refused[code])] as const),
  ["CONNACK never comes", failsToOpen("drop-in:connack,0", (facts) => facts.failures.unanswered.connect)],
  ["the broker refuses a subscription", failsTo((client) => client.subscribe("t"), "suback", () => "SUBSCRIPTION_REFUSED")],
  ["SUBACK never comes", failsTo((client) => client.subscribe("t"), "drop-in:suback,0", (facts) => facts.failures.unanswered.subscribe)],
  ["UNSUBACK never comes", failsTo((client) => client.subscribe("t").then(() => client.unsubscribe("t")), "drop-in:unsuback,0", (facts) => facts.failures.unanswered.unsubscribe)],
  ["PUBACK never comes", failsTo(publish(1), "drop-in:puback,0", (facts) => facts.failures.unanswered.publish)],
  ["PUBREC never comes", failsTo(publish(2), "drop-in:pubrec,0", (facts) => facts.failures.unanswered.publish)],
  ["PUBCOMP never comes", failsTo(publish(2), "drop-in:pubcomp,0", (facts) => facts.failures.unanswered.publish)],
  ["PUBLISH is lost once", sendsAgain(publish(1), "drop-out:publish")],
  ["PUBACK is lost once", sendsAgain(publish(1), "drop-in:puback")],
  ["PUBCOMP is lost once", sendsAgain(publish(2), "drop-in:pubcomp")],
  ["PINGRESP never comes", async ({ facts, modem, open }) => {
    const { keepalive, then } = facts.failures.pings;
    const client = await open({ keepalive });
    modem.fault("drop-in:pingresp,0");
    const told = new Promise<string>((resolve) => {
      client.on("error", (error: MQTTModemError) => resolve(error.code));
      client.on("stage", (stage) => { if (stage === "online") resolve("back"); });
    });
    assert.equal(await within(told, "nothing is told"), then === "back" ? "back" : "LINK_LOST");
  }],
];

describe("every failure that the virtual modems have on demand", function () {
  let broker: Broker;
  const lives = new Lives();

  async function live(family: string, facts: Facts, name: string, run: Run): Promise<void> {
    const modem = await createVirtualModem({ modem: family, attachTime: 0, bootTime: 100, latencyScale: 0.1 });
    let client: ModemMQTTClient | undefined;
    const open = async ({ modemOptions, ...options }: Partial<ConnectOptions> = {}): Promise<ModemMQTTClient> => {
      client = await connect({
        serial: modem.path, modem: family, host: "127.0.0.1", port: broker.port, clientId: `${family} ${name}`, username: "u", password: "p",
        modemOptions: { ...facts.failures.modemOptions, ...modemOptions }, ...options,
      });
      client.on("error", () => {});
      return client;
    };
    try {
      await run({ facts, modem, open });
      await client?.end(true);
      modem.clearFaults();
      if (name === "the network is not there") return; // and will not be for a while
      await (await open()).publish("t", "works", { qos: 1 });
      await within(client!.end(), "it does not end");
    } finally {
      await client?.end(true);
      await modem.close();
    }
  }

  before(async () => {
    broker = await startAedes();
    lives.start();
  });

  after(() => broker.stop());

  for (const [family, facts] of families) {
    describe(family, () => {
      for (const [name, run] of FAILURES) it(name, lives.add(() => live(family, facts, name, run)));
    });
  }
});
