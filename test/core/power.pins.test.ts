// The modem's pins, as the board has them: levels, times, and what is refused.
import { type Pulses, PowerPins } from "../../src/care/power";
import type { PowerOptions } from "../../src/modem/power-options";
import { equal, sameLines, thrown } from "./support/check";
import { Board } from "./support/board";

const M5311: Pulses = { on: 500, off: 2100 };

/** Plays what has been begun: each step's time. */
function play(pins: PowerPins, board: Board): string[] {
  for (let milliseconds = pins.next(); milliseconds >= 0; milliseconds = pins.next()) board.events.push(`for ${milliseconds}`);
  return board.events.splice(0);
}

describe("the modem's pins", () => {
  const made = (options: (board: Board) => PowerOptions, pulses: Pulses = M5311): { board: Board; pins: PowerPins } => {
    const board = new Board(), pins = new PowerPins(options(board), pulses);
    pins.open();
    return { board, pins };
  };

  it("an output begins at its idle level, for classes that know initialValue and for those that do not", () => {
    const { board } = made(({ Digital }) => ({ key: { io: Digital, pin: 4 }, reset: { io: Digital, pin: 5, activeLow: true, pulse: 100 } }));
    sameLines(board.events, ["open 4 output 0", "4 is 0", "open 5 output 1", "5 is 1"]);
  });

  it("the polarity is not left to the class: one that does not know it would hold the modem in its reset", () => {
    const { board } = made(({ Digital }) => ({ reset: { io: Digital, pin: 5, activeLow: true, pulse: 100 } }));
    equal("activeLow" in board.told[5], false);
  });

  it("an open drain is the application's to choose", () => {
    const { board } = made(({ Digital }) => ({ key: { io: Digital, pin: 4, mode: Digital.OutputOpenDrain, activeLow: true } }));
    sameLines(board.events, ["open 4 open drain 1", "4 is 1"]);
  });

  it("the key is pressed as long as the family's documents say, or as the board's manifest does", () => {
    for (const [own, pulse] of [[{}, 500], [{ pulse: 700 }, 700]] as const) {
      const { board, pins } = made(({ Digital }) => ({ key: { io: Digital, pin: 4, ...own } }));
      board.events.splice(0);
      pins.begin(pins.on);
      equal(pins.isBusy, true);
      sameLines(play(pins, board), ["4 is 1", `for ${pulse}`, "4 is 0", "for 0"]);
      equal(pins.isBusy, false);
      equal(pins.next(), -1);
    }
  });

  it("off, a pause, and on", () => {
    const { board, pins } = made(({ Digital }) => ({ key: { io: Digital, pin: 4, activeLow: true } }));
    board.events.splice(0);
    pins.begin(pins.cycle);
    sameLines(play(pins, board), ["4 is 0", "for 2100", "4 is 1", "for 5000", "4 is 0", "for 500", "4 is 1", "for 0"]);
  });

  it("a key that no document says how to switch off with switches on alone, unless the board's manifest says it", () => {
    const key = ({ Digital }: Board) => ({ io: Digital, pin: 4 });
    equal(made((board) => ({ key: key(board) }), { on: 300 }).pins.cycle.length, 0);
    equal(made((board) => ({ key: { ...key(board), off: 900 } }), { on: 300 }).pins.cycle[0][2], 900);
  });

  it("a pin that the board does not have is not there", () => {
    const { pins } = made(() => ({}));
    for (const steps of [pins.on, pins.cycle, pins.reset, pins.wake]) equal(steps.length, 0);
    equal(pins.isOn, undefined);
  });

  it("the status pin tells whether the modem is on, by its polarity", () => {
    for (const activeLow of [false, true]) {
      const { board, pins } = made(({ Digital }) => ({ status: { io: Digital, pin: 7, activeLow } }));
      sameLines(board.events, ["open 7 input"]);
      board.levels[7] = 1;
      equal(pins.isOn, !activeLow);
      board.levels[7] = 0;
      equal(pins.isOn, activeLow);
    }
  });

  it("something else that is begun lets go of what is pressed, and so does the end", () => {
    const { board, pins } = made(({ Digital }) => ({ key: { io: Digital, pin: 4 }, reset: { io: Digital, pin: 5, pulse: 100 } }));
    board.events.splice(0);
    pins.begin(pins.on);
    pins.next();
    pins.begin(pins.reset);
    sameLines(board.events.splice(0), ["4 is 1", "4 is 0"]);
    pins.next();
    pins.close();
    sameLines(board.events, ["5 is 1", "5 is 0", "close 4", "close 5"]);
    equal(pins.isBusy, false);
  });

  it("a pin that is taken gives back those before it", () => {
    const board = new Board();
    board.taken = 5;
    const pins = new PowerPins({ key: { io: board.Digital, pin: 4 }, reset: { io: board.Digital, pin: 5, pulse: 1 } }, M5311);
    equal((thrown(() => pins.open()) as Error).message, "in use");
    equal(board.events.at(-1), "close 4");
  });

  const REFUSED: readonly (readonly [what: string, power: (board: Board) => any, argument: string, pulses?: Pulses])[] = [
    ["a pin that no modem has", () => ({ button: {} }), "modem.power.button"],
    ["what is no object", () => ({ key: 4 }), "modem.power.key"],
    ["no class", () => ({ key: { pin: 4 } }), "modem.power.key.io"],
    ["no pin", ({ Digital }) => ({ key: { io: Digital } }), "modem.power.key.pin"],
    ["a polarity that is a level", ({ Digital }) => ({ key: { io: Digital, pin: 4, activeLow: 1 } }), "modem.power.key.activeLow"],
    ["a misspelt option", ({ Digital }) => ({ key: { io: Digital, pin: 4, activelow: true } }), "modem.power.key.activelow"],
    ["a pulse of a pin that is read", ({ Digital }) => ({ status: { io: Digital, pin: 4, pulse: 100 } }), "modem.power.status.pulse"],
    ["an off pulse of the reset pin", ({ Digital }) => ({ reset: { io: Digital, pin: 4, pulse: 100, off: 1 } }), "modem.power.reset.off"],
    ["no time", ({ Digital }) => ({ key: { io: Digital, pin: 4, pulse: 0 } }), "modem.power.key.pulse"],
    ["a time of more than a minute", ({ Digital }) => ({ key: { io: Digital, pin: 4, off: 60_001 } }), "modem.power.key.off"],
    ["a pulse that no document says, and nobody", ({ Digital }) => ({ key: { io: Digital, pin: 4 } }), "modem.power.key.pulse", {}],
    ["the same of the reset pin", ({ Digital }) => ({ reset: { io: Digital, pin: 4 } }), "modem.power.reset.pulse"],
  ];
  for (const [what, power, argument, pulses = M5311] of REFUSED)
    it(`refuses ${what}`, () => {
      const board = new Board();
      equal(thrown(() => new PowerPins(power(board), pulses)).argument, argument);
      equal(board.events.length, 0);
    });
});
