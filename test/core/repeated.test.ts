import { sameLines } from "./support/check";
import { m531x, ml302, online, type Family } from "./support/answering";
import { inbox } from "./support/inbox";
import type { Session } from "./support/session";

// The modem repeated a line, both in one piece, and the next publish went out between the two: from the callback that told of the first.
const REPEATED: [Family, QoS: number, says: string, tells: string[]][] = [
  [m531x, 1, "+MQTTPUBACK:1,0", ["control 4 1", "done 1"]],
  [m531x, 2, "+MQTTPUBCOMP:1,0", ["control 5 1", "control 7 1", "done 1"]],
  [ml302, 1, "+MQTTPUBACK:0,1", ["control 4 1", "done 1"]],
  [ml302, 2, "+MQTTPUBCOMP:0,1", ["control 5 1", "control 7 1", "done 1"]],
];

for (const [family, QoS, says, tells] of REPEATED) describe(`${family.name}: ${says} came twice in one piece`, () => {
  it("and ended the publish that was sent between the two", () => {
    const { session } = inbox(family, {}, { done: (at, id) => { if (id === 1) at.publish("b", { QoS, id: 2 }); } });
    const prompts = family === ml302;
    session.publish("a", { QoS, id: 1 });
    session.sent();
    if (prompts) {
      session.says("\\r\\n> ");
      session.sent();
    }
    session.says("\\r\\nOK\\r\\n");
    session.events.splice(0);
    session.says(`\\r\\n${says}\\r\\n\\r\\n${says}\\r\\n`);
    sameLines(session.events.splice(0), tells);
    session.sent();
    if (prompts) {
      session.says("\\r\\n> ");
      session.sent();
    }
    session.says("\\r\\nOK\\r\\n");
    sameLines(session.events.splice(0), [], "the second has no acknowledgement yet");
  });
});

// The modem repeated a line a moment later, when the next publish was under way, and had not shown yet that its ids count up.
for (const family of [m531x, ml302] as Family[]) describe(`${family.name}: +MQTTPUBCOMP:1,1 came twice, at two moments`, () => {
  const prompts = family === ml302;
  const says = (session: Session, ...lines: string[]) => { for (const line of lines) session.says(`\\r\\n${line}\\r\\n`); };
  /** A publish at QoS 2, as far as its payload, and its OK where that comes first. */
  const publish = (session: Session, id: number) => {
    session.publish("a", { QoS: 2, id });
    session.sent();
    session.says(prompts ? "\\r\\n> " : "\\r\\nOK\\r\\n");
    session.sent();
  };
  const over = (session: Session) => { if (prompts) says(session, "OK"); };

  it("and ended the publish that was sent between the two, of which no PUBREC had come", () => {
    const { session } = online(family);
    publish(session, 1);
    says(session, "+MQTTPUBREC:1,1", "+MQTTPUBCOMP:1,1");
    over(session);
    session.mustTell("control 5 1", "control 7 1", "done 1");
    publish(session, 2);
    says(session, "+MQTTPUBCOMP:1,1");
    session.mustTell();
    says(session, "+MQTTPUBREC:1,1", "+MQTTPUBCOMP:1,1");
    over(session);
    session.mustTell("control 5 2", "control 7 2", "done 2");
  });

  it("from firmware that reports no PUBREC a PUBCOMP is enough", () => {
    const { session } = online(family);
    for (const id of [1, 2, 3]) {
      publish(session, id);
      says(session, "+MQTTPUBCOMP:1,1");
      over(session);
      session.mustTell(`control 5 ${id}`, `control 7 ${id}`, `done ${id}`);
    }
  });

  it("where the ids count up, a PUBCOMP whose PUBREC was lost is believed", () => {
    const { session } = online(family);
    for (const id of [1, 2, 3]) {
      publish(session, id);
      if (id < 3) says(session, `+MQTTPUBREC:${id + 1},1`);
      says(session, `+MQTTPUBCOMP:${id + 1},1`);
      over(session);
      session.mustTell(`control 5 ${id}`, `control 7 ${id}`, `done ${id}`);
    }
  });
});

describe("M531X: an acknowledgement came again when the next publish was sent and not accepted", () => {
  for (const QoS of [1, 2] as const) it(`and ended it at QoS ${QoS}, though the modem prints its OK first`, () => {
    const ack = QoS === 1 ? "PUBACK" : "PUBCOMP", controls = QoS === 1 ? [4] : [5, 7];
    const { session } = online(m531x);
    session.publish("a", { QoS, id: 1 });
    session.sent();
    session.says(`\\r\\nOK\\r\\n\\r\\n+MQTT${ack}:1,0\\r\\n`);
    session.mustTell(...controls.map((control) => `control ${control} 1`), "done 1");
    session.publish("a", { QoS, id: 2 });
    session.sent();
    session.says(`\\r\\n+MQTT${ack}:1,0\\r\\n`);
    session.says("\\r\\nOK\\r\\n");
    session.mustTell();
    session.says(`\\r\\n+MQTT${ack}:2,0\\r\\n`);
    session.mustTell(...controls.map((control) => `control ${control} 2`), "done 2");
  });
});
