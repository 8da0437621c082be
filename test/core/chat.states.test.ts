// Every row of the chat's table: a modem says, and time passes, until each of them has been used.
import { Chat } from "../../src/at/chat/chat";
import type { ChatListener } from "../../src/at/chat/listener";
import { Slot } from "../../src/at/chat/slots";
import { Event } from "../../src/at/chat/states";
import { command, type CommandOptions } from "../../src/at/commands/command";
import { Match } from "../../src/at/framing/subscribed";
import { LinkNumber, type Request } from "../../src/at/requests/request";
import { responses, responseTable, type Line } from "../../src/at/responses/response-table";
import { portableBytes, type AlarmListener, type PortReceiver } from "../../src/platform";
import { Timers } from "../../src/timers";
import { EVENT_NAMES, rowOf, ROWS, STATE_NAMES } from "../support/chat-states";
import { equal, sameLines } from "./support/check";

const RESULT = 100;
const PUBLISH: CommandOptions = { final: 5000, prompt: 5000, result: RESULT };
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const used = new Set<number>();

/** A chat with a modem that says what it is told to, and a clock that stands still in between. */
class Bench implements ChatListener {
  readonly timers: Timers;
  readonly chat: Chat;
  request: Request | null = null;
  sent = "";
  /** What the chat has told of sleep. */
  readonly told: string[] = [];
  /** Bytes that the port takes before it is full. */
  takes = Infinity;
  #now = 0;
  #due = Infinity;
  #alarm: AlarmListener | null = null;
  #waiting = "";
  #receiver!: PortReceiver;

