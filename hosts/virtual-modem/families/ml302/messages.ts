// MQTTSUB, MQTTUNSUB and MQTTPUB: S3 2.3.4 to 2.3.6, dialects 4.3.4 to 4.3.6.

import type { CmiotClient } from "../../cmiot/client";
import { utf8 } from "../../engine/bytes";
import { CmeError } from "../../engine/errors";
import type { Call, CommandSpec, Modem } from "../../engine/family";
import type { QoS } from "../../mqtt-types";
import { codes } from "./codes";
import { limits, requireConnected } from "./commands";
import type { Outcome } from "./outcome";

/** S3 2.3.6: the longest message on the command's own line, in bytes. */
const maximumInline = 1024;
/** The longest counted message, in bytes. S3's number cannot be read; P13 sends up to 2048. */
const maximumCounted = 2048;
/** P11: the size of the buffer for a whole PUBLISH packet. */
const packetBuffer = 2048;
/** Bytes of that packet beside topic and payload: the fixed header, the topic's length, and the packet id at QoS 1 and 2. */
const overhead = (qos: QoS): number => 3 + 2 + (qos > 0 ? 2 : 0);

const listForms: Readonly<Record<string, (topics: ReadonlyMap<string, { readonly qos: QoS }>) => string[]>> = {
  topics: (topics) => ["+MQTTSUB:", ...topics.keys()],
  "with-qos": (topics) => ["+MQTTSUB:", ...[...topics].map(([topic, { qos }]) => `${topic},${qos}`)],
  "same-line": (topics) => (topics.size === 0 ? ["+MQTTSUB:"] : [...topics].map(([topic, { qos }]) => `+MQTTSUB: ${topic},${qos}`)),
};

/** The commands. */
export function messageCommands(modem: Modem, client: CmiotClient, outcome: Outcome): CommandSpec[] {
  /** Starts the action, unless the link was lost since an early OK: then no result follows. */
  const begin = (call: Call, action: () => void): void =>
    outcome.begin(call, () => {
      if (client.state === "connected") action();
    });
  return [
    {
      name: "+MQTTSUB",
      parameterError: codes.parameter,
      read: (call) => call.line(...listForms[modem.variant("subList")](client.subscriptions)),
      set: (call) => {
        const { args } = call;
        const topic = args.expect(2).string(0, 1, limits.topic);
        const qos = args.integer(1, 0, 2) as QoS;
        requireConnected(client);
        // P11: nothing is sent.
        if (client.subscriptions.has(topic)) throw new CmeError(codes.subscribed);
        begin(call, () => client.subscribe(topic, qos));
      },
    },
    {
      name: "+MQTTUNSUB",
      parameterError: codes.parameter,
      set: (call) => {
        const topic = call.args.expect(1).string(0, 1, limits.topic);
        requireConnected(client);
        // P11: nothing is sent. S3 does not have the code.
        if (!client.subscriptions.has(topic)) throw new CmeError(codes.unsubscribe);
        begin(call, () => client.unsubscribe(topic));
      },
    },
    {
      name: "+MQTTPUB",
      parameterError: codes.parameter,
      escapes: true,
      set: (call) => publish(client, begin, call),
    },
  ];
}

/** The message is a quoted text, or a number: how many bytes follow the prompt (S3 2.3.6). */
function publish(client: CmiotClient, begin: (call: Call, action: () => void) => void, call: Call): void {
  const { args, data, fail } = call;
  const topic = args.expect(5).string(0, 1, limits.topic);
  const qos = args.integer(1, 0, 2) as QoS;
  const retain = args.integer(2, 0, 1) === 1;
  // The dup flag. S3 2.3.6: the modem always sends 0.
  args.integer(3, 0, 1);
  const send = (payload: Uint8Array): void => {
    if (client.state !== "connected") return fail(codes.notActive);
    if (payload.length + utf8(topic).length + overhead(qos) > packetBuffer) return fail(codes.sendFailed);
    begin(call, () => client.publish(topic, qos, retain, payload));
  };
  if (args.quoted(4)) {
    const payload = args.bytes(4, 0, maximumInline);
    requireConnected(client);
    return send(payload);
  }
  const length = args.integer(4, 1, maximumCounted);
  requireConnected(client);
  data({ length, maximum: maximumCounted, received: send, cancelled: () => fail() });
}
