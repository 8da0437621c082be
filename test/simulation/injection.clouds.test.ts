// Hostile strings in what the clouds' helpers and the modems' own cloud commands are given, and in everything else that is
// not a topic or a payload: refused, or on the wire as the text that it is. injection.test.ts has the rest.

import assert from "node:assert/strict";
import { alibaba, ctwing, onenet, tencent, type CloudConnection } from "../../src/clouds/index";
import { ArgumentError } from "../../src/index";
import { Bench } from "./bench";
import { hostileTexts } from "./corpus";
import { families, familyNames, type FamilyName } from "./families";
import { WireChecker } from "./wire";

const KEY = Buffer.from("a device's own key").toString("base64");
const enemies = (modem: FamilyName): string[] => [...hostileTexts(modem), 'x"\r\nAT+CFUN=0\r\n', 'x",1883\rAT+CFUN=0\r', "\u2028", "a\ud800", "%0d%0aAT", "a,b&c=d;e|f/g"];

/** Connects as far as it goes. @returns whether it was taken, and what the checker says of the wire */
function wire(modem: FamilyName, client: Record<string, unknown>, driver: Record<string, unknown>, texts: Record<string, string>): { taken: boolean; wrong: string[] } {
  const wrong: string[] = [];
  const host = String(client.host ?? "broker.example");
  const given = Object.fromEntries(Object.entries({
    host, id: "meter-1", user: "", password: "", "will topic": "", "will message": "", filter: "", product: "", device: "", client: "", secret: "", url: "", version: "", ...client, ...texts,
  }).map(([place, text]) => [place, new Set([String(text), ""])]));
  const checker = new WireChecker({ modem, cuts: false, given: [{ texts: given, payloads: () => new Set() }], violated: (what) => void wrong.push(what) });
  const bench = new Bench({
    modem, client: { keepAlive: 60_000, ...client, port: 1883 } as object, driver,
    traffic: (direction, bytes) => (direction === "sent" ? checker.wrote(bytes) : checker.read(bytes)),
  });
  bench.pass(30_000, () => bench.connected || bench.over);
  const taken = bench.client !== undefined;
  if (!taken) assert.ok(bench.errors[0] instanceof ArgumentError, String(bench.errors[0]));
  bench.end();
  return { taken, wrong };
}

/** Each helper with one of its arguments replaced. */
const clouds: Readonly<Record<string, readonly [make: (options: any) => CloudConnection, options: Readonly<Record<string, unknown>>]>> = {
  Alibaba: [alibaba, { productKey: "pk", deviceName: "dn", deviceSecret: "ds", clientId: "c" }],
  Tencent: [tencent, { productId: "PI", deviceName: "dn", deviceSecret: KEY, connectionId: "c1234", expiry: 1_900_000_000, host: "h" }],
  OneNET: [onenet, { productId: "pid", deviceName: "dn", deviceKey: KEY, expiry: 1_900_000_000, host: "h" }],
  CTWing: [ctwing, { deviceId: "d", productId: "p", token: "t", host: "h" }],
};

for (const [name, [make, options]] of Object.entries(clouds)) describe(`no argument of ${name}'s helper becomes a command`, () => {
  for (const argument of Object.keys(options)) it(argument, () => {
    let refused = 0;
    for (const text of enemies("bc35g")) {
      let connection: CloudConnection;
      try {
        connection = make({ ...options, [argument]: text });
      } catch (error) {
        assert.ok(error instanceof ArgumentError, `${JSON.stringify(text)}: ${error}`);
        refused++;
        continue;
      }
      for (const modem of ["bc35g", "nm28"] as const) {
        const { host, id, user, password } = connection;
        assert.deepEqual(wire(modem, { host, id, user, password }, {}, {}).wrong, [], JSON.stringify(text));
      }
    }
    assert.ok(refused > 10, `${refused} refused`);
  });
});

const drivers: readonly [modem: FamilyName, option: string, make: (text: string) => Record<string, unknown>, texts: (text: string) => Record<string, string>][] = [
  ...["productKey", "deviceName", "deviceSecret"].map((argument, index): (typeof drivers)[number] => ["bc35g", `alibaba.${argument}`,
    (text) => ({ alibaba: { productKey: "pk", deviceName: "dn", deviceSecret: "ds", [argument]: text } }),
    (text) => ({ product: "pk", device: "dn", secret: "ds", [["product", "device", "secret"][index]]: text })]),
  ...["productId", "deviceName", "deviceSecret", "url"].map((argument, index): (typeof drivers)[number] => ["bc35g", `tencent.${argument}`,
    (text) => ({ tencent: { productId: "PI", deviceName: "dn", deviceSecret: "ds", url: "u", [argument]: text } }),
    (text) => ({ product: "PI", device: "dn", secret: "ds", url: "u", client: argument === "productId" ? `${text}@dn` : argument === "deviceName" ? `PI@${text}` : "PI@dn", [["product", "device", "secret", "url"][index]]: text })]),
  ["ml302", "version", (version) => ({ version, encrypt: true }), (version) => ({ version })],
];

describe("no text of a driver's own options becomes a command", () => {
  for (const [modem, option, make, texts] of drivers) it(`${modem}: ${option}`, () => {
    let taken = 0, refused = 0;
    for (const text of enemies(modem)) {
      const seen = wire(modem, {}, make(text), texts(text));
      assert.deepEqual(seen.wrong, [], JSON.stringify(text));
      if (seen.taken) taken++;
      else refused++;
    }
    assert.ok(taken > 5 && refused > 5, `${taken} taken, ${refused} refused`);
  });

  for (const modem of familyNames) it(`${modem}: whatever else is no number, no choice and no yes or no is refused`, () => {
    const options = ["payloadEncoding", "ackTimeout", "packetTimeout", "retries", "encrypt", "model", "publishing", "showPings", "modemReconnects", "pdpContext", "sslContext", "type", "ctrlZ", "pollInterval", "receiving", "payloadQuotes"];
    for (const option of options)
      for (const text of ['1\rAT+CFUN=0\r', '"', "1"]) assert.deepEqual(wire(modem, {}, { [option]: text }, {}).wrong, [], `${option}: ${text}`);
    for (const option of ["port", "keepAlive", "clean", "protocolVersion"]) {
      const bench = new Bench({ modem, client: { [option]: '1883\rAT+CFUN=0\r' } });
      assert.ok(bench.client === undefined && bench.errors[0] instanceof ArgumentError, option);
    }
  });
});

for (const modem of familyNames) describe(`${modem}: no inquiry but the family's own`, () => {
  it("is sent", () => {
    const bench = new Bench({ modem });
    bench.pass(60_000, () => bench.connected);
    assert.ok(bench.connected);
    const own = families[modem].inquiry;
    const lines: string[] = [];
    for (const text of [...enemies(modem), `${own}\rAT+CFUN=0`, `${own} `, own.toLowerCase(), own.slice(0, -1)]) {
      if (text === own) continue;
      assert.throws(() => bench.client!.inquire(text, () => lines.push(text)), ArgumentError, JSON.stringify(text));
    }
    assert.deepEqual(lines, []);
    bench.end();
  });
});
