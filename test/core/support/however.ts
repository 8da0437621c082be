import { modemLines, play, type Exchange } from "./exchange";

/** Plays exchanges as they stand, then with their bytes in all other pieces that a serial port may make of them. */
export function playHoweverTheyCome(family: string, exchanges: readonly Exchange[], driver: any): void {
  describe(`${family}, exchange by exchange`, () => {
    for (const exchange of exchanges) it(exchange.name, () => play(exchange, driver));
  });

  describe(`${family}, however the bytes come`, () => {
    for (const exchange of exchanges) {
      it(`${exchange.name}: one byte at a time`, () => play(exchange, driver, { bytewise: true }));
      it(`${exchange.name}: as much at once as can be`, () => play(exchange, driver, { merged: true }));
      it(`${exchange.name}: cut at every position`, () => {
        modemLines(exchange).forEach((length, line) => {
          for (let at = 1; at < length; at++) play(exchange, driver, { line, at });
        });
      });
      it(`${exchange.name}: sent three bytes at a time, the clock about to wrap`, () =>
        play(exchange, driver, { gulp: 3, clock: 0x7fffffff - 500 }));
    }
  });
}
