import assert from "node:assert/strict";
import type { Alarm, Clock } from "../../src/platform";
import { load } from "./support/host";
import { Timers, Uart } from "./support/models";

describe("The clock on Moddable", () => {
  const timers = new Timers();
  let clock: Clock, alarm: Alarm, rings: number;
  before(async () => { ({ clock } = await load<{ clock: Clock }>("serial-port", timers, Uart, 'export { clock } from "modem-mqtt/host/clock";')); });
  beforeEach(() => { rings = 0; alarm = clock.alarm({ onAlarm: () => { rings++; } }); });

  it("counts in 32 bits with a sign, and its differences survive the wrap", () => {
    const before = clock.now();
    timers.pass(1000);
    assert.equal((clock.now() - before) | 0, 1000);
    assert.equal(clock.now(), clock.now() | 0);
  });

  it("rings once for each setting, at the last one's time", () => {
    timers.pass(50);
    assert.equal(rings, 0);
    alarm.set(100);
    alarm.set(10);
    timers.pass(9);
    assert.equal(rings, 0);
    timers.pass(200);
    assert.equal(rings, 1);
    alarm.set(0);
    timers.pass(1);
    assert.equal(rings, 2);
    alarm.set(5);
    timers.pass(5);
    assert.equal(rings, 3);
  });

  it("does not ring when it is cleared or closed, and can be set from its own callback, or closed there", () => {
    alarm.set(5);
    alarm.clear();
    timers.pass(20);
    alarm.set(5);
    alarm.close();
    timers.pass(20);
    assert.equal(rings, 0);
    const again: Alarm = clock.alarm({ onAlarm: () => { if (++rings < 3) again.set(5); else again.close(); } });
    again.set(5);
    timers.pass(100);
    assert.equal(rings, 3);
  });
});
