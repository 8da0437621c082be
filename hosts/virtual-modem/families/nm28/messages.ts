// MQTTSUB, MQTTUNS and MQTTPUBEX (S4 1.6 to 1.8, dialects 5.2.6 to 5.2.8 and 5.4). For MQTTSUB, S4 has only the parameter table and an
// example. Its forms here are those of the QMT set, with one topic as S4 has it for MQTTUNS.

import { cme, CmeError } from "../../engine/errors";
import type { Call, CommandSpec, Modem } from "../../engine/family";
import type { QoS } from "../../mqtt-types";
import { type Client, type Outcome, unsent } from "./client";
import { clientOf } from "./connection";
import { sendDataPoint } from "./onenet";
import { type Ending, replyTo, resultLine } from "./reply";

/** S4 gives no limit; that of the QMT set. */
const maximumTopic = 255;
/** S4 1.8. */
const maximumPayload = 2048;
const maximumId = 65535;
/**
 * Milliseconds after the last counted byte in which a further byte makes the data too long. S4 2.1 says that a line end after the data
 * makes the publish fail. The time is our choice, well below the 300 ms after which a host must send Ctrl-Z (dialects 5.4).
 */
const settleTime = 50;
/** SUBACK's code for a refusal. */
const refused = 128;
/** `<result>` of MQTTSUB and MQTTUNS. */
const sent = { acknowledged: 0, again: 1, failed: 2 } as const;

/** What is sent to the broker, by `<type>` of MQTTPUBEX. */
const types: readonly { readonly message: boolean; readonly dataPoint: boolean }[] = [
  { message: true, dataPoint: false },
  { message: false, dataPoint: true },
  { message: true, dataPoint: true },
];

function requireConnected(client: Client): void {
  if (!client.connected) throw new CmeError(cme.notAllowed);
}

/** The commands. */
export function messageCommands(modem: Modem, clients: readonly Client[]): CommandSpec[] {
  /** MQTTSUB and MQTTUNS: `+NAME:<idx>,<msgID>,<result>[,<value>]`. */
  const acknowledged = (
    call: Call,
    name: string,
    operation: "subscribe" | "unsubscribe",
    start: (client: Client, id: number, exchange: Parameters<Client["unsubscribe"]>[2]) => void,
    valueOf: (outcome: Outcome) => number | undefined,
  ): void => {
    const client = clientOf(clients, call.args);
    const id = call.args.integer(1, 1, maximumId);
    requireConnected(client);
    if (client.waiting(operation, id)) call.args.refuse();
    const reply = replyTo(modem, call);
    const line = (...values: readonly (number | undefined)[]): string => resultLine(modem, name, client.index, id, ...values);
    reply.begin(() => {
      // The link may have been lost since OK.
      if (!client.connected) return reply.end(line(sent.failed), "failed");
      start(client, id, {
        again: (times) => client.settings.timeoutNotice && reply.notice(line(sent.again, times)),
        done: (outcome) => {
          if (!outcome.acknowledged) return reply.end(line(sent.failed), "failed");
          const ending = outcome.granted.includes(refused) ? "refused" : "done";
          reply.end(line(sent.acknowledged, valueOf(outcome)), ending);
        },
      });
    });
  };

  return [
    {
      name: "+MQTTSUB",
      test: ["+MQTTSUB: (0-5),(1-65535),(topic),(0-2)"],
      set: (call) => {
        const topic = call.args.expect(4).string(2, 1, maximumTopic);
        const qos = call.args.integer(3, 0, 2) as QoS;
        acknowledged(
          call,
          "+MQTTSUB",
          "subscribe",
          (client, id, exchange) => client.subscribe(id, topic, qos, exchange),
          // A refusal can be reported only as <value>.
          ({ granted: [code] }) => (modem.variant("subValue") === "present" || code === refused ? code : undefined),
        );
      },
    },
    {
      name: "+MQTTUNS",
      test: ["+MQTTUNS:(0-5),(1-65535),(topic)"],
      set: (call) => {
        const topic = call.args.expect(3).string(2, 1, maximumTopic);
        acknowledged(
          call,
          "+MQTTUNS",
          "unsubscribe",
          (client, id, exchange) => client.unsubscribe(id, topic, exchange),
          () => (modem.variant("unsValue") === "present" ? 0 : undefined),
        );
      },
    },
    {
      name: "+MQTTPUBEX",
      test: ["+MQTTPUBEX: (0-5), (0-65535), (0-2), (0,1), (0-2), (topic), (1-2048)"],
      set: (call) => publish(modem, clients, call),
    },
  ];
}

function publish(modem: Modem, clients: readonly Client[], call: Call): void {
  const { args } = call;
  const client = clientOf(clients, args.expect(7));
  const qos = args.integer(2, 0, 2) as QoS;
  // The test form begins at 0, the table at 1 (D-5); MQTT has 0 for none, as at QoS 0.
  const id = args.integer(1, qos === 0 ? 0 : 1, maximumId);
  const retain = args.integer(3, 0, 1) === 1;
  const type = types[args.integer(4, 0, 2)];
  const topic = args.string(5, 1, maximumTopic);
  const length = args.integer(6, 1, maximumPayload);
  requireConnected(client);
  if (client.waiting("publish", id)) args.refuse();
  const reply = replyTo(modem, call);

  const end = (results: readonly Outcome[]): void => {
    const again = Math.max(...results.map(({ sentAgain }) => sentAgain));
    const values = results.map(({ acknowledged }) => (acknowledged ? 0 : -1));
    const value = modem.variant("pubValue") === "present" ? again : undefined;
    // `0,-1` means that one of two was sent; dialects 16.4 has OK for it.
    const ending: Ending = values.includes(0) ? "done" : "failed";
    reply.end(resultLine(modem, "+MQTTPUBEX", client.index, id, ...values, value), ending);
  };

  const again = (times: number): void => {
    const form = modem.variant("pubNotice");
    if (form === "none" || !client.settings.timeoutNotice) return;
    const head = resultLine(modem, "+MQTTPUBEX", client.index, id);
    reply.notice(form === "result" ? `${head},1,${times}` : `${head},,,${times}`);
  };

  call.data({
    prompt: "\r\nCONNECT\r\n",
    length,
    maximum: maximumPayload,
    settle: modem.variant("ctrlZ") === "needed" ? Infinity : settleTime,
    ctrlZEnds: modem.variant("ctrlZInside") === "ends",
    // Never called: S4 has no cancelling, and with a count ESC is data.
    cancelled: () => undefined,
    received: (payload, surplus) =>
      reply.begin(() => {
        const parts: ((done: (outcome: Outcome) => void) => void)[] = [];
        const good = client.connected && payload.length === length && surplus === 0;
        if (type.message) {
          parts.push(good ? (done) => client.publish(id, qos, retain, topic, payload, { again, done }) : (done) => done(unsent));
        }
        if (type.dataPoint) parts.push(good ? (done) => sendDataPoint(client, qos, payload, done) : (done) => done(unsent));
        const results: Outcome[] = [];
        let left = parts.length;
        parts.forEach((part, index) =>
          part((outcome) => {
            results[index] = outcome;
            if (--left === 0) end(results);
          }),
        );
      }),
  });
}
