import { ml302, nm28 } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { alive, Life, LOST } from "./support/life";

describe("Session: its queue", () => {
  const offline = (queue: object, options: object = {}): Life => {
    const life = alive(nm28, { queue, ...options });
    life.says(LOST);
    life.mustTell("waiting LINK_LOST");
    return life;
  };

  it("refuses what there is no room for, by count", () => {
    const life = offline({ count: 3 });
    for (let i = 0; i < 3; i++) life.publish(`${i}`, { QoS: 1 });
    equal(thrown(() => life.publish("more")).code, "BUSY");
    equal(thrown(() => life.session.subscribe([{ topic: "a" }])).code, "BUSY");
    equal(life.session.queued, 3);
    life.pass(2000);
    sameLines(life.modem.published, ["0", "1", "2"]);
  });

  it("refuses what there is no room for, by bytes, and moves payloads up as others leave", () => {
    const life = offline({ count: 50, bytes: 2048 });
    const big = (mark: string): string => mark + "x".repeat(999);
    life.publish(big("a"), { QoS: 1 });
    life.publish(big("b"), { QoS: 1 });
    equal(thrown(() => life.publish(big("c"))).code, "BUSY");
    life.publish("small", { QoS: 1 });
    life.pass(2000);
    life.says(LOST);
    life.publish(big("d"), { QoS: 1 });
    life.publish("s", { QoS: 1 });
    life.publish(big("e"), { QoS: 1 });
    life.pass(5000);
    sameLines(life.modem.published, [big("a"), big("b"), "small", big("d"), "s", big("e")]);
  });

  it("drops the oldest, and reports each once, on an empty stack", () => {
    const life = offline({ count: 3, policy: "drop oldest" });
    for (let i = 0; i < 5; i++) life.publish(`${i}`, { QoS: 1 });
    life.mustTell();
    life.clock.pass(0);
    life.mustTell("failed 1 DROPPED", "failed 2 DROPPED");
    life.pass(2000);
    life.mustTell("connecting", "restoring", "online", "done 3", "done 4", "done 5");
    sameLines(life.modem.published, ["2", "3", "4"]);
  });

  it("drops the newest, and reports each once, on an empty stack", () => {
    const life = offline({ count: 3, policy: "drop newest" });
    for (let i = 0; i < 5; i++) equal(life.publish(`${i}`, { QoS: 1 }), i + 1, "id");
    life.mustTell();
    life.pass(2000);
    life.mustTell("failed 4 DROPPED", "failed 5 DROPPED", "connecting", "restoring", "online", "done 1", "done 2", "done 3");
    sameLines(life.modem.published, ["0", "1", "2"]);
  });

  it("refuses when as many were dropped, and not reported yet, as it holds: nothing grows", () => {
    const life = offline({ count: 3, policy: "drop oldest" });
    for (let i = 0; i < 6; i++) life.publish(`${i}`);
    equal(thrown(() => life.publish("more")).code, "BUSY");
    life.clock.pass(0);
    life.publish("more");
  });

  it("drops nothing that the modem has already, and no subscription", () => {
    const life = alive(nm28, { queue: { count: 2, policy: "drop oldest" } });
    life.modem.deaf = /PUB/;
    life.publish("a", { QoS: 1 });
    life.session.subscribe([{ topic: "a" }]);
    life.serve();
    equal(thrown(() => life.publish("b")).code, "BUSY");
  });

  it("lets QoS 0 wait, or refuses it while there is no connection", () => {
    const life = offline({ QoSZero: false });
    equal(thrown(() => life.publish("a", { QoS: 0 })).code, "NOT_CONNECTED");
    life.publish("b", { QoS: 1 });
    life.pass(2000);
    life.events.splice(0);
    life.modem.deaf = /PUB/;
    life.publish("under way");
    life.publish("waits");
    life.serve();
    life.says(LOST);
    life.mustTell("failed 2 OUTCOME_UNKNOWN", "failed 3 LINK_LOST", "waiting LINK_LOST");
  });

  it("gives ids that no other operation has, and takes one that is asked for", () => {
    const life = offline({ count: 10 });
    equal(life.publish("a", { id: 2 }), 2);
    equal(life.publish("b"), 1);
    equal(life.publish("c"), 3);
    equal(thrown(() => life.publish("d", { id: 3 })).code, "BUSY");
    equal(thrown(() => life.publish("d", { id: 0 })).code, "ARGUMENT_RANGE");
    equal(thrown(() => life.publish("d", { id: 65535 })).code, "ARGUMENT_RANGE");
  });

  it("begins with an id by chance: the broker may still know those of the session before", () => {
    for (const [chance, id] of [[0, 1], [0.5, 32768], [0.99999, 65534]] as const) equal(offline({}, { random: () => chance }).publish("a"), id, `${chance}`);
    const life = offline({}, { random: () => 0.99999 });
    life.publish("a");
    equal(life.publish("b"), 1);
  });

  it("takes back what waits", () => {
    const life = offline({});
    const id = life.publish("a", { QoS: 1 });
    life.publish("b", { QoS: 1 });
    equal(life.session.withdraw(id), true);
    equal(life.session.withdraw(id), false);
    life.pass(2000);
    life.mustTell("connecting", "restoring", "online", `done ${id + 1}`);
    sameLines(life.modem.published, ["b"]);
  });

  it("refuses what the modem cannot carry before it waits", () => {
    const life = offline({});
    for (const [call, argument] of [
      [() => life.publish("x".repeat(2049)), "data"], [() => life.publish("", {}), "data"], [() => life.publish("x", { topic: "a/#" }), "topic"],
      [() => life.publish("x", { QoS: 3 }), "QoS"], [() => life.session.subscribe([{ topic: "a/#/b" }]), "items[0].topic"], [() => life.session.subscribe([]), "items"],
    ] as const) equal(thrown(call).argument, argument);
    equal(life.session.queued, 0);
  });

  it("goes on when the modem is still at an operation of that id", () => {
    // ML302: the payload is owed, and no byte leaves the data phase: the operation is over for its owner, and not on the wire.
    const life = alive(ml302, { modem: { modemReconnects: true } });
    life.modem.deaf = /PUB/;
    life.publish("one", { QoS: 1 });
    life.serve();
    life.modem.deaf = null;
    life.says("\\r\\n+CME ERROR: 617\\r\\n");
    life.says("\\r\\n+MQTTOPEN:OK\\r\\n");
    life.pass(120_000);
    equal(life.events.includes("done 1"), true, "done");
  });
});
