// Promise 8: passwords, device secrets and tokens are in no error and no trace, whatever fails and whenever.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { TrafficTrace } from "../../hosts/node/trace";
import { alibaba, ctwing, onenet, tencent } from "../../src/clouds/index";
import { MQTTClient } from "../../src/index";
import { Bench, type BenchOptions } from "./bench";
import { families, familyNames, type FamilyName } from "./families";

const SECRET = "s3cr3t-Pa55";
const KEY = Buffer.from("a device's own key, never shown").toString("base64");

/** Everything that a program can print of an error, its causes and what it carries. */
function shown(error: unknown): string {
  const parts: string[] = [];
  for (let each = error, depth = 0; each !== undefined && each !== null && depth < 5; each = (each as Error).cause, depth++) {
    parts.push(String(each), inspect(each, { depth: Infinity, showHidden: true }), JSON.stringify(each) ?? "");
    if (each instanceof Error) parts.push(each.message, each.stack ?? "");
    const { value } = each as { value?: unknown };
    if (value instanceof ArrayBuffer) parts.push(Buffer.from(value).toString("latin1"));
    else if (ArrayBuffer.isView(value)) parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1"));
  }
  return parts.join("\n");
}

interface Case {
  readonly name: string;
  readonly modem: FamilyName;
  readonly client: NonNullable<BenchOptions["client"]>;
  readonly driver?: BenchOptions["driver"];
  readonly secrets: readonly string[];
}

const plain = (modem: FamilyName): Case => ({ name: "a password", modem, client: { user: "u1", password: SECRET }, secrets: [SECRET] });
const cloud = (modem: FamilyName, name: string, client: { password: string; keepAlive: number }, secret: string): Case =>
  ({ name, modem, client: { ...client, host: "broker.example", port: 1883, keepAlive: 60_000 } as Case["client"], secrets: [client.password, secret] });

const cases: readonly Case[] = [
  ...familyNames.map(plain),
  ...familyNames.flatMap((modem) => [
    cloud(modem, "Alibaba's password", alibaba({ productKey: "pk", deviceName: "dn", deviceSecret: SECRET }), SECRET),
    cloud(modem, "Tencent's password", tencent({ productId: "PI", deviceName: "dn", deviceSecret: KEY, connectionId: "c1234", expiry: 1_900_000_000 }), KEY),
    cloud(modem, "CTWing's password", ctwing({ deviceId: "d1", productId: "p1", token: SECRET }), SECRET),
  ]),
  cloud("bc35g", "OneNET's token", onenet({ productId: "pid", deviceName: "dn", deviceKey: KEY, expiry: 1_900_000_000 }), KEY),
  cloud("nm28", "OneNET's token", onenet({ productId: "pid", deviceName: "dn", deviceKey: KEY, expiry: 1_900_000_000 }), KEY),
  { name: "a device secret for Alibaba in the modem", modem: "bc35g", client: {}, driver: { alibaba: { productKey: "pk", deviceName: "dn", deviceSecret: SECRET } }, secrets: [SECRET] },
  { name: "a device secret for Tencent in the modem", modem: "bc35g", client: { user: "u1" }, driver: { tencent: { productId: "PI", deviceName: "dn", deviceSecret: SECRET } }, secrets: [SECRET] },
];

/** What goes wrong at one command. */
const failures: Readonly<Record<string, NonNullable<BenchOptions["instead"]>>> = {
  ERROR: () => "\r\nERROR\r\n",
  "+CME ERROR": () => "\r\n+CME ERROR: 3\r\n",
  "an echo, and ERROR": (command) => `${command}\r\r\nERROR\r\n`,
  "the command as a line, and no more": (command) => `\r\n${command}\r\n`,
  silence: () => "",
  "a restart": (_command, _number, bench) => {
    bench.virtual.restart("watchdog");
    return "";
  },
  "the port": (_command, _number, bench) => {
    bench.unplug();
    return "";
  },
};

interface Seen {
  readonly errors: readonly unknown[];
  readonly trace: string;
  readonly client: MQTTClient | undefined;
  readonly commands: number;
}

