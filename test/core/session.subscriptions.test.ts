import { nm28 } from "./support/answering";
import { equal, sameLines, thrown } from "./support/check";
import { alive, LOST } from "./support/life";

const SUBSCRIBED = /SUB(=|$)/;

describe("Session: subscriptions", () => {
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
    sameLines(life.given(SUBSCRIBED).map((command) => /"(.)"/.exec(command)![1]), ["a", "c"]);
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
