import { equal, sameLines, thrown } from "./support/check";
import { m531x, ml302, nm28, online, type Family } from "./support/answering";

const FAMILIES: Family[] = [m531x, ml302, nm28];

/** What each family sends for a subscription with this id. */
const subscribes = (family: Family, topic: string, id: number) =>
  `${family === nm28 ? `AT+MQTTSUB=0,${id},"${topic}",1` : `AT+MQTTSUB="${topic}",1`}\\r`;
const unsubscribes = (family: Family, topic: string, id: number) =>
  `${family === nm28 ? `AT+MQTTUNS=0,${id},"${topic}"` : `AT+MQTTUNSUB="${topic}"`}\\r`;
const suback = (family: Family, topic: string, id: number) =>
  `\\r\\n${family === nm28 ? `+MQTTSUB:0,${id},0,1` : `+MQTTSUBACK:${id},1,${topic}`}\\r\\n`;
const unsuback = (family: Family, topic: string, id: number) =>
  `\\r\\n${family === nm28 ? `+MQTTUNS:0,${id},0` : `+MQTTUNSUBACK:${id},${topic}`}\\r\\n`;
const OK = "\\r\\nOK\\r\\n";

for (const family of FAMILIES) describe(`${family.name}: operations that wait for one another`, () => {
  it("two subscriptions: the second is sent when the first is over, whichever of result and OK comes first", () => {
    for (const okFirst of [false, true]) {
      const { session } = online(family);
      session.subscribe("a", 1, { id: 1 });
      session.subscribe("b", 1, { id: 2 });
      for (const [topic, id] of [["a", 1], ["b", 2]] as const) {
        session.mustSend(subscribes(family, topic, id));
        session.says(okFirst ? OK : suback(family, topic, id));
        session.mustSend("");
        session.mustTell();
        session.says(okFirst ? suback(family, topic, id) : OK);
        session.mustTell(`control 9 ${id}`, `done ${id}`);
      }
      session.mustSend("");
    }
  });

  it("a subscription and an unsubscription: of different kinds, so the OK is enough", () => {
    const { session } = online(family);
    session.subscribe("a", 1, { id: 1 });
    session.client.write(null, { operation: 10, items: [{ topic: "b" }], id: 2 });
    session.mustSend(subscribes(family, "a", 1));
    session.says(OK);
    session.mustSend(unsubscribes(family, "b", 2));
    session.says(OK);
    session.says(unsuback(family, "b", 2));
    session.mustTell("control 11 2", "done 2");
    session.says(suback(family, "a", 1));
    session.mustTell("control 9 1", "done 1");
  });

  it("what is refused does not hold up what waits behind it", () => {
    const { session } = online(family);
    session.subscribe("a", 1, { id: 1 });
    session.subscribe("b", 1, { id: 2 });
    session.sent();
    session.says("\\r\\nERROR\\r\\n");
    session.mustTell("failed 1 COMMAND_REFUSED");
    session.mustSend(subscribes(family, "b", 2));
  });

  it("what is never acknowledged does not hold up for ever what waits behind it", () => {
    const { session, modem } = online(family, { modem: { pollInterval: 3_600_000 } });
    session.subscribe("a", 1, { id: 1 });
    session.subscribe("b", 1, { id: 2 });
    session.sent();
    session.says(OK);
    session.pass(family === nm28 ? 45_000 : 15_000);
    session.mustTell("failed 1 COMMAND_TIMEOUT");
    modem.serve();
    session.mustTell("control 9 2", "done 2");
  });

  it("a publish, two subscriptions and no more", () => {
    const { session, modem } = online(family);
    session.publish("one", { QoS: 1, id: 1 });
    session.subscribe("a", 1, { id: 2 });
    session.subscribe("b", 1, { id: 3 });
    equal(thrown(() => session.publish("two")).code, "BUSY");
    equal(thrown(() => session.subscribe("c")).code, "BUSY");
    equal(thrown(() => session.client.write(null, { operation: 10, items: [{ topic: "c" }] })).code, "BUSY");
    equal(thrown(() => session.publish("two", { id: 2 })).code, "BUSY", "an id that is under way");
    modem.serve();
    session.mustTell("control 4 1", "done 1", "control 9 2", "done 2", "control 9 3", "done 3");
    sameLines(modem.published, ["one"]);
    equal(session.writable.at(-1), family.io.limits.payload, "what onWritable told last");
  });

  it("what the application begins when something has ended takes its turn: on an M531X before what waits for another of its kind", () => {
    const { session, modem } = online(family, {
      on: { done: (session, id) => { if (id === 1) session.publish("two", { QoS: 1, id: 4 }); } },
    });
    session.publish("one", { QoS: 1, id: 1 });
    session.subscribe("a", 1, { id: 2 });
    session.subscribe("b", 1, { id: 3 });
    modem.serve();
    session.mustTell("control 4 1", "done 1", "control 9 2", "done 2", ...(family === m531x ? ["control 4 4", "done 4", "control 9 3", "done 3"] : ["control 9 3", "done 3", "control 4 4", "done 4"]));
  });
});
