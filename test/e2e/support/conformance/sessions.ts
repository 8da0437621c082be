import assert from "node:assert/strict";
import type { QoS } from "modem-mqtt/node";
import { Inbox, type Bench } from "./bench";
import type { Facts } from "../families";

/** Connecting, subscribing, unsubscribing and ending. */
export function sessions(facts: Facts, bench: () => Bench): void {
  it("connects with user, password and will, and ends in good order: no will", async () => {
    const { listener } = bench();
    const client = await bench().open({ will: { topic: "out/gone", payload: "not now", qos: 1, retain: true } });
    await client.publish("out/here", "1", { qos: 1 });
    await client.end();
    assert.deepEqual(client.connected, false);
    await bench().publish("out/last", "2", { qos: 1 });
    assert.deepEqual([(await listener.next()).topic, (await listener.next()).topic], ["out/here", "out/last"]);
  });

  it("rejects a wrong password, and connects with the right one afterwards", async () => {
    await assert.rejects(bench().open({ password: "wrong" }), facts.wrongPassword);
    assert.equal((await bench().open()).connected, true);
  });

  it("rejects when nobody listens at the host", async () => {
    const modem = await bench().modem();
    modem.fault("refused:0");
    await assert.rejects(bench().open(), { name: "NetworkError", code: "OPEN_FAILED" });
    modem.clearFaults();
  });

  for (const qos of [0, 1, 2] as const) {
    it(`subscribes at QoS ${qos}, and receives at no more than that`, async () => {
      const client = await bench().client();
      const inbox = new Inbox(client);
      assert.deepEqual(await client.subscribe("in/+/x", { qos }), [{ topic: "in/+/x", qos }]);
      for (const sent of [0, 1, 2] as const) {
        await bench().publish(`in/${sent}/x`, "hello", { qos: sent });
        const { topic, payload, qos: received, retain, dup } = await inbox.next();
        assert.deepEqual([topic, payload.toString(), received], [`in/${sent}/x`, "hello", facts.receivedQoS(Math.min(sent, qos) as QoS)]);
        assert.deepEqual([retain, dup], facts.receivedFlags ? [false, false] : [undefined, undefined]);
      }
      await client.unsubscribe("in/+/x");
    });
  }

  it("receives a retained message when it subscribes", async () => {
    const client = await bench().client();
    const inbox = new Inbox(client);
    await bench().publish("in/kept", "before", { qos: 1, retain: true });
    await client.subscribe("in/kept", { qos: 1 });
    const { payload, retain } = await inbox.next();
    assert.deepEqual([payload.toString(), retain], ["before", facts.receivedFlags ? true : undefined]);
    await client.unsubscribe("in/kept");
    await bench().publish("in/kept", "", { retain: true });
  });

  it("subscribes to seven topics", async () => {
    const client = await bench().client();
    const inbox = new Inbox(client);
    const topics = Array.from({ length: 7 }, (_, index) => `in/seven/${index}`);
    assert.deepEqual(await client.subscribe(topics, { qos: 1 }), topics.map((topic) => ({ topic, qos: 1 })));
    for (const topic of topics) {
      await bench().publish(topic, "x");
      assert.equal((await inbox.next()).topic, topic);
    }
    await client.unsubscribe(topics);
  });

  it("tells what is granted for each of several topics", async () => {
    const client = await bench().client();
    const granted = await client.subscribe({ "in/0": { qos: 0 }, "in/1": { qos: 1 }, "in/2": { qos: 2 } });
    assert.deepEqual(granted, [{ topic: "in/0", qos: 0 }, { topic: "in/1", qos: 1 }, { topic: "in/2", qos: 2 }]);
    await client.unsubscribe(["in/0", "in/1", "in/2"]);
  });

  it("receives nothing more after unsubscribing", async () => {
    const client = await bench().client();
    const inbox = new Inbox(client);
    await client.subscribe(["in/a", "in/b"], { qos: 1 });
    await client.unsubscribe("in/a");
    await bench().publish("in/a", "too late", { qos: 1 });
    await bench().publish("in/b", "still here", { qos: 1 });
    assert.equal((await inbox.next()).payload.toString(), "still here");
    assert.equal(inbox.length, 0);
    await client.unsubscribe("in/b");
  });

  it("rejects a subscription that the broker refuses, and goes on", async () => {
    const client = await bench().client();
    // mosquitto's list of topics refuses messages only, so it is the SUBACK on its way that says no.
    (await bench().modem()).fault("suback");
    await assert.rejects(client.subscribe("in/forbidden", { qos: 1 }), { name: "BrokerError", code: "SUBSCRIPTION_REFUSED" });
    assert.equal(client.connected, true);
    const inbox = new Inbox(client);
    await client.subscribe("in/allowed");
    await bench().publish("in/allowed", "x");
    assert.equal((await inbox.next()).topic, "in/allowed");
    await client.unsubscribe("in/allowed");
  });

  it("receives while it publishes, in order", async () => {
    const { listener } = bench();
    const client = await bench().client();
    const inbox = new Inbox(client);
    await client.subscribe("out/loop", { qos: 1 });
    const texts = Array.from({ length: 10 }, (_, index) => String(index));
    await Promise.all(texts.map((text) => client.publish("out/loop", text, { qos: 1 })));
    for (const text of texts) {
      assert.equal((await inbox.next()).payload.toString(), text);
      assert.equal((await listener.next()).payload.toString(), text);
    }
    await client.unsubscribe("out/loop");
  });

  it("keeps a session with clean: false: what came meanwhile is there when it is back", async () => {
    const options = { clientId: `kept-${bench().name}`, clean: false };
    const first = await bench().open(options);
    await first.subscribe("in/meanwhile", { qos: 1 });
    await bench().end();
    await bench().publish("in/meanwhile", "while you were out", { qos: 1 });
    let inbox!: Inbox;
    await bench().open({ ...options, onClient: (client) => { inbox = new Inbox(client); } });
    const { topic, payload } = await inbox.next();
    assert.deepEqual([topic, payload.toString()], ["in/meanwhile", "while you were out"]);

    // A clean one with the same id ends that.
    await bench().open({ ...options, clean: true });
    await bench().end();
    await bench().publish("in/meanwhile", "nobody's", { qos: 1 });
    const client = await bench().open({ ...options, clean: true, onClient: (client) => { inbox = new Inbox(client); } });
    await client.subscribe("in/now");
    await bench().publish("in/now", "x");
    assert.equal((await inbox.next()).topic, "in/now");
    await bench().end();
  });
}
