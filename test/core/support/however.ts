import { modemLines, play, type Exchange } from "./exchange";
import { positions } from "./positions";

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
        const before = exchange === exchanges[0] ? 0 : inCommon(exchange, exchanges[0]);
        modemLines(exchange).forEach((length, line) => {
          if (line >= before) for (const at of positions(1, length)) play(exchange, driver, { line, at });
        });
      });
      it(`${exchange.name}: sent three bytes at a time, the clock about to wrap`, () =>
        play(exchange, driver, { gulp: 3, clock: 0x7fffffff - 500 }));
    }
  });
}

/**
 * How many lines of the modem's an exchange begins with that stand in the first one as well, with all that is between: the
 * bringing up, which the first is cut in for all of them.
 */
function inCommon(exchange: Exchange, first: Exchange): number {
  const [lines, others] = [exchange, first].map(({ script }) => script.split("\n").map((line) => line.trim()).filter((line) => line !== ""));
  let count = 0;
  for (let i = 0; i < lines.length && lines[i] === others[i]; i++) if (lines[i][0] === "←") count++;
  return count;
}
