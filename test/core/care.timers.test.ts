// The timers of PSM and eDRX: what the facts' documents print, and that nothing is lost on the way there and back.
import { decodeActiveTime, decodeCycle, decodePeriodicUpdate, decodeWindow, encodeActiveTime, encodeCycle, encodePeriodicUpdate, encodeWindow, Radio } from "../../src/care/sleep-timers";
import { equal, thrown } from "./support/check";

describe("PSM: the active time", () => {
  for (const [bits, seconds] of [["00100100", 240], ["00000101", 10], ["00010000", 32], ["00000001", 2], ["01011111", 11_160]] as const)
    it(`${bits} is ${seconds} s, both ways`, () => {
      equal(decodeActiveTime(bits), seconds);
      equal(encodeActiveTime("psm.active", seconds).bits, bits);
      equal(encodeActiveTime("psm.active", seconds).seconds, seconds);
    });

  for (const [asked, granted] of [[1, 2], [3, 2], [63, 60], [119, 60], [1861, 1800], [11_000, 10_800]] as const)
    it(`${asked} s are ${granted} s: rounded down, to one unit at the least`, () => equal(encodeActiveTime("psm.active", asked).seconds, granted));

  for (const [bits, seconds] of [["01100011", 180], ["11000001", 60], ["11100000", null], ["11111111", null], ["0010010", null], ["", null]] as const)
    it(`${bits || "nothing"} is read as ${seconds}`, () => equal(decodeActiveTime(bits), seconds));

  it("what does not fit is refused, with its name", () => {
    for (const seconds of [0, -1, 11_161, 1.5, NaN]) equal(thrown(() => encodeActiveTime("psm.active", seconds)).argument, "psm.active");
    equal(thrown(() => encodeActiveTime("psm.active", "10")).code, "ARGUMENT_TYPE");
  });
});

describe("PSM: the periodic update", () => {
  for (const [bits, seconds] of [["01000111", 70 * 3600], ["00000100", 40 * 60], ["00111000", 24 * 3600], ["01111111", 62], ["10000011", 90], ["11011111", 9920 * 3600]] as const)
    it(`${bits} is ${seconds} s, both ways`, () => {
      equal(decodePeriodicUpdate(bits), seconds);
      equal(encodePeriodicUpdate("psm.periodic", seconds).bits, bits);
    });

  it("01000001 is 10 h, the default of a BC35-G, and is written in the finer unit", () => {
    equal(decodePeriodicUpdate("01000001"), 36_000);
    equal(encodePeriodicUpdate("psm.periodic", 36_000).bits, "00101010");
  });

  for (const [asked, granted] of [[1, 2], [63, 90], [931, 960], [1861, 2400], [3601, 4200], [112_000, 144_000], [35_712_000, 35_712_000]] as const)
    it(`${asked} s are ${granted} s: rounded up`, () => equal(encodePeriodicUpdate("psm.periodic", asked).seconds, granted));

  it("111 in front is deactivated", () => equal(decodePeriodicUpdate("11100000"), null));

  it("never wakes a modem before the time that was asked for, and at the most a unit after it", () => {
    for (let seconds = 1; seconds <= 35_712_000; seconds = Math.ceil(seconds * 1.07)) {
      const { bits, seconds: granted } = encodePeriodicUpdate("x", seconds);
      equal(decodePeriodicUpdate(bits), granted);
      equal(granted >= seconds && granted <= Math.max(seconds + 2, seconds * 2 + 60), true, `${seconds} s gave ${granted}`);
    }
  });
});

describe("eDRX", () => {
  const NARROW: [string, number][] = [["0010", 20.48], ["0011", 40.96], ["0101", 81.92], ["1001", 163.84], ["1010", 327.68], ["1011", 655.36], ["1100", 1310.72], ["1101", 2621.44], ["1110", 5242.88], ["1111", 10_485.76]];
  const WIDE: [string, number][] = [
    ["0000", 5.12], ["0001", 10.24], ["0010", 20.48], ["0011", 40.96], ["0100", 61.44], ["0101", 81.92], ["0110", 102.4], ["0111", 122.88], ["1000", 143.36],
    ["1001", 163.84], ["1010", 327.68], ["1011", 655.36], ["1100", 1310.72], ["1101", 2621.44],
  ];
  for (const [radio, name, cycles] of [[Radio.Narrow, "NB-IoT", NARROW], [Radio.Wide, "LTE", WIDE]] as const)
    it(`${name}: each cycle of the table, both ways`, () => {
      for (const [bits, seconds] of cycles) {
        equal(decodeCycle(bits, radio), seconds);
        equal(encodeCycle("edrx", seconds, radio).bits, bits);
        equal(encodeCycle("edrx", seconds, radio).seconds, seconds);
      }
    });

  it("what one radio does not have is read as the table says", () => {
    for (const bits of ["0000", "0001", "0100", "0110", "0111", "1000"]) equal(decodeCycle(bits, Radio.Narrow), 20.48, bits);
    for (const bits of ["1110", "1111"]) equal(decodeCycle(bits, Radio.Wide), 2621.44, bits);
    for (const bits of ["", "00", "00101", "0x10"]) equal(decodeCycle(bits, Radio.Wide), null, bits);
  });

  it("the nearest cycle is taken", () => {
    for (const [asked, narrow, wide] of [[1, 20.48, 5.12], [20, 20.48, 20.48], [40, 40.96, 40.96], [60, 40.96, 61.44], [70, 81.92, 61.44], [2000, 2621.44, 2621.44]] as const) {
      equal(encodeCycle("edrx", asked, Radio.Narrow).seconds, narrow, `${asked} s, NB-IoT`);
      equal(encodeCycle("edrx", asked, Radio.Wide).seconds, wide, `${asked} s, LTE`);
    }
    equal(thrown(() => encodeCycle("edrx", 2700, Radio.Wide)).code, "ARGUMENT_RANGE");
    equal(encodeCycle("edrx", 2700, Radio.Narrow).seconds, 2621.44);
    for (const wrong of [0, -1, NaN, "20"]) equal(thrown(() => encodeCycle("modem.edrx", wrong, Radio.Narrow)).argument, "modem.edrx");
  });

  it("the paging time window counts from one unit on", () => {
    for (const [bits, narrow, wide] of [["0000", 2.56, 1.28], ["0101", 15.36, 7.68], ["1111", 40.96, 20.48]] as const) {
      equal(decodeWindow(bits, Radio.Narrow), narrow);
      equal(decodeWindow(bits, Radio.Wide), wide);
      equal(encodeWindow("edrx.window", narrow, Radio.Narrow).bits, bits);
      equal(encodeWindow("edrx.window", wide, Radio.Wide).bits, bits);
    }
    equal(encodeWindow("edrx.window", 10, Radio.Narrow).seconds, 10.24);
    equal(thrown(() => encodeWindow("edrx.window", 42, Radio.Narrow)).code, "ARGUMENT_RANGE");
  });
});
