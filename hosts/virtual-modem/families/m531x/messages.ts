// MQTTSUB, MQTTUNSUB and MQTTPUB: S2 1.4 to 1.6, dialects 3.2 and 3.3.

import type { CmiotClient } from "../../cmiot/client";
import type { Held } from "../../cmiot/held";
import type { Args } from "../../engine/args";
import type { Call, CommandSpec, Modem } from "../../engine/family";
import type { QoS } from "../../mqtt-types";
import { limits, requireConnected } from "./commands";

/** S2 gives none; P11's buffer for a string of a command. */
const maximumText = 1024;

/**
 * The message: dialects 3.3. `msg_len` 0 is text, n a string of hexadecimal digits for n bytes, as the examples, P5 and
 * P10 have it (S2's own words, "1 for hex", contradict them: B-1).
 */
function readMessage(args: Args, at: number): Uint8Array {
  const length = at === 4 ? 0 : args.integer(4, 0, maximumText / 2);
  const text = args.bytes(at, 0, maximumText);
  if (length === 0) return text;
  const digits = args.string(at, length * 2, length * 2);
  if (!/^[0-9a-f]*$/i.test(digits)) args.refuse();
  return Uint8Array.from({ length }, (_, index) => parseInt(digits.slice(index * 2, index * 2 + 2), 16));
}

/** The commands. */
export function messageCommands(modem: Modem, client: CmiotClient, held: Held): CommandSpec[] {
  /** Starts the action, unless the link was lost since the command's OK: then no result follows. */
  const begin = (call: Call, action: () => void): void =>
    held.begin(call, () => {
      if (client.state === "connected") action();
    });
  return [
    {
      name: "+MQTTSUB",
      read: (call) => call.line("+MQTTSUB:", ...client.subscriptions.keys()),
      set: (call) => {
        const { args } = call;
        const topic = args.expect(2, 3).string(0, 1, limits.topic);
        const qos = args.integer(1, 0, 2) as QoS;
        // S2 1.4: 0 alone; P5 4.3.4: 1 for digits.
        const hex = args.integer(2, 0, modem.variant("model") === "m5310a" ? 0 : 1, 0) === 1;
        requireConnected(client);
        begin(call, () => client.subscribe(topic, qos, hex));
      },
    },
    {
      name: "+MQTTUNSUB",
      set: (call) => {
        const topic = call.args.expect(1).string(0, 1, limits.topic);
        requireConnected(client);
        begin(call, () => client.unsubscribe(topic));
      },
    },
    {
      name: "+MQTTPUB",
      set: (call) => {
        const { args } = call;
        args.expect(modem.variant("msgLen") === "optional" ? 5 : 6, 6);
        const topic = args.string(0, 1, limits.topic);
        const qos = args.integer(1, 0, 2) as QoS;
        const retain = args.integer(2, 0, 1) === 1;
        // The dup flag. S2 1.5: the modem always sends 0.
        args.integer(3, 0, 1);
        const payload = readMessage(args, args.count - 1);
        requireConnected(client);
        begin(call, () => client.publish(topic, qos, retain, payload));
      },
    },
  ];
}
