// Pins, bit rates and the watchdog, over real virtual modems in virtual time.
import assert from "node:assert/strict";
import bc35g from "../../hosts/virtual-modem/families/bc35g";
import m531x from "../../hosts/virtual-modem/families/m531x";
import ml302 from "../../hosts/virtual-modem/families/ml302";
import nm28 from "../../hosts/virtual-modem/families/nm28";
import BC35G from "../../src/care/bc35g";
import M531X from "../../src/care/m531x";
import ML302 from "../../src/care/ml302";
import NM28 from "../../src/care/nm28";
import { Board, PINS } from "./board";

const statistics = (board: Board): any => board.client!.modem.statistics;
const isOnline = (board: Board): boolean => board.events.at(-1) === "online";
const online = (board: Board, seconds = 60): Board => {
  for (let passed = 0; passed < seconds && !isOnline(board); passed++) board.pass(1);
  assert.ok(isOnline(board), `${board.events.join()}: ${board.error?.message ?? ""}`);
  return board;
};
const M5311 = { model: "m5311" } as const;
const PULSE = { key: { pulse: 500 } };

describe("A modem that has to be switched on", () => {
  for (const [name, family, io, more] of [
    ["BC28", bc35g, BC35G, {}],
    ["M5311", m531x, M531X, {}],
    ["ML302", ml302, ML302, PULSE],
    ["NM28", nm28, NM28, PULSE],
  ] as const)
    for (const activeLow of [[], [PINS.key]])
      it(`${name}: is asked first, and then its key is pressed${activeLow.length > 0 ? ", whose pin is active at its low level" : ""}`, () => {
        const board = new Board(family, { start: "off", ...(name === "M5311" ? M5311 : {}) }, activeLow);
        online(board.connect({ io, power: board.power(["key"], more) }));
        assert.equal(board.lines[0], "AT");
        assert.deepEqual(board.pressed, [`power ${name === "BC28" ? 300 : 500}`]);
        assert.equal(statistics(board).switchedOn, 1);
        assert.ok(board.modem.isOn);
      });

  it("one that is on is not switched off: its key is left alone", () => {
    const board = new Board(m531x, { ...M5311, power: { offTime: 400 } }); // this board's key is quick
    online(board.connect({ io: M531X, power: board.power(["key"]) }));
    assert.deepEqual(board.pressed, []);
  });

  it("one that is on at another rate is not switched off: it is asked at every rate first", () => {
    const board = new Board(m531x, { ...M5311, baud: 115_200, power: { offTime: 400 } });
    online(board.connect({ io: M531X, power: board.power(["key"]) }, 115_200));
    const other = new Board(m531x, { ...M5311, baud: M531X.baud, power: { offTime: 400 } });
    online(other.connect({ io: M531X, power: other.power(["key"]) }, M531X.baud === 9600 ? 115_200 : 9600));
    assert.deepEqual([board.pressed, other.pressed], [[], []]);
    assert.ok(other.modem.isOn);
  });

  it("the status pin tells that it is off: nothing is waited for", () => {
    const board = new Board(bc35g, { start: "off", bootTime: 100 }, [PINS.status]);
    online(board.connect({ io: BC35G, power: board.power(["key", "status"]) }), 4);
    assert.ok(board.presses[0].at <= 1100, `pressed after ${board.presses[0].at} ms`);
  });

  it("the status pin tells that it is on, though it says nothing: its key is left alone", () => {
    const board = new Board(m531x, M5311);
    board.hangs = true;
    board.connect({ io: M531X, power: board.power(["key", "status"]) }).pass(120);
    assert.deepEqual(board.pressed, []);
    assert.equal(board.error?.code, "MODEM_SILENT");
  });

  it("a pulse that is too short does nothing, and the error says that the key was pressed", () => {
    const board = new Board(bc35g, { start: "off" });
    board.connect({ io: BC35G, power: board.power(["key"], { key: { pulse: 200 } }) }).pass(120);
    assert.deepEqual(board.pressed, ["power 200"]);
    assert.equal(board.error?.code, "MODEM_SILENT");
    assert.match(board.error!.message, /its power key was pressed/);
    assert.equal(board.modem.isOn, false);
  });

  it("the start ends at the banner: what comes with it at another rate is the same start", () => {
    const board = new Board(bc35g, { start: "off", baud: 9600, bootTime: 4000 });
    online(board.connect({ io: BC35G, power: board.power(["key"]) }, 57_600));
    assert.equal(board.rate, 9600);
    assert.deepEqual(board.pressed, ["power 300"]);
  });

  it("one that starts by itself meanwhile is not switched off by the press", () => {
    const board = new Board(m531x, { ...M5311, start: "booting", bootTime: 5000 });
    online(board.connect({ io: M531X, power: board.power(["key"]) }));
    assert.ok(board.modem.isOn);
  });

  it("one that finds its rate itself, and has no banner until it has, is switched on", () => {
    const board = new Board(m531x, { ...M5311, start: "off", baud: 57_600, autoBaud: true });
    online(board.connect({ io: M531X, power: board.power(["key"]) }));
    assert.deepEqual(board.pressed, ["power 500"]);
    assert.equal(board.rate, board.modem.baud);
  });

  it("one that sleeps is woken by its pin, and not switched off", () => {
    const sleeping = { factory: true, wakesBy: "pin", activeTime: "00000001", idleTime: 1000 } as const;
    const board = new Board(bc35g, { sleep: sleeping, power: { offTime: 200 } });
    board.pass(60);
    assert.ok(board.modem.asleep, "it does not sleep");
    online(board.connect({ io: BC35G, psm: false, power: board.power(["key", "wake"]) }), 20);
    assert.deepEqual(board.pressed, ["wake 100"]);
  });

  it("the pins are let go with the port", () => {
    const board = new Board(bc35g, { start: "off" });
    board.connect({ io: BC35G, power: board.power(["key"], { key: { pulse: 5000 } }) }).pass(4);
    assert.deepEqual(board.pressed, ["power -1"]);
    board.client!.close();
    board.pass(1);
    assert.equal(board.presses[0].for >= 0, true);
  });

  it("a cold start: mute, another rate, echo, no radio, a PIN, an APN, five minutes of searching", () => {
    const board = new Board(bc35g, {
      start: "off",
      baud: 9600,
      echo: true,
      attachTime: 300_000,
      radio: { on: false },
      sim: { state: "pin", pin: "2468" },
      mobile: { apn: "meter.example", searchTime: 300_000 },
    });
    online(board.connect({ io: BC35G, pin: "2468", apn: "meter.example", power: board.power(["key"]) }, 115_200), 420);
    assert.deepEqual(board.pressed, ["power 300"]);
  });
});

