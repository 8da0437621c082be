// Both modems of China Mobile under any input: cut anywhere, mixed with faults, or made of anything.

import assert from "node:assert/strict";
import fc from "../support/properties";
import type { Family } from "../../hosts/virtual-modem/engine/family";
import m531x from "../../hosts/virtual-modem/families/m531x";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import { VirtualModemCore } from "../../hosts/virtual-modem/modem";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { memoryNetwork, VirtualClock } from "./virtual-time";

const common = [
  "AT\r", "AT+CMEE=1\r", 'AT+MQTTCFG="somewhere",1883,"c",60,"u","p",1\r', "AT+MQTTTO=5\r", 'AT+MQTTOPEN=1,1,1,0,1,"w","gone"\r',
  "AT+MQTTPING=1\r", 'AT+MQTTSUB="t",1\r', "AT+MQTTSUB?\r", "AT+MQTTSTAT?\r", 'AT+MQTTUNSUB="t"\r', "AT+MQTTDISC\r", "AT+MQTTDEL\r",
];
const families: [Family, publishes: string[]][] = [
  [m531x, ['AT+MQTTPUB="t",1,0,0,5,"68656C6C6F"\r', 'AT+MQTTPUB="t",2,0,0,0,"hello"\r', 'AT+MQTTPUB="t",0,0,0,0,""\r']],
  [ml302, ['AT+MQTTPUB="t",1,0,0,5\r', "hello", 'AT+MQTTPUB="t",2,0,0,"he\\"llo"\r', 'AT+MQTTPUB="t",0,0,0,""\r', "AT+MQTTREC?\r"]],
];
/** What goes wrong, of what can. */
const faults = [
  "refused:2", "dns:4", "socket", "pdp", "dropped", "connack:4", "connack:3", "suback", "suback:1,0", "send", "link-loss:1", "link-loss:1,2000",
  "detach:3000", "restart:100", "malformed:any", "malformed:publish,2", "drop-in:any,2", "drop-in:pingresp,3", "drop-out:publish",
  "drop-in:connack", "late:3000", "no-final", "slow:3",
];

for (const [family, publishes] of families) {
  const session = [...common.slice(0, 9), ...publishes, ...common.slice(9)];

  function simulate(variants: Record<string, string | undefined> = {}): { clock: VirtualClock; modem: VirtualModemCore; said: () => string } {
    const clock = new VirtualClock();
    const said: Uint8Array[] = [];
    const port = { write: (bytes: Uint8Array) => void said.push(bytes) };
    const host = { clock, network: memoryNetwork(clock), random: seededRandom(1), port };
    const modem = new VirtualModemCore(family, host, { variants });
    clock.pass(1000);
    return { clock, modem, said: () => Buffer.concat(said).toString("latin1") };
  }

  describe(`virtual modem, ${family.name}: any input`, () => {
    it("does the same however its input is cut", () => {
      const whole = session.join("");
      const run = (cuts: readonly number[]): string => {
        const { clock, modem, said } = simulate();
        const places = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
        places.slice(1).forEach((end, index) => modem.receive(Buffer.from(whole.slice(places[index], end))));
        clock.pass(60_000);
        return said();
      };
      const expected = run([]);
      fc.assert(fc.property(fc.array(fc.nat(10_000), { maxLength: 60 }), (cuts) => run(cuts) === expected), { numRuns: 100 });
    });

    it("survives commands and faults in any order, with any variants, and answers after them", () => {
      const variants = fc.record(
        Object.fromEntries(Object.entries(family.variants).map(([name, { values }]) => [name, fc.constantFrom(...values)])),
        { requiredKeys: [] },
      );
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...session).map((text) => ({ text })) },
        { weight: 2, arbitrary: fc.constantFrom(...faults).map((fault) => ({ fault })) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ text: Buffer.from(bytes).toString("latin1") })) },
      );
      const steps = fc.array(fc.tuple(step, fc.constantFrom(0, 5, 40, 200, 6000, 70_000)), { maxLength: 40 });
      fc.assert(
        fc.property(variants, steps, (chosen, all) => {
          const { clock, modem, said } = simulate(chosen);
          for (const [what, wait] of all) {
            if ("fault" in what) modem.fault(what.fault);
            else modem.receive(Buffer.from(what.text, "latin1"));
            clock.pass(wait);
          }
          modem.clearFaults();
          // Whatever it is at: every wait of its own ends, 2048 bytes end a data phase, a carriage return a line.
          clock.pass(400_000);
          modem.receive(Buffer.from(`${"x".repeat(2048)}\r`));
          clock.pass(400_000);
          const before = said().length;
          modem.receive(Buffer.from("AT+CGMI\r"));
          clock.pass(1000);
          assert.match(said().slice(before), /\r\nCMIOT\r\n\r\nOK\r\n/);
          modem.close();
          clock.pass(1e6);
          assert.equal(clock.waiting, 0);
        }),
        { numRuns: 400 },
      );
    });
  });
}
