import { m531x, nm28 } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { alive, Life, MemoryStore } from "./support/life";

describe("Session: with a store", () => {
  const full = (count: number, store: MemoryStore): Life => {
    const life = new Life(nm28, { queue: { count: 16, store } });
    for (let i = 0; i < count; i++) life.publish(`message ${i}`, { topic: `é/${i}`, QoS: 1 + (i % 2), retain: i % 3 === 0 });
    return life;
  };

  it("sends after a power cut what was not acknowledged before it, in its order", () => {
    const store = new MemoryStore();
    const before = alive(nm28, { queue: { store } });
    before.publish("done", { QoS: 1 });
    before.serve();
    before.modem.deaf = /PUB/;
    before.publish("under way", { QoS: 1 });
    before.publish("zero", { QoS: 0 });
    before.publish("waits", { QoS: 2 });
    before.serve();
    const after = new Life(nm28, { queue: { store } });
    equal(after.session.queued, 2);
    after.publish("new", { QoS: 1 });
    after.serve();
    sameLines(after.modem.published, ["under way", "waits", "new"]);
    after.mustTell("restoring", "online", "done 2", "done 4", "done 1");
    equal(store.records.size, 0, "kept");
  });

  it("keeps QoS 0 too where it is asked to", () => {
    const store = new MemoryStore();
    new Life(nm28, { queue: { store, keepQoSZero: true } }).publish("zero", { QoS: 0 });
    const after = new Life(nm28, { queue: { store } });
    after.serve();
    sameLines(after.modem.published, ["zero"]);
  });

  it("loses no more than the message that is cut short, wherever that is; nor one in which a bit has changed", () => {
    const store = new MemoryStore();
    full(3, store);
    const second = store.records.get(2)!;
    const changed: Uint8Array[] = [];
    for (let length = 0; length < second.length; length++) {
      changed.push(second.slice(0, length));
      const flipped = second.slice();
      flipped[length] ^= 1 << (length % 8);
      changed.push(flipped);
    }
    for (const record of changed) {
      const torn = new MemoryStore();
      for (const [key, bytes] of store.records) torn.records.set(key, key === 2 ? record : bytes);
      const life = new Life(nm28, { queue: { store: torn } });
      life.pass(100);
      sameLines(life.modem.published, ["message 0", "message 2"]);
      equal(life.events.filter((event) => event === "error STORE_FAILED").length, 1, "told");
      equal(torn.records.size, 0, "kept");
    }
  });

  it("a record of a later version was taken for damaged, and removed", () => {
    const store = new MemoryStore();
    full(3, store);
    store.records.get(2)![1] = 2;
    const later = store.records.get(2)!.slice();
    const life = new Life(nm28, { queue: { store } });
    life.pass(100);
    sameLines(life.modem.published, ["message 0", "message 2"]);
    equal(life.events.filter((event) => event === "error STORE_FAILED").length, 1, "told");
    life.publish("new", { QoS: 1 });
    life.serve();
    equal(store.records.size, 1, "kept");
    equal(store.records.get(2)!.join(), later.join());
  });

  it("what stands where a record should, and cannot be read, is told of, and its key is not used again", () => {
    const store = new MemoryStore();
    store.unreadable.set(7, "a folder");
    const life = new Life(nm28, { queue: { store } });
    life.publish("new", { QoS: 1 });
    equal([...store.records.keys()].join(), "8");
    life.pass(100);
    equal(life.events.filter((event) => event === "error STORE_FAILED").length, 1, "told");
    equal(store.records.size, 0, "kept");
  });

  it("gives the store back when it has ended, and when it could not begin", () => {
    const store = new MemoryStore();
    const life = alive(nm28, { queue: { store } });
    equal(store.closed, 0, "before the end");
    life.session.close(true);
    life.pass(20_000);
    equal(store.closed, 1, "at the end");
    full(3, store);
    thrown(() => new Life(nm28, { queue: { count: 2, store } }));
    equal(store.closed, 2, "where there is no room");
  });

  it("gives back topics, payloads, QoS and flags as they were", () => {
    const store = new MemoryStore();
    full(6, store);
    const life = new Life(nm28, { queue: { store } });
    life.serve();
    sameLines(life.given(/PUB/).map((command) => command.replace(/^[^,]*,\d+,/, "")), [0, 1, 2, 3, 4, 5].map((i) => `${1 + (i % 2)},${i % 3 === 0 ? 1 : 0},0,"\u00c3\u00a9/${i}",9`));
  });

  it("says of what it keeps, when it is closed, that it is kept", () => {
    const store = new MemoryStore();
    const life = full(2, store);
    life.publish("zero");
    life.session.close();
    life.pass(100);
    life.mustTell("closing", "failed 1 KEPT", "failed 2 KEPT", "failed 3 CLOSED", "closed");
    equal(store.records.size, 2, "kept");
  });

  it("does not take a message that cannot be stored", () => {
    const store = new MemoryStore();
    const life = alive(nm28, { queue: { store } });
    store.full = new Error("no space left");
    const error = thrown(() => life.publish("x", { QoS: 1 }));
    equal(error.code, "STORE_FAILED");
    equal(error.cause, store.full);
    equal(life.session.queued, 0);
    store.full = null;
    life.publish("y", { QoS: 1 });
    life.serve();
    sameLines(life.modem.published, ["y"]);
  });

  it("tells of a message that is over and cannot be removed, and goes on", () => {
    const store = new MemoryStore();
    const life = alive(nm28, { queue: { store } });
    store.stuck = new Error("read only");
    life.publish("x", { QoS: 1 });
    life.serve();
    life.mustTell("error STORE_FAILED", "done 1");
    store.stuck = null;
    life.publish("y", { QoS: 1 });
    life.serve();
    life.mustTell("done 2");
    sameLines(life.modem.published, ["x", "y"]);
  });

  it("a message that was stored for another modem, and is too long for this one, kept all behind it waiting for ever", () => {
    const store = new MemoryStore();
    const before = new Life(nm28, { queue: { store } });
    for (const payload of ["a", "x".repeat(513), "b"]) before.publish(payload, { QoS: 1 });
    const after = new Life(m531x, { queue: { store } });
    after.serve();
    after.pass(60_000, 1000);
    after.mustTell("restoring", "online", "done 1", "failed 2 ARGUMENT_LENGTH", "done 3");
    sameLines(after.modem.published, ["a", "b"]);
    equal(store.records.size, 0, "kept");
  });

  it("does not begin with more messages than it has places", () => {
    const store = new MemoryStore();
    full(6, store);
    equal(thrown(() => new Life(nm28, { queue: { store, count: 5 } })).argument, "queue.count");
    equal(store.records.size, 6, "kept");
  });

  it("takes back what it has stored, and drops it", () => {
    const store = new MemoryStore();
    const life = new Life(nm28, { queue: { store, count: 1, policy: "drop oldest" } });
    life.session.withdraw(life.publish("a", { QoS: 1 }));
    equal(store.records.size, 0, "kept");
    life.publish("b", { QoS: 1 });
    life.publish("c", { QoS: 1 });
    equal(store.records.size, 1, "kept");
  });
});
