import { Chat } from "../../../src/at/chat/chat";
import { command, type Command } from "../../../src/at/commands/command";
import { textCommand } from "../../../src/at/own/own-command";
import { responseTable } from "../../../src/at/responses/response-table";
import { Outcome, type Request } from "../../../src/at/requests/request";
import type { ChatListener } from "../../../src/at/chat/listener";
import { Slot } from "../../../src/at/chat/slots";
import { Match } from "../../../src/at/framing/subscribed";
import { utf8Decode } from "../../../src/bytes/utf8";
import { ModemError, StateError, wordsOf, type MQTTModemError } from "../../../src/errors";
import { portableBytes, type PortReceiver } from "../../../src/platform";
import { Timers, type TimerListener } from "../../../src/timers";
import { hostClock } from "../clock";
import { SerialPort, type Direction, type SerialPortOptions } from "../serial-port";

export interface ATSessionOptions {
  /** The serial port's path. */
  serial: string;
  /** Bit/s. */
  baud: number;
  /** Gets all traffic. */
  trace?(direction: Direction, bytes: Uint8Array): void;
}

/** A modem's answer to one command. */
export interface Answer {
  readonly outcome: "ok" | "error" | "silence";
  /** The number of a `+CME ERROR`, or −1. */
  readonly code: number;
  /** The lines before the final result, without blanks at both ends. */
  readonly lines: readonly string[];
}

const OUTCOMES: Partial<Record<Outcome, Answer["outcome"]>> = { [Outcome.Done]: "ok", [Outcome.Refused]: "error", [Outcome.TimedOut]: "silence" };

/** The final results that all modems share; every other line is text. */
const RESPONSES = responseTable([]);

interface Question {
  readonly lines: string[];
  settle(answer: Answer): void;
  reject(error: MQTTModemError): void;
}

/** Milliseconds. A session that ends does so within this time. */
const PAUSE_STEP = 100;

/** The result of a resync. */
const RESYNCED: Answer = { outcome: "ok", code: -1, lines: [] };

/** Asks a modem of any family one question after the other, with the core's chat. No MQTT. */
export class ATSession implements ChatListener, TimerListener {
  readonly baud: number;
  /** Settles when the port is open, or could not be opened. */
  readonly #opened: Promise<void>;
  /** Settles when the port has been released. */
  readonly #released: Promise<void>;
  readonly #chat: Chat;
  readonly #timers: Timers;
  readonly #port: Omit<SerialPortOptions, "receiver">;
  #question: Question | null = null;
  #error: MQTTModemError | null = null;

