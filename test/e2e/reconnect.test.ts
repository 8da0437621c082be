import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import type { Aedes } from "aedes";
import { connectAsync, type MqttClient } from "mqtt";
import { connect, type ClientEvents, type ConnectOptions, type ModemMQTTClient, type MQTTModemError } from "modem-mqtt/node";
import { createVirtualModem, type VirtualModem } from "modem-mqtt/virtual-modem";
import { startAedes, type Broker } from "./support/brokers";
import { Inbox, pause, within } from "./support/conformance/bench";

const FAMILIES = ["bc35g", "m531x", "ml302", "nm28"];
const EVENTS = ["connect", "offline", "error", "close", "reconnect", "end"] as const;

/** The next event of that name. Unlike `events.once`, an error in between does not matter. */
const next = <Name extends keyof ClientEvents>(client: ModemMQTTClient, name: Name): Promise<ClientEvents[Name]> =>
  new Promise((resolve) => (client as EventEmitter).once(name, (...values) => resolve(values as ClientEvents[Name])));

describe("a client that connects again", function () {
  let broker: Broker;
  let aedes: Aedes;
  let other: MqttClient;
  let modem: VirtualModem;
  let clients: ModemMQTTClient[];
  /** What the broker has been sent to `out/#`. */
  let arrived: string[];

  /** These arrive, and no others: the broker acknowledges before it has sent on. */
  const arrive = async (expected: string[]): Promise<void> => {
    for (const deadline = Date.now() + 100_000; arrived.length < expected.length && Date.now() < deadline;) await pause(5);
    await pause(20); // for what should not
    assert.deepEqual(arrived, expected);
  };
  /** What clients with the id of `open` have subscribed, one entry a SUBSCRIBE. */
  let subscribed: string[];

  const start = async (name: string): Promise<void> => {
    modem = await createVirtualModem({ modem: name, attachTime: 0, bootTime: 100, latencyScale: 0.05 });
  };
  const open = async (name: string, options: Partial<ConnectOptions> = {}): Promise<ModemMQTTClient> => {
    // A client that shares another's modem has its serial port too.
    const port = typeof options.modem === "object" ? {} : { serial: modem.path, modem: name };
    const client = await connect({ ...port, host: "127.0.0.1", port: broker.port, clientId: "device", reconnectPeriod: 50, ...options } as ConnectOptions);
    clients.push(client);
    return client;
  };
  const eventsOf = (client: ModemMQTTClient): string[] => {
    const events: string[] = [];
    for (const name of EVENTS) client.on(name, () => void events.push(name));
    return events;
  };
  /** The modem has a restart, which no modem's client survives; settles with what the client says of it. */
  const lose = async (client: ModemMQTTClient): Promise<MQTTModemError> => {
    const error = next(client, "error");
    modem.restart("watchdog");
    // Not every family says so by itself: the next command finds out.
    await pause(200);
    if (client.connected) client.publish("nowhere", "x").catch(() => {});
    return (await within(error, "no error"))[0];
  };

  before(async () => {
    broker = await startAedes((one) => {
      aedes = one;
      one.authenticate = (_client, _user, password, done) =>
        password?.toString() === "wrong" ? done(Object.assign(new Error("refused"), { returnCode: 4 }) as never, null) : done(null, true);
    });
    other = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    await other.subscribeAsync("out/#", { qos: 2 });
    other.on("message", (_topic, payload) => arrived.push(payload.toString()));
    aedes.on("subscribe", (subscriptions, { id }) => {
      if (id === "device") subscribed.push(...subscriptions.map(({ topic, qos }) => `${topic} ${qos}`));
    });
  });

  beforeEach(() => {
    clients = [];
    arrived = [];
    subscribed = [];
  });

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.end(true)));
    await modem.close();
  });

  after(async () => {
    await other.endAsync();
    await broker.stop();
  });

  for (const name of FAMILIES) {
    describe(name, () => {
      beforeEach(() => start(name));

      it("restores its subscriptions, each once and in order, before it sends what waits", async () => {
        const client = await open(name);
        const inbox = new Inbox(client);
        await client.subscribe({ "in/a": { qos: 0 }, "in/b": { qos: 1 }, "in/c": { qos: 0 }, "in/d": { qos: 2 } });
        await client.unsubscribe("in/c");
        const before = subscribed.splice(0);
        assert.deepEqual(before, ["in/a 0", "in/b 1", "in/c 0", "in/d 2"]);
        const events = eventsOf(client);
        assert.equal((await lose(client)).code, "MODEM_RESTARTED");
        // To itself: it arrives only if the subscription was there first.
        await within(client.publish("in/b", "restored", { qos: 1 }), "not published");
        assert.equal((await inbox.next()).payload.toString(), "restored");
        assert.deepEqual(subscribed, ["in/a 0", "in/b 1", "in/d 2"]);
        assert.deepEqual(events, ["offline", "error", "close", "reconnect", "connect"]);
        assert.equal(client.connected, true);
      });

      it("sends again what was under way at QoS 1, once, in its place; at QoS 0 nobody knows", async () => {
        const client = await open(name);
        modem.fault("drop-out:publish,0"); // what the modem is given does not reach the broker
        const first = client.publish("out/x", "first", { qos: 1 });
        const second = client.publish("out/x", "second", { qos: 2 });
        await pause(150);
        const third = client.publish("out/x", "third", { qos: 1 });
        const error = next(client, "error");
        modem.clearFaults();
        modem.restart("watchdog");
        const lost = client.publish("out/x", "lost", { qos: 0 });
        lost.catch(() => {});
        // Silent families: the acknowledgement that never comes is found out by the next command.
        await Promise.race([error, pause(500)]);
        await within(Promise.all([first, second, third]), "not published");
        await client.publish("out/x", "last", { qos: 1 });
        while (!arrived.includes("last")) await pause(5);
        assert.deepEqual(arrived.filter((text) => text !== "lost"), ["first", "second", "third", "last"]);
        await lost.catch((error: MQTTModemError) => assert.match(error.code, /^(OUTCOME_UNKNOWN|MODEM_RESTARTED|LINK_LOST|COMMAND_REFUSED)$/));
      });
    });
  }

  describe("bc35g, or whatever there is", () => {
    beforeEach(() => start("bc35g"));

    it("waits longer after every failure, and starts anew after a success", async () => {
      const client = await open("bc35g", { reconnectPeriod: 100 });
      const tries: number[] = [];
      client.on("reconnect", () => void tries.push(performance.now()));
      modem.fault("refused:2");
      modem.fault("link-loss:1");
      const start = performance.now();
      await within(next(client, "connect"), "not connected");
      const pauses = tries.map((time, index) => time - (tries[index - 1] ?? start));
      assert.ok(pauses.length >= 2, `${pauses.length} tries`);
      pauses.forEach((pause, index) => assert.ok(pause >= 100 * 2 ** index - 5, `${index}: ${pauses}`));
      // It begins with the first pause again: with a longer one it would never be so soon, however often it is tried.
      for (let took = Infinity; took >= 100 * 2 ** pauses.length;) {
        tries.splice(0);
        const again = performance.now();
        modem.fault("link-loss:1");
        await within(next(client, "connect"), "not connected again");
        assert.equal(tries.length, 1);
        took = tries[0] - again;
      }
    });

    it("ends when the broker refuses it", async () => {
      const client = await open("bc35g");
      const events = eventsOf(client);
      const waiting = assert.rejects(async () => {
        await next(client, "close");
        await client.publish("out/x", "x");
      }, { code: "CONNECTION_REFUSED" });
      modem.fault("connack:5");
      modem.fault("link-loss:1");
      await within(next(client, "end"), "no end");
      await waiting;
      assert.deepEqual(events, ["offline", "error", "close", "reconnect", "error", "close", "end"]);
      await assert.rejects(client.publish("out/x", "x"), (error: MQTTModemError) => {
        assert.equal(error.code, "CLOSED");
        assert.equal((error.cause as MQTTModemError).code, "CONNECTION_REFUSED");
        return true;
      });
    });

    it("says that a subscription was not restored, and goes on", async () => {
      const client = await open("bc35g");
      await client.subscribe(["in/a"], { qos: 1 });
      const errors: string[] = [];
      client.on("error", ({ code }) => void errors.push(code));
      modem.fault("suback");
      modem.fault("link-loss:1");
      await within(next(client, "connect"), "not connected");
      await client.publish("out/x", "x", { qos: 1 });
      assert.deepEqual(errors, ["LINK_LOST", "SUBSCRIPTION_REFUSED"]);
      subscribed = [];
      modem.fault("link-loss:1");
      await within(next(client, "connect"), "not connected again");
      await client.publish("out/x", "x", { qos: 1 });
      assert.deepEqual(subscribed, []);
    });

    it("does not subscribe again with resubscribe: false", async () => {
      const client = await open("bc35g", { resubscribe: false });
      await client.subscribe("in/a");
      subscribed = [];
      modem.fault("link-loss:1");
      await within(next(client, "connect"), "not connected");
      await client.publish("out/x", "x", { qos: 1 });
      assert.deepEqual(subscribed, []);
    });

    it("queues QoS 0 while there is no connection, or rejects it with queueQoSZero: false", async () => {
      for (const queueQoSZero of [true, false]) {
        const client = await open("bc35g", { queueQoSZero });
        const offline = next(client, "offline");
        modem.fault("link-loss:1");
        await offline;
        const publish = client.publish("out/x", `zero ${queueQoSZero}`);
        if (queueQoSZero) await within(publish, "not published");
        else await assert.rejects(publish, { name: "StateError", code: "NOT_CONNECTED" });
        await within(client.publish("out/x", "one", { qos: 1 }), "not published");
        await client.end();
      }
      await arrive(["zero true", "one", "one"]);
    });

    it("takes no more than highWaterMark operations, and says when it takes more", async () => {
      const client = await open("bc35g", { highWaterMark: 3 });
      const under = [1, 2, 3].map((n) => client.publish("out/x", String(n), { qos: 1 }));
      assert.equal(client.queued, 3);
      await assert.rejects(client.publish("out/x", "4"), { name: "StateError", code: "BUSY", message: /highWaterMark/ });
      let drained = false;
      void client.drained().then(() => { drained = true; });
      await Promise.resolve();
      assert.equal(drained, false);
      await under[0];
      await client.drained();
      await client.publish("out/x", "5", { qos: 1 });
      await Promise.all(under);
      await client.drained(); // at once
      await arrive(["1", "2", "3", "5"]);
    });

    it("takes an operation back that waits, when its signal says so", async () => {
      const client = await open("bc35g");
      const offline = next(client, "offline");
      modem.fault("link-loss:1");
      await offline;
      const controller = new AbortController();
      const publish = client.publish("out/x", "not now", { qos: 1, signal: controller.signal });
      const reason = new Error("not any more");
      controller.abort(reason);
      await assert.rejects(publish, reason);
      await assert.rejects(client.subscribe("in/x", { signal: controller.signal }), reason);
      assert.equal(client.queued, 0);
      await within(client.publish("out/x", "last", { qos: 1 }), "not published");
      await arrive(["last"]);
    });

    it("gives up an attempt after connectTimeout, and says what it was at", async () => {
      modem.fault("detach:60000");
      await assert.rejects(open("bc35g", { connectTimeout: 700 }), { name: "NetworkError", code: "OPEN_FAILED", message: /700 ms.*attaching/ });
      modem.clearFaults();
    });

    it("has for await go on over a loss, and end with the client", async () => {
      const client = await open("bc35g");
      await client.subscribe("in/#", { qos: 1 });
      const seen: string[] = [];
      const loop = (async () => {
        for await (const { payload } of client) seen.push(payload.toString());
      })();
      const message = next(client, "message");
      await client.publish("in/x", "before", { qos: 1 });
      await within(message, "not received");
      await lose(client);
      await within(client.publish("in/x", "after", { qos: 1 }), "not published");
      while (seen.length < 2) await pause(5);
      await client.end();
      await within(loop, "the loop does not end");
      assert.deepEqual(seen, ["before", "after"]);
    });

    it("is disposed of by await using, and a wanted end emits no offline", async () => {
      let events: string[];
      {
        await using client = await open("bc35g");
        events = eventsOf(client);
        await client.publish("out/x", "x", { qos: 1 });
      }
      assert.deepEqual(events, ["close", "end"]);
      await open("bc35g"); // the port is free
    });

    describe("end()", () => {
      it("while it waits for the next try: what waits is rejected, and the port is free", async () => {
        const client = await open("bc35g", { reconnectPeriod: 3_600_000 });
        const closed = next(client, "close");
        modem.fault("link-loss:1");
        await closed;
        assert.equal(client.reconnecting, true);
        const publish = client.publish("out/x", "x", { qos: 1 });
        const ended = client.end();
        await assert.rejects(publish, { code: "CLOSED" });
        await within(ended, "it does not end");
        assert.equal(client.reconnecting, false);
        await open("bc35g");
      });

      for (const stage of ["preparing", "attaching", "connecting"] as const)
        it(`while it connects again and is ${stage}`, async () => {
          const client = await open("bc35g");
          const reached = new Promise<void>((resolve) => void client.on("stage", (now) => { if (now === stage) resolve(); }));
          // A modem that goes on answering may be taken over as it is, without being prepared and attached again.
          if (stage === "attaching") modem.fault("detach:600000");
          else if (stage === "preparing") modem.restart("watchdog");
          else modem.fault("link-loss:1");
          await within(reached, "not reached");
          await within(client.end(), "it does not end");
          if (stage === "attaching") modem.fault("search:0");
          await open("bc35g");
        });

      it("from inside a listener, whichever event it is", async () => {
        for (const name of ["offline", "error", "close", "reconnect"] as const) {
          const client = await open("bc35g");
          let ended!: Promise<void>;
          const events = eventsOf(client);
          client.once(name, () => { ended = client.end(); });
          modem.fault("link-loss:1");
          await within(next(client, "end"), name);
          await within(ended, name);
          assert.equal(events.filter((event) => event === "close").length, 1, name);
          assert.equal(events.at(-1), "end", name);
          assert.equal(events.includes("connect"), false, name);
        }
      });
    });

    it("comes back when the port does", async () => {
      const link = `/tmp/modem-mqtt-${process.pid}`;
      const first = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.05, link });
      const client = await open("bc35g", { serial: link });
      const closed = next(client, "close");
      await first.close();
      await within(closed, "not noticed");
      const second = await createVirtualModem({ modem: "bc35g", attachTime: 0, latencyScale: 0.05, link });
      await within(client.publish("out/x", "plugged in again", { qos: 1 }), "not published");
      await arrive(["plugged in again"]);
      await client.end();
      await second.close();
    });

    it("checks its options before it opens the port", async () => {
      for (const [options, pattern] of [
        [{ reconnectPeriod: -1 }, /^reconnectPeriod must be from 0 to 86400000; got -1$/],
        [{ connectTimeout: NaN }, /^connectTimeout must be from 0 to 86400000; got NaN$/],
        [{ highWaterMark: 0 }, /^highWaterMark must be an integer from 1 to 65534; got 0$/],
        [{ reconnectPeriod: "1" as never }, /^reconnectPeriod must be a number/],
      ] as const) await assert.rejects(open("bc35g", options), { name: "ArgumentError", message: pattern });
    });
  });

  it("M531X: sends again what was under way when the modem itself has the connection back", async () => {
    await start("m531x");
    const client = await open("m531x");
    const events = eventsOf(client);
    modem.fault("drop-out:publish,0");
    const publish = client.publish("out/x", "kept", { qos: 1 });
    await pause(100);
    const reconnect = next(client, "reconnect");
    modem.fault("link-loss:1");
    await within(reconnect, "not told");
    modem.clearFaults();
    await within(publish, "not published");
    await pause(50);
    await arrive(["kept"]);
    assert.deepEqual(events, ["offline", "reconnect", "connect"]);
  });

  it("NM28: clients that share a modem come back on one port", async () => {
    await start("nm28");
    const first = await open("nm28", { clientId: "one" });
    const second = await open("nm28", { clientId: "two", modem: first });
    await first.subscribe("in/one", { qos: 1 });
    await second.subscribe("in/two", { qos: 1 });
    const errors = Promise.all([next(first, "error"), next(second, "error")]);
    await lose(first);
    await within(errors, "not both have lost it");
    const messages = Promise.all([next(first, "message"), next(second, "message")]);
    await within(Promise.all([first.publish("in/two", "1", { qos: 1 }), second.publish("in/one", "2", { qos: 1 })]), "not published");
    assert.deepEqual((await within(messages, "not received")).map(([topic, payload]) => `${topic} ${payload}`), ["in/one 2", "in/two 1"]);
  });
});
