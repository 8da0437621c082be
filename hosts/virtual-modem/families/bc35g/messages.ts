// QMTSUB, QMTUNS and QMTPUB (S1 3.2.7 to 3.2.9, dialects 2.2.7 to 2.2.9 and 2.4).

import { cme, CmeError, PlainError } from "../../engine/errors";
import type { Call, CommandSpec } from "../../engine/family";
import type { QoS } from "../../mqtt-types";
import type { Client } from "./client";

const maximumTopic = 255;
const maximumPayload = 1024;
const maximumId = 65535;
/** S1 3.2.9, remark 1: the most publishes that wait for their acknowledgement. */
const window = 5;

/** The commands. */
export function messageCommands(client: Client): CommandSpec[] {
  return [
    {
      name: "+QMTSUB",
      test: ["+QMTSUB: (0),(1-65535),<topic>,(0-2)[,<topic>,(0-2)...]"],
      set: ({ args, afterOk }) => {
        if (args.expect(4, Infinity).count % 2 !== 0) args.refuse();
        args.integer(0, 0, 0);
        const id = args.integer(1, 1, maximumId);
        const topics: { topic: string; qos: QoS }[] = [];
        for (let index = 2; index < args.count; index += 2) {
          topics.push({ topic: args.string(index, 1, maximumTopic), qos: args.integer(index + 1, 0, 2) as QoS });
        }
        client.requireConnected();
        // S1 3.2.7, remark: an id must be unique among what is in flight.
        if (client.session.waiting("subscribe", id)) args.refuse();
        afterOk(() => ifConnected(client, () => client.session.subscribe(id, topics)));
      },
    },
    {
      name: "+QMTUNS",
      test: ["+QMTUNS: (0),(1-65535),<topic>[,<topic>...]"],
      set: ({ args, afterOk }) => {
        args.expect(3, Infinity).integer(0, 0, 0);
        const id = args.integer(1, 1, maximumId);
        const topics: string[] = [];
        for (let index = 2; index < args.count; index++) topics.push(args.string(index, 1, maximumTopic));
        client.requireConnected();
        if (client.session.waiting("unsubscribe", id)) args.refuse();
        afterOk(() => ifConnected(client, () => client.session.unsubscribe(id, topics)));
      },
    },
    {
      name: "+QMTPUB",
      test: ["+QMTPUB: (0),(0-65535),(0-2),(0,1),<topic>,(1-1024)"],
      set: (call) => publish(client, call),
    },
  ];
}

/** Runs the action, unless the link was lost since the command's OK: then no result follows. */
function ifConnected(client: Client, action: () => void): void {
  if (client.state === "connected") action();
}

function publish(client: Client, { args, data, ok, fail, afterOk }: Call): void {
  const { modem, session } = client;
  args.expect(5, 6).integer(0, 0, 0);
  // S1 underlines 0 as the default of QoS and retain.
  const qos = args.integer(2, 0, 2, 0) as QoS;
  const retain = args.integer(3, 0, 1, 0) === 1;
  // S1 3.2.9: the id 0 is for QoS 0 only. Another id is allowed at QoS 0, and is in the result.
  const id = args.integer(1, qos === 0 ? 0 : 1, maximumId);
  const topic = args.string(4, 1, maximumTopic);
  const length = args.count === 6 ? args.integer(5, 1, maximumPayload) : undefined;
  client.requireConnected();
  if (qos > 0 && session.waiting("publish", id)) args.refuse();
  if (session.publishing >= window) {
    throw modem.variant("windowFull") === "cme" ? new CmeError(cme.busy) : new PlainError();
  }
  data({
    length,
    maximum: maximumPayload,
    received: (payload) => {
      if (payload.length === 0 && modem.variant("emptyPublish") === "error") return fail();
      // The link may be lost during the data phase. S1 has no answer for that; here it is the one for a wrong state.
      if (client.state !== "connected") return fail(cme.notAllowed);
      afterOk(() => ifConnected(client, () => session.publish(id, qos, retain, topic, payload)));
      ok();
    },
    cancelled: () => {
      if (modem.variant("escapeAnswer") === "ok") ok();
      else fail();
    },
  });
}