  constructor({ serial, baud, trace }: ATSessionOptions) {
    this.baud = baud;
    let onOpened!: () => void, onClosed!: () => void;
    this.#released = new Promise((resolve) => {
      onClosed = resolve;
    });
    this.#opened = Promise.race([
      new Promise<void>((resolve) => {
        onOpened = resolve;
      }),
      this.#released,
    ]);
    this.#port = { path: serial, baudRate: baud, trace, onOpened, onClosed };
    this.#timers = new Timers(hostClock, this, Slot.Chat);
    this.#chat = new Chat(this, {
      timers: this.#timers,
      bytes: portableBytes,
      family: { responses: RESPONSES, cancel: 0 },
      receiveBuffer: 4096,
      commandBuffer: 256,
      payloadBuffer: 0,
    });
    this.#chat.allow(1);
    this.#timers.start();
    this.#chat.open();
  }

  openPort(receiver: PortReceiver): SerialPort {
    return new SerialPort({ ...this.#port, receiver });
  }

  /** Sends `AT`. @param timeout milliseconds @returns whether the modem answers */
  async greets(timeout: number): Promise<boolean> {
    await this.#opened; // the timeout starts when the port is open
    return (await this.#submit(command("AT", {}, { final: timeout, probe: true }))).outcome === "ok";
  }

  /** Asks for numbers in errors, and resyncs. Echo may stay on, because the chat recognises it. */
  async prepare(): Promise<void> {
    await this.ask("AT+CMEE=1");
    await this.#wait(() => this.#chat.resync());
  }

  /**
   * Sends a command line and waits for its answer.
   * @param timeout milliseconds
   * @throws StateError BUSY while another question waits; ModemError PORT_FAILED or MODEM_SILENT; each as a rejection
   */
  ask(line: string, timeout = 2000): Promise<Answer> {
    const { own: _, ...question } = textCommand(line, [], timeout); // not a template: a password may have braces
    return this.#submit(question);
  }

  /** Lets time pass, unless the session ends meanwhile. @throws as {@link ask} */
  async pause(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0 && this.#error === null; left -= PAUSE_STEP)
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, PAUSE_STEP)));
    if (this.#error !== null) throw this.#error;
  }

  #submit(question: Command): Promise<Answer> {
    return this.#wait(() => this.#chat.submit(this.#chat.requests.take(null, 0, 0)!, question));
  }

  #wait(begin: () => void): Promise<Answer> {
    return new Promise((settle, reject) => {
      if (this.#error !== null) return reject(this.#error);
      if (this.#question !== null) return reject(new StateError("BUSY", "the modem has not answered the question before this one yet"));
      this.#question = { lines: [], settle, reject };
      begin();
    });
  }

  #answer(answer: Answer): void {
    const question = this.#question;
    this.#question = null;
    question?.settle(answer);
  }

  /** Ends the session. Settles when the port is released. */
  async close(): Promise<void> {
    this.#fail(new StateError("CLOSED", "the AT session with the modem has been ended"));
    await this.#released;
  }

  #fail(error: MQTTModemError): void {
    this.#error ??= error;
    this.#timers.stop();
    this.#chat.close();
    const question = this.#question;
    this.#question = null;
    question?.reject(this.#error);
  }

  // ---- the chat's reports

  onText(_request: Request, start: number, end: number): void {
    this.#keep(start, end);
  }

  #keep(start: number, end: number): void {
    const bytes = new Uint8Array((end - start) | 0);
    this.#chat.ring.copy(start, bytes, 0, bytes.length);
    this.#question?.lines.push(utf8Decode(bytes).trim());
  }

  /** The few reports that the chat knows of every modem, such as `+CGATT`. */
  onUrc(): void {
    const { lineStart, lineEnd } = this.#chat.decoder;
    this.#keep(lineStart, lineEnd);
  }

  onDone(_request: Request, outcome: Outcome, code: number): void {
    // The request is still in use now; the promise's continuation runs after it has been freed.
    this.#answer({ outcome: OUTCOMES[outcome] ?? "error", code: outcome === Outcome.Refused ? code : -1, lines: this.#question!.lines });
  }

  /** Also called after a resync that followed a timeout; then the next question is still to be answered. */
  onResynced(): void {
    if (this.#chat.idle) this.#answer(RESYNCED);
  }

  onSilent(_swallowing: boolean, speaking: boolean): void {
    this.#fail(
      speaking
        ? new ModemError("COMMAND_REFUSED", "the modem answers, but refuses AT+CMEE?, AT+CFUN? and AT+CGATT?, so that its answers cannot be told apart")
        : new ModemError("MODEM_SILENT", "the modem does not answer any more; check its power and its wiring, or reset it"),
    );
  }

  onPortError(error: unknown): void {
    this.#fail(new ModemError("PORT_FAILED", `the serial port has failed: ${wordsOf(error)}`, undefined, error));
  }

  onAnswer(): void {}
  onMessage(): void {}
  onFragment(): void {}
  isSubscribed(): Match {
    return Match.None;
  }
  onOverflow(): void {}
  onTimer(slot: number): void {
    this.#chat.onTimer(slot);
  }
  onUnsolicitedError(): void {}
  onDoubt(): void {}
}
