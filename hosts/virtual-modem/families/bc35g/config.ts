// AT+QMTCFG: the settings of the MQTT client (S1 3.2.1, dialects 2.2.1). A set form without values is a query.

import type { Args } from "../../engine/args";
import type { Call, CommandSpec, Modem } from "../../engine/family";
import type { QoS } from "../../mqtt-types";

/** The settings of AT+QMTCFG. */
export interface Settings {
  version: 3 | 4;
  /** Seconds, 0 to 3600. */
  keepalive: number;
  clean: boolean;
  /** Seconds, 1 to 60. */
  packetTimeout: number;
  /** 0 to 10. */
  retryTimes: number;
  timeoutNotice: boolean;
  will: { qos: QoS; retain: boolean; topic: string; payload: string } | undefined;
  ali: { productKey: string; deviceName: string; deviceSecret: string } | undefined;
}

/** The defaults that S1 underlines. S1 has none for the version; here it is the older one, so that tests find a host that does not set it. */
export function defaultSettings(): Settings {
  return {
    version: 3,
    keepalive: 120,
    clean: true,
    packetTimeout: 10,
    retryTimes: 3,
    timeoutNotice: false,
    will: undefined,
    ali: undefined,
  };
}

/** One key: its ranges for the test form, its answer, and how it is set. Arguments 0 and 1 are key and connectID. */
interface Key {
  readonly test: string;
  /** The values of the query answer; undefined for no answer line. */
  readonly show: (settings: Settings, quote: (text: string) => string) => readonly (string | number)[] | undefined;
  readonly set: (settings: Settings, args: Args) => void;
}

const flag = (value: boolean): number => (value ? 1 : 0);

const keys: Readonly<Record<string, Key>> = {
  version: {
    test: "(3,4)",
    show: ({ version }) => [version],
    set: (settings, args) => void (settings.version = args.expect(3).integer(2, 3, 4) as 3 | 4),
  },
  keepalive: {
    test: "(0-3600)",
    show: ({ keepalive }) => [keepalive],
    set: (settings, args) => void (settings.keepalive = args.expect(3).integer(2, 0, 3600)),
  },
  session: {
    test: "(0,1)",
    show: ({ clean }) => [flag(clean)],
    set: (settings, args) => void (settings.clean = args.expect(3).integer(2, 0, 1) === 1),
  },
  timeout: {
    test: "(1-60),(0-10),(0,1)",
    show: ({ packetTimeout, retryTimes, timeoutNotice }) => [packetTimeout, retryTimes, flag(timeoutNotice)],
    set: (settings, args) => {
      // the last two values are optional; an omitted one keeps its setting.
      args.expect(3, 5);
      const packetTimeout = args.integer(2, 1, 60);
      const retryTimes = args.integer(3, 0, 10, settings.retryTimes);
      const notice = args.integer(4, 0, 1, flag(settings.timeoutNotice));
      Object.assign(settings, { packetTimeout, retryTimes, timeoutNotice: notice === 1 });
    },
  },
  will: {
    test: "(0,1),(0-2),(0,1),<will_topic>,<will_msg>",
    show: ({ will }, quote) => (will ? [1, will.qos, flag(will.retain), quote(will.topic), quote(will.payload)] : [0]),
    set: (settings, args) => {
      // S1 3.2.1, remark 1: with flag 1 all other four are given, with flag 0 none.
      if (args.expect(3, 7).integer(2, 0, 1) === 0) {
        args.expect(3);
        settings.will = undefined;
        return;
      }
      args.expect(7);
      settings.will = {
        qos: args.integer(3, 0, 2) as QoS,
        retain: args.integer(4, 0, 1) === 1,
        topic: args.string(5, 1, 255),
        payload: args.string(6, 0, 255),
      };
    },
  },
  aliauth: {
    test: "<productkey>,<devicename>,<devicesecret>",
    show: ({ ali }, quote) => ali && [quote(ali.productKey), quote(ali.deviceName), quote(ali.deviceSecret)],
    set: (settings, args) => {
      args.expect(5);
      settings.ali = {
        productKey: args.string(2, 1, 64),
        deviceName: args.string(3, 1, 64),
        deviceSecret: args.string(4, 1, 64),
      };
    },
  },
};

/** The command. */
export function configCommand(modem: Modem, settings: Settings): CommandSpec {
  const quote = (text: string): string => (modem.variant("cfgQuotes") === "quoted" ? `"${text}"` : text);
  return {
    name: "+QMTCFG",
    test: Object.entries(keys).map(([name, { test }]) => `+QMTCFG: "${name}",(0),${test}`),
    set: ({ args, line }: Call) => {
      // Keys in capitals occur in S1's example and figure (A-3).
      const name = args.expect(2, 7).string(0, 1, 16).toLowerCase();
      const key = Object.hasOwn(keys, name) ? keys[name] : args.refuse();
      args.integer(1, 0, 0);
      if (args.count > 2) {
        key.set(settings, args);
        return;
      }
      const values = key.show(settings, quote);
      // no connectID in the answer.
      if (values) line(`+QMTCFG: "${name}",${values.join(",")}`);
    },
  };
}