describe("A modem that hangs", () => {
  const hanging = (pins: readonly (keyof typeof PINS)[], modem: object, more: object = {}): Board => {
    const board = new Board(m531x, { ...M5311, power: { offTime: 2000 } });
    board.hangs = true;
    return board.connect({ io: M531X, power: board.power(pins, { reset: { pulse: 100 }, ...more }), ...modem });
  };

  it("is reset by its pin where the session asks for that", () => {
    const board = online(hanging(["reset"], { recover: "reset" }));
    assert.deepEqual(board.pressed, ["reset 100"]);
    assert.equal(statistics(board).recoveries.reset, 1);
  });

  it("is switched off and on where the session asks for that", () => {
    const board = online(hanging(["key", "status"], { recover: "power" }));
    assert.deepEqual(board.pressed, ["power 2100", "power 500"]);
    assert.equal(statistics(board).recoveries.power, 1);
    assert.ok(board.modem.isOn);
  });

  it("one that is off is not switched on by the press that is to switch it off, nor off by the other", () => {
    for (const pins of [["key"], ["key", "status"]] as const) {
      const board = new Board(m531x, { ...M5311, start: "off" });
      online(board.connect({ io: M531X, power: board.power(pins), recover: "power" }));
      assert.ok(board.modem.isOn, pins.join());
      if (pins.length > 1) assert.deepEqual(board.pressed, ["power 500"], "its status pin tells that it is off");
    }
  });

  it("is reset by the watchdog, and then switched off and on", () => {
    const board = hanging(["key", "reset", "status"], { watchdog: { answer: 10 }, bootTimeout: 60_000 }, { reset: { pulse: 50 } }); // too short
    online(board, 120);
    assert.deepEqual(board.pressed, ["reset 50", "power 2100", "power 500"]);
    const { recoveries } = statistics(board);
    assert.deepEqual([recoveries.reset, recoveries.power], [1, 1]);
  });

  it("an attempt ends although the watchdog has tried all", () => {
    const board = hanging(["reset", "status"], { watchdog: { answer: 10 } }, { reset: { pulse: 50 } });
    board.pass(200);
    assert.deepEqual(board.pressed, ["reset 50"]);
    assert.equal(board.error?.code, "MODEM_SILENT");
  });

  it("what the board has no pin for cannot be asked for", () => {
    const board = new Board(m531x, M5311);
    assert.throws(() => board.connect({ io: M531X, power: board.power(["key"]), recover: "reset" }), { argument: "modem.recover", message: /connect, attach, radio, restart, power/ });
    assert.throws(() => board.connect({ io: M531X, watchdog: { answer: 10 } }), { argument: "modem.watchdog.answer" });
    assert.throws(() => board.connect({ io: M531X, watchdog: { registration: 600 } }), { argument: "modem.watchdog.registration" });
  });
});

