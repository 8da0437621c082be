// A modem that has to be switched on, on XS as well; test/simulation/power.test.ts has the same over real virtual modems.
import M531X from "../../src/care/m531x";
import { Answering, m531x } from "./support/answering";
import { Board } from "./support/board";
import { equal, sameLines, thrown } from "./support/check";
import { Session } from "./support/session";
import { TestPort } from "./support/stage";

const BANNER = "\\r\\n*ATREADY: 1\\r\\n\\r\\n+CFUN: 1\\r\\n\\r\\n+CPIN: READY\\r\\n";

/** A client, and a modem that is mute until something is done with its pins. */
class Cold {
  readonly board = new Board();
  readonly session: Session;
  readonly modem: Answering;

  constructor(power: (board: Board) => object, modem: object = {}) {
    this.session = new Session({ modem: { io: M531X, power: power(this.board), ...modem } });
    this.modem = new Answering(this.session, { ...m531x, io: M531X });
    this.modem.deaf = /./;
  }

  pass(milliseconds: number): void {
    for (let left = milliseconds; left > 0; left -= 100) {
      this.modem.serve();
      this.session.pass(100);
    }
    if (!this.session.port.closed) this.modem.serve();
  }

  /** What the board has done since the last look, but for opening its pins. */
  done(): string[] {
    return this.board.events.splice(0).filter((event) => !event.startsWith("open"));
  }
}

const key = ({ Digital }: Board): object => ({ key: { io: Digital, pin: 4 } });

describe("a modem that does not answer, and has a power key", () => {
  it("is asked, has its key pressed, and is on with its banner", () => {
    const cold = new Cold(key);
    sameLines(cold.done(), ["4 is 0"]);
    cold.pass(2000);
    sameLines(cold.done(), [], "not before it has been asked twice");
    equal(cold.modem.commands[0], "AT");
    cold.pass(700);
    sameLines(cold.done(), ["4 is 1"]);
    cold.pass(500);
    sameLines(cold.done(), ["4 is 0"]);
    cold.modem.deaf = null;
    cold.session.says(BANNER);
    cold.pass(100);
    cold.session.mustTell("control 2");
    equal(cold.session.client.modem.statistics.switchedOn, 1);
  });

  it("is on with its first answer where its banner is lost", () => {
    const cold = new Cold(key);
    cold.pass(4000);
    cold.modem.deaf = null;
    cold.pass(2000);
    cold.session.mustTell("control 2");
    sameLines(cold.done(), ["4 is 0", "4 is 1", "4 is 0"]);
  });

  it("whose banner comes while the key is pressed has it pressed to the end", () => {
    const cold = new Cold(({ Digital }) => ({ key: { io: Digital, pin: 4, pulse: 3000 } }));
    cold.pass(3500);
    cold.session.says(BANNER);
    cold.modem.deaf = null;
    sameLines(cold.done(), ["4 is 0", "4 is 1"]);
    cold.session.mustTell();
    cold.pass(4000);
    sameLines(cold.done(), ["4 is 0"]);
    cold.session.mustTell("control 2");
  });

  it("whose status pin tells that it is on has its key left alone, however long it says nothing", () => {
    const cold = new Cold((board) => ({ ...key(board), status: { io: board.Digital, pin: 7 } }));
    cold.board.levels[7] = 1;
    cold.pass(40_000);
    cold.session.mustTell("error MODEM_SILENT");
    equal(cold.done().includes("4 is 1"), false);
  });

  it("which answers nothing but errors is on: its key is left alone", () => {
    const cold = new Cold(key);
    cold.modem.deaf = null;
    cold.modem.instead = () => ["ERROR"];
    cold.pass(40_000);
    cold.session.mustTell("error MODEM_SILENT");
    equal(cold.done().includes("4 is 1"), false);
  });

  it("has it pressed once, and the pins given back at the end", () => {
    const cold = new Cold(key);
    cold.pass(60_000);
    cold.session.mustTell("error MODEM_SILENT");
    sameLines(cold.done(), ["4 is 0", "4 is 1", "4 is 0", "close 4"]);
  });

  it("a client that is closed while the key is pressed lets go of it", () => {
    const cold = new Cold(key);
    cold.pass(2700);
    sameLines(cold.done(), ["4 is 0", "4 is 1"]);
    cold.session.client.close();
    sameLines(cold.done(), ["4 is 0", "close 4"]);
  });

  it("a pin that is taken is told before anything is sent, and the port is given back", () => {
    const board = new Board();
    board.taken = 4;
    const ports: TestPort[] = [];
    class KeptPort extends TestPort {
      constructor(options: any) {
        super(options);
        ports.push(this);
      }
    }
    const error = thrown(() => new Session({ modem: { io: M531X, power: key(board), serial: { io: KeptPort } } }));
    equal(error.message, "in use");
    equal(ports[0].closed, true, "closed");
    equal(ports[0].sent.length, 0, "sent");
  });
});
