// AT+MQTTCFG: the settings of the six clients (S4 1.1, dialects 5.2.1). No query reads a single key: the read form prints all settings,
// under names of its own (D-16).

import type { Args } from "../../engine/args";
import type { CommandSpec } from "../../engine/family";
import type { QoS } from "../../mqtt-types";
import type { Client } from "./client";
import type { Settings } from "./settings";

/** S4 gives no limits; those of the QMT set. */
const maximumTopic = 255;
const maximumMessage = 255;

/** One key: its ranges for the test form, and how it is set. Arguments 0 and 1 are key and client. */
interface Key {
  readonly test: string;
  readonly set: (settings: Settings, args: Args) => void;
}

const flagOf = (args: Args, index: number): boolean => args.integer(index, 0, 1) === 1;
const flag = (value: boolean): number => (value ? 1 : 0);

/** In the order of S4's test form. */
const keys: Readonly<Record<string, Key>> = {
  version: {
    test: "(3, 4)",
    set: (settings, args) => void (settings.version = args.expect(3).integer(2, 3, 4) as 3 | 4),
  },
  pdpcid: {
    test: "(1-16)",
    set: (settings, args) => void (settings.pdpContext = args.expect(3).integer(2, 1, 16)),
  },
  ssl: {
    test: "(0, 1), (0-5)",
    set: (settings, args) => {
      args.expect(4);
      Object.assign(settings, { ssl: flagOf(args, 2), sslContext: args.integer(3, 0, 5) });
    },
  },
  keepalive: {
    // The table also explains a 0 that the range does not have (D-2).
    test: "(10-290)",
    set: (settings, args) => void (settings.keepalive = args.expect(3).integer(2, 10, 290)),
  },
  session: {
    test: "(0, 1)",
    set: (settings, args) => void (settings.clean = flagOf(args.expect(3), 2)),
  },
  timeout: {
    // The parameter table lets <retry_time> begin at 0 (D-1).
    test: "(1-60), (1-10), (0, 1)",
    set: (settings, args) => {
      args.expect(5);
      const [packetTimeout, retryTimes] = [args.integer(2, 1, 60), args.integer(3, 1, 10)];
      Object.assign(settings, { packetTimeout, retryTimes, timeoutNotice: flagOf(args, 4) });
    },
  },
  will: {
    test: "(0, 1), (0-2), (0, 1), <willtopic>, <willmessage>",
    set: (settings, args) => {
      if (!flagOf(args.expect(3, 7), 2)) {
        args.expect(3);
        settings.will = undefined;
        return;
      }
      args.expect(7);
      settings.will = {
        qos: args.integer(3, 0, 2) as QoS,
        retain: flagOf(args, 4),
        topic: args.string(5, 1, maximumTopic),
        payload: args.string(6, 0, maximumMessage),
      };
    },
  },
  "recv/mode": {
    test: "(0, 1), (0, 1)",
    set: (settings, args) => {
      args.expect(4);
      Object.assign(settings, { messageInReport: !flagOf(args, 2), lengthInReport: flagOf(args, 3) });
    },
  },
  cached: {
    test: "(0, 1)",
    set: (settings, args) => void (settings.cached = flagOf(args.expect(3), 2)),
  },
};

/** The lines of the query's answer, as S4 1.1 has them: some hold two values, and a blank follows `will_retain:`. */
function dump({ index, settings }: Client): string[] {
  const { will } = settings;
  return [
    `+MQTTCFG: ${index}`,
    `version:${settings.version}`,
    `pdpcid:${settings.pdpContext}`,
    `sslenable:${flag(settings.ssl)} ssictx_id:${settings.sslContext}`,
    `keepalive:${settings.keepalive}`,
    `session:${flag(settings.clean)}`,
    `pkt_timeout:${settings.packetTimeout}`,
    `retry_time:${settings.retryTimes}`,
    `timeout_notice:${flag(settings.timeoutNotice)}`,
    `will_fg:${flag(will !== undefined)} will_qos:${will?.qos ?? 0}`,
    `will_retain: ${flag(will?.retain ?? false)}`,
    `will_topic:"${will?.topic ?? ""}"`,
    `will_msg:"${will?.payload ?? ""}"`,
    `msg_rcv_mode:${flag(!settings.messageInReport)}`,
    `msg_len_enable:${flag(settings.lengthInReport)}`,
    // Always empty: no key of the test form sets them.
    'product_key:""device_name:""device_secret:""',
  ];
}

/** The command. */
export function configCommand(clients: readonly Client[]): CommandSpec {
  return {
    name: "+MQTTCFG",
    test: (call) => call.line(...Object.entries(keys).map(([name, { test }]) => `+MQTTCFG: "${name}", (0-5), ${test}`)),
    read: (call) => clients.forEach((client) => call.line(...dump(client))),
    set: ({ args }) => {
      const name = args.expect(3, 7).string(0, 1, 16);
      const key = Object.hasOwn(keys, name) ? keys[name] : args.refuse();
      key.set(clients[args.integer(1, 0, clients.length - 1)].settings, args);
    },
  };
}
