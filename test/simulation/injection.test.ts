// Hostile strings in every argument: each is refused before a byte is sent, or stands on the wire as the text that it is.
// The wire is read by the checker of wire.ts, which shares nothing with src.

import assert from "node:assert/strict";
import fc from "../support/properties";
import { VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { ArgumentError, MQTTClient } from "../../src/index";
import { Broker } from "./broker";
import { CoreTime, Processor, SimulatedClock } from "./clock";
import { hostileTexts } from "./corpus";
import { families, familyNames, type FamilyName } from "./families";
import { Line, SimulatedPort } from "./line";
import { SimulatedNetwork } from "./network";
import { WireChecker } from "./wire";

const places = ["host", "id", "user", "password", "will topic", "will message", "filter", "topic", "payload"] as const;
type Arguments = Record<(typeof places)[number], string>;
const harmless: Arguments = {
  host: "broker.example", id: "meter-1", user: "u1", password: "p1", "will topic": "will/t", "will message": "gone", filter: "cmd/a", topic: "out/a", payload: "{}",
};

/** Connects, subscribes, publishes at each QoS and unsubscribes. @returns whether it was taken, and what the checker and the client's ends say */
function run(modem: FamilyName, given: Arguments): { taken: boolean; wrong: string[]; lines: number } {
  const wrong: string[] = [];
  const clock = new SimulatedClock();
  const processor = new Processor(clock, (what) => what());
  const family = families[modem];
  const broker = new Broker(clock);
  const payload = Buffer.from(given.payload);
  const texts = { ...Object.fromEntries(places.map((place) => [place, new Set([given[place]])])) } as Record<string, Set<string>>;
  const payloads = (topic: string): Set<string> => new Set(topic === given.topic ? [payload.toString("latin1")] : []);
  const wire = new WireChecker({ modem, cuts: false, given: [{ texts, payloads }], violated: (what) => void wrong.push(what) });
  const line: Line = new Line({
    clock, processor, baud: 0, fifo: Infinity, toModem: (bytes) => virtual.receive(bytes),
    wrote: (bytes) => wire.wrote(bytes), read: (bytes) => wire.read(bytes), overflowed: () => {},
  });
  const virtual = new VirtualModemCore(family.modem, { clock, network: new SimulatedNetwork(clock, broker), random: () => 0.5, port: { write: (bytes) => line.fromModem(bytes) } });
  const refusals = (what: () => void): boolean => {
    try {
      what();
      return true;
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      const secret = given.password.length > 3 && !places.some((place) => place !== "password" && given[place].includes(given.password));
      if (secret && error.message.includes(given.password)) wrong.push(`an error shows the password: ${error.message}`);
      return false;
    }
  };
  let client: MQTTClient | undefined;
  const steps: (() => void)[] = [
    () => client!.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: given.filter, QoS: 1 }] }),
    ...[0, 1, 2].map((QoS) => () => void client!.write(payload, { topic: given.topic, QoS })),
    () => client!.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: given.filter }] }),
  ];
  let taken = refusals(() => {
    client = new MQTTClient({
      host: given.host, id: given.id, user: given.user, password: given.password, will: { topic: given["will topic"], message: given["will message"] }, keepAlive: 60_000,
      modem: { io: family.driver as any, clock: new CoreTime(clock, processor, 0), serial: { io: SimulatedPort as any, line } },
      onControl: ({ operation }) => { if (operation === MQTTClient.CONNACK) next(); },
      onDone: () => next(),
    });
  });
  const next = (): void => {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      if (refusals(step)) return;
      taken = false;
    }
  };
  const linesBefore = wire.lines;
  for (let i = 0; i < 3000 && clock.step(60_000); i++);
  client?.close();
  for (let i = 0; i < 300 && clock.step(90_000); i++);
  virtual.close();
  return { taken, wrong, lines: wire.lines - linesBefore };
}

for (const modem of familyNames) describe(`${modem}: no argument becomes a command`, () => {
  it("harmless ones go all the way", () => {
    const { taken, wrong, lines } = run(modem, harmless);
    assert.deepEqual(wrong, []);
    assert.ok(taken && lines > 10, `${lines} lines`);
  });

  it("every hostile text in every place", () => {
    let refused = 0;
    for (const place of places)
      for (const text of hostileTexts(modem)) {
        const { taken, wrong } = run(modem, { ...harmless, [place]: text });
        assert.deepEqual(wrong, [], `${place}: ${JSON.stringify(text)}`);
        if (!taken) refused++;
        if (place !== "payload") assert.ok(!(taken && /["\x00-\x1f\x7f]/.test(text)), `${place}: ${JSON.stringify(text)} was taken`);
      }
    assert.ok(refused > 0);
  });

  it("any texts in all places at once", () => fc.assert(fc.property(
    fc.record(Object.fromEntries(places.map((place) => [place, fc.oneof(
      { weight: 6, arbitrary: fc.constant(harmless[place]) }, fc.string({ unit: "binary", maxLength: 300 }), fc.string({ unit: "grapheme-ascii", maxLength: 40 }), fc.constantFrom(...hostileTexts(modem)),
    )])) as { [place in keyof Arguments]: fc.Arbitrary<string> }),
    (given) => assert.deepEqual(run(modem, given as Arguments).wrong, []),
  ), { numRuns: 150 }));
});
