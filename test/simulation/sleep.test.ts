// Clients on virtual modems that sleep, in virtual time: hours pass, and what is written into a sleeping UART is looked at.

import assert from "node:assert/strict";
import type { ModemOptions } from "../../hosts/virtual-modem/modem";
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import NM28 from "../../src/care/nm28";
import type { MQTTModemError } from "../../src/index";
import { Bench } from "./bench";
import { keyOf } from "./broker";
import type { FamilyName } from "./families";

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

interface Sleeper {
  readonly name: string;
  readonly modem: FamilyName;
  readonly io: unknown;
  readonly device?: ModemOptions;
  readonly psm?: { active: number; periodic: number };
  readonly keepAlive?: number;
  /** It says when it sleeps. */
  readonly tells: boolean;
}

const SLEEPERS: readonly Sleeper[] = [
  { name: "BC35-G", modem: "bc35g", io: BC35G, tells: true },
  { name: "BC28", modem: "bc35g", io: BC35G, device: { model: "bc28" }, tells: true },
  { name: "M5310-A", modem: "m531x", io: M531X, device: { model: "m5310a" }, tells: true },
  { name: "M5311", modem: "m531x", io: M531X, device: { model: "m5311" }, tells: true },
  { name: "NM28", modem: "nm28", io: NM28, psm: { active: 60, periodic: 420 }, keepAlive: 290_000, tells: false },
];

/** A client on such a modem, whose writes into a sleeping UART are kept. */
class Night {
  readonly bench: Bench;
  /** What was written while the modem slept. */
  intoSleep = "";
  readonly stages: string[] = [];

  constructor(sleeper: Sleeper, sleep: NonNullable<ModemOptions["sleep"]> = {}, driver: Record<string, unknown> = {}) {
    const { modem, io, device, psm = { active: 10, periodic: 36_000 }, keepAlive = 0 } = sleeper;
    const night = this;
    this.bench = new Bench({
      modem,
      device: { ...device, sleep },
      client: { keepAlive, onStage: (stage) => void this.stages.push(stage) },
      driver: { io, psm, ...driver },
      traffic(direction, bytes) {
        if (direction === "sent" && night.bench?.virtual.asleep) night.intoSleep += Buffer.from(bytes).toString("latin1");
      },
    });
    this.bench.broker.patient = true;
    assert.ok(this.bench.pass(10 * minutes, () => this.bench.connected), `connected: ${this.bench.errors.join()}`);
  }

  fallsAsleep(): void {
    assert.ok(this.bench.pass(10 * minutes, () => this.bench.virtual.asleep), "asleep");
    this.bench.pass(1);
  }

  publish(payload: string, QoS = 1): number {
    return this.bench.attempt(() => this.bench.client!.write(Buffer.from(payload), { topic: "t", QoS })) ?? 0;
  }

  get statistics() {
    return this.bench.client!.modem.statistics;
  }

  /** How often the broker has got it. */
  delivered(payload: string): number {
    return this.bench.broker.received.get(keyOf("t", Buffer.from(payload)))?.times ?? 0;
  }

  get codes(): readonly string[] {
    return this.bench.errors.map((error) => (error as MQTTModemError).code ?? String(error));
  }

  /** Nothing but what wakes a modem was written to one that slept. */
  mustHaveKeptQuiet(): void {
    assert.match(this.intoSleep, /^(AT\r)*$/);
  }
}

