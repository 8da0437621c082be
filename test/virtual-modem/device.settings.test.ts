// The table of settings: what it takes, what it refuses, and how it is written on a command line.

import assert from "node:assert/strict";
import { readSettings, settingsHelp } from "../../hosts/virtual-modem/device/setting";
import { settingsTable, type SomeSettings } from "../../hosts/virtual-modem/device/settings";
import { activeSeconds, periodicSeconds } from "../../hosts/virtual-modem/device/timers";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import { DeviceBench } from "./device-bench";

describe("virtual modem: settings", () => {
  it("are read from texts, each as its kind says", () => {
    const texts = ["sim.state=pin", "sim.pin=0007", "mobile.coverage=false", "mobile.rsrp=-101.5", "mobile.sinr=unknown", "mobile.apn=a=b", "sleep.keeps=nothing"];
    assert.deepEqual(readSettings(settingsTable, texts), {
      sim: { state: "pin", pin: "0007" },
      mobile: { coverage: false, rsrp: -101.5, sinr: "unknown", apn: "a=b" },
      sleep: { keeps: "nothing" },
    });
  });

  const wrong: [string, RegExp][] = [
    ["sim", /a setting is written PART\.NAME=VALUE, such as sim\.state=pin, and not "sim"/],
    ["sim.state=lost", /^sim\.state must be one of ready, absent, pin, puk, blocked, failure, not "lost"$/],
    ["sim.pin=12", /sim\.pin must be 4 to 8 digits, not "12"/],
    ["sim.tries=", /sim\.tries must be a number from 1 to 3, not ""/],
    ["sim.tries=4", /sim\.tries must be a number from 1 to 3, not 4/],
    ["mobile.coverage=yes", /mobile\.coverage must be true or false, not "yes"/],
    ["mobile.rssi=loud", /mobile\.rssi must be a number from -150 to 0, or unknown/],
    ["mobile.nosuch=1", /no setting "mobile\.nosuch"; there are: mobile\.coverage/],
    ["nosuch.x=1", /no setting "nosuch"; there are: sim, radio, mobile/],
    ["constructor.x=1", /no setting "constructor"/],
  ];
  for (const [text, message] of wrong)
    it(`refuses ${text}`, () => assert.throws(() => readSettings(settingsTable, [text]), { name: "VirtualModemError", code: "BAD_OPTION", message }));

  it("refuses options of the wrong kind, and changes nothing then", () => {
    const bench = new DeviceBench(bc35g);
    const bad = { mobile: { coverage: false, denied: "no" } } as unknown as SomeSettings;
    assert.throws(() => bench.modem.set(bad), { code: "BAD_OPTION", message: /mobile\.denied must be a number from 0 to 255, not "no"/ });
    bench.pass(1000);
    assert.equal(bench.registration, 1);
    assert.throws(() => new DeviceBench(bc35g, bad as object), { code: "BAD_OPTION" });
    assert.throws(() => new DeviceBench(bc35g, { sim: "pin" } as object), { code: "BAD_OPTION", message: "sim must be an object of settings" });
    assert.throws(() => new DeviceBench(bc35g, { model: "bc95" }), { code: "UNKNOWN_VARIANT", message: 'no model "bc95"; there are: bc35g, bc28' });
    assert.throws(() => new DeviceBench(m531x, { model: "m5314" }), { code: "UNKNOWN_VARIANT" });
    bench.modem.close();
    bench.modem.set({ mobile: { coverage: false } });
  });

  it("are all described", () => {
    const help = settingsHelp(settingsTable);
    assert.equal(help.length, Object.values(settingsTable).flatMap((group) => Object.keys(group)).length);
    for (const row of help) assert.match(row, /^[a-z]+\.[a-zA-Z]+: .+; default .+\n {6}.+$/);
  });

  it("timers of power saving count as 24.008 has it", () => {
    const active: [string, number | undefined][] = [["00100100", 240], ["00000101", 10], ["00010000", 32], ["01000001", 360], ["11100000", undefined], ["01100011", 180]];
    for (const [bits, seconds] of active) assert.equal(activeSeconds(bits), seconds, bits);
    const periodic: [string, number | undefined][] = [
      ["01000111", 70 * 3600], ["00000100", 40 * 60], ["00111000", 24 * 3600], ["01100101", 10], ["10000011", 90], ["10100010", 120], ["11000001", 320 * 3600],
      ["11100000", undefined],
    ];
    for (const [bits, seconds] of periodic) assert.equal(periodicSeconds(bits), seconds, bits);
  });
});