describe("A modem without a network", () => {
  it("climbs, one thing more each time that the watchdog has waited, and each is counted", () => {
    const board = new Board(m531x, { ...M5311, mobile: { coverage: false } });
    board.connect({ io: M531X, attachTimeout: 600_000, watchdog: { registration: 120 }, power: board.power(["key", "reset"], { reset: { pulse: 100 } }) });
    board.pass(120 * 6);
    assert.deepEqual(statistics(board).recoveries, { attach: 1, radio: 1, restart: 1, reset: 1, power: 1 });
    assert.deepEqual(board.pressed, ["reset 100", "power 2100", "power 500"]);
    board.modem.set({ mobile: { coverage: true } });
    online(board, 120);
  });

  it("is left alone where nobody wants a watchdog", () => {
    const board = new Board(m531x, { ...M5311, mobile: { coverage: false } });
    board.connect({ io: M531X, power: board.power(["key", "reset"], { reset: { pulse: 100 } }) }).pass(590);
    assert.deepEqual(statistics(board).recoveries, { attach: 0, radio: 0, restart: 0, reset: 0, power: 0 });
    assert.deepEqual(board.pressed, []);
    board.pass(30);
    assert.equal(board.error?.code, "NO_COVERAGE");
  });

  it("has its radio switched off and on where the session asks for that", () => {
    for (const [family, io] of [[bc35g, BC35G], [m531x, M531X], [ml302, ML302], [nm28, NM28]] as const) {
      const board = new Board(family);
      online(board.connect({ io, recover: "radio" }));
      assert.ok(board.lines.includes("AT+CFUN=0") && board.lines.includes("AT+CFUN=1"), board.lines.join());
      assert.equal(statistics(board).recoveries.radio, 1);
    }
  });
});

