import assert from "node:assert/strict";
import type { MQTTModemError, ModemMQTTClient, QoS } from "modem-mqtt/node";
import { Inbox, pause, within, type Bench } from "./bench";
import type { Facts } from "../families";

/** What ends the client, once it does. */
const failure = (client: ModemMQTTClient): Promise<MQTTModemError> =>
  within(new Promise((resolve) => client.once("error", resolve)), "no error");

/** What goes wrong, and what is said about it. */
export function losses(facts: Facts, bench: () => Bench): void {
  /** Publishes until the client, which is about to subscribe again, receives it. */
  const arrives = async (inbox: Inbox, topic: string): Promise<void> => {
    const timer = setInterval(() => void bench().publish(topic, "again"), 200);
    try {
      while ((await inbox.next()).topic !== topic);
    } finally {
      clearInterval(timer);
    }
  };

  for (const [qos, retain] of [[0, false], [1, true], [2, false]] as [QoS, boolean][]) {
    it(`has its will published at QoS ${qos}${retain ? ", retained," : ""} when the modem is lost`, async () => {
      const { listener } = bench();
      const payload = "温".repeat(Math.floor(facts.maxWillMessage / 3)).padEnd(facts.maxWillMessage - 2 * Math.floor(facts.maxWillMessage / 3), ".");
      assert.equal(Buffer.byteLength(payload), facts.maxWillMessage);
      const client = await bench().open({ will: { topic: "out/gone, for good", payload, qos, retain } });
      const ended = new Promise<void>((resolve) => client.once("close", resolve));
      await bench().kill();
      assert.deepEqual(await listener.next(), { topic: "out/gone, for good", payload: Buffer.from(payload), qos, retain: false });
      await bench().end(true);
      await within(ended, "the client does not end");
      if (!retain) return;
      assert.equal((await bench().retained("out/gone, for good")).payload.toString(), payload);
      await bench().publish("out/gone, for good", "", { retain: true });
      await listener.next();
    });
  }

  it("has an empty will published", async () => {
    const { listener } = bench();
    await bench().open({ will: { topic: "out/gone", payload: "" } });
    await bench().kill();
    assert.deepEqual(await listener.next(), { topic: "out/gone", payload: Buffer.alloc(0), qos: 0, retain: false });
  });

  it("has its will published when the client ends at once, without a DISCONNECT", async () => {
    const { listener } = bench();
    await bench().open({ will: { topic: "out/gone", payload: "at once" } });
    await bench().end(true);
    assert.equal((await listener.next()).payload.toString(), "at once");
  });

  it("says so when the modem restarts, at once or with the next command, and connects again", async () => {
    const { listener } = bench();
    const client = await bench().open();
    const error = failure(client);
    (await bench().modem()).restart("watchdog");
    await pause(300); // it is up again
    const publish = client.publish("out/lost", "x", { qos: 1 });
    await assert.rejects(publish);
    assert.equal((await error).code, "MODEM_RESTARTED");
    assert.equal(client.connected, false);

    const next = await bench().open();
    await next.publish("out/again", "x", { qos: 1 });
    assert.equal((await listener.next()).topic, "out/again");
  });

  for (const { when, modemOptions, then } of facts.linkLoss) {
    it(`loses the link: ${when}`, async () => {
      const { listener } = bench();
      let bytes = 0;
      const client = await bench().open({ modemOptions, trace: (_, { length }) => { bytes += length; } });
      const inbox = new Inbox(client);
      await client.subscribe(["in/a", "in/b"], { qos: 1 });
      const modem = await bench().modem();
      if (then === "told") {
        const error = failure(client);
        modem.fault("link-loss:1");
        assert.equal((await error).code, "LINK_LOST");
        await assert.rejects(client.publish("out/x", "x"), { code: "CLOSED" });
        await bench().open();
      } else {
        // Something is under way: it fails, for nobody knows whether it arrived.
        modem.fault("drop-out:publish");
        const underWay = client.publish("out/lost", "x", { qos: 1 });
        // The modem has it, and waits for the broker, when nothing is said any more.
        for (let before = NaN; before !== bytes; await pause(200)) before = bytes;
        modem.fault("link-loss:1");
        await assert.rejects(underWay, { code: "LINK_LOST" });
        for (const topic of ["in/a", "in/b"]) await arrives(inbox, topic);
        assert.equal(client.connected, true);
      }
      listener.rest();
      await (await bench().client()).publish("out/y", "still here", { qos: 1 });
      assert.equal((await listener.next()).payload.toString(), "still here");
      await bench().end();
    });
  }
}
