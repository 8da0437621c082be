import { MQTTClient } from "../../src/index";
import { equal, sameLines, thrown } from "./support/check";
import { type Family, m531x, ml302, online, reconnects } from "./support/answering";
import type { Session } from "./support/session";

const ACKS: [QoS: 1 | 2, ack: string, controls: number[]][] = [[1, "PUBACK", [4]], [2, "PUBCOMP", [5, 7]]];
/** Milliseconds for the acknowledgement. */
const patience = (QoS: number) => 15_000 * QoS;

/** M531X and ML302 choose the packet ids and do not announce them, so an acknowledgement does not say whose it is. */
for (const family of [m531x, ml302] as Family[]) describe(`${family.name}: an acknowledgement that comes too late`, () => {
  for (const [QoS, ack, controls] of ACKS) {
    /** A publish that has been given up, nothing being known of it. */
    const lost = () => {
      const made = online(family, { modem: { pollInterval: 0 } });
      const { session } = made;
      session.publish("one", { QoS, id: 1 });
      session.sent();
      // OK first, as ML302's relatives do too (X-1).
      if (family === ml302) {
        session.says("\\r\\nOK\\r\\n\\r\\n>[sp]");
        session.mustSend("one");
      } else session.says("\\r\\nOK\\r\\n");
      session.pass(patience(QoS) + (family === ml302 ? 1000 : 0));
      session.mustTell("failed 1 COMMAND_TIMEOUT");
      made.modem.serve();
      return made;
    };

    it(`was taken for that of the next publish: ${ack}`, () => {
      const { session, modem } = lost();
      equal(thrown(() => session.publish("two", { QoS, id: 2 })).code, "BUSY");
      session.writable.splice(0);
      session.says(`\\r\\n+MQTT${ack}:0,1\\r\\n`);
      session.mustTell();
      equal(session.writable.length, 1, "told that it can write");
      session.publish("two", { QoS, id: 2 });
      modem.serve();
      session.mustTell(...controls.map((control) => `control ${control} 2`), "done 2");
    });

    it(`+MQTTTO says that none will come: the next publish goes (${ack})`, () => {
      const { session, modem } = lost();
      session.says("\\r\\n+MQTTTO: 2\\r\\n");
      session.mustTell();
      session.publish("two", { QoS, id: 1 });
      modem.serve();
      session.mustTell(...controls.map((control) => `control ${control} 1`), "done 1");
    });

    it(`that never comes at all ends the connection, and nothing is published meanwhile (${ack})`, () => {
      const { session, modem } = lost();
      session.subscribe("a", 1, { id: 5 });
      modem.serve();
      session.mustTell("control 9 5", "done 5");
      session.pass(patience(QoS));
      session.mustTell("error LINK_LOST");
      session.pass(10_000);
      modem.serve();
      equal(modem.commands.some((command) => /MQTT(DEL|DISC)/.test(command)), true, `closed: ${modem.commands}`);
    });

    it(`of a publish that was sent when the connection was back already was taken for that of the next one (${ack})`, () => {
      const { session, modem } = online(family, { modem: { ...reconnects(family), pollInterval: 0 } });
      session.publish("one", { QoS, id: 1 });
      session.sent();
      if (family === ml302) session.says("\\r\\n>[sp]");
      session.sent();
      // Said before the modem had heard of the publish.
      session.says("\\r\\n+MQTTREC:0\\r\\n\\r\\n+MQTTOPEN:OK\\r\\n");
      session.mustTell("failed 1 LINK_LOST");
      session.says("\\r\\nOK\\r\\n");
      modem.serve();
      equal(thrown(() => session.publish("two", { QoS, id: 2 })).code, "BUSY");
      session.says(`\\r\\n+MQTT${ack}:0,1\\r\\n`);
      session.mustTell();
      session.publish("two", { QoS, id: 2 });
      modem.serve();
      session.mustTell(...controls.map((control) => `control ${control} 2`), "done 2");
    });

    it(`can be waited for no more after close(), and after DISCONNECT (${ack})`, () => {
      for (const end of ["close", "disconnect"] as const) {
        const { session, modem } = lost();
        if (end === "close") session.client.close();
        else session.disconnect();
        modem.serve();
        session.mustTell(...(end === "close" ? [] : ["close"]));
      }
    });

    it(`close() inside the callback that tells of the timeout (${ack})`, () => {
      const { session, modem } = online(family, { modem: { pollInterval: 0 }, on: { done: (session) => session.client.close() } });
      session.publish("one", { QoS, id: 1 });
      session.sent();
      session.says(family === ml302 ? "\\r\\n>[sp]" : "\\r\\nOK\\r\\n");
      session.sent();
      session.pass(200_000);
      session.mustTell("failed 1 COMMAND_TIMEOUT");
      modem.serve();
      equal(session.port.closed, true, "closed");
    });
  }

  it("at QoS 0 there is none, and the next publish goes at once", () => {
    const { session, modem } = online(family, { modem: { pollInterval: 3_600_000 } });
    session.publish("one", { id: 1 });
    session.sent();
    if (family === ml302) session.says("\\r\\n>[sp]");
    session.sent();
    session.pass(family === ml302 ? 15_000 : 5000);
    session.mustTell("failed 1 COMMAND_TIMEOUT");
    session.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
    session.publish("two", { id: 2 });
    modem.serve();
    session.mustTell("done 2");
    sameLines(modem.published.slice(-1), ["two"]);
  });

  for (const [name, report, good] of [
    ["SUBSCRIBE", (topic: string) => `+MQTTSUBACK:1,1,${topic}`, "control 9 2"], ["UNSUBSCRIBE", (topic: string) => `+MQTTUNSUBACK:1,${topic}`, "control 11 2"],
  ] as const) {
    const operation = MQTTClient[name];
    /** A subscription that has been given up, and the next one, of `topic`. */
    const lost = (topic: string): Session => {
      const { session } = online(family, { modem: { pollInterval: 0 } });
      session.client.write(null, { operation, items: [{ topic: "a/b", QoS: 1 }], id: 1 });
      session.pass(family === ml302 ? 15_100 : 5100);
      session.mustTell("failed 1 COMMAND_TIMEOUT");
      session.says("\\r\\n+CMEE: 1\\r\\n\\r\\nOK\\r\\n");
      session.client.write(null, { operation, items: [{ topic, QoS: 1 }], id: 2 });
      session.sent();
      session.says("\\r\\nOK\\r\\n");
      return session;
    };

    for (const [late, next] of [["a/b", "c"], ['"a/b"', "c"], ["a/b", "a/bc"], ["a/b", "a"], ["a/b", "a/b,c"]])
      it(`was taken for that of the next ${name}: ${late} for ${next}`, () => {
        const session = lost(next);
        session.says(`\\r\\n${report(late)}\\r\\n`);
        session.mustTell();
        session.says(`\\r\\n${report(next)}\\r\\n`);
        session.mustTell(good, "done 2");
      });

    for (const [topic, named] of [["c", "[sp]c[sp]"], ["c", '"c"'], ["c", '[sp]"c"[sp]'], ["c,1,d", "c,1,d"], ["c,1,d", '"c,1,d"'], ["c\\d", "c\\d"], ["c\\d/é", '"c\\\\d\\/é"'], ["c/é", '"c\\/é"'], ["c", ""]]
      .filter(([topic]) => family !== ml302 || !topic.includes("\\"))) // which takes no topic with a backslash
      it(`one that names the topic in its way is the ${name}'s own: ${named}`, () => {
        const session = lost(topic);
        session.says(`\\r\\n${named === "" ? report("").slice(0, -1) : report(named)}\\r\\n`);
        session.mustTell(good, "done 2");
      });
  }
});

