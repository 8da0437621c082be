import { equal, sameLines, thrown } from "./support/check";
import { m531x, ml302, nm28 } from "./support/answering";
import { MQTTClient } from "../../src/index";
import { Session } from "../../src/session/index";
import { alive, Life, MemoryStore } from "./support/life";
import { TestPort, VirtualClock } from "./support/stage";

const LOST = "\\r\\n+MQTTSTAT:0,1\\r\\n"; // NM28, as its relatives say it
const FAMILIES = [m531x, ml302, nm28];
const RESTARTED = { M531X: "\\r\\n*ATREADY: 1\\r\\n", ML302: "\\r\\n+MATREADY\\r\\n", NM28: "\\r\\nRDY\\r\\n" } as Record<string, string>;
const SUBSCRIBED = /SUB(=|$)/;

describe("Session", () => {
  for (const family of FAMILIES) {
    it(`${family.name}: connects again after a pause, subscribes again once and in order, and only then sends what waits`, () => {
      const life = alive(family);
      for (const topic of ["a", "b", "c"]) life.session.subscribe([{ topic, QoS: 1 }]);
      life.serve();
      life.session.unsubscribe([{ topic: "b" }]);
      life.serve();
      life.mustTell("done 1 1", "done 2 1", "done 3 1", "done 4");
      life.modem.commands.splice(0);
      life.says(RESTARTED[family.name]!);
      life.mustTell("waiting MODEM_RESTARTED");
      life.publish("one", { QoS: 1 });
      life.publish("two", { QoS: 2 });
      life.pass(900);
      life.mustTell();
      life.pass(200);
      life.serve();
      life.mustTell("connecting", "restoring", "online", "done 5", "done 6");
      const sent = life.given(/SUB|PUB/).map((command) => (/"[abc]"/.exec(command) ?? ["message"])[0]);
      sameLines(sent, ['"a"', '"c"', "message", "message"]);
      sameLines(life.modem.published, ["one", "two"]);
    });

    it(`${family.name}: sends again, in its place, what was under way at QoS 1; at QoS 0 nobody knows`, () => {
      const life = alive(family);
      life.modem.deaf = /PUB/;
      life.publish("zero", { QoS: 0 });
      life.publish("one", { QoS: 1 });
      life.serve();
      life.says(RESTARTED[family.name]!);
      life.mustTell("failed 1 OUTCOME_UNKNOWN", "waiting MODEM_RESTARTED");
      life.modem.deaf = null;
      life.publish("three", { QoS: 1 });
      life.pass(1500);
      life.mustTell("connecting", "restoring", "online", "done 2", "done 3");
      sameLines(life.modem.published, ["one", "three"]);
    });

    it(`${family.name}: hands on what is received, from every connection`, () => {
      const life = alive(family);
      life.says(`${family.header("t", 5)}hello\\r\\n`);
      life.says(RESTARTED[family.name]!);
      life.pass(1500);
      life.says(`${family.header("t", 5)}again\\r\\n`);
      life.mustTell("message t hello", "waiting MODEM_RESTARTED", "connecting", "restoring", "online", "message t again");
    });
  }

  it("goes on although the modem itself has the connection back: nothing is lost, and what it restores is not subscribed twice", () => {
    const life = alive(m531x);
    life.session.subscribe([{ topic: "a", QoS: 1 }]);
    life.serve();
    life.modem.deaf = /PUB/;
    life.publish("one", { QoS: 1 });
    life.serve();
    life.modem.commands.splice(0);
    life.modem.deaf = null;
    life.says("\\r\\n+MQTTREC:0\\r\\n");
    life.mustTell("done 1 1", "interrupted LINK_LOST");
    life.publish("two", { QoS: 1 });
    life.serve();
    sameLines(life.modem.published, []);
    life.pass(5000);
    life.says("\\r\\n+MQTTOPEN:OK\\r\\n");
    life.pass(5000);
    life.mustTell("restoring", "online", "done 2", "done 3");
    sameLines(life.given(SUBSCRIBED), ['AT+MQTTSUB="a",1']);
    sameLines(life.modem.published, ["one", "two"]);
  });

  describe("tries again", () => {
    const failing = (options: object = {}): Life => {
      const life = new Life(nm28, { modem: { bootTimeout: 1000 }, ...options });
      life.modem.instead = (command) => (command.startsWith("AT+MQTTOPEN=") ? ["+MQTTOPEN:0,5", "ERROR"] : undefined);
      return life;
    };
    /** Pauses between attempts, as far as they are told. */
    const pauses = (life: Life, duration: number): number[] => {
      const found: number[] = [];
      let since = -1;
      for (let time = 0; time < duration; time += 100) {
        life.pass(100);
        for (const event of life.events.splice(0)) {
          if (event.startsWith("waiting")) since = time;
          else if (/^(connecting|recovering)/.test(event)) found.push(Math.round((time - since) / 500) * 500);
        }
      }
      return found;
    };

    it("after pauses that grow twofold up to the longest", () => {
      const found = pauses(failing({ retry: { first: 1000, longest: 8000, burst: 100 } }), 60_000);
      sameLines(found.slice(0, 7).map(String), ["1000", "2000", "4000", "8000", "8000", "8000", "8000"]);
    });

    it("after pauses that are longer by chance, and never shorter", () => {
      for (const [chance, expected] of [[0, 4000], [0.5, 5000], [0.9999, 6000]] as const)
        equal(pauses(failing({ retry: { first: 4000, burst: 100 }, random: () => chance }), 10_000)[0], expected, `${chance}`);
    });

    it("and never storms: however short the pauses, so many attempts in an hour, and no more", () => {
      for (const flapping of [false, true]) {
        const life = failing({ retry: { first: 100, longest: 100, burst: 5, every: 60_000, escalate: 100 } });
        if (flapping) life.modem.instead = null;
        let attempts = 0;
        for (let time = 0; time < 3_600_000; time += 100) {
          life.pass(100);
          if (life.session.state === "online") life.says(LOST);
          for (const event of life.events.splice(0)) if (event.startsWith("connecting")) attempts++;
        }
        equal(attempts >= 60 && attempts <= 65, true, `${attempts} attempts, ${flapping ? "each of them lost at once" : "each in vain"}:`);
      }
    });

    it("with more each time: the network left, the modem restarted, the reset pin, and then the least again", () => {
      let resets = 0;
      const life = failing({ retry: { first: 1000, longest: 1000, burst: 100, escalate: 2 }, reset: () => { resets++; } });
      const tried: string[] = [];
      for (let i = 0; i < 1200; i++) {
        const before = resets;
        life.pass(100);
        if (resets > before) tried.push("reset");
        tried.push(...life.given(/CGATT=0|CFUN|OPEN=/).map((command) => command.replace(/=.*/, "")));
      }
      const level = (what: string): string[] => [what, "AT+MQTTOPEN", what, "AT+MQTTOPEN"];
      sameLines(tried.slice(0, 16), ["AT+MQTTOPEN", "AT+MQTTOPEN", ...level("AT+CGATT"), ...level("AT+CFUN"), ...level("reset"), "AT+MQTTOPEN", "AT+MQTTOPEN"]);
    });

    it("with the network at once where there is none, and with the least again once a connection has lasted", () => {
      const life = new Life(nm28, { modem: { attachTimeout: 3000 }, retry: { lasting: 60_000 } });
      const levels = (): string[] => life.given(/CGATT=0|CFUN|OPEN=/).map((command) => command.replace(/=.*/, ""));
      life.modem.instead = (command) => (command === "AT+CGATT?" ? ["+CGATT: 0", "OK"] : undefined);
      life.pass(6000);
      life.mustTell("waiting NOT_ATTACHED", "recovering");
      life.modem.instead = null;
      life.pass(10_000);
      life.mustTell("restoring", "online");
      sameLines(levels(), ["AT+CGATT", "AT+MQTTOPEN"]);
      life.says(LOST); // it has not lasted
      life.pass(2000);
      sameLines(levels(), ["AT+CGATT", "AT+MQTTOPEN"]);
      life.pass(61_000);
      life.events.splice(0);
      life.says(LOST);
      life.pass(3000);
      life.mustTell("waiting LINK_LOST", "connecting", "restoring", "online");
      sameLines(levels(), ["AT+MQTTOPEN"]);
    });

    it("an hour later where the broker refuses the credentials, sooner where it has no time, and not at all if told so", () => {
      const refused = (code: number, retry: object): Life => {
        const life = new Life(nm28, { retry });
        life.modem.instead = (command) => (command.startsWith("AT+MQTTCONN=") ? [`+MQTTCONN:0,0,${code}`, "OK"] : undefined);
        life.serve();
        return life;
      };
      for (const code of [1, 2, 4, 5]) {
        const life = refused(code, {});
        life.mustTell("refused CONNECTION_REFUSED");
        life.pass(3_599_000, 1000);
        life.mustTell();
        life.modem.instead = null;
        life.pass(2000);
        life.mustTell("connecting", "restoring", "online");
      }
      refused(3, {}).mustTell("waiting CONNECTION_REFUSED");
      const life = refused(5, { refused: 0 });
      life.mustTell("closed CONNECTION_REFUSED");
      life.pass(10_000);
      equal(life.port.closed, true, "port closed");
      const error = thrown(() => life.publish("x"));
      equal(error.code, "CLOSED");
      equal(error.cause.code, "CONNECTION_REFUSED");
    });

    it("not at all with first: 0, nor at first with initially: false", () => {
      for (const retry of [{ first: 0 }, { initially: false }]) {
        const life = failing({ retry });
        life.serve();
        life.mustTell("closed OPEN_FAILED");
      }
      const life = alive(nm28, { retry: { initially: false } });
      life.says(LOST);
      life.mustTell("waiting LINK_LOST");
    });

    it("when an attempt takes longer than it may", () => {
      const life = new Life(nm28, { retry: { timeout: 5000 } });
      life.modem.deaf = /OPEN=/;
      life.pass(4900);
      life.mustTell();
      life.pass(200);
      life.mustTell("waiting OPEN_FAILED");
      life.modem.deaf = null;
      life.pass(60_000);
      life.mustTell("connecting", "restoring", "online");
    });

    it("when the port cannot be opened, at first or later", () => {
      let broken = true;
      const modem = { limits: {} };
      const life = new Life(nm28, { modem, open: (options) => {
        if (broken) throw new Error("in use");
        return new MQTTClient(options);
      } });
      life.mustTell();
      life.pass(5000);
      life.mustTell("waiting PORT_FAILED", "connecting", "waiting PORT_FAILED", "connecting", "waiting PORT_FAILED");
      broken = false;
      life.pass(5000);
      life.mustTell("connecting", "restoring", "online");
    });
  });

  it("with first: 0 fails what was under way, although the modem itself has the connection back", () => {
    const life = alive(m531x, { retry: { first: 0 } });
    life.modem.deaf = /PUB/;
    life.publish("one", { QoS: 1 });
    life.serve();
    life.modem.deaf = null;
    life.says("\\r\\n+MQTTREC:0\\r\\n");
    life.mustTell("failed 1 LINK_LOST", "interrupted LINK_LOST");
    life.pass(5000);
    life.says("\\r\\n+MQTTOPEN:OK\\r\\n");
    life.publish("two", { QoS: 1 });
    life.pass(5000);
    life.mustTell("restoring", "online", "done 2");
  });

  describe("its queue", () => {
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

  describe("subscriptions", () => {
    it("are as many as they may be, and no more", () => {
      const life = alive(nm28, { subscriptions: 3 });
      life.session.subscribe([{ topic: "a" }, { topic: "b" }]);
      equal(thrown(() => life.session.subscribe([{ topic: "c" }, { topic: "d" }])).code, "BUSY");
      life.session.subscribe([{ topic: "c" }]);
      life.serve();
      life.session.subscribe([{ topic: "a", QoS: 2 }]);
      equal(thrown(() => life.session.subscribe([{ topic: "d" }])).code, "BUSY");
      life.session.unsubscribe([{ topic: "b" }]);
      life.serve();
      life.session.subscribe([{ topic: "d" }]);
      life.serve();
      life.modem.commands.splice(0);
      life.says(LOST);
      life.pass(2000);
      sameLines(life.given(SUBSCRIBED).map((command) => /"(.)",\d/.exec(command)![0]), ['"c",0', '"a",2', '"d",0']);
    });

    it("that are refused now are told of and forgotten, and the others restored", () => {
      const life = alive(nm28);
      life.session.subscribe([{ topic: "a" }, { topic: "b" }, { topic: "c" }]);
      life.serve();
      life.mustTell("done 1 0,0,0");
      life.modem.instead = (command) => {
        const id = /^AT\+MQTTSUB=0,(\d+),"b"/.exec(command)?.[1];
        return id === undefined ? undefined : [`+MQTTSUB:0,${id},0,128`, "OK"];
      };
      life.says(LOST);
      life.pass(2000);
      life.mustTell("waiting LINK_LOST", "connecting", "restoring", "error SUBSCRIPTION_REFUSED", "online");
      life.modem.commands.splice(0);
      life.says(LOST);
      life.pass(2000);
      sameLines(life.given(SUBSCRIBED).map((command) => /"(.)"/.exec(command)![1]!), ["a", "c"]);
    });

    it("that cannot be restored end the connection, and it is tried again", () => {
      const life = alive(nm28);
      life.session.subscribe([{ topic: "a" }]);
      life.serve();
      life.events.splice(0);
      life.modem.instead = (command) => (command.startsWith("AT+MQTTSUB") ? ["ERROR"] : undefined);
      life.publish("waits", { QoS: 1 });
      life.serve();
      life.mustTell("done 2");
      life.says(LOST);
      life.pass(1500);
      life.mustTell("waiting LINK_LOST", "connecting", "restoring", "waiting COMMAND_REFUSED");
      life.modem.instead = null;
      life.pass(5000);
      life.mustTell("connecting", "restoring", "online");
    });

    it("under way when the connection goes are asked for again", () => {
      const life = alive(nm28);
      life.modem.deaf = /SUB/;
      life.session.subscribe([{ topic: "a" }]);
      life.serve();
      life.modem.deaf = null;
      life.says("\\r\\nRDY\\r\\n");
      life.pass(2000);
      life.mustTell("waiting MODEM_RESTARTED", "connecting", "restoring", "online", "done 1 0");
    });

    it("are not made again with resubscribe: false", () => {
      const life = alive(nm28, { resubscribe: false });
      life.session.subscribe([{ topic: "a" }]);
      life.serve();
      life.modem.commands.splice(0);
      life.says(LOST);
      life.pass(2000);
      sameLines(life.given(SUBSCRIBED), []);
    });
  });

  describe("its end", () => {
    it("in good order: what was asked for is done, then DISCONNECT, and the port is released", () => {
      const life = alive(nm28);
      life.publish("a", { QoS: 1 });
      life.publish("b", { QoS: 1 });
      life.session.close();
      life.mustTell("closing");
      equal(thrown(() => life.publish("c")).code, "CLOSED");
      life.serve();
      life.mustTell("done 1", "done 2", "closed");
      sameLines(life.given(/DISC/), ["AT+MQTTDISC=0"]);
      equal(life.port.closed, true, "port closed");
      life.session.close();
      life.pass(10_000);
      life.mustTell();
    });

    /** Brings a session to a state, and no further. */
    const REACH: Record<string, (life: Life) => void> = {
      connecting: (life) => { life.modem.deaf = /OPEN=/; life.serve(); },
      waiting: (life) => { life.modem.instead = (command) => (command.startsWith("AT+MQTTOPEN=") ? ["+MQTTOPEN:0,5", "ERROR"] : undefined); life.serve(); },
      recovering: (life) => {
        life.modem.instead = (command) => (command === "AT+CGATT?" ? ["+CGATT: 0", "OK"] : undefined);
        for (let i = 0; i < 500 && life.session.state !== "recovering"; i++) life.pass(1000, 1000);
      },
      refused: (life) => { life.modem.instead = (command) => (command.startsWith("AT+MQTTCONN=") ? ["+MQTTCONN:0,0,5", "OK"] : undefined); life.serve(); },
      restoring: (life) => {
        life.serve();
        life.session.subscribe([{ topic: "a" }]);
        life.serve();
        life.modem.deaf = /SUB/;
        life.says(LOST);
        life.pass(1500);
      },
      online: (life) => life.serve(),
    };
    for (const state of Object.keys(REACH))
      for (const immediate of [false, true])
        it(`while ${state}${immediate ? ", at once" : ""}: each operation is reported once, and nothing comes afterwards`, () => {
          const life = new Life(nm28);
          REACH[state]!(life);
          life.mustBe(state);
          life.events.splice(0);
          life.modem.deaf = state === "online" ? /PUB/ : life.modem.deaf;
          const ids = [life.publish("x", { QoS: 1 }), life.publish("y", { QoS: 0 })];
          life.session.close(immediate);
          life.modem.deaf = life.modem.instead = null;
          life.says(state === "restoring" ? "\\r\\nRDY\\r\\n" : "\\r\\n\\r\\n");
          life.pass(60_000, 1000);
          equal(life.events.pop()!.split(" ")[0], "closed", "the last event");
          equal(life.events.shift(), "closing", "the first event");
          for (const id of ids) equal(life.events.filter((event) => new RegExp(`^(done|failed) ${id}( |$)`).test(event)).length, 1, `reports of ${id}: ${life.events}`);
          equal(life.ports.every((port) => port.closed), true, "ports closed");
          equal(life.session.queued, 0);
        });

    it("when the connection goes while it is being closed: what is left fails, once", () => {
      const life = alive(nm28);
      life.modem.deaf = /PUB/;
      life.publish("a", { QoS: 1 });
      life.session.close();
      life.serve();
      life.says("\\r\\nRDY\\r\\n");
      life.mustTell("closing", "failed 1 MODEM_RESTARTED", "closed MODEM_RESTARTED");
    });

    it("from inside any callback", () => {
      for (const name of ["state", "done", "readable"] as const) {
        const life: Life = new Life(nm28, { acts: { [name]: (life: Life) => life.session.close() } });
        life.serve();
        if (name === "done") life.publish("x", { QoS: 1 });
        if (life.session.state === "online") life.says(`${nm28.header("t", 1)}x\\r\\n`);
        life.serve();
        life.pass(20_000);
        equal(life.events[life.events.length - 1]!.split(" ")[0], "closed", name);
      }
    });
  });

  it("gives the host what a callback throws, and is none the worse for it", () => {
    for (const name of ["state", "done", "error"] as const) {
      let tantrums = 2, caught = 0;
      const life = new Life(nm28, { acts: { [name]: () => { if (tantrums-- > 0) throw new Error("tantrum"); } } });
      const guarded = (what: () => void): void => {
        try {
          what();
        } catch (error) {
          if ((error as Error).message !== "tantrum") throw error;
          caught++;
        }
      };
      for (let i = 0; i < 40; i++) {
        guarded(() => life.pass(100));
        if (i === 10) guarded(() => life.publish("x", { QoS: 1 }));
        if (i === 15) guarded(() => life.publish("y", { QoS: 1 }));
      }
      sameLines(life.modem.published, ["x", "y"]);
      life.mustBe("online");
      equal(caught > 0, name !== "error", name);
    }
  });

  it("works across the clock's wrap", () => {
    const life = new Life(nm28, { clock: new VirtualClock(0x7fffffff - 500) });
    life.serve();
    life.says(LOST);
    life.pass(2000);
    life.mustTell("restoring", "online", "waiting LINK_LOST", "connecting", "restoring", "online");
    life.clock.sleep(0x7fffffff);
    life.says(LOST);
    life.pass(2000);
    life.mustTell("waiting LINK_LOST", "connecting", "restoring", "online");
  });

  it("NM28: two sessions on one modem come back on one port, and neither restarts it under the other", () => {
    const first = alive(nm28);
    const ports: TestPort[] = [];
    const events: string[] = [];
    const second = new Session({
      host: "broker.example", id: "dev-2", retry: { first: 500 },
      modem: { io: nm28.io, clock: first.clock, shared: first.session, serial: { io: TestPort, attach: (port: TestPort) => void first.ports.push(port) } },
      onState: (state) => events.push(state),
    });
    first.serve();
    sameLines(events, ["restoring", "online"]);
    first.says("\\r\\nRDY\\r\\n");
    first.pass(3000);
    first.mustTell("waiting MODEM_RESTARTED", "connecting", "restoring", "online");
    sameLines(events, ["restoring", "online", "waiting", "connecting", "restoring", "online"]);
    equal(first.ports.filter((port) => !port.closed).length, 1, "open ports");
    second.close();
    first.pass(1000);
    first.mustBe("online");
    equal(ports.length, 0);
  });

  describe("with a store", () => {
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
        flipped[length]! ^= 1 << (length % 8);
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

  it("refuses options that are none", () => {
    for (const [options, argument] of [
      [{ retry: { first: -1 } }, "retry.first"], [{ retry: { jitter: 2 } }, "retry.jitter"], [{ retry: { burst: 0 } }, "retry.burst"], [{ queue: { count: 0 } }, "queue.count"],
      [{ queue: { policy: "x" as "refuse" } }, "queue.policy"], [{ subscriptions: 0 }, "subscriptions"], [{ modem: { clock: undefined } }, "modem.clock"], [{ modem: { io: undefined } }, "modem.io"],
      [{ host: "" }, "host"],
    ] as const) equal(thrown(() => new Life(nm28, options)).argument, argument);
  });
});
