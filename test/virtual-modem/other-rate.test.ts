import assert from "node:assert/strict";
import fc from "../support/properties";
import { readAtOtherRate } from "../../hosts/virtual-modem/engine/other-rate";

const RATES = [2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400];
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });

describe("virtual modem: bytes at another rate", () => {
  it("are what they were at the same rate, and at one that is 3 % off", () => {
    fc.assert(fc.property(bytes, fc.constantFrom(...RATES), fc.double({ min: 0.97, max: 1.03, noNaN: true }), (sent, rate, error) => {
      assert.deepEqual(readAtOtherRate(sent, rate, rate * error), sent);
    }));
  });

  it("are never a command or an answer at twice the rate, or half of it, or any other that is usual", () => {
    for (const text of ["AT\r", "\r\nOK\r\n", "AT\rAT\rAT\r"])
      for (const sender of RATES)
        for (const receiver of RATES) {
          const read = Buffer.from(readAtOtherRate(Buffer.from(text), sender, receiver)).toString("latin1");
          if (sender !== receiver) assert.doesNotMatch(read, /AT\r|OK\r\n/, `${sender} read at ${receiver}`);
        }
  });

  it("are what an oscilloscope shows: 0x00 at half the rate is a frame without a stop bit, which is a 0; 0xFF is one start bit", () => {
    assert.deepEqual([...readAtOtherRate(Uint8Array.of(0x00), 4800, 9600)], [0x00]);
    // One bit at 4800 is two at 9600: start, then a 0 and seven 1.
    assert.deepEqual([...readAtOtherRate(Uint8Array.of(0xff), 4800, 9600)], [0xfe]);
    // Half a bit wide: over before its middle.
    assert.deepEqual([...readAtOtherRate(Uint8Array.of(0xff), 19_200 * 1.2, 9600)], []);
  });
});
