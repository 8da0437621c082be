import assert from "node:assert/strict";
import type { ModemMQTTClient } from "modem-mqtt/node";
import { Inbox, type Bench } from "./bench";
import type { Facts } from "../families";

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
const CHINESE = "温度21.5℃, 湿度40%";
/** What looks like the modem's own words, if anyone looks for them in a payload. */
const TREACHEROUS = ["\r\nOK\r\n", "\r\nERROR\r\n", "\r\n> ", "\r\nCONNECT\r\n", "\r\n+QMTSTAT: 0,1\r\n", "\r\n+MQTTDISC:OK\r\n", "\r\n+MQTTCONN:0,0\r\n", '"\r\n\x1a\x1b\x00'];

/** A topic of exactly `length` bytes. */
const topicOf = (root: string, length: number, piece: string): string => {
  const left = length - Buffer.byteLength(root);
  const pieces = Math.floor(left / Buffer.byteLength(piece));
  return root + piece.repeat(pieces) + "x".repeat(left - pieces * Buffer.byteLength(piece));
};

/** Payloads and topics, there and back. */
export function messages(facts: Facts, bench: () => Bench): void {
  /** Payloads that every family can carry out. */
  const payloads = (): (readonly [name: string, bytes: Buffer])[] => [
    ["1 byte", Buffer.from("x")],
    ["the longest", Buffer.alloc(facts.maxPayload, "0123456789abcdef")],
    ["the longest, and none of it text", Buffer.alloc(facts.maxPayload, ALL_BYTES)],
    ["all 256 byte values", ALL_BYTES],
    ["UTF-8", Buffer.from(CHINESE)],
    ['a "quoted" text, with commas', Buffer.from('"a", "b",\\"c\\",1,2')],
    ...TREACHEROUS.map((text) => [JSON.stringify(text), Buffer.from(`a${text}b`, "latin1")] as const),
  ];

  const topics = (): (readonly [name: string, topic: (root: string) => string])[] => [
    ["spaces", (root) => `${root}/a b / c`],
    ["commas", (root) => `${root}/a,b,,c`],
    ["what looks like a length", (root) => `${root}/a,5,b,1,`],
    ["what is a length, if it is not part of the topic", (root) => `${root}/a,7`],
    ["slashes", (root) => `${root}//a///`],
    ["UTF-8", (root) => `${root}/${CHINESE}/𝄞`],
    ["cloud's signs", (root) => `${root}/$sys/a|b=c&d%e;f'g(h)`],
    ["the longest", (root) => topicOf(`${root}/`, facts.maxTopic, "levels/")],
    ["the longest, in UTF-8", (root) => topicOf(`${root}/`, facts.maxTopic, "温")],
  ];

  /** Fails if a byte goes to the modem while `action` fails. */
  const refusedUnsent = async (action: (client: ModemMQTTClient) => Promise<unknown>, code: string, says: RegExp): Promise<void> => {
    let sent = 0;
    const client = await bench().open({ trace: (direction, bytes) => { if (direction === "sent") sent += bytes.length; } });
    sent = 0;
    await assert.rejects(action(client), (error: Error & { code?: string }) => {
      assert.equal(error.name, "ArgumentError");
      assert.equal(error.code, code);
      assert.match(error.message, says);
      return true;
    });
    assert.equal(sent, 0);
    assert.equal(client.connected, true);
  };

  for (const qos of [0, 1, 2] as const) {
    it(`publishes every payload at QoS ${qos}`, async () => {
      const { listener } = bench();
      const client = await bench().client();
      for (const [name, payload] of payloads()) {
        await client.publish("out/payload", payload, { qos });
        assert.deepEqual(await listener.next(), { topic: "out/payload", payload, qos, retain: false }, name);
      }
    });

    it(`publishes retained at QoS ${qos}`, async () => {
      const { listener } = bench();
      const client = await bench().client();
      await client.publish("out/kept", ALL_BYTES, { qos, retain: true });
      assert.deepEqual(await listener.next(), { topic: "out/kept", payload: ALL_BYTES, qos, retain: false });
      assert.deepEqual(await bench().retained("out/kept"), { topic: "out/kept", payload: ALL_BYTES, qos, retain: true });
      // An empty message takes a retained one away.
      if (facts.canSendEmpty) await client.publish("out/kept", "", { qos, retain: true });
      else await bench().publish("out/kept", "", { qos, retain: true });
      assert.equal((await listener.next()).payload.length, 0);
    });

    it(`receives every payload at QoS ${qos}`, async () => {
      const client = await bench().client();
      const inbox = new Inbox(client);
      await client.subscribe("in/payload", { qos });
      const longer = ["longer than the receive buffer", Buffer.alloc(5000, "0123456789abcdef")] as const;
      for (const [name, payload] of [["nothing", Buffer.alloc(0)] as const, longer, ...payloads()]) {
        const end = payload.indexOf("\r\n");
        // Without a length, a line of the modem's own inside a message is one (dialects.md 6.2).
        if (!facts.framed && payload.includes("\r\n+")) continue;
        await bench().publish("in/payload", payload, { qos });
        const expected = facts.framed || end < 0 ? payload : payload.subarray(0, end);
        const packet = await inbox.next();
        assert.deepEqual([packet.topic, packet.payload], ["in/payload", expected], name);
      }
      await bench().publish("in/payload", "last", { qos });
      assert.equal((await inbox.next()).payload.toString(), "last");
      assert.equal(client.connected, true);
      await client.unsubscribe("in/payload");
    });
  }

  it("publishes an empty message, or refuses it before a byte is sent", async () => {
    const { listener } = bench();
    if (!facts.canSendEmpty) return refusedUnsent((client) => client.publish("out/x", "", { qos: 1 }), "ARGUMENT_LENGTH", /at least 1 byte/);
    const client = await bench().client();
    for (const qos of [0, 1, 2] as const) {
      await client.publish("out/nothing", "", { qos });
      assert.deepEqual(await listener.next(), { topic: "out/nothing", payload: Buffer.alloc(0), qos, retain: false });
    }
  });

  it("refuses a message that is one byte too long before a byte is sent", async () => {
    const most = facts.maxPayload;
    await refusedUnsent((client) => client.publish("out/x", Buffer.alloc(most + 1)), "ARGUMENT_LENGTH", new RegExp(`at most ${most} bytes.*got ${most + 1}`));
  });

  it("refuses topics that are one byte too long before a byte is sent", async () => {
    const most = facts.maxTopic;
    const tooLong = topicOf("out/", most + 1, "温");
    await refusedUnsent((client) => client.publish(tooLong, "x"), "ARGUMENT_LENGTH", new RegExp(`at most ${most} bytes.*this is ${most + 1};`));
    await refusedUnsent((client) => client.subscribe(tooLong), "ARGUMENT_LENGTH", new RegExp(`at most ${most} bytes.*this is ${most + 1};`));
  });

  it("refuses topics that no command can carry before a byte is sent", async () => {
    for (const topic of ['out/"', "out/\r\nAT", "out/\n", "out/\0", "out/\x1a"])
      await refusedUnsent((client) => client.publish(topic, "x"), "ARGUMENT_CHARACTER", /^topic /);
    await refusedUnsent((client) => client.publish("out/+", "x"), "ARGUMENT_WILDCARD", /^topic /);
    await refusedUnsent((client) => client.subscribe("in/#/x"), "ARGUMENT_WILDCARD", /topic /);
  });

  it("publishes to every kind of topic", async () => {
    const { listener } = bench();
    const client = await bench().client();
    for (const [name, topic] of topics()) {
      await client.publish(topic("out"), "hello", { qos: 1 });
      assert.deepEqual(await listener.next(), { topic: topic("out"), payload: Buffer.from("hello"), qos: 1, retain: false }, name);
    }
  });

  it("carries the longest message to the longest topic", async () => {
    const { listener } = bench();
    const client = await bench().client();
    const topic = topicOf("out/", facts.maxTopic, "levels/"), payload = Buffer.alloc(facts.maxPayload, ALL_BYTES);
    await client.publish(topic, payload, { qos: 2 });
    assert.deepEqual(await listener.next(), { topic, payload, qos: 2, retain: false });
  });

  it("subscribes to every kind of topic, receives from it, and unsubscribes", async () => {
    const client = await bench().client();
    const inbox = new Inbox(client);
    for (const [name, topic] of topics()) {
      await client.subscribe(topic("in"), { qos: 1 });
      await bench().publish(topic("in"), "hello", { qos: 1 });
      const packet = await inbox.next();
      assert.deepEqual([packet.topic, packet.payload.toString()], [topic("in"), "hello"], name);
      await client.unsubscribe(topic("in"));
    }
  });
}
