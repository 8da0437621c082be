// What a session does when nothing helps: which levels there are, how far each cause climbs, and what the pins are for.
import M531X from "../../src/care/m531x";
import ML302 from "../../src/care/ml302";
import PLAIN from "../../src/modems/m531x";
import { LEVELS } from "../../src/modem/recovery";
import { Board } from "./support/board";
import { m531x, ml302, type Family } from "./support/answering";
import { equal, sameLines } from "./support/check";
import { Life } from "./support/life";

/** Attempts that follow each other at once, and climb after each failure. */
const RETRY = { first: 1000, longest: 1000, burst: 100, escalate: 1 };

type Answer = (line: string) => string[] | undefined;

/** What fails, and what is done about it: `given` has what was told to the modem, and which pins were pressed. */
function climbing(answer: Answer | null, deaf: RegExp | null, milliseconds: number, more: { io?: any; as?: Family; reset?: () => void } = {}): string[] {
  const board = new Board(),
    { Digital } = board,
    { io = M531X, as = m531x, reset } = more;
  const power = io === PLAIN ? {} : { power: { key: { io: Digital, pin: 4, pulse: 500, off: 2100 }, reset: { io: Digital, pin: 5, pulse: 100 } } };
  const life = new Life({ ...as, io }, { retry: RETRY, modem: { ...power, attachTimeout: 3000, bootTimeout: 3000 }, ...(reset && { reset }) });
  const done: string[] = [];
  board.onWrite = (pin, level) => {
    if (level === 1 && done.at(-1) !== `pin ${pin}`) done.push(`pin ${pin}`);
  };
  life.modem.instead = answer;
  life.modem.deaf = deaf;
  for (let i = 0; i < milliseconds; i += 500) {
    life.pass(500);
    done.push(...life.given(/CGATT=0|CFUN=0|CMRB|TRB/));
  }
  return done;
}

const NOT_ATTACHED: Answer = (line) => (line === "AT+CGATT?" ? ["+CGATT: 0", "OK"] : /CEREG\?/.test(line) ? ["+CEREG: 0,4", "OK"] : undefined);
const OPEN_FAILED: Answer = (line) => (/MQTTOPEN=/.test(line) ? ["OK", "+MQTTOPEN:FAIL"] : undefined);
const NO_SIM: Answer = (line) => (/CPIN\?|CGATT\?|CEREG\?/.test(line) ? ["+CME ERROR: 10"] : undefined);
const DENIED: Answer = (line) => (line === "AT+CGATT?" ? ["+CGATT: 0", "OK"] : /CEREG\?/.test(line) ? ["+CEREG: 0,3", "OK"] : undefined);

describe("when nothing helps, a session over a modem with care", () => {
  it("has levels in their order, least first", () => sameLines(LEVELS, ["connect", "attach", "radio", "restart", "reset", "power"]));

  it("a network that is not there: left and joined, radio off and on, restart, reset pin, power key, and the least again", () => {
    const done = climbing(NOT_ATTACHED, null, 120_000);
    sameLines(done.slice(0, 6), ["AT+CFUN=0", "AT+CMRB", "pin 5", "pin 4", "AT+CFUN=0", "AT+CMRB"].slice(0, 6));
  });

  it("a modem that says nothing: the reset pin, then the power key, and nothing that it would have to be told", () => {
    const done = climbing(null, /./, 120_000);
    equal(done.includes("pin 5") && done.includes("pin 4"), true, done.join());
    equal(done.indexOf("pin 4") < done.indexOf("pin 5"), true, "it is switched on before it is reset: it may be off");
    equal(done.some((each) => each.startsWith("AT")), false, done.join());
  });

  for (const [what, answer] of [["a broker that is away", OPEN_FAILED], ["a SIM that is missing", NO_SIM], ["a network that refuses the modem", DENIED]] as const)
    it(`${what}: nothing, however often`, () => sameLines(climbing(answer, null, 120_000), []));

  it("a context that the network refuses: up to a restart, and no pin", () => {
    const done = climbing((line) => (/CGACT=1/.test(line) ? ["+CME ERROR: 148"] : undefined), null, 120_000, { io: ML302, as: ml302 });
    equal(done.includes("AT+TRB"), true, done.join());
    equal(done.some((each) => each.startsWith("pin")), false, done.join());
  });

  it("the application's own reset stands where it is given, and a pin is left alone", () => {
    let resets = 0;
    const done = climbing(NOT_ATTACHED, null, 60_000, { reset: () => void resets++ });
    equal(resets > 0, true, "resets");
    equal(done.includes("pin 5"), false, done.join());
  });

  it("a plain driver has what it had: no radio, no pins", () => {
    let resets = 0;
    const done = climbing(NOT_ATTACHED, null, 60_000, { io: PLAIN, reset: () => void resets++ });
    sameLines([...new Set(done)].sort(), ["AT+CMRB"]);
    equal(resets > 0, true, "resets");
  });
});
