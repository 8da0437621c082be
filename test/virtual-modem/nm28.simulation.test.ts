// The NM28 in virtual time, with a network in memory and one seed. Nothing here waits.

import assert from "node:assert/strict";
import fc from "../support/properties";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import { type ModemOptions, VirtualModemCore } from "../../hosts/virtual-modem/modem";
import type { Network } from "../../hosts/virtual-modem/network";
import { seededRandom } from "../../hosts/virtual-modem/random";
import { memoryNetwork, VirtualClock } from "./virtual-time";

const OK = "\r\nOK\r\n";

interface Simulation {
  readonly clock: VirtualClock;
  readonly modem: VirtualModemCore;
  readonly said: () => string;
  readonly run: (...texts: readonly string[]) => void;
}

function simulate(options: ModemOptions = {}, seed = 1, makeNetwork = memoryNetwork): Simulation {
  const clock = new VirtualClock();
  const said: Uint8Array[] = [];
  const port = { write: (bytes: Uint8Array) => void said.push(bytes) };
  const host = { clock, network: makeNetwork(clock), random: seededRandom(seed), port };
  const modem = new VirtualModemCore(nm28, host, options);
  clock.pass(1000);
  return {
    clock,
    modem,
    said: () => Buffer.concat(said).toString("latin1"),
    run: (...texts) => {
      for (const text of texts) {
        modem.receive(Buffer.from(text, "latin1"));
        clock.pass(5000);
      }
    },
  };
}

const session = (client: number): string[] => [
  `AT+MQTTCFG="timeout",${client},5,2,1\r`, `AT+MQTTOPEN=${client},"somewhere",1883\r`, `AT+MQTTCONN=${client},"c","",""\r`,
  `AT+MQTTSUB=${client},1,"t",1\r`, `AT+MQTTPUBEX=${client},2,1,0,0,"t",5\r`, "hello", `AT+MQTTDISC=${client}\r`,
  `AT+MQTTCLOSE=${client}\r`,
];

const answers = (client: number): string =>
  OK +
  [`+MQTTOPEN:${client},0`, `+MQTTCONN:${client},0,0`, `+MQTTSUB:${client},1,0,1`].map((line) => `\r\n${line}\r\n${OK}`).join("") +
  `\r\nCONNECT\r\n\r\n+MQTTPUBEX:${client},2,0\r\n${OK}\r\n+MQTTRECV:${client},1,t,5,hello\r\n` +
  [`+MQTTDISC:${client},0`, `+MQTTCLOSE:${client},0`].map((line) => `\r\n${line}\r\n${OK}`).join("");

