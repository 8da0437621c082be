import { BitRates } from "../../src/modem/bit-rates";
import { equal } from "./support/check";

describe("the bit rates at which a modem may answer", () => {
  it("the factory's is tried once, then it is the application's again", () => {
    const set: number[] = [];
    const rates = new BitRates({ setRate: (baud) => set.push(baud) > 0 }, 115_200, 9600);
    rates.begin();
    equal(rates.tried, "");
    equal(rates.tryOther(), true);
    equal(rates.tried, ", at 115200 and at 9600 bit/s");
    equal(rates.tryOther(), false);
    rates.back();
    equal(set.join(), "9600,115200");
  });

  it("a port that has one rate alone is left as it is", () => {
    const rates = new BitRates({ setRate: () => false }, 115_200, 9600);
    equal(rates.tryOther(), false);
    rates.back();
    equal(rates.tried, "");
  });
});
