import { MQTTClient } from "../../src/index";
import { bc35g, m531x, ml302, nm28, online, type Family } from "./support/answering";
import { equal, thrown } from "./support/check";
import { TestPort, VirtualClock } from "./support/stage";

/** Every byte that could end a quoted text, its command, or its line, where the modem's document knows no escape for it. */
const HOSTILE = [...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)), "\x7f", '"'];
const BACKSLASH = "\\";

/** ML302's document knows a backslash as an escape, and not how to write one. */
const FAMILIES: [family: Family, hostile: string[], options: string[]][] = [
  [bc35g, HOSTILE, ["alibaba.productKey", "alibaba.deviceName", "alibaba.deviceSecret", "tencent.productId", "tencent.deviceName", "tencent.deviceSecret", "tencent.url"]],
  [m531x, HOSTILE, []],
  [ml302, [...HOSTILE, BACKSLASH], ["version"]],
  [nm28, HOSTILE, []],
];

const TEXTS = ["host", "id", "user", "password", "will.topic", "will.message"];
const GROUPS: Record<string, Record<string, unknown>> = {
  alibaba: { productKey: "k", deviceName: "d", deviceSecret: "s" },
  tencent: { productId: "p", deviceName: "d", deviceSecret: "s", url: "u" },
};

/** Where in a text the byte stands. */
const placed = (hostile: string): string[] => [hostile, `${hostile}a`, `a${hostile}b`, `a${hostile}`];

function refusal(family: Family, path: string, value: string): any {
  const options: any = { host: "h", id: "i", user: "u", password: "p", keepAlive: 120_000, will: { topic: "w", message: "m" }, modem: {} };
  const keys = path.split("."), last = keys.pop()!;
  let object = options;
  for (const key of keys) object = object[key] ??= { ...GROUPS[key] };
  object[last] = value;
  let opened = false;
  const error = thrown(() => new MQTTClient({
    ...options, modem: { io: family.io, clock: new VirtualClock(), ...options.modem, serial: { io: TestPort, attach: () => { opened = true; } } },
  }));
  equal(opened, false, "port opened");
  return error;
}

for (const [family, hostile, own] of FAMILIES) describe(`${family.name}: AT injection`, () => {
  for (const path of [...TEXTS, ...own.map((option) => `modem.${option}`)])
    it(`${path} holds nothing that could end its quotes`, () => {
      for (const byte of hostile) for (const value of placed(byte)) {
        const error = refusal(family, path, value);
        equal(error.code, "ARGUMENT_CHARACTER", `${JSON.stringify(value)}: ${error.message}`);
        equal(error.argument, path, JSON.stringify(value));
      }
    });

  it("topics and filters hold nothing that could end their quotes, and nothing is sent", () => {
    const { session } = online(family);
    session.sent();
    for (const byte of hostile) for (const value of placed(byte)) {
      for (const [argument, act] of [
        ["topic", () => session.publish("x", { topic: value } as any)],
        ["items[0].topic", () => session.subscribe(value, 0)],
        ["items[0].topic", () => session.client.write(null, { operation: 10, items: [{ topic: value }] })],
      ] as const) {
        const error = thrown(act);
        equal(error.code, "ARGUMENT_CHARACTER", `${argument} ${JSON.stringify(value)}: ${error.message}`);
        equal(error.argument, argument);
      }
    }
    equal(session.sent(), "", "sent");
  });
});

describe("ML302: AT injection with inline publishing", () => {
  it("a payload holds nothing that could end its quotes: what has a backslash or a control character is counted", () => {
    for (const byte of [...HOSTILE, BACKSLASH]) for (const payload of [...placed(byte), `${byte},0,1,0,1;+TRB;`]) {
      const { session } = online(ml302, { modem: { publishing: "inline" } });
      session.sent();
      session.publish(payload, { topic: "x" } as any);
      const line = session.sent();
      const quoted = payload.replaceAll('"', '\\"');
      equal(line, byte === '"' ? `AT+MQTTPUB="x",0,0,0,"${quoted}"\\r` : `AT+MQTTPUB="x",0,0,0,${payload.length}\\r`, JSON.stringify(payload));
    }
  });
});
