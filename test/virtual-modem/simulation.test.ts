// The modem without a host: virtual time, a network in memory, one seed. Nothing here waits.

import assert from "node:assert/strict";
import fc from "../support/properties";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import { type ModemOptions, VirtualModemCore } from "../../hosts/virtual-modem/modem";
import type { Network } from "../../hosts/virtual-modem/network";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { memoryNetwork, VirtualClock } from "./virtual-time";

interface Simulation {
  readonly clock: VirtualClock;
  readonly modem: VirtualModemCore;
  readonly said: () => string;
}

function simulate(options: ModemOptions = {}, seed = 1): Simulation {
  const clock = new VirtualClock();
  const said: Uint8Array[] = [];
  const port = { write: (bytes: Uint8Array) => void said.push(bytes) };
  const modem = new VirtualModemCore(bc35g, { clock, network: memoryNetwork(clock), random: seededRandom(seed), port }, options);
  return { clock, modem, said: () => Buffer.concat(said).toString("latin1") };
}

const session = [
  "AT\r", "AT+CMEE=1\r", 'AT+QMTCFG="timeout",0,5,2,1\r', 'AT+QMTOPEN=0,"somewhere",1883\r', 'AT+QMTCONN=0,"c"\r',
  'AT+QMTSUB=0,1,"t",1\r', 'AT+QMTPUB=0,2,1,0,"t",5\r', "hello", "AT+QMTDISC=0\r", "AT+QMTCLOSE=0\r",
];

describe("virtual modem: in simulation", () => {
  it("runs a whole session in virtual time", () => {
    const { clock, modem, said } = simulate();
    for (const text of session) {
      modem.receive(Buffer.from(text));
      clock.pass(5000);
    }
    const OK = "\r\nOK\r\n";
    assert.equal(
      said(),
      OK + OK + OK + `${OK}\r\n+QMTOPEN: 0,0\r\n` + `${OK}\r\n+QMTCONN: 0,0,0\r\n` + `${OK}\r\n+QMTSUB: 0,1,0,1\r\n` +
        `\r\n> ${OK}\r\n+QMTPUB: 0,2,0\r\n\r\n+QMTRECV: 0,0,"t",hello\r\n` +
        `${OK}\r\n+QMTDISC: 0,0\r\n\r\n+QMTSTAT: 0,5\r\n` + `${OK}\r\n+QMTCLOSE: 0,0\r\n`,
    );
    modem.close();
    clock.pass(1e6);
    assert.equal(clock.waiting, 0);
  });

  it("keeps a connection for a day", () => {
    const { clock, modem, said } = simulate();
    for (const text of session.slice(0, 6)) {
      modem.receive(Buffer.from(text));
      clock.pass(5000);
    }
    const before = said();
    clock.pass(24 * 3600 * 1000);
    assert.equal(said(), before);
  });

  it("answers within the times that the document gives, and QMTOPEN after 75 s at most", () => {
    const clock = new VirtualClock();
    const said: string[] = [];
    const never: Network = { open: () => ({ write: () => undefined, close: () => undefined, abort: () => undefined }) };
    const port = { write: (bytes: Uint8Array) => void said.push(Buffer.from(bytes).toString()) };
    const modem = new VirtualModemCore(bc35g, { clock, network: never, random: seededRandom(1), port });
    clock.pass(1000);
    modem.receive(Buffer.from('AT+QMTOPEN=0,"h",1\r'));
    clock.pass(300);
    assert.deepEqual(said.splice(0), ["\r\nOK\r\n"]);
    clock.pass(74_000);
    assert.deepEqual(said.splice(0), []);
    clock.pass(1000);
    assert.deepEqual(said.splice(0), ["\r\n+QMTOPEN: 0,-1\r\n"]);
  });

  it("paces both directions at the baud rate", () => {
    const times: [string, number, number][] = [];
    const { clock, modem } = simulate({ baud: 9600, trace: ({ direction, bytes, time }) => times.push([direction, bytes.length, time]) });
    clock.pass(1000);
    modem.receive(Buffer.from("AT+CGMR\r"));
    clock.pass(1000);
    const of = (direction: string): { bytes: number; from: number; to: number; largest: number } => {
      const own = times.filter(([which]) => which === direction);
      const bytes = own.reduce((sum, [, count]) => sum + count, 0);
      return { bytes, from: own[0][2], to: own.at(-1)![2], largest: Math.max(...own.map(([, count]) => count)) };
    };
    const byteTime = 10_000 / 9600;
    const rx = of("rx");
    assert.equal(rx.bytes, 8);
    assert.ok(Math.abs(rx.to - 1000 - 8 * byteTime) < 0.01, `8 bytes took ${rx.to - 1000} ms`);
    const tx = of("tx");
    // The first byte has left the line one byte time after the answer began, 10 ms after the command's end.
    assert.ok(Math.abs(tx.to - (rx.to + 10 + tx.bytes * byteTime)) < 0.01, `${tx.bytes} bytes until ${tx.to}`);
    assert.ok(tx.largest <= 2 && rx.largest <= 2, "a UART has no bursts");
  });

  it("does the same however its input is cut", () => {
    const whole = session.join("");
    const run = (cuts: readonly number[]): string => {
      const { clock, modem, said } = simulate();
      clock.pass(1000);
      const places = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
      // All of it at one moment: what is cut is the input, not time.
      places.slice(1).forEach((end, index) => modem.receive(Buffer.from(whole.slice(places[index], end))));
      clock.pass(60_000);
      return said();
    };
    const expected = run([]);
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 60 }), (cuts) => run(cuts) === expected),
      { numRuns: 100 },
    );
  });

  it("survives any bytes, and answers after them", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...session, "AT+QMTPUB=0,0,0,0,\"t\"\r", "\x1a", "\x1b", '"', ";", ",", "=", "?", "\r\n").map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { clock, modem, said } = simulate();
        clock.pass(1000);
        for (const bytes of pieces) {
          modem.receive(bytes);
          clock.pass(40);
        }
        // Whatever state it is in: 1024 bytes end a data phase, Ctrl-Z another, a carriage return a line.
        clock.pass(1000);
        modem.receive(Buffer.from("x".repeat(1024)));
        clock.pass(1000);
        modem.receive(Buffer.from("\x1a\r"));
        clock.pass(1000);
        const before = said().length;
        modem.receive(Buffer.from("AT+CGMI\r"));
        clock.pass(1000);
        assert.match(said().slice(before), /\r\nQuectel\r\n\r\nOK\r\n/);
        modem.close();
      }),
      { numRuns: 300 },
    );
  });

  it("repeats a run with byte faults from its seed", () => {
    const run = (seed: number): string => {
      const { clock, modem, said } = simulate({ faults: ["lose:0.02", "change:0.02", "double:0.02"] }, seed);
      for (const text of session) {
        modem.receive(Buffer.from(text));
        clock.pass(5000);
      }
      return said();
    };
    assert.equal(run(42), run(42));
    assert.notEqual(run(42), run(43));
  });
});
