import { m531x, nm28 } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { alive, Life, LOST } from "./support/life";

describe("Session: its end", () => {
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
      for (let i = 0; i < 500 && life.session.state !== "recovering"; i++) life.pass(2000, 1000);
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
    interrupted: (life) => {
      life.serve();
      life.says("\\r\\n+MQTTREC:0\\r\\n");
    },
  };
  for (const state of Object.keys(REACH))
    for (const immediate of [false, true])
      it(`while ${state}${immediate ? ", at once" : ""}: each operation is reported once, and nothing comes afterwards`, () => {
        const life = new Life(state === "interrupted" ? m531x : nm28);
        REACH[state](life);
        life.mustBe(state);
        life.events.splice(0);
        life.modem.deaf = state === "online" ? /PUB/ : life.modem.deaf;
        const ids = [life.publish("x", { QoS: 1 }), life.publish("y", { QoS: 0 })];
        life.session.close(immediate);
        life.modem.deaf = life.modem.instead = null;
        life.says(state === "restoring" ? "\\r\\nRDY\\r\\n" : "\\r\\n\\r\\n");
        life.pass(200_000, 1000); // a modem that connects again by itself has 180 s for it
        equal(life.events.pop()!.split(" ")[0], "closed", "the last event");
        equal(life.events.shift(), "closing", "the first event");
        for (const id of ids) equal(life.events.filter((event) => new RegExp(`^(done|failed) ${id}( |$)`).test(event)).length, 1, `reports of ${id}: ${life.events}`);
        equal(life.ports.every((port) => port.closed), true, "ports closed");
        equal(life.session.queued, 0);
      });

  it("while interrupted, and the modem has the connection back: what was asked for is done first", () => {
    const life = alive(m531x);
    life.says("\\r\\n+MQTTREC:0\\r\\n");
    life.publish("x", { QoS: 2 });
    life.session.close();
    life.mustTell("interrupted LINK_LOST", "closing");
    life.pass(5000);
    life.says("\\r\\n+MQTTOPEN:OK\\r\\n");
    life.pass(5000);
    life.mustTell("done 1", "closed");
    sameLines(life.modem.published, ["x"]);
    equal(life.port.closed, true, "port closed");
  });

  for (const subscribed of [false, true])
    it(`when it is told that the modem has the connection back${subscribed ? ", and has a subscription to restore" : ""}: it was closing for ever`, () => {
      const life: Life = new Life(m531x, { acts: { state: (_, state) => { if (state === "restoring" && life.events.includes("interrupted LINK_LOST")) life.session.close(); } } });
      life.serve();
      if (subscribed) life.session.subscribe([{ topic: "a" }]);
      life.serve();
      life.events.splice(0);
      life.says("\\r\\n+MQTTREC:0\\r\\n");
      const id = life.publish("x", { QoS: 1 });
      life.says("\\r\\n+MQTTOPEN:OK\\r\\n");
      life.pass(5000);
      life.mustTell("interrupted LINK_LOST", "restoring", "closing", `done ${id}`, "closed");
      sameLines(life.modem.published, ["x"]);
      equal(life.port.closed, true, "port closed");
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

  for (const name of ["state", "done"] as const)
    it(`a callback has thrown (${name}) while DISCONNECT was under way: "closed" was told before the client had ended`, () => {
      const life: Life = new Life(nm28, { acts: { [name]: (life: Life) => { if (life.session.state === "closing") throw new Error("tantrum"); } } });
      life.serve();
      if (name === "done") life.publish("x", { QoS: 1 });
      life.modem.deaf = /DISC/;
      life.session.close();
      equal(thrown(() => life.pass(2000)).message, "tantrum");
      life.mustBe("closing");
      life.pass(20_000);
      equal(life.events[life.events.length - 1], "closed", "the last event");
      equal(life.port.closed, true, "port closed");
    });

  it("from inside any callback", () => {
    for (const name of ["state", "done", "readable"] as const) {
      const life: Life = new Life(nm28, { acts: { [name]: (life: Life) => life.session.close() } });
      life.serve();
      if (name === "done") life.publish("x", { QoS: 1 });
      if (life.session.state === "online") life.says(`${nm28.header("t", 1)}x\\r\\n`);
      life.serve();
      life.pass(20_000);
      equal(life.events[life.events.length - 1].split(" ")[0], "closed", name);
    }
  });
});