describe("virtual modem, NM28: in simulation", () => {
  it("runs whole sessions in virtual time", () => {
    const { clock, modem, said, run } = simulate();
    for (const client of [0, 5]) run(...session(client));
    assert.equal(said(), answers(0) + answers(5));
    modem.close();
    clock.pass(1e6);
    assert.equal(clock.waiting, 0);
  });

  it("keeps six connections for a day", () => {
    const { clock, said, run } = simulate();
    for (const client of [0, 1, 2, 3, 4, 5]) run(...session(client).slice(0, 4));
    const before = said();
    clock.pass(24 * 3600 * 1000);
    assert.equal(said(), before);
    run("AT+MQTTCONN?\r");
    assert.equal(said().slice(before.length), [0, 1, 2, 3, 4, 5].map((client) => `\r\n+MQTTCONN:${client},1\r\n`).join("") + OK);
  });

  it("keeps each connection alive at its own pace, and notices one that is not", () => {
    const pings: number[] = [];
    const { clock, modem, said, run } = simulate({}, 1, (clock) => ({
      open(host, port, events) {
        const connection = memoryNetwork(clock).open(host, port, events);
        const write = (bytes: Uint8Array): void => {
          if (bytes[0] === 0xc0) pings.push(port);
          connection.write(bytes);
        };
        return { ...connection, write };
      },
    }));
    for (const [client, keepalive] of [[4, 10], [5, 290]]) {
      run(
        `AT+MQTTCFG="keepalive",${client},${keepalive}\r`,
        `AT+MQTTOPEN=${client},"h",${client}\r`,
        `AT+MQTTCONN=${client},"c","",""\r`,
      );
    }
    pings.length = 0;
    clock.pass(290_000);
    assert.deepEqual([pings.filter((port) => port === 4).length, pings.filter((port) => port === 5).length], [29, 1]);
    modem.fault("drop-in@4:pingresp,0");
    // The next ping is due in 10 s at most, its answer in 5 s.
    clock.pass(15_000);
    const before = said().length;
    run("AT+MQTTCONN?\r");
    assert.equal(said().slice(before), `\r\n+MQTTCONN:4,0\r\n\r\n+MQTTCONN:5,1\r\n${OK}`);
  });

  it("reports a data point that got through though its message did not", () => {
    const { clock, modem, said, run } = simulate({ variants: { afterUnanswered: "open" } });
    run('AT+MQTTCFG="timeout",0,5,1,0\r', 'AT+MQTTOPEN=0,"h",1\r', 'AT+MQTTCONN=0,"c","u",""\r');
    run('AT+MQTTPUBEX=0,3,1,0,2,"t",17\r');
    const before = said().length;
    modem.fault("drop-out:publish");
    modem.receive(Buffer.from('{"a":{"value":1}}'));
    clock.pass(1000);
    modem.fault("drop-out:publish,0");
    clock.pass(20_000);
    // The broker in memory sends back what it gets: the data point alone.
    const report = '{"id":"65535","version":"1.0","params":{"a":{"value":1}}}';
    const echoed = `\r\n+MQTTRECV:0,1,$sys/u/c/thing/property/post,${report.length},${report}\r\n`;
    assert.equal(said().slice(before), `${echoed}\r\n+MQTTPUBEX:0,3,-1,0\r\n${OK}`);
  });

  it("closes by itself when the broker does not after DISCONNECT", () => {
    const { clock, modem, said, run } = simulate({ variants: { linkLoss: "stat" } });
    run(...session(0).slice(0, 4));
    const before = said().length;
    modem.fault("drop-out:disconnect");
    modem.receive(Buffer.from("AT+MQTTDISC=0\r"));
    clock.pass(1900);
    assert.equal(said().slice(before), `\r\n+MQTTDISC:0,0\r\n${OK}`);
    clock.pass(200);
    assert.equal(said().slice(before), `\r\n+MQTTDISC:0,0\r\n${OK}\r\n+MQTTSTAT:0,5\r\n`);
  });

  it("gives up opening after 75 s, and answers nothing before", () => {
    const never: Network = { open: () => ({ write: () => undefined, close: () => undefined, abort: () => undefined }) };
    const { clock, said, run } = simulate({}, 1, () => never);
    run('AT+MQTTOPEN=0,"h",1\r');
    clock.pass(69_900);
    assert.equal(said(), "");
    clock.pass(200);
    assert.equal(said(), "\r\n+MQTTOPEN:0,5\r\n\r\nERROR\r\n");
  });

  it("takes what comes within 50 ms of the data as surplus, and what comes later as the next command", () => {
    const table: [number, string, string][] = [
      [0, "\r\n", "-1"], [49, "\r\n", "-1"], [51, "\r\n", "0"], [49, "\x1a", "0"], [51, "\x1a", "0"],
    ];
    for (const [delay, late, result] of table) {
      const { clock, modem, said, run } = simulate();
      run(...session(0).slice(0, 5));
      const before = said().length;
      modem.receive(Buffer.from("hello"));
      clock.pass(delay);
      modem.receive(Buffer.from(late));
      clock.pass(5000);
      assert.ok(said().slice(before).startsWith(`\r\n+MQTTPUBEX:0,2,${result}\r\n`), `${JSON.stringify(late)} after ${delay} ms`);
      const end = said().length;
      run("AT\r");
      assert.equal(said().slice(end), OK);
    }
  });

  it("holds the settle time at the pace of the line, too", () => {
    // At 300 baud a byte takes 33 ms: the two surplus ones come within the settle time, each after the other.
    const { said, run } = simulate({ baud: 300 });
    run(...session(0).slice(0, 5), "hello\r\n");
    assert.match(said(), /\+MQTTPUBEX:0,2,-1\r\n\r\nERROR\r\n$/);
  });

  it("does the same however its input is cut", () => {
    const whole = session(0).slice(0, 4).join("") + 'AT+MQTTPUBEX=0,2,1,0,0,"t",5\rhello\x1a' + session(0).slice(6).join("");
    const run = (cuts: readonly number[]): string => {
      const { clock, modem, said } = simulate();
      const places = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
      // All of it at one moment: what is cut is the input, not time.
      places.slice(1).forEach((end, index) => modem.receive(Buffer.from(whole.slice(places[index], end), "latin1")));
      clock.pass(60_000);
      return said();
    };
    const expected = run([]);
    assert.match(expected, /\+MQTTPUBEX:0,2,0\r\n\r\nOK[^]*\+MQTTCLOSE:0,0/);
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 60 }), (cuts) => run(cuts) === expected),
      { numRuns: 100 },
    );
  });

  for (const variants of [{}, { resultOrder: "after" }, { ctrlZ: "needed", ctrlZInside: "ends" }]) {
    it(`survives any bytes, and answers after them ${JSON.stringify(variants)}`, () => {
      const texts = [
        ...session(0), ...session(5), "AT+MQTTCFG?\r", "AT+MQTTCFG=?\r", "AT+CTWINGPOSTVER=0\r",
        "\x1a", "\x1b", '"', ";", ",", "\r\n",
      ];
      const known = fc.constantFrom(...texts).map((text) => Buffer.from(text, "latin1"));
      const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), known);
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
          const { clock, modem, said, run } = simulate({ variants });
          for (const bytes of pieces) {
            modem.receive(bytes);
            clock.pass(40);
          }
          // Whatever state it is in: an answer comes or is given up, 2048 bytes and Ctrl-Z end any data, a carriage
          // return any line.
          clock.pass(200_000);
          run("x".repeat(2048));
          run("\x1a\r");
          clock.pass(200_000);
          const before = said().length;
          run("AT+CGMI\r");
          assert.match(said().slice(before), /\r\nYUGE\r\n\r\nOK\r\n/);
          modem.close();
        }),
        { numRuns: 200 },
      );
    });
  }

  it("repeats a run with byte faults from its seed", () => {
    const run = (seed: number): string => {
      const simulation = simulate({ faults: ["lose:0.02", "change:0.02", "double:0.02"] }, seed);
      simulation.run(...session(0), ...session(1));
      return simulation.said();
    };
    assert.equal(run(42), run(42));
    assert.notEqual(run(42), run(43));
  });
});
