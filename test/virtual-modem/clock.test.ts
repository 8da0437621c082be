import assert from "node:assert/strict";
import { type Clock, hostClock } from "../../hosts/virtual-modem/clock";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import { VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { PunctualClock } from "../../hosts/virtual-modem/punctual-clock";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { memoryNetwork, VirtualClock } from "./virtual-time";

/** So late is every timer that is set to some time, in milliseconds. */
const lateness = 0.7;

/** A clock whose timers are late, as a host's are. */
function late(clock: VirtualClock): Clock {
  return {
    now: () => clock.now(),
    setTimer: (callback, delay) => clock.setTimer(callback, delay > 0 ? delay + lateness : 0),
    clearTimer: (timer) => clock.clearTimer(timer),
  };
}

describe("virtual modem: the clock", () => {
  it("does not make a timer of 0 ms one of 1 ms: a modem that takes no time answers at once", async () => {
    // Timers of 1 ms could not do it once; timers of 0 ms do, as soon as this process has the processor for so long.
    for (let took = Infinity; took >= 20;) {
      const start = performance.now();
      for (let i = 0; i < 30; i++) await new Promise<void>((resolve) => void hostClock.setTimer(resolve, 0));
      took = performance.now() - start;
    }
  });

  it("calls nobody from inside setTimer, and nobody too early", async () => {
    for (const [delay, exact] of [[0, false], [0, true], [0.4, true], [3.3, true], [20, false]] as const) {
      const start = performance.now();
      await new Promise<void>((resolve) => {
        let called = false;
        hostClock.setTimer(() => { called = true; resolve(); }, delay, exact);
        assert.equal(called, false);
      });
      if (exact) assert.ok(performance.now() - start >= delay, `${delay} ms took ${performance.now() - start}`);
    }
  });

  it("forgets timers of every kind", async () => {
    const fired: number[] = [];
    for (const [delay, exact] of [[0, false], [0, true], [1, true], [5, true], [5, false]] as const)
      hostClock.clearTimer(hostClock.setTimer(() => fired.push(delay), delay, exact));
    hostClock.clearTimer(undefined);
    // One that is asking for the time already.
    const asking = hostClock.setTimer(() => fired.push(1.5), 1.5, true);
    await new Promise((resolve) => setImmediate(resolve));
    hostClock.clearTimer(asking);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(fired, []);
  });

  it("makes up for late timers: what follows from one is not later still", () => {
    const time = new VirtualClock();
    const clock = new PunctualClock(late(time));
    const seen: number[] = [];
    const again = (): void => {
      seen.push(clock.now());
      if (seen.length < 5) clock.setTimer(again, 1);
    };
    clock.setTimer(again, 1);
    time.pass(100);
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    assert.equal(clock.now(), 100);
  });

  it("keeps the order: what was to be at once comes before what was to be soon", async () => {
    const clock = new PunctualClock(hostClock);
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      clock.setTimer(() => order.push("at once"), 0);
      clock.setTimer(() => { order.push("soon"); resolve(); }, 0.5);
      clock.clearTimer(clock.setTimer(() => order.push("never"), 0.2));
    });
    // Long enough for both to be due before the host looks at its timers.
    for (const end = performance.now() + 5; performance.now() < end; );
    await done;
    assert.deepEqual(order, ["at once", "soon"]);
  });

  it("goes on after a callback that throws", () => {
    const time = new VirtualClock();
    const clock = new PunctualClock(time);
    const seen: number[] = [];
    clock.setTimer(() => { throw new Error("one"); }, 1);
    clock.setTimer(() => seen.push(clock.now()), 2);
    assert.throws(() => time.pass(1), /one/);
    time.pass(10);
    assert.deepEqual(seen, [2]);
    assert.equal(time.waiting, 0);
  });

  it("paces a line so that late timers cost one lateness an exchange, and not one a piece", () => {
    const time = new VirtualClock();
    const said: [number, number][] = [];
    const modem = new VirtualModemCore(bc35g, {
      clock: late(time), random: seededRandom(1), network: memoryNetwork(time),
      port: { write: ({ length }) => void said.push([time.now(), length]) },
    }, { baud: 115_200, latencyScale: 0 });
    // 100 bytes in, nine out, in pieces of 2 ms at the most.
    modem.receive(Buffer.from(`AT+${"X".repeat(96)}\r`));
    time.pass(100);
    const [end] = said.at(-1)!;
    const bytes = (109 * 10_000) / 115_200;
    assert.equal(said.reduce((sum, [, length]) => sum + length, 0), 9);
    assert.ok(end >= bytes && end <= bytes + lateness + 0.01, `109 bytes took ${end} ms, of which ${bytes} are theirs`);
  });
});
