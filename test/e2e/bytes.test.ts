import assert from "node:assert/strict";
import { once } from "node:events";
import { connectAsync, type MqttClient } from "mqtt";
import { connect, type ModemMQTTClient, type QoS } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { pause, within } from "./support/conformance/bench";

/** Bytes on the line: to the modem, and from it. */
type Bytes = readonly [sent: number, received: number];

/**
 * A message of 64 bytes on a topic of nine: a publish by QoS, its id of one digit; and one that is received at QoS 0, for it has
 * no id of the broker's.
 */
const COSTS: Readonly<Record<string, { publish: readonly Bytes[]; receive: Bytes; id?: RegExp }>> = {
  bc35g: { publish: [[97, 28], [97, 28], [97, 28]], receive: [0, 94], id: /\+QMTPUB=0,(\d+)/ },
  m531x: { publish: [[163, 6], [163, 25], [163, 45]], receive: [0, 102] },
  ml302: { publish: [[96, 10], [96, 29], [96, 49]], receive: [0, 105] },
  nm28: { publish: [[102, 37], [102, 37], [102, 37]], receive: [0, 95], id: /\+MQTTPUBEX=0,(\d+)/ },
};

describe("the bytes on the line that a message costs", function () {
  let broker: Broker;
  let other: MqttClient;
  let modem: VirtualModem;
  let client: ModemMQTTClient;
  const bytes = { sent: 0, received: 0 };
  let sent = "";

  /** Counts while `action` goes on, and until nothing follows. */
  const cost = async (action: () => Promise<unknown>): Promise<Bytes> => {
    bytes.sent = bytes.received = 0;
    sent = "";
    await within(action(), "nothing");
    await pause(50);
    return [bytes.sent, bytes.received];
  };

  before(async () => {
    broker = await startAedes();
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  });

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  for (const [name, { publish, receive, id }] of Object.entries(COSTS))
    it(`are, with a virtual ${name}, what they were`, async () => {
      modem = await createVirtualModem({ modem: name, attachTime: 0, latencyScale: 0 });
      client = await connect({
        serial: modem.path, modem: name, host: "127.0.0.1", port: broker.port,
        trace: (direction, chunk) => {
          bytes[direction] += chunk.length;
          if (direction === "sent") sent += Buffer.from(chunk).toString("latin1");
        },
      });
      try {
        const payload = "0123456789abcdef".repeat(4);
        for (const qos of [0, 1, 2] as QoS[]) {
          const taken = await cost(() => client.publish("meter/out", payload, { qos }));
          // A session's ids begin by chance. The modem repeats them.
          const more = id === undefined ? 0 : id.exec(sent)![1].length - 1;
          assert.deepEqual(taken, publish[qos].map((count) => count + more), `publish at QoS ${qos}`);
        }
        await client.subscribe("meter/cmd");
        assert.deepEqual(await cost(async () => {
          const message = once(client, "message");
          await other.publishAsync("meter/cmd", payload);
          await message;
        }), receive, "receive");
      } finally {
        await client.end();
        await modem.close();
      }
    });
});