describe("The modem's bit rate", () => {
  const changing = (family: any, io: any, options: object = {}): Board => {
    const board = new Board(family, { baud: 9600, ...options } as object);
    return board.connect({ io, changeBaud: 115_200 });
  };

  for (const [name, family, io, options] of [["BC28", bc35g, BC35G, {}], ["M5310-A", m531x, M531X, { model: "m5310a" }], ["M5311", m531x, M531X, M5311]] as const) {
    it(`${name}: both go on at the wanted one`, () => {
      const board = online(changing(family, io, options));
      assert.deepEqual([board.rate, board.modem.baud], [115_200, 115_200]);
    });

    it(`${name}: a modem that is there already is found, and told nothing`, () => {
      const board = new Board(family, { baud: 115_200, ...options } as object);
      online(board.connect({ io, changeBaud: 115_200 }));
      assert.deepEqual(board.lines.filter((line) => /NATSPEED|IPR/.test(line)), []);
      assert.equal(board.rate, 115_200);
    });

    it(`${name}: one that dies comes back at whatever rate, and is found and changed again`, () => {
      const board = online(changing(family, io, options));
      const first = board.client;
      board.modem.restart("watchdog");
      // A banner at another rate is noise: that nothing answers any more shows in the next look at the connection.
      board.pass(400);
      assert.match(board.error?.code ?? "", /^MODEM_(RESTARTED|SILENT)$/);
      board.connect({ io, changeBaud: 115_200, shared: first });
      online(board);
      assert.deepEqual([board.rate, board.modem.baud], [115_200, 115_200]);
    });

    it(`${name}: a refusal leaves both where they were`, () => {
      const board = new Board(family, { baud: 9600, faults: ["refuse:1,+NATSPEED=", "refuse:1,+IPR="], ...options } as object);
      online(board.connect({ io, changeBaud: 115_200 }));
      assert.deepEqual([board.rate, board.modem.baud], [9600, 9600]);
    });

    it(`${name}: an OK that is lost leaves them apart, and they find each other`, () => {
      const board = new Board(family, { baud: 9600, ...options } as object);
      board.cuts = (direction) => direction === "tx" && /NATSPEED=|IPR=/.test(board.lines.at(-1) ?? "");
      board.connect({ io, changeBaud: 115_200 });
      board.pass(120);
      if (!isOnline(board)) {
        board.connect({ io, changeBaud: 115_200 });
        online(board, 120);
      }
      assert.equal(board.rate, board.modem.baud);
    });
  }

  it("BC28: a change that is lost in the middle is given up, and both are at the old rate", () => {
    const board = new Board(bc35g, { baud: 9600 });
    board.cuts = () => board.rate === 115_200; // a line that does not carry so much
    board.connect({ io: BC35G, changeBaud: 115_200 });
    online(board, 90);
    assert.deepEqual([board.rate, board.modem.baud], [9600, 9600]);
    assert.equal(board.lines.filter((line) => /NATSPEED/.test(line)).length, 1, "it is not tried for ever");
  });

  it("refuses what no document says, and what the modem does not have, before a byte is sent", () => {
    const board = new Board(bc35g, { baud: 9600 });
    for (const [io, changeBaud] of [[ML302, 115_200], [NM28, 115_200], [BC35G, 38_400], [BC35G, "fast"], [M531X, 1_000_000]])
      assert.throws(() => board.connect({ io, changeBaud }), { argument: "modem.changeBaud" });
    assert.deepEqual(board.lines, []);
  });
});

describe("The system's clock", () => {
  const set: number[] = [];
  const systemClock = { set: (seconds: number) => void set.push(seconds) };
  beforeEach(() => void set.splice(0));

  for (const [name, family, io] of [["bc35g", bc35g, BC35G], ["m531x", m531x, M531X], ["ml302", ml302, ML302], ["nm28", nm28, NM28]] as const) {
    it(`${name}: is set by the network's time, whatever its zone`, () => {
      const board = new Board(family, { mobile: { zone: 32 } });
      online(board.connect({ io, systemClock }));
      const asked: any[] = [];
      board.client!.modem.time((_error, told) => void asked.push(told));
      board.pass(1);
      assert.equal(set.length, 1);
      const { utc, zone } = asked[0];
      assert.ok(Number.isInteger(set[0]) && utc / 1000 - set[0] >= 0 && utc / 1000 - set[0] < 60, `set to ${set[0]}, it is ${utc / 1000}`);
      assert.equal(zone, 480);
    });
  }

  it("is left alone where the network tells no time, and the connection is made all the same", () => {
    const board = new Board(bc35g, { mobile: { time: false } });
    online(board.connect({ io: BC35G, systemClock }));
    assert.deepEqual(set, []);
  });

  it("refuses what cannot be set", () => {
    assert.throws(() => new Board(bc35g).connect({ io: BC35G, systemClock: true }), { argument: "modem.systemClock" });
  });
});