for (const family of [m531x, ml302] as Family[]) describe(`${family.name}: firmware that counts its packet ids in a way of its own`, () => {
  const SCHEMES: Record<string, () => (QoS: number) => number> = {
    "each QoS by itself": () => { const last = [0, 0, 0]; return (QoS) => ++last[QoS]; },
    "two with each id": () => { let sent = 0; return () => 1 + (sent++ >> 1); },
    "up to five, and 0": () => { let sent = 0; return () => ++sent % 5; },
    "1 and 2 in turn": () => { let sent = 0; return () => 1 + (sent++ & 1); },
  };
  for (const [name, scheme] of Object.entries(SCHEMES)) it(`had one publish in four fail for ever: ${name}`, () => {
    const { session, modem } = online(family, { modem: { pollInterval: 0 } });
    const next = scheme();
    let failed = 0;
    for (let id = 1; id <= 40; id++) {
      const QoS = 1 + (id & 1);
      session.publish("x", { QoS, id });
      session.sent();
      session.says(family === ml302 ? "\\r\\n>[sp]" : "\\r\\nOK\\r\\n");
      session.sent();
      const number = next(QoS), fields = family === ml302 ? `0,${number}` : `${number},0`;
      session.says((QoS === 1 ? ["PUBACK"] : ["PUBREC", "PUBCOMP"]).map((ack) => `\\r\\n+MQTT${ack}:${fields}\\r\\n`).join(""));
      if (family === ml302) session.says("\\r\\nOK\\r\\n");
      if (!session.events.includes(`done ${id}`)) {
        session.pass(60_000);
        modem.serve();
        failed++;
      }
      session.events.splice(0);
    }
    equal(failed <= 3, true, `${failed} failed`);
  });
});
