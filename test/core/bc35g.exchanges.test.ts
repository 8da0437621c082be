import BC35G from "../../src/modems/bc35g";
import { EXCHANGES } from "./exchanges/bc35g";
import { modemLines, play } from "./support/exchange";

describe("BC35-G/BC28, exchange by exchange", () => {
  for (const exchange of EXCHANGES) it(exchange.name, () => play(exchange, BC35G));
});

describe("BC35-G/BC28, however the bytes come", () => {
  for (const exchange of EXCHANGES) {
    it(`${exchange.name}: one byte at a time`, () => play(exchange, BC35G, { bytewise: true }));
    it(`${exchange.name}: as much at once as can be`, () => play(exchange, BC35G, { merged: true }));
    it(`${exchange.name}: cut at every position`, () => {
      modemLines(exchange).forEach((length, line) => {
        for (let at = 1; at < length; at++) play(exchange, BC35G, { line, at });
      });
    });
    it(`${exchange.name}: sent three bytes at a time, the clock about to wrap`, () =>
      play(exchange, BC35G, { gulp: 3, clock: 0x7fffffff - 500 }));
  }
});