for (const sleeper of SLEEPERS) describe(`${sleeper.name}, a virtual modem that sleeps`, () => {
  for (const lostCharacters of [0, 1, 10])
    for (const wakeTime of [0, 300, 2500])
      it(`a publish each hour, where ${lostCharacters} characters are lost and waking takes ${wakeTime} ms`, () => {
        const night = new Night(sleeper, { lostCharacters, wakeTime });
        for (let hour = 1; hour <= 4; hour++) {
          night.fallsAsleep();
          night.bench.pass(sleeper.tells ? hours : 2 * minutes);
          if (!night.bench.virtual.asleep) night.fallsAsleep();
          night.publish(`hour ${hour}`, (hour - 1) % 3);
          night.bench.pass(20 * seconds);
          assert.equal(night.delivered(`hour ${hour}`), 1, `hour ${hour}: ${night.codes.join()}`);
        }
        night.mustHaveKeptQuiet();
        assert.deepEqual(night.codes, []);
        assert.ok(night.statistics.wakeUps >= 4, String(night.statistics.wakeUps));
        assert.equal(night.statistics.restarts, 0);
        assert.equal(night.statistics.connections, 1);
        assert.deepEqual(night.stages.slice(-2), ["asleep", "online"]);
        night.bench.end();
      });

  for (const keeps of ["settings", "nothing"] as const)
    it(`a sleep that leaves ${keeps === "nothing" ? "only the registration" : "the settings, and no session"}`, () => {
      const night = new Night(sleeper, { keeps });
      night.fallsAsleep();
      night.publish("hello");
      night.bench.pass(30 * seconds);
      night.mustHaveKeptQuiet();
      assert.deepEqual(night.codes, ["LINK_LOST", "LINK_LOST"]); // of the publish, and of the connection
      assert.equal(night.delivered("hello"), 0);
      assert.equal(night.statistics.wakeUps, 1);
      assert.equal(night.statistics.restarts, 0);
      night.bench.end();
    });

  it("one that only its pin wakes", () => {
    const night = new Night(sleeper, { wakesBy: "pin" }, { wake: () => night?.bench?.virtual.pulse("wake", 100) });
    night.fallsAsleep();
    night.publish("hello");
    night.bench.pass(20 * seconds);
    night.mustHaveKeptQuiet();
    assert.equal(night.delivered("hello"), 1, night.codes.join());
    night.bench.end();
  });

  it("the same on a board without that pin: it is told as silent", () => {
    const night = new Night(sleeper, { wakesBy: "pin" });
    night.fallsAsleep();
    night.publish("hello");
    night.bench.pass(2 * minutes);
    night.mustHaveKeptQuiet();
    assert.deepEqual(night.codes, ["MODEM_SILENT", "MODEM_SILENT"]);
    night.bench.end();
  });

  it("polls do not wake it, and it is polled again once it is awake", () => {
    const night = new Night(sleeper, {}, { pollInterval: 30_000 });
    night.fallsAsleep();
    night.bench.pass(5 * minutes);
    assert.equal(night.intoSleep, "");
    night.bench.end();
  });

  it("it is closed in good order while it sleeps", () => {
    const night = new Night(sleeper);
    night.fallsAsleep();
    night.bench.client!.write(null, { operation: 14 });
    night.bench.pass(20 * seconds);
    assert.ok(night.bench.over);
    assert.deepEqual(night.codes, []);
    night.mustHaveKeptQuiet();
    night.bench.end();
  });
});

describe("BC28 of the XY1100 kind", () => {
  for (const keeps of ["session", "settings", "nothing"] as const)
    it(`its banner is a wake-up's (it keeps: ${keeps})`, () => {
      const night = new Night(SLEEPERS[1], { banner: "reboot-cause", keeps });
      night.fallsAsleep();
      night.publish("hello");
      night.bench.pass(30 * seconds);
      assert.equal(night.statistics.restarts, 0);
      assert.ok(night.statistics.wakeUps >= 1);
      assert.deepEqual(night.codes, keeps === "session" ? [] : ["LINK_LOST", "LINK_LOST"]);
      night.mustHaveKeptQuiet();
      night.bench.end();
    });

  it("its own timer wakes it", () => {
    const night = new Night(SLEEPERS[1], { banner: "reboot-cause" });
    night.fallsAsleep();
    night.bench.pass(10.5 * hours);
    assert.ok(night.statistics.wakeUps >= 1);
    assert.equal(night.statistics.restarts, 0);
    assert.deepEqual(night.codes, []);
    night.bench.end();
  });

  it("PSM from the factory is switched off where it is not wanted", () => {
    const night = new Night({ ...SLEEPERS[1] }, { factory: true }, { psm: false });
    assert.ok(!night.bench.pass(2 * hours, () => night.bench.virtual.asleep), "it does not sleep");
    night.bench.end();
  });

  it("PSM from the factory of which nothing was said: it sleeps, and is woken", () => {
    const night = new Night({ ...SLEEPERS[1] }, { factory: true }, { psm: undefined });
    night.fallsAsleep();
    night.publish("hello");
    night.bench.pass(20 * seconds);
    assert.equal(night.delivered("hello"), 1, night.codes.join());
    night.bench.end();
  });
});
