import { Session } from "../../src/session/index";
import { bc35g, m531x, ml302, nm28 } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { alive, Life, LOST } from "./support/life";
import { TestPort, VirtualClock } from "./support/stage";

const FAMILIES = [bc35g, m531x, ml302, nm28];
const RESTARTED = { "BC35-G": "\\r\\nREBOOT_CAUSE_APPLICATION_AT\\r\\n", M531X: "\\r\\n*ATREADY: 1\\r\\n", ML302: "\\r\\n+MATREADY\\r\\n", NM28: "\\r\\nRDY\\r\\n" } as Record<string, string>;
/** What asks for the connection, and what says that there is none. */
const STATE = /^AT\+(QMTCONN|MQTTSTAT|MQTTCONN)\?$/;
const LOST_STATE: Record<string, string[]> = { "BC35-G": ["+QMTCONN: 0,1"], M531X: ["+MQTTSTAT:0"], ML302: ["+MQTTSTAT: 0"], NM28: ["+MQTTCONN:0,0"] };
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
      life.says(RESTARTED[family.name]);
      life.mustTell("waiting MODEM_RESTARTED");
      life.publish("one", { QoS: 1 });
      life.publish("two", { QoS: 2 });
      life.pass(900);
      life.mustTell();
      life.pass(200);
      life.serve();
      life.mustTell("connecting", "restoring", "online", "done 5", "done 6");
      const sent = life.given(/SUB|PUB/).flatMap((command) => command.match(/"[abc]"/g) ?? ["message"]);
      sameLines(sent, ['"a"', '"c"', "message", "message"]);
      sameLines(life.modem.published, ["one", "two"]);
    });

    for (const QoS of [1, 2]) it(`${family.name}: sends again, in its place, what was under way at QoS ${QoS}; at QoS 0 nobody knows`, () => {
      const life = alive(family);
      life.modem.deaf = /PUB/;
      life.publish("zero", { QoS: 0 });
      life.publish("one", { QoS });
      life.serve();
      life.says(RESTARTED[family.name]);
      life.mustTell("failed 1 OUTCOME_UNKNOWN", "waiting MODEM_RESTARTED");
      life.modem.deaf = null;
      life.publish("three", { QoS: 1 });
      life.pass(1500);
      life.mustTell("connecting", "restoring", "online", "done 2", "done 3");
      sameLines(life.modem.published, ["one", "three"]);
    });

    it(`${family.name}: what waited was refused, all of it, while the connection was lost and that was not told of yet`, () => {
      const life = alive(family);
      life.modem.instead = (command) => (/PUB/.test(command) ? ["ERROR"] : STATE.test(command) ? [...LOST_STATE[family.name], "OK"] : undefined);
      const payloads = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
      for (const payload of payloads) life.publish(payload, { QoS: 1 });
      life.pass(4000);
      life.mustTell();
      const given = life.given(/PUB/).length;
      equal(given <= 5, true, `${given} messages were given to it; at most`); // as many as a BC35-G has under way at once
      life.pass(1500);
      life.mustTell("waiting LINK_LOST");
      life.modem.instead = null;
      life.pass(2000);
      life.mustTell("connecting", "restoring", "online", ...payloads.map((_, index) => `done ${index + 1}`));
      sameLines(life.modem.published, payloads);
    });

    it(`${family.name}: a message that is refused although there is a connection has failed when that is known, and the next ones follow`, () => {
      const life = alive(family);
      let refused = 0;
      life.modem.instead = (command) => (/PUB/.test(command) && refused++ === 0 ? ["ERROR"] : undefined);
      life.publish("one", { QoS: 1 });
      life.serve();
      life.publish("two", { QoS: 1 });
      life.pass(5000);
      life.mustTell();
      life.pass(6000);
      life.mustTell("failed 1 COMMAND_REFUSED", "done 2");
      life.session.close();
      life.pass(1000);
      life.mustBe("closed");
    });

    it(`${family.name}: a message that the modem refuses, and the connection with it, is tried twice and no more`, () => {
      const life = alive(family);
      life.modem.instead = (command) => (/PUB/.test(command) ? ["ERROR"] : STATE.test(command) ? [...LOST_STATE[family.name], "OK"] : undefined);
      life.publish("one", { QoS: 1 });
      life.pass(30_000);
      equal(life.given(/PUB/).length, 2, "times that it was given");
      equal(life.events.filter((event) => event === "failed 1 COMMAND_REFUSED").length, 1, "reports of its failure");
    });

    it(`${family.name}: hands on what is received, from every connection`, () => {
      const life = alive(family);
      life.says(`${family.header("t", 5)}hello\\r\\n`);
      // The report may be a line of the message, whose topic is not subscribed by its name: the modem is asked.
      let asked = false;
      life.modem.instead = (command) => (command === "AT+CMEE?" && !asked ? (asked = true, ["+CMEE: 0", "OK"]) : undefined);
      life.says(RESTARTED[family.name]);
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

  it("refuses options that are none", () => {
    for (const [options, argument] of [
      [{ retry: { first: -1 } }, "retry.first"], [{ retry: { jitter: 2 } }, "retry.jitter"], [{ retry: { burst: 0 } }, "retry.burst"], [{ queue: { count: 0 } }, "queue.count"],
      [{ queue: { policy: "x" as "refuse" } }, "queue.policy"], [{ subscriptions: 0 }, "subscriptions"], [{ modem: { clock: undefined } }, "modem.clock"], [{ modem: { io: undefined } }, "modem.io"],
      [{ host: "" }, "host"],
    ] as const) equal(thrown(() => new Life(nm28, options)).argument, argument);
  });
});