/** Connects, publishes, subscribes and asks; closes after that. */
function run({ modem, client, driver, secrets }: Case, more: Partial<BenchOptions>): Seen {
  let trace = "";
  const traffic = new TrafficTrace((line) => { trace += line; }, secrets);
  const bench = new Bench({
    modem, client, driver: { bootTimeout: 3000, attachTimeout: 3000, ...driver },
    traffic: (direction, bytes) => traffic.trace(direction, bytes), ...more,
  });
  bench.pass(400_000, () => bench.connected || bench.over);
  if (bench.connected && !bench.over) {
    bench.attempt(() => bench.client!.write(Buffer.from("x"), { topic: "t", QoS: 1, id: 1 }));
    bench.attempt(() => bench.client!.inquire(families[modem].inquiry, (error) => { if (error !== null) bench.errors.push(error); }));
    bench.pass(100_000, () => bench.done.has(1) || bench.over);
    bench.attempt(() => bench.client!.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a", QoS: 1 }], id: 2 }));
    bench.pass(100_000, () => bench.done.has(2) || bench.over);
    bench.attempt(() => bench.client!.write(null, { operation: MQTTClient.DISCONNECT }));
    bench.pass(100_000, () => bench.over);
  }
  bench.end();
  traffic.flush();
  return { errors: bench.errors, trace, client: bench.client, commands: bench.commands };
}

function mustNotShow(given: Case, { errors, trace, client }: Seen): void {
  for (const secret of given.secrets) {
    for (const error of errors) assert.ok(!shown(error).includes(secret), `an error shows ${secret}: ${inspect(error)}`);
    assert.ok(!inspect(client, { depth: Infinity, showHidden: true }).includes(secret), "the client shows its secret to whoever inspects it");
    const line = trace.split("\n").find((each) => each.includes(secret));
    assert.equal(line, undefined, "the trace shows a secret");
  }
}

describe("secrets are in no error and no trace", () => {
  for (const given of cases) describe(`${given.modem}: ${given.name}`, () => {
    it("when all goes well, with an echo and without", () => {
      for (const echo of [false, true]) {
        const seen = run(given, { echo });
        mustNotShow(given, seen);
        if (given.driver === undefined) assert.deepEqual(seen.errors, []);
        assert.match(seen.trace, /\*\*\*/);
      }
    });

    it("when the network or the broker fails", () => {
      for (const fault of ["dns", "refused", "pdp", "dropped", "socket", "connack:1", "connack:2", "connack:4", "connack:5", "detach:100000", "suback:1", "drop-in:puback,0", "drop-in:connack,0"]) {
        const seen = run(given, { faults: [fault] });
        mustNotShow(given, seen);
      }
    });

    for (const [name, instead] of Object.entries(failures)) it(`when any one of the commands meets ${name}`, () => {
      let failed = 0;
      let commands = 1;
      for (let at = 1; at <= commands; at++) {
        const seen = run(given, { instead: (command, number, bench) => (number === at ? instead(command, number, bench) : undefined) });
        mustNotShow(given, seen);
        if (seen.errors.length > 0) failed++;
        if (at === 1) commands = run(given, { instead: () => undefined }).commands;
      }
      assert.ok(commands > 10 && failed > 0, `${failed} of ${commands}`);
    });
  });
});

describe("a secret that is refused is not repeated", () => {
  const bad: readonly [what: string, value: unknown][] = [
    ["too long", SECRET.repeat(200)], ["with a quote", `${SECRET}"`], ["with a line end", `${SECRET}\r\n`], ["with half a character", `${SECRET}\ud800`],
    ["a number", 123_456_789], ["an object", { secret: SECRET }], ["an array", [SECRET]], ["bytes that are no UTF-8", Buffer.concat([Buffer.from(SECRET), Buffer.from([0xff])])],
    ["bytes in another buffer", Uint8Array.from([...Buffer.from(SECRET), 0x80]).buffer], ["a function", () => SECRET],
  ];
  const isShown = (error: unknown): boolean => /s3cr3t|123_?456_?789/.test(shown(error));

  for (const modem of familyNames) it(`${modem}: the password`, () => {
    for (const [what, password] of bad) {
      const { errors, client } = new Bench({ modem, client: { user: "u1", password: password as string } });
      assert.equal(client, undefined, what);
      assert.equal((errors[0] as Error).name, "ArgumentError", what);
      assert.ok(!isShown(errors[0]), `${what}: ${inspect(errors[0])}`);
    }
  });

  it("bc35g: the device secrets of Alibaba and Tencent", () => {
    for (const [what, deviceSecret] of bad)
      for (const driver of [{ alibaba: { productKey: "pk", deviceName: "dn", deviceSecret } }, { tencent: { productId: "PI", deviceName: "dn", deviceSecret } }]) {
        const { errors, client } = new Bench({ modem: "bc35g", driver });
        assert.equal(client, undefined, what);
        assert.ok(!isShown(errors[0]), `${what}: ${inspect(errors[0])}`);
      }
  });

  it("the clouds' own: device secrets, keys and passwords", () => {
    const clouds: readonly ((secret: any) => unknown)[] = [
      (deviceSecret) => alibaba({ productKey: "pk", deviceName: "dn", deviceSecret }),
      (deviceSecret) => tencent({ productId: "PI", deviceName: "dn", deviceSecret, connectionId: "c1234", expiry: 1_900_000_000 }),
      (deviceKey) => onenet({ productId: "pid", deviceName: "dn", deviceKey, expiry: 1_900_000_000 }),
      (token) => ctwing({ deviceId: "d1", productId: "p1", token }),
    ];
    for (const make of clouds)
      for (const [what, secret] of [...bad, ["nothing", ""], ["no Base64", `${SECRET}!`]] as const) {
        let error: unknown;
        try {
          make(secret);
        } catch (thrown) {
          error = thrown;
        }
        assert.ok(!isShown(error), `${what}: ${inspect(error)}`);
      }
  });
});