  constructor() {
    const bench = this;
    this.timers = new Timers({
      now: () => this.#now,
      alarm(listener) {
        bench.#alarm = listener;
        return { set(milliseconds) { bench.#due = bench.#now + milliseconds; }, clear() { bench.#due = Infinity; }, close() { bench.#due = Infinity; } };
      },
    }, { onTimer: (slot) => this.chat.onTimer(slot) }, Slot.Chat);
    this.timers.start();
    this.chat = new Chat(this, {
      timers: this.timers, bytes: portableBytes, family: { responses: responseTable(responses(RESULT, "+RESULT")), cancel: 0x1b },
      receiveBuffer: 256, commandBuffer: 256, payloadBuffer: 256,
    });
    this.chat.allow(3);
    this.chat.open();
    const exchange = (this.chat as any).exchange, happens = exchange.happens;
    Object.defineProperty(exchange, "happens", { value(event: Event, code: number) {
      used.add(rowOf(this.state, event));
      happens.call(this, event, code);
    } });
  }

  get state(): string {
    return STATE_NAMES[(this.chat as any).exchange.state];
  }

  /** Submits a command, with a payload where it has a prompt. */
  submit(options: CommandOptions, payload = "hello"): this {
    const request = this.request = this.chat.requests.take(null, 0, 0)!;
    request.resultTimeout = 5000;
    if (options.prompt !== undefined) this.chat.payloads.reserve(request, payload.length, bytes(payload), payload.length);
    this.chat.submit(request, command("AT+X", {}, options));
    return this;
  }

  says(...lines: string[]): this {
    for (const line of lines) {
      this.#waiting += line.startsWith(">") ? line : `\r\n${line}\r\n`;
      this.#receiver.onReadable();
    }
    return this;
  }

  /** The result line has come for the request. */
  result(): this {
    this.chat.resolve(this.request!, 0);
    return this;
  }

  pass(milliseconds: number): this {
    for (const end = this.#now + milliseconds; ;) {
      if (this.#due > end) {
        this.#now = end;
        return this;
      }
      this.#now = this.#due;
      this.#due = Infinity;
      this.#alarm!.onAlarm();
    }
  }

  /** The port takes the rest. */
  writes(): this {
    this.takes = Infinity;
    this.#receiver.onWritable();
    return this;
  }

  blocked(count = 0): this {
    this.takes = count;
    return this;
  }

  abort(restarted: boolean): this {
    this.chat.abort(LinkNumber.Modem, restarted);
    return this;
  }

  must(state: string): this {
    equal(this.state, state, "state");
    return this;
  }

  openPort(receiver: PortReceiver) {
    this.#receiver = receiver;
    return {
      read: (target: Uint8Array, offset: number, length: number): number => {
        const taken = this.#waiting.slice(0, length);
        target.set(bytes(taken), offset);
        this.#waiting = this.#waiting.slice(taken.length);
        return taken.length;
      },
      write: (source: Uint8Array, offset: number, length: number): number => {
        const count = Math.min(length, this.takes);
        this.takes -= count;
        for (let i = 0; i < count; i++) this.sent += String.fromCharCode(source[offset + i]);
        return count;
      },
      close() {},
    };
  }

  onDone(request: Request): void {
    if (this.request === request) this.request = null;
  }
  onUrc(_line: Line): void {}
  onResynced(): void {}
  onSilent(): void {}
  onAnswer(): void {}
  onText(): void {}
  onDoubt(): void {}
  onMessage(): void {}
  onFragment(): void {}
  onOverflow(): void {}
  onUnsolicitedError(): void {}
  onPortError(): void {}
  isSubscribed(): Match { return Match.None; }
  onSleeping(): void { this.told.push("sleeping"); }
  onWanted(): void { this.told.push("wanted"); }
  onHeard(): void { this.told.push("heard"); }
}

const LOCAL: CommandOptions = { final: 1000 };
const OWN: CommandOptions = { final: 1000, text: true, own: true };
const CTRL_Z: CommandOptions = { ...PUBLISH, ctrlZAfter: 500 };
const bench = (): Bench => new Bench();
const happens = (bench: Bench, event: Event): Bench => {
  (bench.chat as any).exchange.happens(event, -1);
  return bench;
};

/** How each state is entered. */
const ENTER: Readonly<Record<string, () => Bench>> = {
  Idle: () => bench(),
  Asleep: () => { const at = bench(); at.chat.sleep(); return at; },
  Resync: () => { const at = bench(); at.chat.resync(); return at; },
  Sending: () => bench().blocked(2).submit(LOCAL),
  AwaitPrompt: () => bench().submit(PUBLISH),
  AwaitPromptAfterOk: () => bench().submit(PUBLISH).says("OK"),
  SendingPayload: () => bench().submit(PUBLISH).blocked(2).says(">"),
  SendingPayloadAfterOk: () => bench().submit(PUBLISH).says("OK").blocked(2).says(">"),
  AwaitFinal: () => bench().submit(PUBLISH).says(">"),
  AwaitFinalAfterOk: () => bench().submit(PUBLISH).says("OK", ">"),
  AwaitFinalOrCtrlZ: () => bench().submit(CTRL_Z).says(">"),
  AwaitFinalOrCtrlZAfterOk: () => bench().submit(CTRL_Z).says("OK", ">"),
};

describe("the chat's states", () => {
  for (const [state, enter] of Object.entries(ENTER)) it(`${state} is entered`, () => void enter().must(state));

  it("a command without a payload: its final, its error, or none in time", () => {
    bench().submit(LOCAL).must("AwaitFinal").says("OK").must("Idle");
    bench().submit(LOCAL).says("ERROR").must("Idle");
    bench().submit(LOCAL).pass(1000).must("Resync").says("+CMEE: 1", "OK").must("Idle");
    bench().submit({ final: 1000, probe: true }).pass(1000).must("Idle");
    bench().blocked(2).submit(LOCAL).says("OK", "ERROR").must("Sending").writes().must("AwaitFinal");
    bench().blocked(2).submit(LOCAL).pass(1000).must("Resync");
    bench().blocked(2).submit({ final: 1000, probe: true }).pass(1000).must("Idle");
  });

  it("a command of the application's own: a prompt ends it, and the modem is told that there is no data", () => {
    bench().submit(OWN).must("AwaitFinal").says("OK").must("Idle");
    const at = bench().submit(OWN).says(">").must("Resync");
    equal(at.sent.endsWith("\x1bAT+CMEE?\r"), true, at.sent);
    at.says("+CMEE: 1", "OK").must("Idle");
    ENTER.AwaitFinal().says(">").must("AwaitFinal");
    happens(ENTER.AwaitFinal(), Event.Prompt).must("AwaitFinal");
  });

  it("nothing on the wire: finals are late ones", () => {
    const at = bench().says("OK", "+CME ERROR: 3").must("Idle");
    equal(at.chat.lateFinals, 2, "late finals");
  });

  it("the probe: sent again while it has no answer, which a final alone is not", () => {
    const at = ENTER.Resync().says("OK", "ERROR").must("Resync");
    at.chat.resync();
    at.must("Resync").says("+CMEE: 1", "OK").must("Idle");
    ENTER.Resync().pass(60_000).must("Idle");
    ENTER.Resync().abort(true).must("Idle");
  });

  it("a payload: asked for, sent, and its final and result in any order", () => {
    ENTER.AwaitFinal().result().must("AwaitFinal").says("OK").must("Idle");
    ENTER.AwaitFinalAfterOk().result().must("Idle");
    ENTER.SendingPayload().says("OK").must("SendingPayload").writes().must("AwaitFinal");
    ENTER.SendingPayloadAfterOk().says("OK").writes().must("AwaitFinalAfterOk");
    for (const state of ["Sending", "AwaitPrompt", "AwaitPromptAfterOk", "SendingPayload", "SendingPayloadAfterOk"]) ENTER[state]().result().must(state);
    const extended = ENTER.AwaitFinal().pass(4000);
    extended.chat.extend(extended.request!);
    extended.pass(4000).must("AwaitFinal").pass(1000).must("Resync");
  });

  it("an error: where the modem may still wait for the payload, the probe follows", () => {
    for (const state of ["AwaitPrompt", "AwaitPromptAfterOk", "AwaitFinal", "AwaitFinalAfterOk", "AwaitFinalOrCtrlZ", "AwaitFinalOrCtrlZAfterOk"]) ENTER[state]().says("ERROR").must("Idle");
    for (const state of ["SendingPayload", "SendingPayloadAfterOk"]) ENTER[state]().says("ERROR").must("Resync");
  });

  it("no prompt: the payload goes unasked, and may stand in the modem as a line without an end", () => {
    ENTER.AwaitPrompt().blocked().pass(5000).must("SendingPayload").writes().must("AwaitFinal").says("ERROR").must("Resync");
    ENTER.AwaitPromptAfterOk().blocked().pass(5000).must("SendingPayloadAfterOk").writes().must("AwaitFinalAfterOk").pass(1000).must("Resync");
    ENTER.AwaitPrompt().pass(5000).says("OK").must("Idle").submit(PUBLISH).must("AwaitPrompt").says("ERROR").must("Resync");
    ENTER.AwaitPrompt().pass(5000).says("OK").submit(PUBLISH).says("OK").must("AwaitPromptAfterOk").says("ERROR").must("Resync");
    ENTER.AwaitPromptAfterOk().pass(5000).must("AwaitFinalAfterOk").says("ERROR").must("Resync");
    bench().submit(CTRL_Z).pass(5000).must("AwaitFinalOrCtrlZ").says("ERROR").must("Resync");
    bench().submit(CTRL_Z).says("OK").pass(5000).must("AwaitFinalOrCtrlZAfterOk").says("ERROR").must("Resync");
  });

  it("an error in the middle of that payload's echo: the modem goes on repeating", () => {
    const unasked = (options: CommandOptions, ...lines: string[]): Bench => bench().submit(options, "hello\rworld").says(...lines).pass(5000);
    for (const at of [unasked(PUBLISH), unasked(PUBLISH, "OK"), unasked(CTRL_Z), unasked(CTRL_Z, "OK")]) {
      const before = at.state;
      happens(at, Event.ErrorInEcho).must(before.replace("OrCtrlZ", ""));
    }
  });

  it("no final in time", () => {
    ENTER.AwaitFinal().pass(5000).must("Resync");
    bench().submit({ final: 5000, prompt: 5000 }).says("OK", ">").must("AwaitFinalAfterOk").pass(1000).must("Resync");
    ENTER.AwaitFinalAfterOk().pass(1000).must("Idle");
    for (const state of ["SendingPayload", "SendingPayloadAfterOk"]) ENTER[state]().pass(5000).must("Resync");
  });

  it("no final, and the modem may wait for a Ctrl-Z", () => {
    const at = ENTER.AwaitFinalOrCtrlZ().pass(500).must("AwaitFinal");
    equal(at.sent.endsWith("\x1a"), true, "Ctrl-Z");
    ENTER.AwaitFinalOrCtrlZ().result().must("AwaitFinal");
    ENTER.AwaitFinalOrCtrlZAfterOk().result().must("Idle");
    ENTER.AwaitFinalOrCtrlZAfterOk().pass(1000).must("AwaitFinalAfterOk");
    for (const state of ["AwaitFinalOrCtrlZ", "AwaitFinalOrCtrlZAfterOk"]) ENTER[state]().says("OK").must("Idle");
    bench().submit(CTRL_Z).blocked(2).says(">").writes().must("AwaitFinalOrCtrlZ");
    ENTER.AwaitFinalAfterOk().says("OK").must("Idle");
  });

  it("the connection goes, or the modem has restarted", () => {
    for (const [state, enter] of Object.entries(ENTER)) {
      const isData = /Prompt|Payload/.test(state);
      enter().abort(false).must(state === "Idle" || state === "Asleep" || isData ? state : "Resync");
      enter().abort(true).must("Idle");
    }
  });

  it("a message has swallowed the final, and the whole answer at once", () => {
    for (const state of ["AwaitFinal", "AwaitFinalAfterOk", "AwaitFinalOrCtrlZ", "AwaitFinalOrCtrlZAfterOk"]) happens(ENTER[state](), Event.FinalLost).must("Resync");
    for (const state of ["AwaitFinal", "AwaitFinalOrCtrlZ"]) happens(ENTER[state](), Event.Answered).must("Idle");
  });

  it("a modem that sleeps: nothing is sent but what wakes it, and then the probe goes first", () => {
    const at = ENTER.Asleep().submit(LOCAL).must("Asleep");
    equal(at.sent, "");
    at.chat.knock();
    at.chat.knock();
    at.says("ERROR", "OK").must("Asleep");
    sameLines(at.told, ["wanted", "heard", "heard"]);
    at.chat.wake();
    at.must("Resync").says("OK", "+CMEE: 1", "OK").must("AwaitFinal");
    equal(at.sent, "AT\rAT\rAT+CMEE?\rAT+X\r");
  });

  it("a modem that sleeps and is looked for anew does not sleep any more", () => {
    const at = ENTER.Asleep();
    at.chat.forgetSleep();
    at.must("Idle").chat.knock();
    equal(at.sent, "");
  });

  it("a modem that goes to sleep during a command: what is answered all the same is answered", () => {
    for (const state of ["Sending", "AwaitPrompt", "AwaitFinal"]) {
      const at = ENTER[state]();
      at.chat.sleep();
      at.must(state);
      if (state === "Sending") at.writes();
      at.says("ERROR").must("Idle").submit(LOCAL).pass(1000).must("Resync"); // it was not asleep
      sameLines(at.told, []);
    }
    const probing = ENTER.Resync();
    equal(probing.chat.sleep(), false, "the probe shows it");
    probing.must("Resync");
  });

  it("a modem that goes to sleep during a command: what it has swallowed is sent again where that is safe", () => {
    const at = ENTER.AwaitPrompt();
    at.chat.sleep();
    at.pass(5000).must("Asleep");
    sameLines(at.told, ["sleeping"]);
    equal(at.chat.isWanted, true);
    equal(at.sent, "AT+X\r", "the payload is not sent into a modem that sleeps");
    at.chat.wake();
    at.says("+CMEE: 1", "OK").must("AwaitPrompt").says(">").must("AwaitFinal");
    equal(at.sent, "AT+X\rAT+CMEE?\rAT+X\rhello");
    const question = bench().submit(LOCAL);
    question.chat.sleep();
    question.pass(1000).must("Asleep");
    equal(question.chat.isWanted, true, "a question is asked again");
  });

  it("a modem that goes to sleep during a command: what it may have taken is not sent again", () => {
    const published = ENTER.AwaitFinal(), own = bench().submit(OWN), half = ENTER.Sending();
    for (const at of [published, own, half]) at.chat.sleep();
    published.pass(5000).must("Asleep");
    equal(published.chat.isWanted, false, "a publish whose payload has gone");
    own.pass(1000).must("Asleep");
    equal(own.chat.isWanted, false, "an application's own command");
    half.pass(1000).must("Asleep");
    equal(half.chat.isWanted, true, "half a line");
  });

  it("each row of the table has been used", () => {
    const unused = ROWS.filter(({ from, event }) => !used.has(from * Event.Count + event)).map(({ from, event }) => `${STATE_NAMES[from]}, ${EVENT_NAMES[event]}`);
    sameLines(unused, []);
  });
});
